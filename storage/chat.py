"""The mentors' own chat messages: which must still be removed, and when. Only numbers; no text is kept here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storage.database import Reader, Transaction
from storage.times import stamp, stamp_or_none

_AT_ONCE = 500


def remember(
    tx: Transaction,
    *,
    chat_id: int,
    message_id: int,
    reflection_id: str | None,
    typed_at: datetime,
    remove_at: datetime | None,
) -> None:
    """Note a message that a mentor typed (queued). ``remove_at`` None: it stays.

    The same message noted again (it was edited) keeps ``typed_at``: Telegram's 48 hours run from the first sending.
    """
    tx.write(
        "INSERT INTO chat_messages (chat_id, message_id, reflection_id, typed_at, remove_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (chat_id, message_id) DO UPDATE SET reflection_id = excluded.reflection_id,"
        " remove_at = excluded.remove_at",
        chat_id,
        message_id,
        reflection_id,
        stamp(typed_at),
        stamp_or_none(remove_at),
    )


async def due(tx: Reader, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(chat, message) pairs that should be removed by now, the longest overdue first."""
    rows = await tx.all(
        "SELECT chat_id, message_id FROM chat_messages WHERE remove_at <= ?"
        " ORDER BY remove_at, chat_id, message_id LIMIT ?",
        stamp(now),
        limit,
    )
    return [(row["chat_id"], row["message_id"]) for row in rows]


async def of_reflection(tx: Reader, reflection_id: str) -> list[tuple[int, int]]:
    """(chat, message) pairs that were typed in a debrief and are not removed yet, in the order of their numbers."""
    rows = await tx.all(
        "SELECT chat_id, message_id FROM chat_messages WHERE reflection_id = ? ORDER BY chat_id, message_id",
        reflection_id,
    )
    return [(row["chat_id"], row["message_id"]) for row in rows]


def forget(tx: Transaction, chat_id: int, message_ids: Sequence[int]) -> None:
    """These messages are removed from the chat, or soon will be: they need no more care (queued)."""
    for start in range(0, len(message_ids), _AT_ONCE):
        part = message_ids[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        tx.write(
            f"DELETE FROM chat_messages WHERE chat_id = ? AND message_id IN ({marks})",  # noqa: S608 - question marks only
            chat_id,
            *part,
        )


def reschedule(tx: Transaction, reflection_id: str, at: datetime | None) -> None:
    """Remove the messages of a debrief at this time; None: they stay (queued)."""
    tx.write("UPDATE chat_messages SET remove_at = ? WHERE reflection_id = ?", stamp_or_none(at), reflection_id)


async def is_known_unused(tx: Reader, chat_id: int, message_id: int) -> bool:
    """Did the mentor type this message, and it gave no answer? Editing it then changes nothing."""
    row = await tx.one(
        "SELECT 1 AS found FROM chat_messages AS c WHERE c.chat_id = ? AND c.message_id = ? AND NOT EXISTS ("
        "SELECT 1 FROM answers AS a JOIN reflections AS r ON r.id = a.reflection_id"
        " JOIN people AS p ON p.id = r.mentor_id WHERE p.chat_id = c.chat_id AND a.message_id = c.message_id)",
        chat_id,
        message_id,
    )
    return row is not None


async def reflection_of(tx: Reader, chat_id: int, message_id: int) -> str | None:
    """The debrief a message was typed in; None when it is not remembered (any more)."""
    row = await tx.one(
        "SELECT reflection_id FROM chat_messages WHERE chat_id = ? AND message_id = ?", chat_id, message_id
    )
    return None if row is None else row["reflection_id"]
