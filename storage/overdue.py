"""What a team lead must hear of when it lies untouched: that it lies there. What it is about is not told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.reminders import Reminder
from storage.database import Reader, Row
from storage.people import Person, person_of
from storage.reminders import reminder_of
from storage.times import moment, moment_or_none, stamp

_AT_ONCE = 500
_UNFINISHED = "r.status IN ('pending', 'claimed', 'sent') AND r.private = 0"


@dataclass(frozen=True, slots=True)
class Untouched:
    """A mentor's unfinished reminder, and whose it is. Of a thread ``opened_at``: when it was opened, ``first_sent``:
    when the first of the reminders was sent that the mentor has done nothing about."""

    reminder: Reminder
    mentor: Person
    opened_at: datetime | None = None
    first_sent: datetime | None = None


async def of_kind(tx: Reader, kind: str, since: datetime) -> list[Untouched]:
    """Unfinished reminders of open follow-ups of this kind that were made before ``since``."""
    rows = await tx.all(
        "SELECT r.* FROM followups AS f JOIN reminders AS r ON r.followup_id = f.id AND r.person_id = f.mentor_id"  # noqa: S608 - a constant
        f" WHERE f.status = 'open' AND f.kind = ? AND f.created_at <= ? AND {_UNFINISHED} ORDER BY r.id",
        kind,
        stamp(since),
    )
    return await _whose(tx, rows)


async def of_threads(tx: Reader, now: datetime) -> list[Untouched]:
    """Unfinished reminders, due by now, of open contact threads of which the lead has not been told, and which do not
    rest."""
    rows = await tx.all(
        "SELECT r.*, t.opened_at, (SELECT min(e.sent_at) FROM reminders AS e WHERE e.series_key = r.series_key"  # noqa: S608 - constants
        " AND e.status IN ('sent', 'replaced') AND e.due_at > coalesce((SELECT max(d.due_at) FROM reminders AS d"
        " WHERE d.series_key = r.series_key AND d.status IN ('done', 'dropped')), '')) AS first_sent"
        " FROM contact_threads AS t JOIN reminders AS r ON r.thread_id = t.id AND r.person_id = t.mentor_id"
        " WHERE t.closed_at IS NULL AND t.lead_told_at IS NULL AND r.due_at <= ?"
        f" AND (t.paused_until IS NULL OR t.paused_until <= ?) AND {_UNFINISHED} ORDER BY r.id",
        stamp(now),
        stamp(now),
    )
    return await _whose(tx, rows)


async def _whose(tx: Reader, found: Sequence[Row]) -> list[Untouched]:
    mentors: dict[str, Person] = {}
    ids = list(dict.fromkeys(row["person_id"] for row in found))
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows = await tx.all(f"SELECT * FROM people WHERE id IN ({marks}) AND left_at IS NULL", *part)  # noqa: S608 - question marks only
        mentors.update((row["id"], person_of(row)) for row in rows)
    return [_untouched(row, mentors[row["person_id"]]) for row in found if row["person_id"] in mentors]


def _untouched(row: Row, mentor: Person) -> Untouched:
    if "opened_at" not in row:
        return Untouched(reminder_of(row), mentor)
    return Untouched(reminder_of(row), mentor, moment(row["opened_at"]), moment_or_none(row["first_sent"]))


async def names_of(tx: Reader, people: Sequence[str]) -> dict[str, str]:
    """The names of these people, by id."""
    found: dict[str, str] = {}
    ids = list(dict.fromkeys(people))
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows = await tx.all(f"SELECT id, name FROM people WHERE id IN ({marks})", *part)  # noqa: S608 - question marks only
        found.update((row["id"], row["name"]) for row in rows)
    return found
