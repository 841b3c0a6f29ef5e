"""When people work and when they are away, as they said it themselves: local times and dates, no zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from bot.dialogue.worktime import WorkTime
from storage.database import Reader, Row, Transaction
from storage.ids import new_id
from storage.times import stamp

_AT_ONCE = 500  # people asked for in one statement


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours: ``weekdays`` (Monday is 0), from ``opens`` until before ``closes``, local time, whole minutes."""

    weekdays: frozenset[int]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Away:
    """Days away, local dates, ``from_day`` and ``until_day`` both included."""

    id: str
    person_id: str
    from_day: date
    until_day: date


def put(tx: Transaction, person_id: str, hours: Hours, now: datetime) -> None:
    """These are the person's hours from now on (queued). Move their waiting reminders afterwards."""
    tx.write(
        "INSERT INTO person_hours (person_id, weekdays, opens, closes, updated_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (person_id) DO UPDATE SET weekdays = excluded.weekdays, opens = excluded.opens,"
        " closes = excluded.closes, updated_at = excluded.updated_at",
        person_id,
        "".join(str(day) for day in sorted(hours.weekdays)),
        hours.opens.isoformat("minutes"),
        hours.closes.isoformat("minutes"),
        stamp(now),
    )


def default(tx: Transaction, person_id: str) -> None:
    """The default hours count for this person again (queued)."""
    tx.write("DELETE FROM person_hours WHERE person_id = ?", person_id)


async def hours_of(tx: Reader, people: Iterable[str]) -> dict[str, Hours]:
    """The hours of these people; who never set any is missing."""
    found: dict[str, Hours] = {}
    for part in _parts(people):
        rows = await tx.all(f"SELECT * FROM person_hours WHERE person_id IN ({_marks(part)})", *part)  # noqa: S608 - question marks only
        found.update((row["person_id"], _hours(row)) for row in rows)
    return found


def go_away(tx: Transaction, person_id: str, from_day: date, until_day: date, now: datetime) -> Away:
    """The person is away on these days, both included (queued). Move their waiting reminders afterwards.

    Raises ValueError when the last day is before the first, or a year later: nobody means that.
    """
    if not from_day <= until_day < from_day + timedelta(days=366):
        raise ValueError("days away must end on or after their first day, and within a year")
    away = Away(new_id(now), person_id, from_day, until_day)
    tx.write(
        "INSERT INTO away (id, person_id, from_day, until_day, created_at) VALUES (?, ?, ?, ?, ?)",
        away.id,
        person_id,
        from_day.isoformat(),
        until_day.isoformat(),
        stamp(now),
    )
    return away


def come_back(tx: Transaction, person_id: str, today: date) -> None:
    """The person works again from ``today`` (queued): what runs now ends yesterday, what lies ahead stays."""
    day = today.isoformat()
    tx.write("DELETE FROM away WHERE person_id = ? AND from_day = ?", person_id, day)
    tx.write(
        "UPDATE away SET until_day = ? WHERE person_id = ? AND from_day < ? AND until_day >= ?",
        (today - timedelta(days=1)).isoformat(),
        person_id,
        day,
        day,
    )


def cancel_away(tx: Transaction, person_id: str, away_id: str) -> None:
    """Take these days away back, if they are this person's (queued)."""
    tx.write("DELETE FROM away WHERE id = ? AND person_id = ?", away_id, person_id)


async def away_of(tx: Reader, people: Iterable[str], since: date) -> dict[str, tuple[Away, ...]]:
    """The days away of these people that end on ``since`` or later, the earliest first; who has none is missing."""
    found: dict[str, tuple[Away, ...]] = {}
    for part in _parts(people):
        rows = await tx.all(
            f"SELECT * FROM away WHERE person_id IN ({_marks(part)}) AND until_day >= ? ORDER BY from_day, id",  # noqa: S608 - question marks only
            *part,
            since.isoformat(),
        )
        for row in rows:
            found[row["person_id"]] = (*found.get(row["person_id"], ()), _away(row))
    return found


async def work_times(
    tx: Reader, zones: Mapping[str, tzinfo], *, default: Hours, holidays: frozenset[date], since: date
) -> dict[str, WorkTime]:
    """The working time of these people (id to zone), with ``default`` for those who never set hours, in two queries.

    ``since``: days away that ended earlier are left out. Not today: whether a reminder is late depends on days away
    that are over. Pass the day before the earliest ``wanted_at`` that is asked about.
    """
    hours, away = await hours_of(tx, zones), await away_of(tx, zones, since)
    found: dict[str, WorkTime] = {}
    for person_id, zone in zones.items():
        own = hours.get(person_id, default)
        days = tuple((one.from_day, one.until_day) for one in away.get(person_id, ()))
        found[person_id] = WorkTime(zone, own.weekdays, own.opens, own.closes, holidays, days)
    return found


def _hours(row: Row) -> Hours:
    return Hours(
        weekdays=frozenset(int(digit) for digit in row["weekdays"]),
        opens=time.fromisoformat(row["opens"]),
        closes=time.fromisoformat(row["closes"]),
    )


def _away(row: Row) -> Away:
    return Away(
        id=row["id"],
        person_id=row["person_id"],
        from_day=date.fromisoformat(row["from_day"]),
        until_day=date.fromisoformat(row["until_day"]),
    )


def _parts(ids: Iterable[str]) -> Iterable[Sequence[str]]:
    wanted = list(dict.fromkeys(ids))
    return (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))


def _marks(part: Sequence[str]) -> str:
    return ", ".join("?" * len(part))
