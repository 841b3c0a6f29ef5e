"""Rows of a restored database that must not set anything off a second time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.dialogue.reminders import Reminder
from storage.database import Reader, Transaction
from storage.reminders import reminder_of
from storage.times import stamp


def drop_unsent(tx: Transaction) -> None:
    """Messages that waited to be sent go, and wishes for pictures (queued): they were sent after the backup was made.

    What removes messages from a chat stays: done twice it harms nobody, undone it leaves there what should be gone.
    """
    tx.write("DELETE FROM outbox WHERE status = 'pending' AND kind IN ('card', 'send')")
    tx.write("DELETE FROM week_files")


async def sent_long_ago(tx: Reader, before: datetime, but: Sequence[str]) -> list[Reminder]:
    """Reminders sent before that time and unanswered, those of these kinds and private ones left out."""
    marks = ", ".join("?" * len(but))
    rows = await tx.all(
        "SELECT * FROM reminders WHERE status = 'sent' AND sent_at <= ? AND private = 0"  # noqa: S608 - question marks only
        f" AND kind NOT IN ({marks}) ORDER BY id",
        stamp(before),
        *but,
    )
    return [reminder_of(row) for row in rows]


def sent_again(tx: Transaction, one: Reminder, now: datetime, every: timedelta) -> None:
    """This reminder was sent once more each time ``every`` had passed, the last time before ``now`` (queued)."""
    if one.sent_at is not None:
        last = one.sent_at + every * ((now - one.sent_at) // every)
        tx.write("UPDATE reminders SET sent_at = ? WHERE id = ? AND status = 'sent'", stamp(last), one.id)


async def joined_since(tx: Reader, person_id: str, at: datetime) -> bool:
    """Whether this person joined, or came back with a new invitation, after that time: each time they say yes to the
    use."""
    row = await tx.one(
        "SELECT 1 AS there FROM people AS p WHERE p.id = ? AND (p.created_at > ? OR EXISTS (SELECT 1 FROM consents AS c"
        " WHERE c.person_id = p.id AND c.kind = 'use' AND c.given = 1 AND c.at > ?))",
        person_id,
        stamp(at),
        stamp(at),
    )
    return row is not None


def warned(tx: Transaction, person_id: str, run_on: date, days: int, now: datetime) -> None:
    """This person was told so many days ahead of what will be deleted by age on that day (queued)."""
    tx.write(
        "INSERT INTO retention_told (person_id, run_on, days, told_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (person_id, run_on, days) DO NOTHING",
        person_id,
        run_on.isoformat(),
        days,
        stamp(now),
    )
