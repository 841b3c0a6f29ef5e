"""Updates from Telegram: stored before they are confirmed, worked through in order chat by chat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from storage.database import Reader, Transaction
from storage.sealing import sealed
from storage.times import moment, moment_or_none, stamp

NAMED = "2:"
"""How the hash begins of what names an update. Older rows have 64 digits without it: a hash of what the update said."""

_AT_ONCE = 100  # rows in one statement
_REPEATED = timedelta(days=2)  # Telegram repeats one for 24 hours at most; the rest is for clocks that are set
# An update that was stored under the older hash, and comes again after the upgrade, keeps that hash: so it is known.
_HASH = (
    "COALESCE((SELECT payload_hash FROM inbox WHERE update_id = ? AND chat_id IS NOT DISTINCT FROM ?"
    " AND length(payload_hash) = 64 AND received_at > ? LIMIT 1), ?)"
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """An update as it arrived. Its number alone does not name it: after a quiet week Telegram draws numbers anew.

    ``payload_hash``: of what names it, ``NAMED`` at its beginning; never of what it says.
    """

    update_id: int
    payload_hash: str
    chat_id: int | None
    payload: str


@dataclass(frozen=True, slots=True)
class Pending:
    """An update that is not yet done. ``attempts``: how often it has failed. ``received_at`` in UTC."""

    seq: int
    update_id: int
    chat_id: int | None
    payload: str
    attempts: int
    received_at: datetime


async def put(tx: Transaction, updates: Sequence[Incoming], now: datetime) -> int:
    """Store updates; how many were new. One that is stored already, also a done one, is left as it is."""
    new = 0
    for sql, values in _inserts(updates, now):
        new += await tx.run(sql, *values)
    return new


def add(tx: Transaction, updates: Sequence[Incoming], now: datetime) -> None:
    """As ``put`` (queued), for who need not know how many were new: stored and committed in one go."""
    for sql, values in _inserts(updates, now):
        tx.write(sql, *values)


def _inserts(updates: Sequence[Incoming], now: datetime) -> Iterator[tuple[str, list[Any]]]:
    for start in range(0, len(updates), _AT_ONCE):
        part = updates[start : start + _AT_ONCE]
        marks = ", ".join([f"(?, {_HASH}, ?, ?, ?, 'pending')"] * len(part))
        values = [_row(one, now) for one in part]
        yield (
            "INSERT INTO inbox (update_id, payload_hash, chat_id, payload, received_at, status)"  # noqa: S608 - question marks only
            f" VALUES {marks} ON CONFLICT (update_id, payload_hash) DO NOTHING",
            [value for row in values for value in row],
        )


def _row(one: Incoming, now: datetime) -> tuple[Any, ...]:
    known = (one.update_id, one.chat_id, stamp(now - _REPEATED), one.payload_hash)
    return (one.update_id, *known, one.chat_id, sealed(one.payload), stamp(now))


async def pending(tx: Reader, now: datetime, limit: int) -> list[Pending]:
    """What can be worked on: of each chat its oldest update that is not done, in order of arrival.

    A chat whose oldest update waits for its next attempt is left out, and so are the updates behind it; other chats
    are not held up. Updates without a chat are in no order.
    """
    rows = await tx.all(
        "SELECT seq, update_id, chat_id, payload, attempts, received_at FROM inbox AS i WHERE status = 'pending'"
        # Asked row by row, and not for all chats at once: of a burst only the first of those who wait are looked at.
        " AND NOT EXISTS (SELECT 1 FROM inbox AS e WHERE e.status = 'pending' AND e.chat_id = i.chat_id"
        " AND e.seq < i.seq) AND (not_before IS NULL OR not_before <= ?) ORDER BY seq LIMIT ?",
        stamp(now),
        limit,
    )
    return [
        Pending(
            row["seq"],
            row["update_id"],
            row["chat_id"],
            row["payload"],
            row["attempts"],
            moment(row["received_at"]),
        )
        for row in rows
    ]


async def free(tx: Transaction, seqs: Sequence[int]) -> frozenset[int]:
    """Which of these no other worker has in hand or has done; they are ours until the end of the transaction. Where
    there is one writer only, all of them, without asking."""
    if not tx.only_free:
        return frozenset(seqs)
    marks = ", ".join("?" * len(seqs))
    rows = await tx.all(
        f"SELECT seq FROM inbox WHERE status = 'pending' AND seq IN ({marks}) ORDER BY seq{tx.only_free}",  # noqa: S608 - question marks, a constant
        *seqs,
    )
    return frozenset(row["seq"] for row in rows)


def done(tx: Transaction, *seqs: int) -> None:
    """The effects of these updates are in this transaction: mark them and empty them (queued)."""
    if seqs:
        marks = ", ".join("?" * len(seqs))
        tx.write(
            f"UPDATE inbox SET status = 'done', payload = NULL, not_before = NULL WHERE seq IN ({marks})",  # noqa: S608 - question marks
            *seqs,
        )


def retry(tx: Transaction, seq: int, *, attempts: int, not_before: datetime, error: str) -> None:
    """It failed; try again at ``not_before`` at the earliest (queued). ``error``: a class name, never a text."""
    tx.write(
        "UPDATE inbox SET attempts = ?, not_before = ?, error = ? WHERE seq = ? AND status = 'pending'",
        attempts,
        stamp(not_before),
        error,
        seq,
    )


def dead(tx: Transaction, seq: int, error: str) -> None:
    """It failed too often: it is kept with its payload and holds up nobody (queued)."""
    tx.write(
        "UPDATE inbox SET status = 'dead', attempts = attempts + 1, error = ? WHERE seq = ? AND status = 'pending'",
        error,
        seq,
    )


async def oldest_pending(tx: Reader) -> datetime | None:
    """When the oldest update that is not done came in; None when all are done."""
    row = await tx.one("SELECT min(received_at) AS oldest FROM inbox WHERE status = 'pending'")
    return None if row is None else moment_or_none(row["oldest"])


async def next_attempt(tx: Reader) -> datetime | None:
    """When the first of the waiting chats may be tried again; None when no chat waits."""
    row = await tx.one(
        "SELECT min(not_before) AS earliest FROM inbox WHERE seq IN"
        " (SELECT min(seq) FROM inbox WHERE status = 'pending' GROUP BY chat_id)"
    )
    return None if row is None else moment_or_none(row["earliest"])


def clean(tx: Transaction, before: datetime) -> None:
    """Remove done updates that came in before this time (queued); Telegram repeats one for 24 hours at most."""
    tx.write("DELETE FROM inbox WHERE status = 'done' AND received_at < ?", stamp(before))
