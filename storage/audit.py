"""Who looked at, exported or erased what. Rows are only added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.database import Reader, Transaction
from storage.ids import new_id
from storage.times import moment, stamp

OPERATOR = "operator"  # the actor of the command line


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. ``actor``: a person's id, or OPERATOR; ``subject``: an id, never a text."""

    at: datetime
    actor: str
    action: str
    subject: str | None


def note(tx: Transaction, actor: str, action: str, subject: str | None, now: datetime) -> None:
    """Leave a row (queued), in the transaction of what it tells of."""
    tx.write(
        "INSERT INTO audit (id, at, actor, action, subject) VALUES (?, ?, ?, ?, ?)",
        new_id(now),
        stamp(now),
        actor,
        action,
        subject,
    )


async def entries(tx: Reader) -> list[Entry]:
    """Everything noted, oldest first."""
    rows = await tx.all("SELECT at, actor, action, subject FROM audit ORDER BY id")
    return [Entry(moment(row["at"]), row["actor"], row["action"], row["subject"]) for row in rows]
