"""When a lead is told of the week that has ended: once a week, on a working day, never too late; pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.calendar import local, utc
from bot.dialogue.summary import Week, week_of
from bot.dialogue.weekly import Telling, due_at, telling
from bot.dialogue.worktime import WorkTime
from bot.workdays import danish_holidays

ZONE = ZoneInfo("Europe/Copenhagen")
MONDAY, EIGHT = 0, time(8)
ON_HOLIDAYS = danish_holidays(datetime(2026, 6, 1, tzinfo=UTC))


def work(*away: tuple[date, date], start: time = time(8), end: time = time(17), **more: object) -> WorkTime:
    """An ordinary lead's working time."""
    return WorkTime(ZONE, start=start, end=end, holidays=ON_HOLIDAYS, away=away, **more)  # type: ignore[arg-type] # weekdays only


def said(due: datetime | None) -> str | None:
    """A due time on the wall clock."""
    return None if due is None else f"{local(due, ZONE):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("week", "expected"),
    [
        (Week(2026, 47), "Mon 2026-11-23 08:00"),
        (Week(2026, 14), "Tue 2026-04-07 08:00"),  # Easter Monday is the 6th
        (Week(2026, 21), "Tue 2026-05-26 08:00"),  # Whit Monday is the 25th
        (Week(2026, 53), "Mon 2027-01-04 08:00"),  # ISO week 53
        (Week(2025, 52), "Mon 2025-12-29 08:00"),
        (Week(2026, 13), "Mon 2026-03-30 08:00"),  # the clocks went ahead the day before
        (Week(2026, 43), "Mon 2026-10-26 08:00"),  # and back
    ],
)
def test_on_monday_at_eight_or_the_next_working_day(week: Week, expected: str) -> None:
    """Eight o'clock on the wall, winter and summer; after a holiday on the day after it."""
    assert said(due_at(week, MONDAY, EIGHT, work())) == expected


def test_new_years_day_on_a_monday() -> None:
    """1 January 2024 was a Monday: the last week of the old year is told of on the 2nd."""
    holidays = danish_holidays(datetime(2024, 1, 1, tzinfo=UTC))
    free = WorkTime(ZONE, start=time(8), end=time(17), holidays=holidays)
    assert said(due_at(Week(2023, 52), MONDAY, EIGHT, free)) == "Tue 2024-01-02 08:00"


def test_days_away_hours_and_weekdays_are_respected() -> None:
    """Back on Wednesday it comes on Wednesday; away all week it does not come; later hours are waited for."""
    week, monday = Week(2026, 47), date(2026, 11, 23)
    day = timedelta(days=1)
    assert said(due_at(week, MONDAY, EIGHT, work((monday, monday + day)))) == "Wed 2026-11-25 08:00"
    assert due_at(week, MONDAY, EIGHT, work((monday, monday + 6 * day))) is None
    assert said(due_at(week, MONDAY, EIGHT, work(start=time(12), end=time(20)))) == "Mon 2026-11-23 12:00"
    assert said(due_at(week, MONDAY, EIGHT, work(weekdays=frozenset({1, 3})))) == "Tue 2026-11-24 08:00"
    assert said(due_at(week, MONDAY, time(18), work())) is None  # after everybody's hours, every day
    assert said(due_at(week, 4, time(15), work())) == "Fri 2026-11-27 15:00"
    assert said(due_at(week, 6, time(18), work(end=time(20)))) == "Mon 2026-11-30 18:00"  # Sunday is nobody's day


def test_the_newest_week_only_and_late_when_it_is() -> None:
    """After two weeks of downtime only the last week is told of, marked late; at once it is not; at night it waits."""
    monday = utc(date(2026, 11, 23), EIGHT, ZONE)
    week = Week(2026, 47)
    assert telling(monday, MONDAY, EIGHT, work()) == Telling(week, monday, late=False)
    assert telling(monday - timedelta(seconds=1), MONDAY, EIGHT, work()) is None
    assert telling(monday + timedelta(hours=1), MONDAY, EIGHT, work()) == Telling(week, monday, late=False)
    assert telling(monday + timedelta(days=2, hours=3), MONDAY, EIGHT, work()) == Telling(week, monday, late=True)
    assert telling(monday + timedelta(days=2, hours=13), MONDAY, EIGHT, work()) is None
    assert telling(monday + timedelta(days=5, hours=1), MONDAY, EIGHT, work()) is None  # Saturday


@settings(max_examples=60, deadline=None)
@given(
    start=st.dates(date(2020, 1, 1), date(2032, 12, 1)),
    weekday=st.integers(0, 6),
    at=st.times(time(6), time(16)).map(lambda t: t.replace(minute=t.minute // 15 * 15, second=0, microsecond=0)),
    away=st.lists(st.tuples(st.integers(0, 90), st.integers(0, 9)), max_size=4),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
)
def test_a_quarter_of_ticks(
    start: date, weekday: int, at: time, away: list[tuple[int, int]], weekdays: set[int]
) -> None:
    """Whatever the day, the hour, holidays and days away: ticking through a quarter, each week has at most one moment
    it becomes due at; it lies in working time, after the week, before the next one's turn; weeks come in order."""
    days = tuple((start + timedelta(days=a), start + timedelta(days=a + n)) for a, n in away)
    holidays = danish_holidays(datetime.combine(start, EIGHT, tzinfo=UTC))
    free = WorkTime(ZONE, frozenset(weekdays), time(8), time(17), holidays, days)
    seen: dict[Week, datetime] = {}
    now = utc(start, time(0), ZONE)
    while now < utc(start + timedelta(days=92), time(0), ZONE):
        found = telling(now, weekday, at, free)
        if found is not None:
            assert seen.setdefault(found.week, found.due_at) == found.due_at
            assert free.is_open(now) and free.is_open(found.due_at) and found.due_at <= now
            first = found.week.moved(1).monday + timedelta(days=weekday)
            assert first <= local(found.due_at, ZONE).date() <= local(now, ZONE).date() < first + timedelta(days=7)
            assert found.week == max(seen), "an older week after a newer one"
            assert found.week < week_of(local(now, ZONE).date())
        now += timedelta(minutes=45)
