"""When what is old goes: pure dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue.retention import AHEAD, limits, months_before, newest_run, warnings

ZONE = ZoneInfo("Europe/Copenhagen")


@pytest.mark.parametrize(
    ("now", "run_on"),
    [
        (datetime(2026, 12, 1, 2, 59, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 12, 1, 3, 0, tzinfo=UTC), date(2026, 12, 1)),  # 4.00 in Copenhagen in winter
        (datetime(2026, 7, 1, 2, 0, tzinfo=UTC), date(2026, 7, 1)),  # and in summer
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2027, 1, 1, 3, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_run_is_due_from_four_o_clock_on_the_first(now: datetime, run_on: date) -> None:
    """The newest run is the last 1st on which it has been four o'clock, on the local clock."""
    assert newest_run(now, ZONE) == run_on


def test_months_are_counted_by_the_calendar() -> None:
    """24 months before a 1st is the same month's 1st two years earlier; negative months go ahead."""
    assert months_before(date(2026, 12, 1), 24) == date(2024, 12, 1)
    assert months_before(date(2026, 1, 1), 1) == date(2025, 12, 1)
    assert months_before(date(2026, 12, 1), -1) == date(2027, 1, 1)
    assert months_before(date(2026, 1, 1), 240) == date(2006, 1, 1)


def test_limits_are_local_midnights() -> None:
    """What was begun before local midnight of that day is old, whatever the offset was then."""
    found = limits(date(2026, 12, 1), ZONE, answers=5, log=60, audit=12)
    assert found.answers == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert found.log == datetime(2021, 11, 30, 23, tzinfo=UTC)
    assert found.audit == datetime(2025, 11, 30, 23, tzinfo=UTC)
    assert found.day == date(2026, 7, 1)


def test_the_log_is_never_kept_shorter_than_the_rest() -> None:
    """With fewer months for the log than for answers, the log goes with the answers."""
    found = limits(date(2026, 12, 1), ZONE, answers=24, log=3, audit=60)
    assert found.log == found.answers


def test_each_run_is_warned_of_twice_ahead_and_never_on_its_day() -> None:
    """Every day of three years: each run has a first warning 30 days ahead and a second 7 days ahead, nothing on or
    after the day itself, and no day without the warning that is due."""
    first: dict[tuple[date, int], date] = {}
    last: dict[tuple[date, int], date] = {}
    day = date(2025, 11, 25)
    while day < date(2029, 1, 1):
        for run_on, days in warnings(day):
            assert 0 < (run_on - day).days <= days
            first.setdefault((run_on, days), day)
            last[run_on, days] = day
        day += timedelta(days=1)
    for month in range(36):
        run_on = months_before(date(2026, 1, 1), -month)
        for days in AHEAD:
            assert (run_on - first[run_on, days]).days == days
        assert (run_on - last[run_on, 30]).days == 8
        assert (run_on - last[run_on, 7]).days == 1


def test_two_runs_can_be_warned_of_on_one_day() -> None:
    """March is announced while February is still ahead: February has only 28 days."""
    assert warnings(date(2027, 1, 31)) == [(date(2027, 2, 1), 7), (date(2027, 3, 1), 30)]
