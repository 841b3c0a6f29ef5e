"""Snooze buttons, the next of a series, check-ins: local times, over both clock changes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.calendar import at_local
from bot.dialogue.reminder_times import Snooze, SnoozeKey, check_in_times, next_in_series, snooze_options
from bot.dialogue.worktime import WorkTime

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
OFFICE = WorkTime(COPENHAGEN)
WEDNESDAY = date(2026, 11, 25)
CHOOSE = Snooze(SnoozeKey.CHOOSE, None)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Wall clock in Copenhagen to UTC."""
    return at_local(day, hour, minute, COPENHAGEN)


def on(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """Wall clock on that Wednesday, or days from it."""
    return at(WEDNESDAY + timedelta(days=days), hour, minute)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (
            on(9, 10),
            [
                Snooze(SnoozeKey.HOUR, on(10, 10)),
                Snooze(SnoozeKey.AFTERNOON, on(14)),
                Snooze(SnoozeKey.TOMORROW, on(8, days=1)),
            ],
        ),
        (
            on(13, 10),
            [
                Snooze(SnoozeKey.HOUR, on(14, 10)),
                Snooze(SnoozeKey.AFTERNOON, on(15, 30)),
                Snooze(SnoozeKey.TOMORROW, on(8, days=1)),
            ],
        ),
        (
            on(16, 30),
            [Snooze(SnoozeKey.HOUR, on(17, 30), deliberate=True), Snooze(SnoozeKey.TOMORROW, on(8, days=1))],
        ),
        (on(14, 30, days=2), [Snooze(SnoozeKey.HOUR, on(15, 30, 2)), Snooze(SnoozeKey.NEXT_WORKDAY, on(8, days=5))]),
        (
            on(9, days=3),
            [Snooze(SnoozeKey.HOUR, on(10, 0, 3), deliberate=True), Snooze(SnoozeKey.NEXT_WORKDAY, on(8, days=5))],
        ),
    ],
    ids=["morning", "noon", "before closing", "friday", "saturday"],
)
def test_the_snooze_buttons_that_make_sense(now: datetime, expected: list[Snooze]) -> None:
    """An hour always; this afternoon while there is one; the next working morning, called tomorrow only if it is."""
    assert snooze_options(now, OFFICE) == (*expected, CHOOSE)


def test_a_snooze_is_on_the_minute() -> None:
    """What the button promises is said to the minute: seconds are rounded up, so that an hour is never shorter."""
    assert snooze_options(on(9) + timedelta(seconds=1), OFFICE)[0].at == on(10, 1)


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24)])
def test_tomorrow_is_eight_when_the_clocks_change(day: date) -> None:
    """Snoozed on the Saturday before: Sunday at eight by the wall clock, 23 or 25 hours away."""
    work = WorkTime(COPENHAGEN, frozenset(range(7)))
    options = {one.key: one.at for one in snooze_options(at(day, 8), work)}
    assert options[SnoozeKey.TOMORROW] == at(day + timedelta(days=1), 8)
    assert options[SnoozeKey.TOMORROW] != at(day, 8) + timedelta(hours=24)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)), st.integers(0, 1))  # noqa: DTZ001 - made aware below
def test_snoozes_lie_ahead_and_in_working_time(wall: datetime, fold: int) -> None:
    """At any moment of two years every button lies in the future, in order, and outside hours only if deliberate."""
    now = wall.replace(tzinfo=COPENHAGEN, fold=fold)
    options = [one for one in snooze_options(now, OFFICE) if one.at is not None]
    times = [one.at for one in options if one.at]
    assert times[0] - now >= timedelta(hours=1)
    assert times[1:] == sorted(times[1:])
    assert all(OFFICE.is_open(one.at) != one.deliberate for one in options if one.at)


dues = st.builds(
    lambda n, hour, minute: at(date(2026, 1, 1) + timedelta(days=n), hour, minute),
    st.integers(0, 700),
    st.integers(0, 23),
    st.integers(0, 59),
)


@given(dues, st.integers(1, 60), st.integers(-60 * 24 * 60, 400 * 24 * 60))
def test_the_next_of_a_series_keeps_the_wall_clock(due: datetime, days: int, minutes: int) -> None:
    """The first one later than asked, whole steps of local days from what was due, never between two and three."""
    after = due + timedelta(minutes=minutes)
    found = next_in_series(due, days, COPENHAGEN, after)
    wall, first = found.astimezone(COPENHAGEN), due.astimezone(COPENHAGEN)
    steps, rest = divmod((wall.date() - first.date()).days, days)
    assert found > after
    assert rest == 0
    assert steps >= 1
    assert wall.time() == (time(3) if first.hour == 2 else first.time())
    assert steps == 1 or at(wall.date() - timedelta(days=days), wall.hour, wall.minute) <= after


def test_a_series_is_not_caught_up_with() -> None:
    """Three weeks asleep: the next Monday at nine and not three of them; a rhythm of no days is refused."""
    monday = at(date(2026, 3, 9), 9)
    assert next_in_series(monday, 7, COPENHAGEN, monday) == at(date(2026, 3, 16), 9)
    assert next_in_series(monday, 7, COPENHAGEN, at(date(2026, 3, 31), 12)) == at(date(2026, 4, 6), 9)
    with pytest.raises(ValueError, match="one day"):
        next_in_series(monday, 0, COPENHAGEN, monday)


@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        (on(14), [on(9, days=1), on(9, days=5), on(9, days=14)]),  # Wednesday: Thursday, Saturday → Monday, Wednesday
        (on(14, days=2), [on(9, days=5), on(9, days=6), on(9, days=16)]),  # Friday: Monday, Tuesday, two weeks on
        (on(23, 30, days=-2), [on(9, days=-1), on(9, days=1), on(9, days=12)]),  # Monday, late in the evening
    ],
    ids=["wednesday", "friday", "late"],
)
def test_check_ins_after_a_tough_visit(visit: datetime, expected: list[datetime]) -> None:
    """Next morning, after 3 and 14 days; at nine, never on a day off and never two on one day."""
    assert list(check_in_times(visit, OFFICE)) == expected


def test_check_ins_fit_other_hours() -> None:
    """Who begins at noon is asked at noon."""
    late = WorkTime(COPENHAGEN, start=time(12), end=time(20))
    assert [one.astimezone(COPENHAGEN).hour for one in check_in_times(on(14), late)] == [12, 12, 12]


@given(dues)
def test_check_ins_are_three_different_working_days(visit: datetime) -> None:
    """Whenever the visit was, three moments in working time follow, each on a later day."""
    found = check_in_times(visit, OFFICE)
    days = [one.astimezone(COPENHAGEN).date() for one in found]
    assert visit.astimezone(COPENHAGEN).date() < days[0] < days[1] < days[2]
    assert all(OFFICE.is_open(one) for one in found)
