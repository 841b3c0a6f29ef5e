"""Working time: nobody is disturbed outside it, and everybody is reached in it, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.dialogue.calendar import at_local
from bot.dialogue.worktime import WorkTime
from bot.workdays import danish_holidays

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # both Sundays
EVERY_DAY = frozenset(range(7))
MINUTE = timedelta(minutes=1)
HOLIDAYS = danish_holidays(datetime(2026, 1, 1, tzinfo=UTC))
OFFICE = WorkTime(COPENHAGEN, holidays=HOLIDAYS)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Wall clock in Copenhagen to UTC."""
    return at_local(day, hour, minute, COPENHAGEN)


clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))
days = st.dates(date(2025, 12, 1), date(2027, 1, 31))
near_changes = st.sampled_from([SPRING, AUTUMN, date(2026, 12, 24), date(2026, 12, 31)]).flatmap(
    lambda day: st.integers(-4, 4).map(lambda n: day + timedelta(days=n))
)
instants = st.builds(
    lambda day, minutes, seconds: at(day, 0) + timedelta(minutes=minutes, seconds=seconds),
    st.one_of(days, near_changes),
    st.integers(0, 24 * 60),
    st.integers(0, 59),
)
aways = st.lists(st.builds(lambda day, n: (day, day + timedelta(days=n)), days, st.integers(0, 20)), max_size=3)


@st.composite
def work_times(draw: st.DrawFn) -> WorkTime:
    """Any hours that a person might have, some of them at night."""
    start, end = sorted((draw(clocks), draw(clocks)))
    assume(start < end and not time(2) <= start < end <= time(3))
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1))
    holidays = draw(st.sampled_from([frozenset(), HOLIDAYS]))
    return WorkTime(COPENHAGEN, weekdays, start, end, holidays, tuple(draw(aways)))


def may_disturb(work: WorkTime, moment: datetime) -> bool:
    """The rule once more, minute by minute from the wall clock, for the tests to compare with."""
    wall = moment.astimezone(COPENHAGEN)
    minutes = wall.hour * 60 + wall.minute
    inside = work.start.hour * 60 + work.start.minute <= minutes < work.end.hour * 60 + work.end.minute
    free = wall.date() in work.holidays or any(a <= wall.date() <= b for a, b in work.away)
    return inside and wall.hour != 2 and wall.weekday() in work.weekdays and not free


@given(work_times(), instants)
def test_the_next_opening_is_open_and_not_before(work: WorkTime, moment: datetime) -> None:
    """Whatever is asked, the answer lies in working time, is UTC, and is never earlier than what was asked."""
    found = work.next_open(moment)
    assert found >= moment
    assert found.tzinfo is UTC
    assert work.is_open(found)
    assert may_disturb(work, found)


@given(work_times(), instants)
def test_asking_again_changes_nothing(work: WorkTime, moment: datetime) -> None:
    """The next opening of an opening is itself."""
    found = work.next_open(moment)
    assert work.next_open(found) == found


@given(work_times(), instants, st.integers(0, 14 * 24 * 60))
def test_later_never_opens_earlier(work: WorkTime, moment: datetime, minutes: int) -> None:
    """Openings keep the order of what was asked for."""
    assert work.next_open(moment) <= work.next_open(moment + minutes * MINUTE)


@settings(max_examples=60, deadline=None)
@given(work_times(), st.one_of(instants, near_changes.map(lambda day: at(day, 1, 30))))
def test_nothing_open_is_skipped(work: WorkTime, moment: datetime) -> None:
    """Minute by minute there is no open moment before the one that was found (looked at for five days)."""
    found = work.next_open(moment)
    step = moment.replace(second=0, microsecond=0) + MINUTE
    assert found == moment or not may_disturb(work, moment)
    while step < min(found, moment + timedelta(days=5)):
        assert not may_disturb(work, step)
        step += MINUTE


@example(WorkTime(COPENHAGEN, EVERY_DAY, time(0), time(3, 1)), at(SPRING, 1))  # two o'clock is three, and still open
@given(work_times(), instants)
def test_it_stays_open_until_it_closes(work: WorkTime, moment: datetime) -> None:
    """From an opening to its end every moment is open, and the end itself is not."""
    start = work.next_open(moment)
    end = work.open_until(start)
    assert end > start
    assert not work.is_open(end)
    for part in range(12):
        assert work.is_open(start + (end - start) * part / 12)


@given(work_times(), instants)
def test_a_deliberate_time_is_left_alone(work: WorkTime, moment: datetime) -> None:
    """Who asks for nine in the evening gets nine in the evening."""
    assert work.next_open(moment, deliberate=True) == moment


def test_days_away_are_skipped_to_the_last() -> None:
    """Away until the 5th: the first moment is on the 6th at eight, and the 5th itself is quiet."""
    work = WorkTime(COPENHAGEN, away=((date(2026, 10, 2), date(2026, 10, 5)),))
    assert work.next_open(at(date(2026, 10, 2), 9)) == at(date(2026, 10, 6), 8)
    assert not work.is_open(at(date(2026, 10, 5), 12))


def test_danish_christmas_and_easter_are_quiet() -> None:
    """Over Maundy Thursday to Easter Monday, and over Christmas with its weekend, the next morning at work counts."""
    assert OFFICE.next_open(at(date(2026, 4, 1), 17)) == at(date(2026, 4, 7), 8)
    assert OFFICE.next_open(at(date(2026, 12, 25), 10)) == at(date(2026, 12, 28), 8)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_eight_is_eight_on_both_changes(day: date) -> None:
    """Work on a Sunday: at eight by the wall clock on the day the clocks change, as on the days around it."""
    work = WorkTime(COPENHAGEN, EVERY_DAY)
    for n in (-1, 0, 1):
        morning = at(day + timedelta(days=n), 8)
        assert work.next_open(morning - timedelta(hours=3)) == morning
        assert morning.astimezone(COPENHAGEN).hour == 8


@pytest.mark.parametrize(("day", "minutes"), [(SPRING, 0), (AUTUMN, 120), (date(2026, 6, 3), 60)])
def test_the_hour_that_may_be_missing_or_twice_is_never_used(day: date, minutes: int) -> None:
    """Somebody on night duty hears nothing from two to three on any night, and goes on at three."""
    night = WorkTime(COPENHAGEN, EVERY_DAY, time(0), time(6))
    length = (at(day, 6) - at(day, 0)) // MINUTE  # five, six or seven hours
    quiet = [moment for n in range(length) if not night.is_open(moment := at(day, 0) + n * MINUTE)]
    assert len(quiet) == minutes
    assert {moment.astimezone(COPENHAGEN).hour for moment in quiet} <= {2}
    if quiet:
        assert night.open_until(at(day, 1)) == quiet[0]
        assert {night.next_open(moment) for moment in quiet} == {at(day, 3)}
    else:
        assert night.open_until(at(day, 1)) == at(day, 6)


def test_the_first_and_the_last_minute() -> None:
    """From eight sharp; a minute before closing still, at closing no more."""
    day = date(2026, 11, 25)
    assert OFFICE.is_open(at(day, 8))
    assert OFFICE.is_open(at(day, 16, 59))
    assert not OFFICE.is_open(at(day, 17))
    assert OFFICE.next_open(at(day, 17)) == at(date(2026, 11, 26), 8)
    assert OFFICE.open_until(at(day, 12)) == at(day, 17)
    assert OFFICE.open_until(at(day, 18)) == at(day, 18)


def test_nobody_waits_for_ever() -> None:
    """Away for three years, or working only in the hour that is never used: that is said, not waited for."""
    gone = WorkTime(COPENHAGEN, away=((date(2026, 1, 1), date(2029, 1, 1)),))
    with pytest.raises(ValueError, match="two years"):
        gone.next_open(at(date(2026, 2, 1), 9))
    with pytest.raises(ValueError, match="two years"):
        WorkTime(COPENHAGEN, EVERY_DAY, time(2), time(3)).next_open(at(date(2026, 2, 1), 9))


def test_impossible_hours_are_refused() -> None:
    """Hours that end before they begin, no day at all, an eighth weekday, days away that run backwards."""
    with pytest.raises(ValueError, match="end later"):
        WorkTime(COPENHAGEN, start=time(17), end=time(8))
    for weekdays in (frozenset[int](), frozenset({7})):
        with pytest.raises(ValueError, match="working day"):
            WorkTime(COPENHAGEN, weekdays)
    with pytest.raises(ValueError, match="days away"):
        WorkTime(COPENHAGEN, away=((date(2026, 2, 2), date(2026, 2, 1)),))


def test_a_naive_time_is_refused() -> None:
    """A time without a zone is no instant."""
    with pytest.raises(ValueError, match="aware"):
        OFFICE.next_open(datetime(2026, 11, 25, 9))  # noqa: DTZ001 - what is tested
