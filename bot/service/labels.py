"""An answer in words, as a person reads it: on the card, to the lead, and in exports."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import say_when
from bot.dialogue.guide import Kind, Question
from bot.dialogue.state import Answer, Pick
from prompts.wording import Wording


def label(
    question: Question, answer: Answer, words: Wording, *, now: datetime, zone: str, pseudonym: str | None = None
) -> str | None:
    """The answer in ``words``' language, without what was typed; None for a text, a skipped one, or a silence.

    ``now`` decides whether a date needs its year. A choice the wording no longer knows is shown by its id.
    """
    if answer.skipped:
        return None
    match question.kind:
        case Kind.TEXT:
            return None
        case Kind.CITIZEN:
            return pseudonym or str(answer.value)
        case Kind.SCALE:
            return f"{answer.value} · {words.step(question.id, int(answer.value or 0))}"
        case Kind.MINUTES:
            return f"{answer.value} min."
        case Kind.WHEN if answer.at is not None:
            return say_when(answer.at, now, ZoneInfo(zone), words.language, answer.has_time)
        case Kind.MANY:
            return ", ".join(_pick(question, pick, words, now, zone) for pick in answer.picks) or None
    said = _choice(words, question.id, str(answer.value))
    if answer.at is None:
        return said
    return f"{said}: {say_when(answer.at, now, ZoneInfo(zone), words.language, answer.has_time)}"


def _pick(question: Question, pick: Pick, words: Wording, now: datetime, zone: str) -> str:
    said = _choice(words, question.id, pick.choice)
    if pick.result is None:
        return said
    when = f", {say_when(pick.at, now, ZoneInfo(zone), words.language, True)}" if pick.at else ""
    try:
        return f"{said} ({words.result(question.id, pick.result)}{when})"
    except KeyError:
        return f"{said} ({pick.result}{when})"


def _choice(words: Wording, question_id: str, choice_id: str) -> str:
    try:
        return words.choice(question_id, choice_id)
    except KeyError:
        return choice_id
