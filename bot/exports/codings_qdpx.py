"""A coded REFI-QDA project as plain data: its codes, and per text what was coded where, by whom and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from bot.exports.codebook_reading import Incoming, UnreadableError, codes_below, read_xml
from bot.exports.codings_zip import ProjectFile
from bot.exports.transcript import clean, one_line

_WHOLE = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Marked:
    """A code on a piece of a text. ``start``, ``end``: code points of the text as it lies in the file; both None for a
    code on the text as a whole. ``code``: its GUID; ``coder``: a name, empty when none is known; ``at``: aware, None
    when it is not said; ``quote``: what the program gives as its words; ``memo``: what the coder wrote about it."""

    where: str
    start: int | None
    end: int | None
    code: str
    coder: str
    at: datetime | None
    quote: str
    memo: str


@dataclass(frozen=True, slots=True)
class Source:
    """A text of the project. ``text`` None: there is none that can be read."""

    guid: str
    name: str
    text: str | None
    marked: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """A project. ``codes``: as the file has them, each with its GUID."""

    codes: tuple[Incoming, ...]
    sources: tuple[Source, ...]


def read_project(file: ProjectFile) -> Project:
    """Everything in it that concerns texts and codes. Raises UnreadableError."""
    root = read_xml(file.project())
    if _local(root) != "Project":
        raise UnreadableError("project.qde is no REFI-QDA project; export it again.")
    users = {_guid(one.get("guid")): one_line(one.get("name") or "") for one in root.iter() if _local(one) == "User"}
    notes = {_guid(one.get("guid")): _said(one) for one in root.iter() if _local(one) == "Note"}
    found = [one for one in root.iter() if _local(one) == "TextSource"]
    reading = _Reading(file, users, notes)
    return Project(tuple(codes_below(root)), tuple(reading.source(one) for one in found))


@dataclass(frozen=True)
class _Reading:
    file: ProjectFile
    users: dict[str, str]
    notes: dict[str, str]

    def source(self, element: Element) -> Source:
        marked = list(self._marked(element))
        return Source(
            _guid(element.get("guid")), one_line(element.get("name") or ""), self._text(element), tuple(marked)
        )

    def _text(self, element: Element) -> str | None:
        inline = next((one.text or "" for one in element if _local(one) == "PlainTextContent"), None)
        if inline is not None:
            return inline
        content = self.file.source(element.get("plainTextPath") or "")
        try:
            return None if content is None else content.decode("utf-8")
        except UnicodeDecodeError:
            return None

    def _marked(self, source: Element) -> Iterator[Marked]:
        for selection in source:
            if _local(selection) == "Coding":
                yield from self._codes(source, selection, "the whole text", None, None)
            if _local(selection) != "PlainTextSelection":
                continue
            start, end = (selection.get(name) or "" for name in ("startPosition", "endPosition"))
            if not (_WHOLE.fullmatch(start) and _WHOLE.fullmatch(end)):
                raise UnreadableError("A passage in the project has no place in its text; export it again.")
            for coding in selection:
                if _local(coding) == "Coding":
                    yield from self._codes(selection, coding, f"characters {start}–{end}", int(start), int(end))

    def _codes(
        self, selection: Element, coding: Element, where: str, start: int | None, end: int | None
    ) -> Iterator[Marked]:
        by = coding.get("creatingUser") or selection.get("creatingUser")
        at = coding.get("creationDateTime") or selection.get("creationDateTime")
        whole = start is None
        memo = "\n".join(part for part in (self._memo(coding), "" if whole else self._memo(selection)) if part)
        for ref in coding:
            if _local(ref) == "CodeRef":
                quote = "" if whole else selection.get("name") or ""
                coder = self.users.get(_guid(by), "")
                yield Marked(where, start, end, _guid(ref.get("targetGUID")), coder, _time(at), quote, memo)

    def _memo(self, element: Element) -> str:
        noted = [self.notes.get(_guid(one.get("targetGUID")), "") for one in element if _local(one) == "NoteRef"]
        return clean("\n".join(part for part in (_described(element), *noted) if part.strip()))


def _said(note: Element) -> str:
    inline = next((one.text or "" for one in note if _local(one) == "PlainTextContent"), "")
    return inline or _described(note)


def _described(element: Element) -> str:
    return next((one.text or "" for one in element if _local(one) == "Description"), "")


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _guid(text: str | None) -> str:
    return (text or "").strip().strip("{}").upper()


def _time(text: str | None) -> datetime | None:
    """Aware. A time without a zone is taken as UTC, which the format prescribes."""
    try:
        at = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
