"""What the ids in audit rows stand for, as far as it is still stored. Of an erased one nothing is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from storage.database import Reader, Row
from storage.times import moment_or_none

Kind: TypeAlias = Literal["person", "team", "citizen", "invite", "debrief", "thread", "backup", "restore"]
_AT_ONCE = 500
_TABLES: tuple[str, ...] = (
    "SELECT 'person' AS kind, id, name, NULL AS pseudonym, NULL AS at FROM people WHERE id",
    "SELECT 'team' AS kind, id, name, NULL AS pseudonym, NULL AS at FROM teams WHERE id",
    "SELECT 'citizen' AS kind, id, NULL AS name, pseudonym, NULL AS at FROM citizens WHERE id",
    "SELECT 'invite' AS kind, id, name, NULL AS pseudonym, NULL AS at FROM invites WHERE id",
    "SELECT 'debrief' AS kind, r.id, p.name, z.pseudonym, r.started_at AS at FROM reflections AS r"
    " JOIN people AS p ON p.id = r.mentor_id LEFT JOIN citizens AS z ON z.id = r.citizen_id WHERE r.id",
    "SELECT 'thread' AS kind, t.id, NULL AS name, z.pseudonym, t.opened_at AS at FROM contact_threads AS t"
    " JOIN citizens AS z ON z.id = t.citizen_id WHERE t.id",
    "SELECT 'backup' AS kind, id, file AS name, NULL AS pseudonym, made_at AS at FROM backups WHERE id",
    "SELECT 'restore' AS kind, id, NULL AS name, NULL AS pseudonym, backup_made_at AS at FROM restores WHERE id",
)


@dataclass(frozen=True, slots=True)
class Thing:
    """``name``: a person's, team's or invited one's, of a debrief its mentor's, of a backup its file's; ``pseudonym``:
    of the citizen it is about; ``at`` (UTC): when a debrief or thread was begun, or the backup was made."""

    kind: Kind
    name: str | None
    pseudonym: str | None
    at: datetime | None


async def things(reader: Reader, ids: Iterable[str]) -> dict[str, Thing]:
    """What these ids stand for; unknown ones are missing."""
    wanted = sorted(set(ids))
    found: dict[str, Thing] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        for rows in await reader.several(*((f"{sql} IN ({marks})", *part) for sql in _TABLES)):
            found.update((row["id"], _thing(row)) for row in rows)
    return found


def _thing(row: Row) -> Thing:
    return Thing(row["kind"], row["name"], row["pseudonym"], moment_or_none(row["at"]))
