"""When a lead is told of the week that has ended. Pure: the time, the hours and the holidays are arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.dialogue.calendar import local, utc
from bot.dialogue.reminders import is_late
from bot.dialogue.summary import Week, week_of
from bot.dialogue.worktime import WorkTime

_WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Telling:
    """A week that is to be told of now; ``late``: the message must say that it comes late."""

    week: Week
    due_at: datetime
    late: bool


def due_at(week: Week, weekday: int, at: time, work: WorkTime) -> datetime | None:
    """When to tell of ``week``, in UTC: in the week after it on ``weekday`` (Monday is 0) at ``at`` local time.

    On a holiday, a day away, or a day the lead does not work: on their next working day at that time, or as soon
    after it as their hours begin. None when none comes before the next week is to be told of.
    """
    first = week.moved(1).monday + timedelta(days=weekday)
    for ahead in range(_WINDOW.days):
        day = first + timedelta(days=ahead)
        if work.works_on(day):
            opens = work.next_open(utc(day, at, work.zone))
            if local(opens, work.zone).date() == day:
                return opens
    return None


def telling(now: datetime, weekday: int, at: time, work: WorkTime) -> Telling | None:
    """The week to tell a lead of at ``now``, unless they were told of it already.

    It is the newest one only, however long the program was down; and only within the lead's working time, before the
    next one's turn comes.
    """
    today = local(now, work.zone).date()
    for back in (1, 2):  # a day late in the week may be moved into the week after it
        week = week_of(today).moved(-back)
        due = due_at(week, weekday, at, work)
        if due is None or due > now:
            continue
        last = week.moved(1).monday + timedelta(days=weekday) + _WINDOW
        return Telling(week, due, is_late(due, now)) if today < last and work.is_open(now) else None
    return None
