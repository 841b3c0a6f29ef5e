"""Reminders by the message they were sent with, and those that wait, for many people at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.dialogue.reminders import Reminder
from storage.database import Reader
from storage.reminders import reminder_of
from storage.times import stamp


async def lines_of(tx: Reader, person_id: str, card: str) -> list[Reminder]:
    """The reminders that this card was last sent with, in the order of its lines."""
    rows = await tx.all("SELECT * FROM reminders WHERE card = ? AND person_id = ?", card, person_id)
    return sorted(map(reminder_of, rows), key=lambda one: (one.due_at, one.id))


async def people_ahead(tx: Reader, now: datetime) -> list[str]:
    """Everybody who has reminders that are not to be looked at before a later time."""
    rows = await tx.all(
        "SELECT DISTINCT person_id FROM reminders WHERE status = 'pending' AND send_at > ? ORDER BY person_id",
        stamp(now),
    )
    return [row["person_id"] for row in rows]


async def ahead_of(tx: Reader, people: Sequence[str], now: datetime) -> list[Reminder]:
    """What is not to be looked at before a later time, of these people (at most 500), person by person."""
    marks = ", ".join("?" * len(people))
    rows = await tx.all(
        "SELECT * FROM reminders WHERE status = 'pending' AND send_at > ?"  # noqa: S608 - question marks only
        f" AND person_id IN ({marks}) ORDER BY person_id, send_at",
        stamp(now),
        *people,
    )
    return [reminder_of(row) for row in rows]


async def is_copy(tx: Reader, chat_id: int, message_id: int) -> bool:
    """Whether this message was left behind by a crash: it shows no card, and a newer message does."""
    row = await tx.one(
        "SELECT max(message_id) AS newest, max(CASE WHEN message_id = ? THEN 1 ELSE 0 END) AS shown FROM cards"
        " WHERE chat_id = ?",
        message_id,
        chat_id,
    )
    return row is not None and row["newest"] is not None and not row["shown"] and row["newest"] > message_id
