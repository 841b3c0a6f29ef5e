"""Local time, UTC and working days, on ordinary days and when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.calendar import at_local, is_working_day, iso_week, local, next_working_day, say_when, utc

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MONDAY_TO_FRIDAY = frozenset(range(5))
NOW = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)  # Wednesday, 13.10 in Copenhagen


def test_an_ordinary_day_has_its_offset() -> None:
    """Winter is one hour ahead of UTC, summer two."""
    assert utc(date(2026, 11, 25), time(14, 0), COPENHAGEN) == datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
    assert at_local(date(2026, 7, 1), 14, 30, COPENHAGEN) == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    assert utc(date(2026, 7, 1), time(14, 30), COPENHAGEN).tzinfo is UTC


def test_a_skipped_time_moves_past_the_gap() -> None:
    """02:30 does not exist on 29 March 2026; it becomes 03:30 summer time, never a time before the gap."""
    at = at_local(date(2026, 3, 29), 2, 30, COPENHAGEN)
    assert at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert local(at, COPENHAGEN).time() == time(3, 30)


def test_a_repeated_time_is_the_first() -> None:
    """02:30 happens twice on 25 October 2026; the first is meant unless the second is asked for."""
    day = date(2026, 10, 25)
    assert utc(day, time(2, 30), COPENHAGEN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert utc(day, time(2, 30, fold=1), COPENHAGEN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert utc(day, time(2, 30), COPENHAGEN, second=True) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_same_wall_clock_next_day_is_23_or_25_hours_away() -> None:
    """Nine in the morning stays nine in the morning over both changes."""
    for day, hours in ((date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2026, 11, 25), 24)):
        one, next_one = (at_local(day + timedelta(days=n), 9, 0, COPENHAGEN) for n in (0, 1))
        assert next_one - one == timedelta(hours=hours)


@given(st.integers(0, 9 * 366 * 24 * 60))
def test_every_instant_survives_the_way_there_and_back(minutes: int) -> None:
    """UTC to local and back is the same instant, also in the repeated hour."""
    at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    wall = local(at, COPENHAGEN)
    assert utc(wall.date(), wall.time(), COPENHAGEN, second=wall.fold == 1) == at


def test_local_needs_an_aware_time() -> None:
    """A naive time has no instant; it is refused rather than read in the machine's zone."""
    with pytest.raises(ValueError, match="aware"):
        local(datetime(2026, 11, 25, 13, 10), COPENHAGEN)  # noqa: DTZ001 - what is tested


def test_working_days_leave_out_weekends_and_holidays() -> None:
    """A day counts when its weekday is one of the person's and it is no holiday."""
    holidays = frozenset({date(2026, 12, 25)})
    assert is_working_day(date(2026, 11, 25), holidays, MONDAY_TO_FRIDAY)
    assert not is_working_day(date(2026, 11, 28), holidays, MONDAY_TO_FRIDAY)
    assert is_working_day(date(2026, 11, 28), holidays, frozenset({5, 6}))
    assert not is_working_day(date(2026, 12, 25), holidays, MONDAY_TO_FRIDAY)


def test_the_next_working_day_is_strictly_later() -> None:
    """From a Wednesday it is Thursday; over Christmas it jumps holidays and the weekend."""
    christmas = frozenset({date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26)})
    assert next_working_day(date(2026, 11, 25), christmas, MONDAY_TO_FRIDAY) == date(2026, 11, 26)
    assert next_working_day(date(2026, 12, 23), christmas, MONDAY_TO_FRIDAY) == date(2026, 12, 28)


def test_nobody_waits_for_ever_for_a_working_day() -> None:
    """Without any working weekday there is no answer, and that is said."""
    with pytest.raises(ValueError, match="at least one weekday"):
        next_working_day(date(2026, 11, 25), frozenset(), frozenset())


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 11, 25), (2026, 48)),
        (date(2026, 12, 31), (2026, 53)),
        (date(2027, 1, 3), (2026, 53)),
        (date(2027, 1, 4), (2027, 1)),
        (date(2024, 12, 30), (2025, 1)),
    ],
)
def test_weeks_are_iso_weeks(day: date, week: tuple[int, int]) -> None:
    """Weeks begin on Monday, and the days around New Year belong to the year of their Thursday."""
    assert iso_week(day) == week


@pytest.mark.parametrize(
    ("at", "danish", "english"),
    [
        ("2026-11-26T14:00", "torsdag 26. november kl. 14.00", "Thursday 26 November at 14:00"),
        ("2026-11-25T14:05", "i dag kl. 14.05", "today at 14:05"),
        ("2026-11-24T09:00", "i går kl. 09.00", "yesterday at 09:00"),
        ("2026-11-23T00:00", "mandag 23. november kl. 00.00", "Monday 23 November at 00:00"),
        ("2027-05-06T14:00", "torsdag 6. maj 2027 kl. 14.00", "Thursday 6 May 2027 at 14:00"),
        ("2026-10-25T02:30", "søndag 25. oktober kl. 02.30", "Sunday 25 October at 02:30"),
        (
            "2026-10-25T02:30+01:00",
            "søndag 25. oktober kl. 02.30 vintertid",
            "Sunday 25 October at 02:30 winter time",
        ),
    ],
)
def test_a_moment_is_said_so_that_it_means_one_thing(at: str, danish: str, english: str) -> None:
    """Date, year where it differs and 24-hour time, in both languages; anything else is answered in Danish."""
    moment = datetime.fromisoformat(at)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=COPENHAGEN)
    assert say_when(moment, NOW, COPENHAGEN, "da", True) == danish
    assert say_when(moment, NOW, COPENHAGEN, "en", True) == english
    assert say_when(moment, NOW, COPENHAGEN, "fo", True) == danish


@pytest.mark.parametrize(
    ("day", "danish", "english"),
    [(24, "i går", "yesterday"), (25, "i dag", "today"), (26, "torsdag 26. november", "Thursday 26 November")],
)
def test_a_day_is_said_without_a_time(day: int, danish: str, english: str) -> None:
    """When only a day was said, no time is invented in the echo."""
    at = at_local(date(2026, 11, day), 12, 0, COPENHAGEN)
    assert say_when(at, NOW, COPENHAGEN, "da", False) == danish
    assert say_when(at, NOW, COPENHAGEN, "en", False) == english


def test_today_is_the_day_in_the_mentors_zone() -> None:
    """Half past midnight in Copenhagen is already tomorrow, though UTC is still on the day before."""
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    assert say_when(late, late, COPENHAGEN, "da", True) == "i dag kl. 00.30"
    assert say_when(late, NOW, COPENHAGEN, "da", True) == "torsdag 26. november kl. 00.30"
    assert say_when(late, NOW, timezone.utc, "da", True) == "i dag kl. 23.30"  # noqa: UP017 - any tzinfo will do
