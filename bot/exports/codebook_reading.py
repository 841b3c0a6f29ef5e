"""Codes from files of other programs: a REFI-QDA codebook (``.qdc``), or a table.

Nothing here is trusted: XML is read without entities and of a bounded size, and what a code says is only text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.exports.tables import unguarded
from bot.exports.transcript import clean, one_line

LARGEST_XML = 300_000_000  # bytes; a hundred thousand answers take a third of that
LARGEST_TABLE = 200_000_000
_ID = re.compile(r"\[([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)\]")
_LABELS = {
    "Brug når": "use_when", "Use when": "use_when",
    "Brug ikke når": "not_when", "Don't use when": "not_when",
    "Spænding": "tension", "Tension": "tension",
}  # fmt: skip
_LABELLED = re.compile(rf"({'|'.join(map(re.escape, _LABELS))}): ?(.*)")
_AUTOMATIC = re.compile(r".*\((automatisk|automatic)\)")
_GENERAL = re.compile(r"(.+) – (?:i det hele taget|in general)")
_COLUMNS = {
    "id": "id", "code": "id", "path": "path", "kode": "id", "sti": "path",
    "name": "name", "navn": "name", "parent": "parent", "theme": "parent", "tema": "parent",
    "description": "description", "memo": "description", "beskrivelse": "description",
    "definition": "definition", "use_when": "use_when", "use when": "use_when", "brug når": "use_when",
    "not_when": "not_when", "don't use when": "not_when", "dont_use_when": "not_when", "brug ikke når": "not_when",
    "example": "example", "eksempel": "example", "tension": "tension", "spænding": "tension",
    "colour": "colour", "color": "colour", "farve": "colour", "guid": "guid",
}  # fmt: skip


class UnreadableError(Exception):
    """The file cannot be taken; the text is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a description says. ``tension``: its name or id. None: it says nothing about that."""

    definition: str | None = None
    use_when: str | None = None
    not_when: str | None = None
    example: str | None = None
    tension: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A code as another file has it. ``where``: its place for people; ``path``: names from the top to its own;
    ``id``: the one it has with us, if the file says so; ``automatic``: put there by our own export."""

    where: str
    path: tuple[str, ...]
    words: Words
    colour: str | None = None
    guid: str | None = None
    folder: bool = False
    automatic: bool = False

    @property
    def name(self) -> str:
        """Its own name, in one line."""
        return self.path[-1]


def read_qdc(content: bytes) -> list[Incoming]:
    """The codes of a REFI-QDA codebook. Raises UnreadableError."""
    root = read_xml(content)
    if _local(root.tag) not in ("CodeBook", "Codebook"):
        raise UnreadableError("This is XML, but no REFI-QDA codebook; export the codebook as .qdc and try again.")
    return codes_below(root)


def read_xml(content: bytes) -> Element:
    """The root of an XML document that comes from elsewhere. Raises UnreadableError."""
    if len(content) > LARGEST_XML:
        raise UnreadableError("The file is larger than any project of ours can be; export it again without media.")
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise UnreadableError(
            "The file defines entities of its own, which no QDA program does; do not trust it."
        ) from None
    except (ParseError, ValueError, LookupError):
        raise UnreadableError("The file is not whole XML; export it again.") from None
    return root


def codes_below(root: Element) -> list[Incoming]:
    """Every code in a ``CodeBook`` element or anything around it, folders before what is in them."""
    found: list[Incoming] = []
    for codes in (one for one in root.iter() if _local(one.tag) == "Codes"):
        for element in codes:
            if _local(element.tag) == "Code":
                found += _below(element, (), automatic=False, number=len(found))
        break
    return found


def _below(element: Element, above: tuple[str, ...], *, automatic: bool, number: int) -> Iterator[Incoming]:
    # A stack of our own: a file that nests a hundred thousand codes must not end in a RecursionError.
    waiting = [(element, above, automatic)]
    while waiting:
        code, names, auto = waiting.pop()
        name = one_line(code.get("name") or "")
        of = (code.get("guid") or "").strip("{}").upper() or None
        inside = [one for one in code if _local(one.tag) == "Code"]
        folder = code.get("isCodable", "true").lower() in ("false", "0")
        auto = auto or bool(folder and _AUTOMATIC.fullmatch(name))
        number += 1
        said = read_description(_text_of(code))
        yield Incoming(f"code {number}", (*names, name), said, _colour(code.get("color")), of, folder, auto)
        waiting += [(one, (*names, name), auto) for one in reversed(inside)]


def _text_of(code: Element) -> str:
    return next((one.text or "" for one in code if _local(one.tag) == "Description"), "")


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _colour(text: str | None) -> str | None:
    found = re.fullmatch(r"#?([0-9A-Fa-f]{6})", (text or "").strip())
    return f"#{found[1].upper()}" if found else None


def read_description(text: str) -> Words:
    """The parts of a description that one of our exports wrote, in either language; what anybody else wrote is a
    definition. A line without a label goes on with the part before it."""
    parts: dict[str, list[str]] = {}
    field = "definition"
    for line in clean(text).splitlines():
        known = _ID.fullmatch(line.strip())
        labelled = _LABELLED.fullmatch(line.strip())
        if known is not None:
            parts["id"] = [known[1]]
            continue
        if labelled is not None:
            field, line = _LABELS[labelled[1]], labelled[2]
        parts.setdefault(field, []).append(line.rstrip())
    said = {field: "\n".join(lines).strip() for field, lines in parts.items()}
    return Words(**{field: words for field, words in said.items() if words})


def general_of(name: str) -> str | None:
    """The theme's name in "… – in general", the code that stands for a theme where folders cannot be coded with."""
    found = _GENERAL.fullmatch(name)
    return found[1] if found else None


def read_csv(content: bytes) -> list[Incoming]:
    """The codes of a table with a header: ``name``, and ``id`` or ``path`` (dots between the levels), ``description``
    or ``definition``, ``use_when``, ``not_when``, ``example``, ``tension``, ``colour``, ``guid``. Comma,
    semicolon or tab.

    Raises UnreadableError.
    """
    rows = table(content)
    header = [_COLUMNS.get(name.strip().casefold(), "") for name in next(rows, (0, []))[1]]
    if not {"name", "path", "id"} & set(header):
        raise UnreadableError(
            "The table has no column 'name', 'path' or 'id'; give its columns a header and try again."
        )
    found = []
    for line, row in rows:
        cells = {
            name: unguarded(clean(cell).strip())
            for name, cell in zip(header, row, strict=False)
            if name and cell.strip()
        }
        if cells:
            found.append(_of_row(line, cells))
    return found


def _of_row(line: int, cells: dict[str, str]) -> Incoming:
    said = read_description(cells.get("description", ""))
    parts = {field: cells.get(field) or getattr(said, field) for field in Words.__slots__}
    path = [one_line(part) for part in cells.get("path", "").split(".") if part.strip()]
    if not path:
        above = [cells["parent"]] if "parent" in cells else []
        path = [one_line(part) for part in (*above, cells.get("name") or cells.get("id", ""))]
    elif "name" in cells:
        path[-1] = one_line(cells["name"])
    of = cells.get("guid", "").strip("{}").upper() or None
    return Incoming(f"line {line}", tuple(path), Words(**parts), _colour(cells.get("colour")), of)


def table(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with the line each begins on; ``,``, ``;`` or tab, with or without a byte order mark.

    Raises UnreadableError.
    """
    if len(content) > LARGEST_TABLE:
        raise UnreadableError("The table is larger than any of ours can be; check that it is the right file.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("The table is not UTF-8; save it as 'CSV UTF-8' and try again.") from None
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    csv.field_size_limit(LARGEST_TABLE)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in lines:
            yield line, row
            line = lines.line_num + 1
    except csv.Error:
        raise UnreadableError(f"The table breaks off in the row that begins on line {line}; save it again.") from None
