"""What taps must have done and not done, told from what was pressed and what is stored, without the dialogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.dialogue.codec import answer_from_data
from bot.dialogue.events import Press
from bot.dialogue.guide import Guide, Kind
from bot.telegram.callbacks import CHOOSE
from storage.answers import AnswerRow
from tests.faults.audit import Report
from tests.faults.stored import Stored
from tests.faults.taps_thumb import Pressing, Thumb

UNANSWERED, TOO_MANY, ELSEWHERE = "unanswered", "too many answers", "written elsewhere"
"""A tap that Telegram was never given an answer to; more answers than cards on which one was pressed; an answer to a
question on whose card nobody pressed it."""


def check(report: Report, thumbs: Sequence[Thumb], found: Stored, guide: Guide) -> None:
    """Name everything of it. Several of the ``thumbs`` may be one mentor's."""
    pressed = {
        chat: [one for thumb in thumbs if thumb.person.id == chat for one in thumb.pressed]
        for chat in {thumb.person.id for thumb in thumbs}
    }
    for chat, taps in sorted(pressed.items()):
        for late in (one for one in taps if not one.query.answered):
            report.add(UNANSWERED, f"chat {chat}: tap {late.query.id} on {late.data!r}")
        for debrief in found.debriefs[chat]:
            own = [one for one in taps if one.button is not None and one.button.token == debrief.row.token]
            for question in guide:
                rows = [row for row in debrief.revisions.get(question.id, []) if _tapped(row)]
                here = [one for one in own if one.question == question.id]
                _one_question(report, f"chat {chat}, {question.id}", question.kind, rows, here)


def _tapped(row: AnswerRow) -> bool:
    return not row.assumed and row.text is None


def _one_question(
    report: Report, where: str, kind: Kind, rows: Sequence[AnswerRow], pressed: Sequence[Pressing]
) -> None:
    """Every revision was pressed on the question's own card, and no card gave two."""
    verbs = [(one.button.visit, one.button.verb, one.button.arg) for one in pressed if one.button]
    skipped = sum(row.skipped for row in rows)
    visits = {visit for visit, verb, _ in verbs if verb == Press.SKIP.value}
    if skipped > len(visits):
        what = f"{where}: passed over {skipped} times, on {len(visits)} of its cards"
        report.add(TOO_MANY if visits else ELSEWHERE, what)
    if kind not in (Kind.ONE, Kind.SCALE):
        return
    given = Counter(str(_value(row)) for row in rows if not row.skipped)
    chosen = {(visit, arg) for visit, verb, arg in verbs if verb == CHOOSE}
    for value, times in given.items():
        on = sum(arg == value for _, arg in chosen)
        if times > on:
            report.add(TOO_MANY if on else ELSEWHERE, f"{where}: {value!r} {times} times, pressed on {on} of its cards")
    if given.total() > len({visit for visit, _ in chosen}):
        report.add(TOO_MANY, f"{where}: {given.total()} answers, from {len({visit for visit, _ in chosen})} cards")


def _value(row: AnswerRow) -> object:
    return answer_from_data(row.value, skipped=row.skipped, assumed=row.assumed).value


def sums(thumbs: Sequence[Thumb]) -> Counter[str]:
    """What all of them did."""
    return sum((thumb.counts for thumb in thumbs), Counter[str]())
