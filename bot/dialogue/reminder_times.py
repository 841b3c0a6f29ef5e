"""Times that reminders are set to: snooze buttons, the next of a series, check-ins after a tough visit.

Pure, and computed from local date and time, so that nine in the morning stays nine over both clock changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.dialogue.calendar import local, utc
from bot.dialogue.worktime import WorkTime

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_AFTERNOONS = (time(14), time(15, 30))
_MORNING = time(9)
_CHECK_IN_DAYS = (1, 3, 14)


class SnoozeKey(StrEnum):
    """The snooze buttons. NEXT_WORKDAY stands in for TOMORROW where tomorrow is a day off."""

    HOUR = "hour"
    AFTERNOON = "afternoon"
    TOMORROW = "tomorrow"
    NEXT_WORKDAY = "next_workday"
    CHOOSE = "choose"


@dataclass(frozen=True, slots=True)
class Snooze:
    """One snooze button. ``at`` is None only for CHOOSE; ``deliberate``: at exactly that time, whatever the hours."""

    key: SnoozeKey
    at: datetime | None
    deliberate: bool = False


def snooze_options(now: datetime, work: WorkTime) -> tuple[Snooze, ...]:
    """The snooze buttons that make sense now, computed on the person's wall clock.

    An hour is an hour, also after closing time; "this afternoon" is there only while an afternoon of working time is
    more than an hour ahead; the next day begins when work does. Raises ValueError like ``WorkTime.next_open``.
    """
    hour = _whole_minute(local(now, UTC) + _HOUR)
    options = [Snooze(SnoozeKey.HOUR, hour, deliberate=not work.is_open(hour))]
    today = local(now, work.zone).date()
    afternoons = (utc(today, clock, work.zone) for clock in _AFTERNOONS)
    if later := [at for at in afternoons if at > hour and work.is_open(at)]:
        options.append(Snooze(SnoozeKey.AFTERNOON, later[0]))
    morning = work.next_open(utc(today + _DAY, work.start, work.zone))
    is_tomorrow = local(morning, work.zone).date() == today + _DAY
    options.append(Snooze(SnoozeKey.TOMORROW if is_tomorrow else SnoozeKey.NEXT_WORKDAY, morning))
    return (*options, Snooze(SnoozeKey.CHOOSE, None))


def _whole_minute(at: datetime) -> datetime:
    """This or the next whole minute: times are said to the minute, and what was said must be true."""
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + _MINUTE


def next_in_series(due: datetime, days: int, zone: tzinfo, after: datetime) -> datetime:
    """The first due time later than ``after``, counting in steps of ``days`` local days from ``due``; never ``due``.

    The wall clock stays the same over both clock changes, and leaves the hour from two to three. Occurrences that
    passed meanwhile are left out: whoever was away for three weeks gets one reminder and not three. Count from what
    was due, never from a snooze. Raises ValueError when ``days`` is not positive.
    """
    if days < 1:
        raise ValueError("a rhythm is at least one day")
    wall = local(due, zone)
    clock = time(3) if wall.hour == 2 else wall.time()

    def occurrence(steps: int) -> datetime:
        return utc(wall.date() + timedelta(days=steps * days), clock, zone)

    passed = (local(after, zone).date() - wall.date()).days // days
    at = occurrence(max(1, passed))
    return at if at > after else occurrence(passed + 1)


def check_in_times(at: datetime, work: WorkTime) -> tuple[datetime, ...]:
    """When to ask how the mentor is after a tough visit at ``at``: next morning, and after 3 and 14 days.

    Each at nine, or when work begins, on a working day of its own: after a Friday two would fall together on Monday.
    Raises ValueError like ``WorkTime.next_open``.
    """
    visit = local(at, work.zone).date()
    earliest: date = visit
    times: list[datetime] = []
    for days in _CHECK_IN_DAYS:
        wanted = max(earliest, visit + timedelta(days=days))
        opening = work.next_open(utc(wanted, time.min, work.zone))
        day = local(opening, work.zone).date()
        nine = utc(day, _MORNING, work.zone)
        times.append(nine if work.is_open(nine) else opening)
        earliest = day + _DAY
    return tuple(times)
