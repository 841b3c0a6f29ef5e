"""The invented weeks' calendar: which days are worked, and when somebody is free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import is_working_day, local, utc
from bot.dialogue.worktime import MONDAY_TO_FRIDAY
from bot.practice_sample_deeds import Who

_HOURS = ((8, 40), (9, 45), (10, 50), (12, 15), (13, 20), (14, 25))
_EVERY = 8  # the story repeats itself after so many weeks


class Mood(StrEnum):
    """What kind of week it is: half the team is away, it is hard on everybody, or neither."""

    QUIET = "quiet"
    HARD = "hard"
    USUAL = "usual"


@dataclass(frozen=True)
class Days:
    """Weeks are counted from the newest full one, which is 0: -1 is the one before it, 1 the one that runs ``until``.
    ``weeks``: how many full ones."""

    until: datetime
    weeks: int
    zone: ZoneInfo
    holidays: Callable[[datetime], frozenset[date]]
    _taken: set[tuple[Who, date, int]] = field(default_factory=set)

    @property
    def newest(self) -> date:
        """The Monday of the newest full week."""
        today = local(self.until, self.zone).date()
        return today - timedelta(days=today.weekday() + 7)

    @property
    def begins(self) -> datetime:
        """The midnight of the first week's Monday (UTC)."""
        return utc(self.newest - timedelta(weeks=self.weeks - 1), time(0), self.zone)

    def all_weeks(self) -> range:
        """Every week, the one that runs too."""
        return range(1 - self.weeks, 2)

    def workdays(self, week: int) -> list[date]:
        """The days somebody works in this week; never none."""
        monday = self.newest + timedelta(weeks=week)
        days = [monday + timedelta(days=n) for n in range(5)]
        free = self.holidays(self.at(monday, 12))
        return [day for day in days if is_working_day(day, free, MONDAY_TO_FRIDAY)] or days

    def day(self, week: int, number: int) -> date:
        """The week's working day with this number from 0; the last one if there are fewer."""
        days = self.workdays(week)
        return days[min(number, len(days) - 1)]

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """That time of day on the wall clock, in UTC."""
        return utc(day, time(hour, minute), self.zone)

    def free(self, who: Who, week: int, random: Random, after: date | None = None) -> datetime | None:
        """A time in this week at which the mentor has nothing else, on a day after ``after``; None when full."""
        days = [day for day in self.workdays(week) if after is None or day > after]
        open_slots = [(day, slot) for day in days for slot in range(len(_HOURS)) if (who, day, slot) not in self._taken]
        if not open_slots:
            return None
        day, slot = random.choice(open_slots)
        self._taken.add((who, day, slot))
        hour, minute = _HOURS[slot]
        return self.at(day, hour, minute) + timedelta(minutes=random.randrange(0, 25))

    def take(self, who: Who, at: datetime) -> None:
        """The mentor has something then: nothing else is put beside it."""
        day = local(at, self.zone).date()
        near = min(range(len(_HOURS)), key=lambda slot: abs(at - self.at(day, *_HOURS[slot])))
        self._taken.add((who, day, near))

    def mood(self, week: int) -> Mood:
        """What kind of week it is."""
        match -week % _EVERY:
            case 2:
                return Mood.HARD
            case 4:
                return Mood.QUIET
        return Mood.USUAL
