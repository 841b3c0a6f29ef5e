"""What a mentor let the lead see, and took back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

from storage.database import Reader, Snapshot, Transaction
from storage.ids import new_id
from storage.times import stamp


def share(tx: Transaction, reflection_id: str, question_ids: Iterable[str], now: datetime) -> None:
    """Let the lead see these answers from now on (queued); one that is shared already keeps its first time."""
    for question_id in question_ids:
        tx.write(
            "INSERT INTO shares (id, reflection_id, question_id, shared_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (reflection_id, question_id) WHERE withdrawn_at IS NULL DO NOTHING",
            new_id(now),
            reflection_id,
            question_id,
            stamp(now),
        )


def withdraw(tx: Transaction, reflection_id: str, question_ids: Iterable[str], now: datetime) -> None:
    """Take answers back (queued); that they were shared stays on record."""
    for question_id in question_ids:
        tx.write(
            "UPDATE shares SET withdrawn_at = ? WHERE reflection_id = ? AND question_id = ? AND withdrawn_at IS NULL",
            stamp(now),
            reflection_id,
            question_id,
        )


async def shared(tx: Reader, reflection_id: str) -> frozenset[str]:
    """The questions of a debrief whose answers the lead may see now."""
    rows = await tx.all(
        "SELECT question_id FROM shares WHERE reflection_id = ? AND withdrawn_at IS NULL", reflection_id
    )
    return frozenset(row["question_id"] for row in rows)


async def stream(snapshot: Snapshot) -> AsyncIterator[tuple[str, str]]:
    """(debrief, question) of every answer that the lead may see now, by debrief id, for exports of any size."""
    sql = "SELECT reflection_id, question_id FROM shares WHERE withdrawn_at IS NULL ORDER BY reflection_id, question_id"
    async for row in snapshot.rows(sql):
        yield row["reflection_id"], row["question_id"]
