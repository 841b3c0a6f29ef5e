"""Between a place in a text and a place in what the mentor typed: the second is the same in every export."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.exports.manual import ManualCoding
from bot.exports.transcript import Dates, Passage, Transcript, clean, transcript_of
from bot.exports.whole import without_typed_times
from bot.service.reading import ReadReflection
from bot.service.reading_answers import ReadAnswer
from prompts import LoadedGuide
from storage import codings
from storage.codings import Mark
from storage.database import Snapshot


def codings_reader(snapshot: Snapshot) -> Callable[[Transcript], Awaitable[Sequence[ManualCoding]]]:
    """Gives what people coded in a transcript, as it stands in the database: what ``whole.write_whole`` asks for."""
    coded: frozenset[str] | None = None

    async def of(transcript: Transcript) -> Sequence[ManualCoding]:
        nonlocal coded
        if coded is None:
            coded = await codings.coded(snapshot)
        reflection_id = transcript.reflection.reflection_id
        if reflection_id not in coded:
            return ()
        return manual_of([one.mark for one in await codings.current_of(snapshot, reflection_id)], transcript)

    return of


def manual_of(marks: Sequence[Mark], transcript: Transcript) -> tuple[ManualCoding, ...]:
    """The codings of the answers as they stand in this text; those of earlier words of an answer are left out."""
    passages = {passage.question_id: passage for passage in transcript.passages}
    found = []
    for mark in marks:
        passage = passages.get(mark.question_id)
        span = None if passage is None else span_of(mark, passage)
        if passage is not None and span is not None:
            found.append(
                ManualCoding(
                    answer=passage.answer_guid,
                    start=span[0],
                    end=span[1],
                    code=mark.code,
                    coder=mark.coder,
                    at=mark.coded_at,
                    condensation=mark.condensation,
                    theme=mark.theme,
                )
            )
    return tuple(found)


def span_of(mark: Mark, passage: Passage) -> tuple[int, int] | None:
    """Where the mark is within ``passage.text``; None when it is of other words of this answer."""
    if mark.revision != passage.answer.revision:
        return None
    if mark.starts is None or mark.ends is None:
        return 0, len(passage.text)
    begin = words_begin(passage)
    return (begin + mark.starts, begin + mark.ends) if begin + mark.ends <= len(passage.text) else None


def place_of(passage: Passage, start: int, end: int) -> tuple[int | None, int | None]:
    """Where characters ``start`` to ``end`` of ``passage.text`` are within what the mentor typed; None, None when they
    are not only in that: then it is the answer as a whole."""
    begin = words_begin(passage)
    return (start - begin, end - begin) if start >= begin else (None, None)


def words_begin(passage: Passage) -> int:
    """Where in ``passage.text`` the mentor's own words begin; its length when there are none."""
    typed = clean(passage.said.typed)
    own = bool(typed.strip()) and passage.text.endswith(typed)
    return len(passage.text) - len(typed) if own else len(passage.text)


def tellings(reflection: ReadReflection, guide: LoadedGuide, zone: str) -> Iterator[Transcript]:
    """Every text that an export can have made of a debrief: in each language and fineness of dates, as its answers
    stand now and, after that, as they stood before each change of them.

    ``reflection`` with its superseded answers; ``zone``: IANA name, as exports are made with.
    """
    order = [question.id for question in guide.guide.questions]
    for state in _states(reflection):
        for wording in guide.wording.values():
            for dates in Dates:
                yield transcript_of(without_typed_times(state), wording, dates=dates, zone=zone, order=order)


def _states(reflection: ReadReflection) -> Iterator[ReadReflection]:
    yield reflection
    for at in sorted({one.superseded_at for one in reflection.answers if one.superseded_at is not None}, reverse=True):
        yield replace(reflection, answers=tuple(_as_of(reflection, at)))


def _as_of(reflection: ReadReflection, at: datetime) -> Iterator[ReadAnswer]:
    for answer in reflection.answers:
        gone = answer.superseded_at
        if answer.answered_at < at and (gone is None or gone >= at):
            yield replace(answer, superseded_at=None)
