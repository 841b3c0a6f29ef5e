"""One stored answer for reading: its value by kind, its words, its codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from bot.dialogue.codec import answer_from_data
from bot.dialogue.guide import Choice, Kind, Question
from bot.dialogue.state import Answer
from bot.service.labels import label
from prompts import LoadedGuide, Wording
from storage.answers import AnswerRow
from storage.times import stamp, stamp_or_none

Value: TypeAlias = str | int | list[str] | None
Detail: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """One answer for reading. ``value`` by kind: choice id (one), choice ids (many), number (scale, minutes),
    pseudonym (citizen), UTC time as text (when), None (text, a skipped one, "no" to a when).

    ``label``: the value in words, in the language it was answered in. ``detail``: what the value leaves out, see
    ``_detail``. ``codes``: of the question and of what was picked; none for a skipped one, which says nothing.
    ``shared``: the lead may see it now.
    """

    question_id: str
    kind: str
    value: Value
    text: str | None
    label: str | None
    asked_at: datetime | None
    answered_at: datetime
    revision: int
    superseded_at: datetime | None
    skipped: bool
    assumed: bool
    visibility: str
    shared: bool
    codes: tuple[str, ...]
    wording_hash: str
    detail: Detail | None


def read_answer(
    guide: LoadedGuide, row: AnswerRow, shared: frozenset[str], names: Mapping[str, str], zone: str
) -> ReadAnswer:
    """The answer in ``row``, which was given under ``guide``.

    ``shared``: ids of the debrief's questions that the lead may see; ``names``: citizen id → pseudonym; ``zone``: IANA
    name of the mentor's zone, for times in words.
    """
    question = guide.guide[row.question_id]
    answer = answer_from_data(row.value or {}, skipped=row.skipped, assumed=row.assumed)
    pseudonym = names.get(str(answer.value)) if question.kind is Kind.CITIZEN else None
    return ReadAnswer(
        question_id=row.question_id,
        kind=row.kind,
        value=_value(question.kind, answer, pseudonym),
        text=row.text,
        label=_label(question, answer, _words(guide, row.language), row.answered_at, zone, pseudonym),
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        revision=row.revision,
        superseded_at=row.superseded_at,
        skipped=row.skipped,
        assumed=row.assumed,
        visibility=row.visibility,
        shared=row.superseded_at is None and row.question_id in shared,
        codes=_codes(question, answer),
        wording_hash=row.wording_hash,
        detail=_detail(question, answer),
    )


def _words(guide: LoadedGuide, language: str) -> Wording:
    return guide.wording.get(language) or next(iter(guide.wording.values()))


def _label(
    question: Question, answer: Answer, words: Wording, at: datetime, zone: str, pseudonym: str | None
) -> str | None:
    if question.kind is Kind.CITIZEN and pseudonym is None:
        return None  # erased since: an inner id says nothing to anybody
    return label(question, answer, words, now=at, zone=zone, pseudonym=pseudonym)


def _value(kind: Kind, answer: Answer, pseudonym: str | None) -> Value:
    if answer.skipped:
        return None
    match kind:
        case Kind.TEXT:
            return None
        case Kind.CITIZEN:
            return pseudonym
        case Kind.MANY:
            return [pick.choice for pick in answer.picks]
        case Kind.WHEN:
            return stamp_or_none(answer.at)
    return answer.value


def _detail(question: Question, answer: Answer) -> Detail | None:
    """What the value cannot say: which choice a when was, the date beside a choice (``has_time`` False: only the day
    was meant), channel, result and time of contact attempts."""
    if answer.skipped:
        return None
    date = {"at": stamp(answer.at), "has_time": answer.has_time} if answer.at is not None else {}
    match question.kind:
        case Kind.WHEN:
            return {"choice": answer.value, **date}
        case Kind.MANY if question.results:
            return {
                "attempts": [
                    {"channel": pick.choice, "result": pick.result, "at": stamp_or_none(pick.at)}
                    for pick in answer.picks
                    if pick.result is not None
                ]
            }
    return date or None


def _codes(question: Question, answer: Answer) -> tuple[str, ...]:
    if answer.skipped:
        return ()
    picked = [question.choice(pick.choice) for pick in answer.picks] + [question.choice(str(answer.value))]
    return tuple(dict.fromkeys([*question.codes, *(code for choice in picked for code in _of(choice))]))


def _of(choice: Choice | None) -> tuple[str, ...]:
    return choice.codes if choice is not None else ()
