"""Coded passages of a project, held against our own texts: what does not stand where it stood is refused. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.exports.codings_place import place_of
from bot.exports.codings_qdpx import Marked, Source
from bot.exports.manual import read_memo
from bot.exports.qde_questions import guide_code, question_code
from bot.exports.transcript import Transcript
from storage.codings import Mark

_SHOWN = 40
_SHORTEST_QUOTE = 3


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that is not taken. ``line``: from 1, of the text or table, None for none. ``expected`` and ``found``
    hold words that somebody wrote: for the operator's eyes, never for a log."""

    source: str
    line: int | None
    why: str
    expected: str = ""
    found: str = ""


@dataclass
class Found:
    """What came of files, growing. ``automatic``: codes that an export had put there itself; ``split``: passages over
    several answers, one coding for each; ``codes`` that nobody knows are refused by name."""

    marks: list[Mark] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    texts: int = 0
    automatic: int = 0
    split: int = 0


@dataclass(frozen=True, slots=True)
class Naming:
    """How a file's codes and coders are called here. ``code``: GUID → id, None for an unknown one; ``automatic``: GUIDs
    that stand for our automatic codes; ``coder``: who codes where the file does not say."""

    code: Callable[[str], str | None]
    automatic: frozenset[str]
    coder: str | None
    now: datetime


def match_source(source: Source, tellings: Iterable[Transcript], naming: Naming, into: Found) -> None:
    """Take the codings of one text. ``tellings``: the texts that an export can have made of it, the likeliest first."""
    into.texts += 1
    if source.text is None:
        into.refusals.append(Refusal(source.name, None, "its text is missing or is not UTF-8; export it again"))
        return
    read = _readings(source.text)
    nearest: tuple[int, Transcript] | None = None
    for transcript in tellings:
        if transcript.text.rstrip("\n") == read[0].text.rstrip("\n"):  # nothing is coded behind the last answer
            _Matching(source, transcript, naming, into).take(read)
            return
        same = _same_until(transcript.text, read[0].text)
        if nearest is None or same > nearest[0]:
            nearest = (same, transcript)
    if nearest is not None:
        into.refusals.append(_edited(source, nearest[1], read[0].text, nearest[0]))


@dataclass(frozen=True, slots=True)
class _Read:
    """One way to understand the places in a file: ``places`` leads from its characters to those of the cleaned
    ``text``; None: they are the same."""

    text: str
    places: Sequence[int] | None

    def at(self, place: int) -> int:
        if self.places is None:
            return place
        return self.places[place] if place < len(self.places) else len(self.text) + 1


def _readings(raw: str) -> list[_Read]:
    """The standard counts what lies in the file, but a program that writes CRLF or a byte order mark may have counted
    before it did."""
    if "\r" not in raw and not raw.startswith("\ufeff"):
        return [_Read(raw, None)]
    text: list[str] = []
    places: list[int] = []
    length = 0
    for place, character in enumerate(raw):
        places.append(length)
        dropped = character == "\r" and raw[place + 1 : place + 2] == "\n"
        if not dropped and not (place == 0 and character == "\ufeff"):
            text.append("\n" if character == "\r" else character)
            length += 1
    places.append(length)
    plain = "".join(text)
    return [_Read(plain, places), _Read(plain, None)]


def _same_until(one: str, other: str) -> int:
    if one == other:
        return len(one)
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _edited(source: Source, ours: Transcript, theirs: str, same: int) -> Refusal:
    line = ours.text.count("\n", 0, same) + 1
    why = "the text is not the one that was exported; code the exported text without editing it"
    return Refusal(source.name, line, why, _excerpt(ours.text, same), _excerpt(theirs, same))


def _excerpt(text: str, place: int) -> str:
    begin = text.rfind("\n", 0, place) + 1
    begin = max(begin, place - _SHOWN // 2)
    return " ".join(text[begin : begin + _SHOWN].partition("\n")[0].split())


@dataclass(frozen=True)
class _Matching:
    source: Source
    transcript: Transcript
    naming: Naming
    into: Found

    def take(self, readings: Sequence[_Read]) -> None:
        """All codings of the text, or none and why: one that is shifted makes the others doubtful."""
        automatic = self.naming.automatic | {
            code
            for passage in self.transcript.passages
            for code in (question_code(passage.question_id), *map(guide_code, passage.codes))
        }
        refused: Refusal | None = None
        for read in readings:
            wrong = next((bad for one in self.source.marked if (bad := self._wrong(one, read, automatic))), None)
            if wrong is None:
                self._all(read, automatic)
                return
            refused = refused or wrong
        if refused is not None:
            self.into.refusals.append(refused)

    def _wrong(self, one: Marked, read: _Read, automatic: Iterable[str]) -> Refusal | None:
        if one.start is None or one.end is None:
            return None
        start, end = read.at(one.start), read.at(one.end)
        text = self.transcript.text
        if not 0 <= start < end <= len(text):
            why = f"{one.where} lie outside the text or are empty; export it again"
            return Refusal(self.source.name, None, why, f"0–{len(text)}", f"{start}–{end}")
        line = text.count("\n", 0, start) + 1
        if one.code in automatic and all((start, end) != (p.start, p.end) for p in self.transcript.passages):
            answer = next((p for p in self.transcript.passages if p.start < end and start < p.end), None)
            where = "no answer" if answer is None else f"{answer.start}–{answer.end}"
            why = f"{one.where} had an answer's own code, and no answer is exactly there: places are shifted"
            return Refusal(self.source.name, line, why, where, f"{start}–{end}")
        quote, here = " ".join(one.quote.split()).rstrip("…"), " ".join(text[start:end].split())
        if here.startswith(quote) or len(quote) < _SHORTEST_QUOTE:
            return None
        if quote in " ".join(text.split()):  # a name that is no quote of this text says nothing
            why = f"{one.where} hold other words than the program says: places are shifted"
            return Refusal(self.source.name, line, why, here[:_SHOWN], quote[:_SHOWN])
        return None

    def _all(self, read: _Read, automatic: Iterable[str]) -> None:
        for one in self.source.marked:
            if one.code in automatic:
                self.into.automatic += 1
            elif (bad := self._unknown(one)) is not None:
                self.into.refusals.append(bad)
            elif one.start is not None and one.end is not None:
                found = list(self._marks(one, read.at(one.start), read.at(one.end)))
                self.into.marks += found
                self.into.split += len(found) > 1
                if not found:
                    line = self.transcript.text.count("\n", 0, read.at(one.start)) + 1
                    why = f"{one.where} are in no answer, but in the words around; code the answer"
                    self.into.refusals.append(Refusal(self.source.name, line, why))

    def _unknown(self, one: Marked) -> Refusal | None:
        if one.start is None:
            return Refusal(self.source.name, None, "the whole text has a code; code the answers it is about")
        if self.naming.code(one.code) is None:
            return Refusal(self.source.name, None, f"{one.where} have a code that the codebook could not take")
        if not one.coder and not self.naming.coder:
            return Refusal(self.source.name, None, f"{one.where} name no coder; say who it was with --coder")
        return None

    def _marks(self, one: Marked, start: int, end: int) -> Iterator[Mark]:
        condensation, theme = read_memo(one.memo)
        for passage in self.transcript.passages:
            first, last = max(start, passage.start), min(end, passage.end)
            if first >= last or not self.transcript.text[first:last].strip():
                continue
            starts, ends = place_of(passage, first - passage.start, last - passage.start)
            yield Mark(
                reflection_id=self.transcript.reflection.reflection_id,
                question_id=passage.question_id,
                revision=passage.answer.revision,
                starts=starts,
                ends=ends,
                code=self.naming.code(one.code) or "",
                coder=one.coder or self.naming.coder or "",
                coded_at=one.at or self.naming.now,
                condensation=condensation,
                theme=theme,
            )
