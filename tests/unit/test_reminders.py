"""When a reminder goes, waits, is late, and what goes together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue.calendar import at_local
from bot.dialogue.reminders import (
    LATE_AFTER,
    Line,
    Reminder,
    Round,
    bundle,
    due_list,
    hold_while_debriefing,
    intended_at,
    is_late,
    plan_round,
    replanned,
    sending_time,
)
from bot.dialogue.worktime import WorkTime

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
OFFICE = WorkTime(COPENHAGEN)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEDNESDAY = date(2026, 11, 25)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """Wall clock on that Wednesday, or days from it, to UTC."""
    return at_local(WEDNESDAY + timedelta(days=days), hour, minute, COPENHAGEN)


def reminder(due: datetime, name: str = "r", **more: object) -> Reminder:
    """Anna's reminder, as it would stand in the table."""
    made = Reminder(name, "anna", "followup", f"followup:{name}", due, due)
    return replace(made, **more)  # type: ignore[arg-type] # fields by name


def sent(planned: Round) -> list[tuple[str, bool]]:
    """Which reminders go, and whether they say that they are late."""
    return [(line.reminder.id, line.late) for one in planned.send for line in one.lines]


@pytest.mark.parametrize(
    ("due", "snoozed", "deliberate", "expected"),
    [
        (at(10), None, False, at(10)),
        (at(20), None, False, at(8, days=1)),
        (at(20), None, True, at(20)),
        (at(10), at(11), False, at(11)),
        (at(10), at(19), False, at(8, days=1)),
        (at(10), at(19), True, at(19)),
        (at(10), at(9), False, at(10)),
        (at(10, days=3), None, False, at(8, days=5)),
    ],
    ids=["open", "evening", "asked for", "snoozed", "snoozed to evening", "asked evening", "snoozed too early", "sat"],
)
def test_when_it_goes(due: datetime, snoozed: datetime | None, deliberate: bool, expected: datetime) -> None:
    """The later of due and snooze, moved into working time unless exactly that time was asked for."""
    assert sending_time(due, snoozed, deliberate, OFFICE) == expected
    assert intended_at(reminder(due, snoozed_until=snoozed, deliberate=deliberate), OFFICE) == expected


def test_a_snooze_leaves_the_due_time() -> None:
    """The snooze is what it is wanted at; what was agreed stays."""
    snoozed = reminder(at(10), snoozed_until=at(15))
    assert (snoozed.due_at, snoozed.wanted_at) == (at(10), at(15))


def test_late_is_counted_from_when_it_should_have_gone() -> None:
    """Due on Friday evening and sent on Monday at eight is on time; sent at ten it is late."""
    friday = reminder(at(20, days=2))
    monday = at(8, days=5)
    assert sent(plan_round([friday], monday, OFFICE)) == [("r", False)]
    assert sent(plan_round([friday], monday + 2 * HOUR, OFFICE)) == [("r", True)]
    assert not is_late(monday, monday + LATE_AFTER)
    assert is_late(monday, monday + LATE_AFTER + MINUTE)


def test_three_days_asleep() -> None:
    """What fell due meanwhile goes once, in one message, and says which of it is late."""
    asleep = [reminder(at(10, days=-3), "a"), reminder(at(9), "b"), reminder(at(8, 50), "c")]
    planned = plan_round(asleep, at(9, 30), OFFICE)
    assert [len(one.lines) for one in planned.send] == [3]
    assert sent(planned) == [("a", True), ("c", False), ("b", False)]


def test_a_bot_that_wakes_at_night_stays_quiet() -> None:
    """Late or not, nothing goes at three in the night, not even what was asked for at nine in the evening."""
    night = at(3, 0, days=1)
    both = [reminder(at(10), "a"), reminder(at(21), "b", deliberate=True)]
    assert plan_round(both, night, OFFICE) == Round((), (("a", at(8, days=1)), ("b", at(8, days=1))))
    assert sent(plan_round(both, at(8, days=1), OFFICE)) == [("a", True), ("b", True)]


def test_a_deliberate_time_is_kept() -> None:
    """Nine in the evening, on a day off, while away: asked for, so it goes, also after half an hour's downtime."""
    away = WorkTime(COPENHAGEN, away=((WEDNESDAY, WEDNESDAY + 7 * DAY),))
    saturday = reminder(at(21, days=3), deliberate=True)
    assert sent(plan_round([saturday], at(21, days=3), away)) == [("r", False)]
    assert sent(plan_round([saturday], at(21, 30, days=3), away)) == [("r", False)]


def test_days_away_that_were_told_later_count() -> None:
    """The row says now; the mentor has meanwhile said that they are away until Friday: it waits, and is not late."""
    away = WorkTime(COPENHAGEN, away=((WEDNESDAY, WEDNESDAY + 2 * DAY),))
    due = reminder(at(10))
    assert plan_round([due], at(10), away) == Round((), (("r", at(8, days=5)),))
    assert sent(plan_round([due], at(8, days=5), away)) == [("r", False)]


def test_hours_that_never_come_hurt_nobody_else() -> None:
    """Somebody away for years waits, looked at daily; nothing is raised in the middle of everybody's round."""
    gone = WorkTime(COPENHAGEN, away=((WEDNESDAY, WEDNESDAY + 2000 * DAY),))
    assert plan_round([reminder(at(10))], at(10), gone) == Round((), (("r", at(10) + DAY),))


def test_several_due_at_once_are_one_message_a_person() -> None:
    """One message with a line each, by wanted time; private ones in a message of their own."""
    lines = [
        Line(reminder(at(9), "late"), True),
        Line(reminder(at(8), "first"), False),
        Line(reminder(at(8), "secret", private=True), False),
        Line(reminder(at(7), "other", person_id="bo"), False),
        Line(reminder(at(7), "snoozed", snoozed_until=at(8, 30)), False),
    ]
    told = [(one.person_id, one.private, [line.reminder.id for line in one.lines]) for one in bundle(lines)]
    assert told == [
        ("anna", False, ["first", "snoozed", "late"]),
        ("anna", True, ["secret"]),
        ("bo", False, ["other"]),
    ]
    assert bundle([]) == ()


def test_an_open_debrief_is_not_broken_into() -> None:
    """A reminder waits while the mentor debriefs, is looked at again soon, and goes when the debrief has ended."""
    due = reminder(at(10))
    assert plan_round([due], at(10), OFFICE, at(9, 55)) == Round((), (("r", at(10, 1)),))
    assert sent(plan_round([due], at(10, 7), OFFICE, None)) == [("r", False)]


def test_a_debrief_holds_for_an_hour_at_most() -> None:
    """However often it is touched: an hour after its time the reminder goes, and is not called late for that."""
    due, now = reminder(at(10)), at(10)
    while not (planned := plan_round([due], now, OFFICE, now - MINUTE)).send:
        (_, now) = planned.wait[0]
    assert at(10) < now <= at(11)
    assert sent(planned) == [("r", False)]
    assert sent(plan_round([due], now + 10 * MINUTE, OFFICE, now)) == [("r", False)]


def test_a_debrief_left_lying_holds_nothing() -> None:
    """Nobody touched it for an hour: nobody is interrupted."""
    assert hold_while_debriefing(at(10), at(10), at(8, 59), OFFICE) is None
    assert hold_while_debriefing(at(10), at(10), at(9, 1), OFFICE) == at(10, 1)
    assert hold_while_debriefing(at(10), at(10), None, OFFICE) is None


def test_waiting_does_not_run_into_the_evening() -> None:
    """Due at half past four: it breaks in shortly before closing rather than come next morning."""
    assert hold_while_debriefing(at(16, 30), at(16, 30), at(16, 30), OFFICE) == at(16, 55)
    assert hold_while_debriefing(at(16, 57), at(16, 57), at(16, 50), OFFICE) is None
    evening = reminder(at(20), deliberate=True)
    assert plan_round([evening], at(20), OFFICE, at(20)).wait == (("r", at(20, 1)),)
    assert sent(plan_round([evening], at(21), OFFICE, at(21))) == [("r", False)]


def test_new_hours_move_what_waits() -> None:
    """Only what moves is named; a snooze, a deliberate time and what already fits stay."""
    early = WorkTime(COPENHAGEN, start=time(7), end=time(15))
    waiting = [
        reminder(at(6), "opens", send_at=at(8)),
        reminder(at(10), "fits"),
        reminder(at(16), "closed"),
        reminder(at(20), "asked", deliberate=True),
        reminder(at(9), "snoozed", snoozed_until=at(16, 30), send_at=at(16, 30)),
    ]
    assert dict(replanned(waiting, early)) == {
        "opens": at(7),
        "closed": at(7, days=1),
        "snoozed": at(7, days=1),
    }


def test_the_list_is_by_local_day() -> None:
    """Overdue, today, seven days, and how many beyond; just before midnight is still today."""
    standing = [
        reminder(at(9, days=8), "beyond"),
        reminder(at(23, 59, days=7), "last"),
        reminder(at(0, 0, days=1), "tomorrow"),
        reminder(at(23, 59), "tonight"),
        reminder(at(8), "morning"),
        reminder(at(23, 59, days=-1), "yesterday"),
        reminder(at(9, days=-9), "snoozed", snoozed_until=at(12)),
    ]
    found = due_list(standing, at(10), COPENHAGEN)
    assert [one.id for one in found.overdue] == ["yesterday"]
    assert [one.id for one in found.today] == ["morning", "snoozed", "tonight"]
    assert [one.id for one in found.coming] == ["tomorrow", "last"]
    assert found.beyond == 1
