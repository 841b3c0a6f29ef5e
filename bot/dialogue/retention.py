"""When what is old is deleted, what counts as old, and when people are warned. Pure dates; the zone is an argument.

Once a month, on the 1st from four o'clock local time, everything older than so many months on that day goes. So what
goes next is known a month ahead, and whoever is concerned can be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from bot.dialogue.calendar import local, utc

AT = time(4)  # nobody works, and no clock change skips it or has it twice
AHEAD = (30, 7)
"""How many days ahead people are told, the longest first."""
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Limits:
    """What is older than these moments (UTC) goes. ``log``, the contact and absence log: never later than ``answers``,
    since the log is kept at least as long as the rest of a debrief. ``day``: the local date of ``answers``."""

    answers: datetime
    log: datetime
    audit: datetime
    day: date


def newest_run(now: datetime, zone: tzinfo) -> date:
    """The last 1st of a month (a local date) on which four o'clock has passed at ``now``."""
    wall = local(now, zone)
    first = wall.date().replace(day=1)
    return first if wall.replace(tzinfo=None) >= datetime.combine(first, AT) else months_before(first, 1)


def months_before(first: date, months: int) -> date:
    """The 1st of a month so many months before ``first``, which is one. ValueError before the year 1."""
    count = first.year * _MONTHS + first.month - 1 - months
    return date(count // _MONTHS, count % _MONTHS + 1, 1)


def limits(run_on: date, zone: tzinfo, *, answers: int, log: int, audit: int) -> Limits:
    """What goes on ``run_on``, the 1st of a month, when these are the months that each kind is kept."""
    oldest = months_before(run_on, answers)

    def begins(day: date) -> datetime:
        return utc(day, time(), zone)

    kept_longest = months_before(run_on, max(answers, log))
    return Limits(begins(oldest), begins(kept_longest), begins(months_before(run_on, audit)), oldest)


def warnings(today: date) -> list[tuple[date, int]]:
    """The coming runs to warn of on this local date, each with 30 or 7: how many days ahead people are to be told.

    From 30 days ahead until 8 the one warning, from 7 until the day before the other; so whoever could not be told in
    time is told later, as long as it is ahead.
    """
    found = []
    first = today.replace(day=1)
    for run_on in (months_before(first, -1), months_before(first, -2)):
        left = run_on - today
        stages = [days for days in AHEAD if timedelta() < left <= timedelta(days=days)]
        if stages:
            found.append((run_on, min(stages)))
    return found
