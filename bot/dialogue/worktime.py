"""When a person may be disturbed: working days and hours on their own wall clock, holidays, and days away.

Pure: zone, holidays and every time are arguments. Instants are aware; what comes back is in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.dialogue.calendar import is_working_day, local, utc

MONDAY_TO_FRIDAY = frozenset(range(5))

# Between two and three the wall clock jumps in March and repeats itself in October: nothing is sent in that hour on
# any day. Outside it, a local time of day is exactly one instant (in zones that change their clocks then, as Denmark).
_UNCERTAIN_FROM, _UNCERTAIN_UNTIL = time(2), time(3)
_DAYS_AHEAD = 731


@dataclass(frozen=True, slots=True)
class WorkTime:
    """The working time of one person: from ``start`` until before ``end``, local time, on ``weekdays`` (Monday is 0).

    ``holidays`` are local dates. ``away`` holds pairs of local dates, the first and the *last* day away, both included.
    Raises ValueError for hours that do not end later on the same day, for no weekday at all, and for a pair that ends
    before it begins.
    """

    zone: tzinfo
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    start: time = time(8)
    end: time = time(17)
    holidays: frozenset[date] = frozenset()
    away: tuple[tuple[date, date], ...] = ()

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("working hours must end later on the same day than they begin")
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise ValueError("name at least one working day, Monday being 0 and Sunday 6")
        if any(last < first for first, last in self.away):
            raise ValueError("days away must not end before they begin")

    def works_on(self, day: date) -> bool:
        """Whether this local date is a working day on which the person is not away."""
        if not is_working_day(day, self.holidays, self.weekdays):
            return False
        return not self.is_away(day)

    def is_away(self, day: date) -> bool:
        """Whether this local date is one of the days away."""
        return any(first <= day <= last for first, last in self.away)

    def is_open(self, at: datetime) -> bool:
        """Whether the aware instant ``at`` lies in working time; never between 02 and 03 local time."""
        wall = local(at, self.zone)
        clock = wall.time()
        if not self.start <= clock < self.end or _UNCERTAIN_FROM <= clock < _UNCERTAIN_UNTIL:
            return False
        return self.works_on(wall.date())

    def next_open(self, at: datetime, *, deliberate: bool = False) -> datetime:
        """The earliest moment in working time that is not before ``at``, in UTC.

        ``deliberate``: the person asked for exactly this time, so it is ``at`` itself, whatever the hours say.
        Raises ValueError when no working time comes within two years.
        """
        at = local(at, UTC)
        if deliberate or self.is_open(at):
            return at
        today = local(at, self.zone).date()
        for ahead in range(_DAYS_AHEAD):
            found = [one for one in self._openings(today + timedelta(days=ahead)) if one >= at]
            if found:
                return min(found)
        raise ValueError("no working time within two years; look at the days away")

    def open_until(self, at: datetime) -> datetime:
        """When the working time that ``at`` lies in ends, in UTC: the first moment outside. ``at`` when not in any."""
        at = local(at, UTC)
        if not self.is_open(at):
            return at
        day = local(at, self.zone).date()
        ends = (utc(day, _UNCERTAIN_FROM, self.zone), utc(day, self.end, self.zone))
        return min(end for end in ends if end > at and not self.is_open(end))  # in March two o'clock is three: open

    def _openings(self, day: date) -> Iterator[datetime]:
        """Every instant at which working time begins on this day."""
        if self.works_on(day):
            starts = (
                utc(day, self.start, self.zone),
                utc(day, self.start, self.zone, second=True),  # a zone may repeat another hour than ours does
                utc(day, _UNCERTAIN_UNTIL, self.zone),
            )
            yield from (at for at in starts if self.is_open(at))
