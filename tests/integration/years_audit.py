"""What was wished for, what was sent, and an auditor who compares the two with rules of its own."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Copenhagen")
LATE = timedelta(minutes=75)
HOUR = timedelta(hours=1)
TOLERANCE = timedelta(minutes=2)  # ticks


@dataclass(frozen=True)
class Rules:
    """When a person may be disturbed, from some moment on."""

    weekdays: frozenset[int]
    start: time
    end: time
    holidays: frozenset[date]
    away: tuple[tuple[date, date], ...] = ()

    def free(self, day: date) -> bool:
        """Whether nothing may come on this local day."""
        gone = any(first <= day <= last for first, last in self.away)
        return day.weekday() not in self.weekdays or day in self.holidays or gone

    def disturbs(self, at: datetime) -> bool:
        """Whether a message at this moment is one too many."""
        wall = at.astimezone(ZONE)
        return self.free(wall.date()) or not self.start <= wall.time() < self.end

    def first_chance(self, wanted: datetime) -> datetime:
        """The first moment from ``wanted`` on that disturbs nobody; the hours lie well away from the clock changes."""
        day = wanted.astimezone(ZONE).date()
        while True:
            opens = datetime.combine(day, self.start, ZONE)
            if not self.free(day) and wanted < datetime.combine(day, self.end, ZONE):
                return max(opens, wanted, key=datetime.timestamp)
            day += timedelta(days=1)


@dataclass
class Wish:
    """A reminder is wanted at this moment, once. ``over``: when it was called off, if it was."""

    at: datetime
    deliberate: bool
    over: datetime | None = None


@dataclass
class Someone:
    """A person's rules as they changed, and their debriefs."""

    changes: list[tuple[datetime, Rules]]
    debriefs: list[tuple[datetime, datetime]] = field(default_factory=list)

    def rules(self, at: datetime) -> Rules:
        """Those that held at this moment."""
        return self.changes[bisect_right(self.changes, at, key=lambda change: change[0]) - 1][1]


@dataclass
class Ledger:
    """Everything the driver did, apart from the database. ``wishes``: (series, due) → each wish in order."""

    people: dict[str, Someone] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)
    wishes: dict[tuple[str, datetime], list[Wish]] = field(default_factory=dict)
    trouble: list[tuple[datetime, datetime]] = field(default_factory=list)
    weekly: set[str] = field(default_factory=set)

    def troubled(self, start: datetime, end: datetime) -> bool:
        """Whether the program was down, killed, or its clock wrong at some time between."""
        return any(begun <= end and start <= ended for begun, ended in self.trouble)


@dataclass(frozen=True)
class Sent:
    """One line of a message that was queued."""

    at: datetime
    series: str
    due: datetime
    late: bool


def audit(ledger: Ledger, sent: list[Sent], until: datetime) -> Counter[str]:
    """How often each rule was broken; ``until``: when the driver stopped."""
    found: Counter[str] = Counter()
    by_reminder: dict[tuple[str, datetime], list[Sent]] = {}
    for one in sent:
        by_reminder.setdefault((one.series, one.due), []).append(one)
    found["unasked"] = len(by_reminder.keys() - ledger.wishes.keys())
    for key, wishes in ledger.wishes.items():
        someone = ledger.people[ledger.owner[key[0]]]
        messages = by_reminder.get(key, [])
        expected = [wish for wish in wishes if not _excused(wish, someone, until)]
        found["missed"] += max(0, len(expected) - len(messages))
        found["doubled"] += max(0, len(messages) - len(wishes))
        for wish, message in zip(wishes, messages, strict=False):
            _judge(ledger, someone, wish, message, found)
    _drift(ledger, found)
    return +found


def _excused(wish: Wish, someone: Someone, until: datetime) -> bool:
    """Called off before its time or soon after, or its time comes too near the end."""
    end = wish.over or until
    rules = someone.rules(end)
    first = wish.at if wish.deliberate else rules.first_chance(wish.at)
    return first + timedelta(days=8) > end


def _judge(ledger: Ledger, someone: Someone, wish: Wish, message: Sent, found: Counter[str]) -> None:
    rules = someone.rules(message.at)
    intended = wish.at if wish.deliberate else rules.first_chance(wish.at)
    delay = message.at - intended
    found["early"] += message.at < wish.at
    found["called off"] += wish.over is not None and message.at > wish.over
    found["quiet hours"] += rules.disturbs(message.at) and not (wish.deliberate and delay <= LATE)
    found["late, not marked"] += delay > LATE and not message.late
    found["marked late, was not"] += delay <= LATE and message.late
    calm = not ledger.troubled(intended - TOLERANCE, message.at) and rules == someone.rules(intended)
    found["slow"] += calm and delay > HOUR + TOLERANCE
    near_closing = rules.disturbs(message.at + timedelta(minutes=6))
    for begun, ended in someone.debriefs:
        inside = begun < message.at < min(ended, begun + HOUR)
        found["broke in"] += inside and delay < HOUR - TOLERANCE and not near_closing


def _drift(ledger: Ledger, found: Counter[str]) -> None:
    """A weekly series keeps its weekday and its wall clock for all the years."""
    for series in ledger.weekly:
        walls = [due.astimezone(ZONE) for key, due in ledger.wishes if key == series]
        found["drift"] += len({(wall.weekday(), wall.time()) for wall in walls}) - 1
