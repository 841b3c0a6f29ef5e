"""One reflection as a text that can be coded, with each answer's place in it. Pure; every export of texts uses this.

How the parts fit, for whoever writes an export: ``transcript_of`` makes a ``Transcript`` of each reflection that was
read; ``qdpx.open_project(…)`` takes them one at a time (or ``qdpx.write_project`` a whole stream, in one pass).

Places are counted in code points from 0, the end is not included: Python's own string indices, which is what REFI-QDA
counts in. Texts are cleaned before anything is counted, and never normalised afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from hashlib import sha1
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import iso_week, local
from bot.exports.transcript_words import Said, said_words
from bot.service.reading import ReadReflection
from bot.service.reading_answers import ReadAnswer
from prompts import Wording

_OURS = UUID("5f8f1c1e-6c0b-5b1a-9a52-3f0d5a2d7e11")  # made once, at random; another one would change every GUID
_NAMED = sha1(_OURS.bytes, usedforsecurity=False)
_PART = "\x1f"
# What XML cannot hold, or what makes other programs count differently: a BOM in the middle is dropped by some readers.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\ufeff\ufffe\uffff\ud800-\udfff]")
_TO_CLEAN = re.compile("[\x00-\x08\x0b-\x1f\ufeff\ufffe\uffff\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|\x0b|\x0c")
_NOT_IN_A_NAME = re.compile("[^A-Za-z0-9_-]+")
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})
_LONGEST_NAME_PART = 24


class Dates(StrEnum):
    """How fine dates may be in an export."""

    DAY = "day"
    WEEK = "week"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Passage:
    """One answer in the text: ``Transcript.text[start:end] == text``. ``codes``: the guide's own codes for it.

    ``said``: value and words, no finer in time than the export may be; take these, not ``answer.label``.
    """

    question_id: str
    answer_guid: str
    selection_guid: str
    start: int
    end: int
    text: str
    codes: tuple[str, ...]
    answer: ReadAnswer
    said: Said


@dataclass(frozen=True, slots=True)
class Section:
    """One question of the transcript. ``heading``: the line above the answer; ``passage`` None: nothing was said, and
    ``silence`` is what stands there instead."""

    question_id: str
    short: str
    ask: str
    heading: str
    passage: Passage | None
    silence: str
    answer: ReadAnswer


@dataclass(frozen=True, slots=True)
class Transcript:
    """One reflection as a text. ``name``: unique, of ``[A-Za-z0-9 ._-]``; ``reference``: how it is called in exports.

    The reflection's own id tells the millisecond it was begun, so no export shows it: ``guid`` and ``reference`` are
    made of it and do not lead back. ``day`` and ``week`` (ISO year, week) are None where they may not be told.
    ``remarks``: what supervision added to it.
    """

    reflection: ReadReflection
    guid: str
    name: str
    text: str
    passages: tuple[Passage, ...]
    reference: str
    title: str
    sections: tuple[Section, ...]
    day: date | None
    week: tuple[int, int] | None
    remarks: str
    language: str


def guid(*parts: str) -> str:
    """An upper-case GUID without braces for what these parts name: the same in every export (RFC 9562, version 5)."""
    # As uuid.uuid5, which takes four times as long; an export asks for four GUIDs an answer.
    digest = _NAMED.copy()
    digest.update(_PART.join(parts).encode())
    told = digest.hexdigest().upper()
    variant = "89AB"[int(told[16], 16) & 3]
    return f"{told[:8]}-{told[8:12]}-5{told[13:16]}-{variant}{told[17:20]}-{told[20:32]}"


def clean(text: str) -> str:
    """The text as every program counts it: line ends are LF; no NUL, no C0 control but tab and newline, no U+FEFF,
    U+FFFE or U+FFFF, no lone surrogate. Nothing else changes; cleaning twice changes nothing more."""
    if _TO_CLEAN.search(text) is None:
        return text
    # First what is dropped: two characters that come together by it may be one line end.
    return _LINE_END.sub("\n", _UNWANTED.sub("", text))


def one_line(text: str) -> str:
    """The cleaned text with every run of white space as one space."""
    return " ".join(clean(text).split())


def plain_name(text: str) -> str:
    """The text in ``[A-Za-z0-9_-]``, short, never empty: for file and source names."""
    return _NOT_IN_A_NAME.sub("_", text.translate(_LETTERS))[:_LONGEST_NAME_PART].strip("_-") or "_"


def source_guid(reflection_id: str) -> str:
    """The GUID of a reflection's text."""
    return guid("source", reflection_id)


def answer_guid(reflection_id: str, question_id: str) -> str:
    """The GUID of an answer. It stays when the answer is changed: so a coding of earlier words can be found out."""
    return guid("answer", reflection_id, question_id)


def transcript_of(
    reflection: ReadReflection,
    wording: Wording,
    *,
    dates: Dates = Dates.DAY,
    zone: str = "Europe/Copenhagen",
    order: Sequence[str] = (),
    remarks: str = "",
) -> Transcript:
    """The reflection as a text in ``wording``'s language, superseded answers left out.

    ``zone``: IANA name, for what day it was. ``order``: question ids in the guide's order; without it, and for
    questions not in it, answers stand as they were given. What mentors typed is not translated and may itself name a
    date. A question or choice that the wording does not know stands with its id.
    """
    day = local(reflection.started_at, ZoneInfo(zone)).date()
    source = source_guid(reflection.reflection_id)
    reference = f"R{source.replace('-', '')[:12]}"
    told = {Dates.DAY: day.isoformat(), Dates.WEEK: "{}-W{:02}".format(*iso_week(day)), Dates.NONE: ""}[dates]
    words = said_words(wording.language)
    text = _Text(reflection, wording, dates, zone)
    title = text.begin(words.title(reference, one_line(reflection.mentor), _citizen(reflection), told))
    sections = tuple([text.add(answer) for answer in _current(reflection.answers, order)])
    return Transcript(
        reflection=reflection,
        guid=source,
        name=_name(reference, reflection, told),
        text=text.whole(),
        passages=tuple([section.passage for section in sections if section.passage is not None]),
        reference=reference,
        title=title,
        sections=sections,
        day=day if dates is Dates.DAY else None,
        week=None if dates is Dates.NONE else iso_week(day),
        remarks=clean(remarks),
        language=wording.language,
    )


class _Text:
    """The text as it grows, and how long it is."""

    def __init__(self, reflection: ReadReflection, wording: Wording, dates: Dates, zone: str) -> None:
        self._id = reflection.reflection_id
        self._wording = wording
        self._words = said_words(wording.language)
        self._dates = dates
        self._zone = zone
        self._parts: list[str] = []
        self._length = 0

    def begin(self, title: str) -> str:
        self._write(f"{title}\n")
        return title

    def add(self, answer: ReadAnswer) -> Section:
        short, ask = _asked(self._wording, answer.question_id)
        heading = f"{short}: {ask}" + (f" ({self._words.assumed})" if answer.assumed else "")
        self._write(f"\n{heading}\n")
        said = self._words.said(answer, self._wording, fine=self._dates.value, zone=self._zone)
        text = clean("\n".join(part for part in (said.line, said.typed) if part))
        silence = "" if text.strip() else f"({self._words.skipped if answer.skipped else self._words.silent})"
        start = self._length
        self._write(f"{silence or text}\n")
        passage = None if silence else self._passage(answer, said, start, text)
        return Section(answer.question_id, short, ask, heading, passage, silence, answer)

    def _passage(self, answer: ReadAnswer, said: Said, start: int, text: str) -> Passage:
        return Passage(
            question_id=answer.question_id,
            answer_guid=answer_guid(self._id, answer.question_id),
            selection_guid=guid("selection", self._id, answer.question_id),
            start=start,
            end=start + len(text),
            text=text,
            codes=answer.codes,
            answer=answer,
            said=said,
        )

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def whole(self) -> str:
        return "".join(self._parts)


@lru_cache(maxsize=4096)
def _words_of(short: str, ask: str) -> tuple[str, str]:
    return one_line(short), one_line(ask)


def _asked(wording: Wording, question_id: str) -> tuple[str, str]:
    try:
        words = wording.question(question_id)
    except KeyError:
        return question_id, question_id
    return _words_of(words.short, words.ask)


def _current(answers: Sequence[ReadAnswer], order: Sequence[str]) -> Iterator[ReadAnswer]:
    """What counts now: one answer a question, the latest."""
    latest: dict[str, ReadAnswer] = {}
    for answer in answers:
        known = latest.get(answer.question_id)
        if answer.superseded_at is None and (known is None or known.revision <= answer.revision):
            latest[answer.question_id] = answer
    places = {question_id: place for place, question_id in enumerate(order)}
    yield from sorted(latest.values(), key=lambda answer: places.get(answer.question_id, len(places)))


def _citizen(reflection: ReadReflection) -> str:
    return one_line(reflection.citizen or "")


def _name(reference: str, reflection: ReadReflection, told: str) -> str:
    people = [plain_name(reflection.mentor)] + ([plain_name(reflection.citizen)] if reflection.citizen else [])
    return " ".join([reference, *people, *([told] if told else [])])
