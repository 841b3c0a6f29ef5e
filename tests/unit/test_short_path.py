"""The short path: eight taps, nothing typed, start and save included."""

import pytest

from bot.dialogue.events import Press
from bot.dialogue.followups import leaves
from bot.dialogue.state import Status
from tests.unit.people import B07, GUIDE, Debrief

HELD = sorted(GUIDE.groups["held"])
MISSED = sorted(GUIDE.groups["missed"])
DECISIONS = [choice.id for choice in GUIDE["absence_decision"].choices]
REASONS = [choice.id for choice in GUIDE["absence_reason"].choices]
ATTEMPTS = [choice.id for choice in GUIDE["reach_tried"].choices]
NEXT = [choice.id for choice in GUIDE["next_contact"].choices if choice.companion is None]


@pytest.mark.parametrize("outcome", HELD)
@pytest.mark.parametrize("next_contact", NEXT)
def test_met(outcome: str, next_contact: str) -> None:
    """A visit without drama is saved with eight taps and no typing, however the meeting was held."""
    debrief = Debrief().tap(B07, outcome, "m30", "2", "nothing", next_contact, Press.SAVE)
    assert (debrief.at, debrief.state.status) == ("receipt", Status.SAVED)
    assert (debrief.taps, debrief.typed) == (8, 0)


@pytest.mark.parametrize("outcome", MISSED)
@pytest.mark.parametrize("decision", DECISIONS)
def test_no_show(outcome: str, decision: str) -> None:
    """A no-show takes eight taps whatever is decided: registering is neither easier nor harder than not."""
    debrief = Debrief().tap(B07, outcome, "call", decision, "nothing_yet", "tomorrow", Press.SAVE)
    assert (debrief.at, debrief.state.status) == ("receipt", Status.SAVED)
    assert (debrief.taps, debrief.typed) == (8, 0)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_show_first_taps_go_on(attempt: str, reason: str) -> None:
    """Every attempt and every reason is one tap."""
    debrief = Debrief().tap(B07, "did_not_come", attempt, "wait", reason, "in_a_week", Press.SAVE)
    assert (debrief.taps, debrief.at) == (8, "receipt")


@pytest.mark.parametrize("outcome", ["cancelled_by_citizen", "cancelled_by_me"])
def test_cancelled(outcome: str) -> None:
    """A cancellation is shorter still."""
    debrief = Debrief().tap(B07, outcome)
    debrief.tap("ill" if outcome == "cancelled_by_citizen" else "m15", "in_3_days", Press.SAVE)
    assert debrief.at == "receipt"
    assert debrief.taps <= 8


def test_cancelled_by_me_never_asks_about_absence() -> None:
    """When the mentor cancelled, no question about absence opens in either length."""
    debrief = Debrief().tap(Press.FULL, B07, "cancelled_by_me")
    asked = set()
    while debrief.state.stage == "question":
        asked.add(debrief.at)
        debrief.tap(Press.SKIP)
    assert not {q for q in asked if q.startswith(("absence", "reach", "other_form", "decision", "hearing"))}


def test_assumptions_are_marked() -> None:
    """The receipt takes time, minutes of a no-show and "nothing for supervision" for granted, and says so."""
    debrief = Debrief().tap(B07, "did_not_open", "visit", "register", "nothing_yet", "tomorrow", Press.SAVE)
    assumed = {q for q, answer in debrief.state.answers.items() if answer.assumed}
    assert assumed == {"contact_when", "minutes_used", "supervision"}
    assert debrief.state.answers["contact_when"].at == debrief.now
    assert debrief.value("minutes_used") == 15
    debrief.change("minutes_used").tap("m45")
    assert (debrief.value("minutes_used"), debrief.at) == (45, "receipt")
    assert not debrief.state.answers["minutes_used"].assumed


def test_waiting_takes_a_date_for_granted() -> None:
    """ "Wait until" costs no extra tap: three working days on, over the weekend, changeable on the receipt."""
    debrief = Debrief().tap(B07, "did_not_come", "call", "wait", "ill", "tomorrow", Press.SAVE)
    at = debrief.state.answers["absence_decision"].at
    assert at is not None
    assert at.date().isoformat() == "2026-11-30"
    debrief.change("absence_decision").tap("wait").type("fredag")
    at = debrief.state.answers["absence_decision"].at
    assert at is not None
    assert (at.date().isoformat(), debrief.at) == ("2026-11-27", "receipt")


def test_a_registered_absence_leaves_what_must_not_be_forgotten() -> None:
    """Registering leaves "entered in the record system?" and, on the short path, the hearing to look after."""
    debrief = Debrief().tap(B07, "did_not_come", "call", "register", "ill", "tomorrow", Press.SAVE)
    kinds = {due.kind for due in leaves(debrief.guide, debrief.state)}
    assert {"record_entry", "hearing", "next_contact"} <= kinds
    debrief.change("absence_decision").tap("held_otherwise")
    kinds = {due.kind for due in leaves(debrief.guide, debrief.state)}
    assert kinds == {"next_contact"}
