"""A coder at work: an export of invented debriefs, coded the way programs do it, and brought back."""

from __future__ import annotations

import asyncio
import csv
import io
import uuid
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.exports.codings_place import codings_reader
from bot.exports.qde_codebook import code_guid
from bot.exports.transcript import Dates
from bot.exports.whole import Form, Wish, write_whole
from prompts import load_codebook
from storage import codings
from storage.codings import Coding, Mark
from storage.database import Transaction
from tests.integration.cli_kit import Desk

NS = "urn:QDA-XML:project:1.0"
AT = "2026-11-27T09:15:00Z"
ET.register_namespace("", NS)


def written(desk: Desk, name: str = "ud", *, language: str = "da", dates: Dates = Dates.DAY) -> Path:
    """A folder with an export for coding, with what is coded already."""
    folder = desk.folder / name
    folder.mkdir()
    forms = frozenset({Form.CSV, Form.QDPX})

    async def go() -> None:
        async with desk.database() as db, db.snapshot() as snapshot:
            wish = Wish(language=language, dates=dates, forms=forms)
            book = load_codebook(own=desk.data / "codebook.yaml")
            await write_whole(folder, snapshot, wish, book, codings=codings_reader(snapshot))

    asyncio.run(go())
    return folder


def stored(desk: Desk, reflection_id: str) -> list[Coding]:
    """Every coding row of a debrief, superseded ones too."""

    async def look(tx: Transaction) -> list[Coding]:
        return await codings.all_of(tx, reflection_id)

    return desk.stored(look)


def marks(desk: Desk, reflection_id: str) -> list[Mark]:
    """What counts now in a debrief."""
    return [one.mark for one in stored(desk, reflection_id) if one.superseded_at is None]


def q(name: str) -> str:
    """A tag in the project's namespace."""
    return f"{{{NS}}}{name}"


@dataclass
class Work:
    """A project in a coder's hands: its XML, its texts by file name, and what else is in the ZIP."""

    root: ET.Element
    texts: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def on(cls, file: Path) -> Work:
        """Open a project."""
        with zipfile.ZipFile(file) as archive:
            root = ET.fromstring(archive.read("project.qde"))  # noqa: S314 - we wrote it
            names = [name for name in archive.namelist() if name.startswith("sources/")]
            return cls(root, {name: archive.read(name) for name in names})

    def save(self, file: Path) -> Path:
        """Write the project."""
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("project.qde", ET.tostring(self.root, encoding="utf-8", xml_declaration=True))
            for name, content in self.texts.items():
                archive.writestr(name, content)
        return file

    def sources(self) -> list[ET.Element]:
        """The texts, as elements."""
        return list(self.root.iter(q("TextSource")))

    def text(self, source: ET.Element) -> str:
        """The words of a text."""
        return self.texts[f"sources/{source.attrib['plainTextPath'].removeprefix('internal://')}"].decode()

    def user(self, name: str) -> str:
        """A coder; made if new."""
        users = next(self.root.iter(q("Users")))
        for one in users:
            if one.get("name") == name:
                return one.attrib["guid"]
        return ET.SubElement(users, q("User"), guid=new_guid(), name=name).attrib["guid"]

    def code(self, name: str, *, inside: str | None = None) -> str:
        """A code of the coder's own; ``inside``: the name of a folder that is there."""
        codes = next(self.root.iter(q("Codes")))
        if inside is not None:
            codes = next(one for one in codes.iter(q("Code")) if one.get("name") == inside)
        made = ET.SubElement(codes, q("Code"), guid=new_guid(), name=name, isCodable="true", color="#12AB34")
        return made.attrib["guid"]

    def mark(self, words: str, code: str, coder: str, *, memo: str = "", source: int = 0, end: str = "") -> None:
        """Code these ``words`` of a text, or from them to ``end``; ``code``: an id, or a GUID."""
        of = self.sources()[source]
        text = self.text(of)
        start = text.index(words)
        last = text.index(end, start) + len(end) if end else start + len(words)
        self.place(of, start, last, code, coder, memo=memo, quote=text[start:last])

    def place(
        self, of: ET.Element, start: int, end: int, code: str, coder: str, *, memo: str = "", quote: str = ""
    ) -> None:
        """Code these characters."""
        by = {"creatingUser": self.user(coder), "creationDateTime": AT}
        place = {"startPosition": str(start), "endPosition": str(end), "name": quote}
        selection = ET.Element(q("PlainTextSelection"), {"guid": new_guid(), **place, **by})
        if memo:
            ET.SubElement(selection, q("Description")).text = memo
        coding = ET.SubElement(selection, q("Coding"), {"guid": new_guid(), **by})
        known = load_codebook().get(code)
        ET.SubElement(coding, q("CodeRef"), targetGUID=code_guid(known) if known is not None else code)
        of.insert(0, selection)

    def renew(self) -> None:
        """Give everything a new GUID, as programs do that keep none; only names stay."""
        fresh: dict[str, str] = {}

        def new(old: str) -> str:
            return fresh.setdefault(old, new_guid())

        for element in self.root.iter():
            for name in ("guid", "targetGUID", "creatingUser", "creatingUserGUID", "modifyingUserGUID"):
                if name in element.attrib:
                    element.set(name, new(element.attrib[name]))
            path = element.get("plainTextPath")
            if path is not None:
                old = path.removeprefix("internal://").removesuffix(".txt")
                element.set("plainTextPath", f"internal://{new(old)}.txt")
                self.texts[f"sources/{new(old)}.txt"] = self.texts.pop(f"sources/{old}.txt")

    def rewrite(self, change: Callable[[bytes], bytes]) -> None:
        """Change the bytes of every text."""
        self.texts = {name: change(content) for name, content in self.texts.items()}

    def shift(self, by: int) -> None:
        """Move every place."""
        for selection in self.root.iter(q("PlainTextSelection")):
            for name in ("startPosition", "endPosition"):
                selection.set(name, str(int(selection.attrib[name]) + by))


def new_guid() -> str:
    """A GUID as programs make them."""
    return str(uuid.uuid4()).upper()


def table(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV of ours."""
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))


def save_table(file: Path, rows: list[dict[str, str]], separator: str = ",") -> Path:
    """Write rows as a spreadsheet would."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, names, delimiter=separator, restval="")
    writer.writeheader()
    writer.writerows(rows)
    file.write_text("\ufeff" + stream.getvalue(), encoding="utf-8", newline="")
    return file
