"""Attempts at contact: what was tried to reach a citizen, when, how, and with what result.

The record may be attached to a case: attempts are added, never overwritten. A correction is a new row that the old one
points to; a withdrawn attempt stays too, superseded by nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from storage.database import Reader, Row, Transaction
from storage.ids import new_id
from storage.threads import Thread
from storage.times import moment, moment_or_none, stamp


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at reaching the citizen. ``at``: when it was made; ``logged_at``: when it was written down. UTC.

    ``channel`` and ``result`` are the ladder's words. ``superseded_by``: the correction; None with ``superseded_at``
    set: withdrawn.
    """

    id: str
    thread_id: str
    citizen_id: str
    mentor_id: str
    reflection_id: str | None
    channel: str
    result: str
    at: datetime
    logged_at: datetime
    superseded_at: datetime | None
    superseded_by: str | None


def add_attempt(
    tx: Transaction,
    thread: Thread,
    *,
    mentor_id: str,
    channel: str,
    result: str,
    at: datetime,
    now: datetime,
    reflection_id: str | None = None,
) -> Attempt:
    """Log an attempt that ``mentor_id`` made at ``at`` (queued)."""
    made = Attempt(
        id=new_id(now),
        thread_id=thread.id,
        citizen_id=thread.citizen_id,
        mentor_id=mentor_id,
        reflection_id=reflection_id,
        channel=channel,
        result=result,
        at=at,
        logged_at=now,
        superseded_at=None,
        superseded_by=None,
    )
    _insert(tx, made)
    return made


async def correct_attempt(
    tx: Transaction, attempt_id: str, *, channel: str, result: str, at: datetime, now: datetime
) -> Attempt | None:
    """Log what an attempt really was; the old row stays, marked superseded. None when it was superseded before."""
    made = new_id(now)
    row = await _supersede(tx, attempt_id, made, now)
    if row is None:
        return None
    corrected = replace(
        _attempt(row),
        id=made,
        channel=channel,
        result=result,
        at=at,
        logged_at=now,
        superseded_at=None,
        superseded_by=None,
    )
    _insert(tx, corrected)
    return corrected


async def withdraw_attempt(tx: Transaction, attempt_id: str, now: datetime) -> bool:
    """There was no such attempt; the row stays, marked superseded. False when it was superseded before."""
    return await _supersede(tx, attempt_id, None, now) is not None


async def _supersede(tx: Transaction, attempt_id: str, by: str | None, now: datetime) -> Row | None:
    return await tx.one(
        "UPDATE contact_attempts SET superseded_at = ?, superseded_by = ?"
        " WHERE id = ? AND superseded_at IS NULL RETURNING *",
        stamp(now),
        by,
        attempt_id,
    )


async def attempt(tx: Reader, attempt_id: str) -> Attempt | None:
    """The attempt with this id."""
    row = await tx.one("SELECT * FROM contact_attempts WHERE id = ?", attempt_id)
    return None if row is None else _attempt(row)


async def attempts_of(tx: Reader, thread_id: str) -> list[Attempt]:
    """Everything logged in a thread, superseded rows too, by the time it was tried and then as it was logged."""
    rows = await tx.all("SELECT * FROM contact_attempts WHERE thread_id = ? ORDER BY at, id", thread_id)
    return [_attempt(row) for row in rows]


async def attempts_of_reflection(tx: Reader, reflection_id: str) -> list[Attempt]:
    """What a debrief logged and still counts: to be corrected when its answers change."""
    rows = await tx.all(
        "SELECT * FROM contact_attempts WHERE reflection_id = ? AND superseded_at IS NULL ORDER BY id", reflection_id
    )
    return [_attempt(row) for row in rows]


async def attempts_since(tx: Reader, citizen_id: str, since: datetime) -> list[Attempt]:
    """What was tried with a citizen since then and still counts, the earliest first: for the cap a week."""
    rows = await tx.all(
        "SELECT * FROM contact_attempts WHERE citizen_id = ? AND at >= ? AND superseded_at IS NULL ORDER BY at, id",
        citizen_id,
        stamp(since),
    )
    return [_attempt(row) for row in rows]


def _insert(tx: Transaction, made: Attempt) -> None:
    tx.write(
        "INSERT INTO contact_attempts (id, thread_id, citizen_id, mentor_id, reflection_id, channel, result, at,"
        " logged_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        made.id,
        made.thread_id,
        made.citizen_id,
        made.mentor_id,
        made.reflection_id,
        made.channel,
        made.result,
        stamp(made.at),
        stamp(made.logged_at),
    )


def _attempt(row: Row) -> Attempt:
    return Attempt(
        id=row["id"],
        thread_id=row["thread_id"],
        citizen_id=row["citizen_id"],
        mentor_id=row["mentor_id"],
        reflection_id=row["reflection_id"],
        channel=row["channel"],
        result=row["result"],
        at=moment(row["at"]),
        logged_at=moment(row["logged_at"]),
        superseded_at=moment_or_none(row["superseded_at"]),
        superseded_by=row["superseded_by"],
    )
