"""Weeks by the calendar, and which of them a debrief belongs to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.calendar import local
from bot.dialogue.effects import Effect, Ended, Save, Show, Supersede
from bot.dialogue.state import Answer, State
from bot.dialogue.summary import WEEKS_SHOWN, Week, week_of
from bot.dialogue.summary_make import frame_of
from bot.dialogue.summary_met import met_anew, met_at

ZONE = ZoneInfo("Europe/Copenhagen")
BEGAN = datetime(2026, 11, 22, 13, 10, tzinfo=UTC)
NOW = BEGAN + timedelta(minutes=5)
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))


def told(at: datetime | None, *, skipped: bool = False) -> State:
    """A debrief that was asked for the time."""
    return State(answers=MappingProxyType({"contact_when": Answer(value="date", at=at, skipped=skipped)}))


@given(days, st.integers(-600, 600))
def test_weeks_follow_each_other(day: date, steps: int) -> None:
    """A day lies in its week, moving there and back leads home, and weeks sort as their Mondays do."""
    week = week_of(day)
    assert week.monday <= day <= week.monday + timedelta(days=6)
    assert week.moved(steps).moved(-steps) == week
    assert (week.moved(steps) > week) == (steps > 0)


@given(days)
def test_weeks_leave_no_gap(day: date) -> None:
    """Where one ends the next begins, and its own hours are 167 to 169."""
    week = week_of(day)
    begins, ends = week.bounds(ZONE)
    assert ends == week.moved(1).bounds(ZONE)[0]
    assert (ends - begins) // timedelta(hours=1) in (167, 168, 169)
    assert local(begins, ZONE).time() == local(ends, ZONE).time() == datetime.min.time()


def test_clocks_and_week_53() -> None:
    """The long and the short week of 2026, its week 53, and no week 53 in the year after."""
    hours = [(w.bounds(ZONE)[1] - w.bounds(ZONE)[0]) / timedelta(hours=1) for w in (Week(2026, 43), Week(2026, 13))]
    assert hours == [169, 167]
    assert (week_of(date(2027, 1, 3)), str(Week(2026, 53))) == (Week(2026, 53), "2026-W53")
    with pytest.raises(ValueError):
        Week(2027, 53)


@given(days, st.integers(-200, 400))
def test_the_frame_of_a_week(day: date, hours: int) -> None:
    """Eight weeks up to it without a gap, and open things as of its end or of now, whichever is earlier."""
    week = week_of(day)
    begins, ends = week.bounds(ZONE)
    now = begins + timedelta(hours=hours)
    frame = frame_of("Nord", week, ZONE, now)
    assert len(frame.weeks) == WEEKS_SHOWN == len(frame.edges) - 1 and frame.weeks[-1] == week
    assert frame.edges[-2:] == (begins, ends) and list(frame.edges) == sorted(frame.edges)
    assert frame.at == min(now, ends)


def test_when_the_meeting_was() -> None:
    """As told; else when the debrief was begun; never in the future."""
    earlier = BEGAN - timedelta(days=3)
    assert met_at(told(earlier), BEGAN, NOW) == earlier
    assert met_at(told(earlier, skipped=True), BEGAN, NOW) == met_at(told(None), BEGAN, NOW) == BEGAN
    assert met_at(State(), BEGAN, NOW) == BEGAN
    assert met_at(told(NOW + timedelta(hours=1)), BEGAN, NOW) == NOW


@pytest.mark.parametrize(
    ("effects", "moves"),
    [
        ((Save("contact_when", Answer()),), True),
        ((Supersede("contact_when"), Show()), True),
        ((Ended(),), True),
        ((Save("outcome", Answer()), Show()), False),
        ((), False),
    ],
)
def test_most_turns_leave_the_time_alone(effects: tuple[Effect, ...], moves: bool) -> None:
    """Only an answer about the time, or the end, may move a debrief to another week."""
    assert met_anew(State(), effects, BEGAN, NOW) == (BEGAN if moves else None)
