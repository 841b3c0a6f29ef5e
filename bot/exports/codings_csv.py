"""Codings as a table: ``codings.csv`` in an export, and what comes back from it or from ``answers_long.csv``.

A coder adds the columns ``coded`` (ids or names of codes, ``|`` or ``;`` between several), ``coder``, ``coded_at``,
``condensation`` and ``theme`` to ``answers_long.csv``; ``start`` and ``end`` may be narrowed to the passage that is
meant. Several rows may tell of one answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.exports.codebook_reading import Incoming, UnreadableError, Words, table
from bot.exports.codings_match import Found, Refusal
from bot.exports.codings_place import place_of
from bot.exports.manual import ManualCoding
from bot.exports.tables import Cell, Column, Type, free, unguarded
from bot.exports.transcript import Passage, Transcript, clean, one_line
from prompts.codebook import Codebook
from prompts.codebook_source import name_key
from storage.codings import Mark

FILE = "codings.csv"
COLUMNS = (
    Column("reflection_id", "Refleksionens nummer", "The reflection's number"),
    Column("source_guid", "Tekstens GUID i project.qdpx", "GUID of the text in project.qdpx"),
    Column("answer_guid", "Svarets GUID", "GUID of the answer"),
    Column("start", "Afsnittets første tegn, talt fra 0", "First character of the passage, from 0", Type.NUMBER),
    Column("end", "Tegnet efter afsnittets sidste", "The character after the passage's last", Type.NUMBER),
    Column("question_id", "Spørgsmålets id", "Id of the question"),
    Column("revision", "Hvilken udgave af svaret", "Which revision of the answer", Type.NUMBER),
    Column("passage", "Det kodede afsnit", "The coded passage", free=True),
    Column("coded", "Kodens id", "Id of the code"),
    Column("coder", "Hvem der kodede", "Who coded", free=True),
    Column("coded_at", "Hvornår, i UTC", "When, in UTC"),
    Column("condensation", "Meningen i én sætning", "The meaning in one sentence", free=True),
    Column("theme", "Temaet, den hører til", "The theme it belongs to", free=True),
)
_BETWEEN = re.compile(r"[|;\n]")
_NUMBER = re.compile(r"\d{1,9}")


def rows(transcript: Transcript, reflection_id: str, given: Iterable[ManualCoding]) -> Iterator[list[Cell]]:
    """One row a coding, in the order of the text. ``reflection_id``: how the reflection is called in this export."""
    passages = {passage.answer_guid: passage for passage in transcript.passages}
    found = [(passages[one.answer], one) for one in given if one.answer in passages]
    for passage, one in sorted(found, key=lambda pair: (pair[0].start + pair[1].start, pair[1].end, pair[1].code)):
        yield [
            reflection_id, transcript.guid, passage.answer_guid, passage.start + one.start, passage.start + one.end,
            passage.question_id, passage.answer.revision, free(passage.text[one.start : one.end]), one.code,
            free(one.coder), one.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), free(one.condensation) or None,
            free(one.theme) or None,
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CodedRow:
    """A row with codes. ``line``: where it begins in the file. ``start``, ``end`` None: the whole answer."""

    line: int
    source: str
    question_id: str
    revision: int | None
    start: int | None
    end: int | None
    codes: tuple[str, ...]
    coder: str
    at: datetime | None
    condensation: str
    theme: str
    words: str | None
    passage: str | None


def read_rows(content: bytes) -> list[CodedRow]:
    """The rows of a table that have codes. Raises UnreadableError."""
    lines = table(content)
    header = [name.strip().casefold() for name in next(lines, (0, []))[1]]
    missing = {"question_id", "coded"} - set(header)
    if missing or not {"source_guid", "reflection_id"} & set(header):
        raise UnreadableError(
            "This is not a table of coded answers: take answers_long.csv of an export, and add a column 'coded'."
        )
    found = []
    for line, row in lines:
        cells = {name: cell for name, cell in zip(header, row, strict=False) if cell.strip()}
        codes = tuple(one_line(code) for code in _BETWEEN.split(cells.get("coded", "")) if code.strip())
        if codes:
            found.append(_row(line, cells, codes))
    return found


def _row(line: int, cells: Mapping[str, str], codes: tuple[str, ...]) -> CodedRow:
    said = {name: clean(unguarded(cell)) for name, cell in cells.items()}
    return CodedRow(
        line=line,
        source=(said.get("source_guid") or said.get("reflection_id", "")).strip().strip("{}").upper(),
        question_id=said.get("question_id", "").strip(),
        revision=_number(said.get("revision")),
        start=_number(said.get("start")),
        end=_number(said.get("end")),
        codes=codes,
        coder=one_line(said.get("coder", "")),
        at=_time(said.get("coded_at")),
        condensation=one_line(said.get("condensation", "")),
        theme=one_line(said.get("theme", "")),
        words=said.get("text"),
        passage=said.get("passage"),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER.fullmatch(text.strip()) else None


def _time(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def codes_in(rows: Sequence[CodedRow], codebook: Codebook) -> tuple[list[Incoming], dict[str, int]]:
    """The codes in the rows for ``codebook_plan``, and each one's number there. ``theme.code`` goes under a theme."""
    found: list[Incoming] = []
    numbers: dict[str, int] = {}
    for row in rows:
        for code in row.codes:
            if code in numbers:
                continue
            numbers[code] = len(found)
            known = codebook.get(code)
            theme, dot, rest = code.partition(".")
            path = (theme, rest) if dot and codebook.get(theme) is not None and rest.strip() else (code,)
            # By its id it is that code and nothing about it is changed.
            words = Words(id=code) if known is not None else Words()
            name = known.name["da"] if known is not None else path[-1].strip()
            found.append(Incoming(f"line {row.line}", (*path[:-1], name), words))
    return found, _one_each(found, numbers)


def _one_each(found: Sequence[Incoming], numbers: dict[str, int]) -> dict[str, int]:
    """Two spellings of one name are one code: the first stands for both."""
    first: dict[tuple[str, ...], int] = {}
    return {
        code: first.setdefault(tuple(name_key(name) for name in found[number].path), number)
        for code, number in numbers.items()
    }


def match_rows(
    rows: Sequence[CodedRow],
    tellings: Iterable[Transcript],
    code_of: Callable[[str], str | None],
    coder: str | None,
    now: datetime,
    into: Found,
) -> None:
    """Take the rows of one reflection. ``tellings``: the texts that an export can have made of it; the rows must fit
    one of them."""
    into.texts += 1
    nearest: tuple[int, list[Refusal]] | None = None
    for transcript in tellings:
        wrong = [bad for row in rows if (bad := _wrong(row, transcript)) is not None]
        if not wrong:
            for row in rows:
                _take(row, transcript, code_of, coder, now, into)
            return
        if nearest is None or len(wrong) < nearest[0]:
            nearest = (len(wrong), wrong)
    into.refusals += nearest[1] if nearest is not None else []


def _passage(row: CodedRow, transcript: Transcript) -> Passage | None:
    return next((one for one in transcript.passages if one.question_id == row.question_id), None)


def _wrong(row: CodedRow, transcript: Transcript) -> Refusal | None:
    passage = _passage(row, transcript)
    if passage is None:
        return Refusal(row.question_id, row.line, "there is no such answer in this reflection; take the row out")
    if row.revision is not None and row.revision != passage.answer.revision:
        why = "the answer is another revision; code the words of that revision, or take the row out"
        return Refusal(row.question_id, row.line, why, str(passage.answer.revision), str(row.revision))
    start = passage.start if row.start is None else row.start
    end = passage.end if row.end is None else row.end
    if not passage.start <= start < end <= passage.end:
        why = "start and end lie outside the answer: places are shifted; keep to those of the export"
        return Refusal(row.question_id, row.line, why, f"{passage.start}–{passage.end}", f"{start}–{end}")
    typed = clean(passage.said.typed)
    if row.words is not None and _squeezed(row.words) != _squeezed(typed):
        return _edited(row, typed, row.words)
    here = transcript.text[start:end]
    if row.passage is not None and _squeezed(row.passage) != _squeezed(here):
        return _edited(row, here, row.passage)
    return None


def _edited(row: CodedRow, ours: str, theirs: str) -> Refusal:
    same = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
    begin = max(0, same - 20)
    why = "the words are not those that were exported; code the exported words without editing them"
    return Refusal(
        row.question_id, row.line, why, one_line(ours[begin : begin + 40]), one_line(theirs[begin : begin + 40])
    )


def _squeezed(text: str) -> str:
    return " ".join(clean(text).split())  # spreadsheets change line ends, and drop blanks at the ends of cells


def _take(
    row: CodedRow,
    transcript: Transcript,
    code_of: Callable[[str], str | None],
    coder: str | None,
    now: datetime,
    into: Found,
) -> None:
    passage = _passage(row, transcript)
    if passage is None:
        return
    if not row.coder and not coder:
        into.refusals.append(Refusal(row.question_id, row.line, "no coder is named; say who it was with --coder"))
        return
    start = 0 if row.start is None else row.start - passage.start
    end = len(passage.text) if row.end is None else row.end - passage.start
    starts, ends = place_of(passage, start, end)
    for code in row.codes:
        code_id = code_of(code)
        if code_id is None:
            why = f"the codebook could not take the code '{code[:60]}'"
            into.refusals.append(Refusal(row.question_id, row.line, why))
            continue
        into.marks.append(
            Mark(
                reflection_id=transcript.reflection.reflection_id,
                question_id=passage.question_id,
                revision=passage.answer.revision,
                starts=starts,
                ends=ends,
                code=code_id,
                coder=row.coder or coder or "",
                coded_at=row.at or now,
                condensation=row.condensation,
                theme=row.theme,
            )
        )
