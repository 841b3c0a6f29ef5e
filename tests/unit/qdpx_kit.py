"""Writing a project for a test, and reading it as a program does: ZIP, XML, references."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from bot.exports import qdpx
from bot.exports.manual import ManualCoding
from bot.exports.transcript import Transcript
from prompts import Codebook, load_codebook
from tests.unit.transcript_kit import AT, ORDER

BOOK = load_codebook()
NAMESPACE = "{urn:QDA-XML:project:1.0}"
DEFINING = {"User", "Code", "Variable", "Case", "TextSource", "PlainTextSelection", "Coding", "Set"}


@dataclass(frozen=True)
class Opened:
    """A project as it was found in its file."""

    content: bytes
    qde: bytes
    root: Element
    texts: Mapping[str, str]
    written: qdpx.Written

    def all(self, tag: str) -> list[Element]:
        """Every element with this name, in the order of the file."""
        return list(self.root.iter(f"{NAMESPACE}{tag}"))

    def selections(self) -> Iterator[tuple[Element, str]]:
        """Every selection with what stands at its place in the source's file."""
        for source in self.all("TextSource"):
            text = self.texts[str(source.get("guid"))]
            for one in source.findall(f"{NAMESPACE}PlainTextSelection"):
                yield one, text[int(one.get("startPosition", "")) : int(one.get("endPosition", ""))]

    def values(self) -> list[tuple[str, str, str]]:
        """(variable's name, element, text) of every value."""
        names = {one.get("guid"): str(one.get("name")) for one in self.all("Variable")}
        found = []
        for one in self.all("VariableValue"):
            reference, value = list(one)
            found.append((names[reference.get("targetGUID")], local(value), value.text or ""))
        return found


def write(
    transcripts: Iterable[Transcript],
    codings: Mapping[str, Sequence[ManualCoding]] | None = None,
    *,
    folder: Path | None = None,
    book: Codebook = BOOK,
    language: str = "da",
    at: datetime = AT,
    **options: Any,
) -> Opened:
    """Write a project and open it; ``codings`` by the GUID of the source."""
    if folder is None:
        with TemporaryDirectory() as made:
            return write(transcripts, codings, folder=Path(made), book=book, language=language, at=at, **options)
    with qdpx.open_project(folder, book, language=language, at=at, **{"order": ORDER, **options}) as project:
        for one in transcripts:
            project.add(one, (codings or {}).get(one.guid, ()))
    return opened((folder / qdpx.FILE).read_bytes(), project.written)


def opened(content: bytes, written: qdpx.Written) -> Opened:
    """Open a project; every member is read and its checksum compared."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    qde = members["project.qde"]
    texts = {
        name.removeprefix("sources/").removesuffix(".txt"): text.decode()
        for name, text in members.items()
        if name != "project.qde"
    }
    return Opened(content, qde, fromstring(qde), texts, written)


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def hold_together(project: Opened) -> None:
    """What must be true of every project there is: references, GUIDs, names, places."""
    guids = Counter(str(one.get("guid")) for one in project.root.iter() if local(one) in DEFINING)
    assert [one for one, count in guids.items() if count > 1] == []
    assert all(one == one.upper() and len(one) == 36 for one in guids)
    refer(project, "CodeRef", [one for one in project.all("Code") if one.get("isCodable") == "true"])
    refer(project, "MemberCode", project.all("Code"))
    refer(project, "SourceRef", project.all("TextSource"))
    refer(project, "VariableRef", project.all("Variable"))
    users = {one.get("guid") for one in project.all("User")}
    for one in project.root.iter():
        assert one.get("creatingUser", None) in {None, *users}
    names_are_unique(project)
    assert {f"internal://{one}.txt" for one in project.texts} == {
        one.get("plainTextPath") for one in project.all("TextSource")
    }
    for selection, text in project.selections():
        assert selection.get("name") == text
        assert text.strip()


def names_are_unique(project: Opened) -> None:
    """Names are told apart within each kind, sets also from variables, whatever a program does with case."""
    for tags in (["Code"], ["Variable", "Set"], ["TextSource"], ["Case"], ["User"]):
        names = [str(one.get("name")).casefold() for tag in tags for one in project.all(tag)]
        assert len(names) == len(set(names)), tags
        assert all(names)
    assert all(len(str(one.get("name"))) <= 60 for one in project.all("Code"))


def refer(project: Opened, tag: str, targets: Iterable[Element]) -> None:
    """Every reference names a target with exactly its spelling."""
    known = {one.get("guid") for one in targets}
    assert {one.get("targetGUID") for one in project.all(tag)} <= known, tag
