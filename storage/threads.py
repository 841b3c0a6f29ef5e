"""Contact threads: from a missed contact until the next that happened. Their attempts are in ``storage.attempts``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.database import Reader, Row, Transaction
from storage.ids import new_id
from storage.times import moment, moment_or_none, stamp, stamp_or_none


@dataclass(frozen=True, slots=True)
class Thread:
    """From a missed contact until the next that happened. Times in UTC.

    ``opened_by``, ``closed_by``: the debriefs that did it, None when it was a command. ``worried``: None when the
    mentor was not asked yet. ``state``: JSON, where the ladder stands.
    """

    id: str
    citizen_id: str
    mentor_id: str
    team_id: str
    opened_at: datetime
    opened_by: str | None
    worried: bool | None
    paused_until: datetime | None
    lead_told_at: datetime | None
    caseworker_told_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    state: str


async def open_thread(
    tx: Transaction, *, citizen_id: str, mentor_id: str, team_id: str, opened_by: str | None, now: datetime
) -> Thread:
    """The citizen's open thread; a new one when there is none. There is never more than one."""
    tx.write(
        "INSERT INTO contact_threads (id, citizen_id, mentor_id, team_id, opened_at, opened_by, state)"
        " VALUES (?, ?, ?, ?, ?, ?, '{}') ON CONFLICT (citizen_id) WHERE closed_at IS NULL DO NOTHING",
        new_id(now),
        citizen_id,
        mentor_id,
        team_id,
        stamp(now),
        opened_by,
    )
    rows = await tx.all("SELECT * FROM contact_threads WHERE citizen_id = ? AND closed_at IS NULL", citizen_id)
    return _thread(rows[0])


async def get(tx: Reader, thread_id: str) -> Thread | None:
    """The thread with this id. The caller checks whose it is: a button can be forwarded."""
    row = await tx.one("SELECT * FROM contact_threads WHERE id = ?", thread_id)
    return None if row is None else _thread(row)


async def thread_of(tx: Reader, citizen_id: str) -> Thread | None:
    """The citizen's open thread."""
    row = await tx.one("SELECT * FROM contact_threads WHERE citizen_id = ? AND closed_at IS NULL", citizen_id)
    return None if row is None else _thread(row)


async def open_of(tx: Reader, mentor_id: str) -> list[Thread]:
    """A mentor's open threads, the oldest first."""
    rows = await tx.all(
        "SELECT * FROM contact_threads WHERE mentor_id = ? AND closed_at IS NULL ORDER BY opened_at, id", mentor_id
    )
    return [_thread(row) for row in rows]


async def threads_of(tx: Reader, citizen_id: str) -> list[Thread]:
    """Every thread a citizen ever had, the oldest first."""
    rows = await tx.all("SELECT * FROM contact_threads WHERE citizen_id = ? ORDER BY opened_at, id", citizen_id)
    return [_thread(row) for row in rows]


async def close_thread(tx: Transaction, thread_id: str, *, closed_by: str | None, now: datetime) -> bool:
    """Contact happened, or the thread is given up: it is over, and so are its unfinished reminders.

    ``closed_by``: the debrief that tells of the contact. False when it was closed before.
    """
    changed = await tx.run(
        "UPDATE contact_threads SET closed_at = ?, closed_by = ? WHERE id = ? AND closed_at IS NULL",
        stamp(now),
        closed_by,
        thread_id,
    )
    tx.write(
        "UPDATE reminders SET status = 'lapsed', closed_at = ?, claimed_at = NULL"
        " WHERE thread_id = ? AND status IN ('pending', 'claimed', 'sent')",
        stamp(now),
        thread_id,
    )
    return changed == 1


def pause(tx: Transaction, thread_id: str, until: datetime | None) -> None:
    """Let the thread rest until this time; None: go on (queued). Move its waiting reminders as well."""
    tx.write("UPDATE contact_threads SET paused_until = ? WHERE id = ?", stamp_or_none(until), thread_id)


def set_worried(tx: Transaction, thread_id: str, worried: bool) -> None:
    """What the mentor answered to "are you worried about them?" (queued)."""
    tx.write("UPDATE contact_threads SET worried = ? WHERE id = ?", int(worried), thread_id)


def lead_told(tx: Transaction, thread_id: str, now: datetime) -> None:
    """The lead was told (queued); the last time counts."""
    tx.write("UPDATE contact_threads SET lead_told_at = ? WHERE id = ?", stamp(now), thread_id)


def caseworker_told(tx: Transaction, thread_id: str, now: datetime) -> None:
    """The caseworker was told (queued); the last time counts."""
    tx.write("UPDATE contact_threads SET caseworker_told_at = ? WHERE id = ?", stamp(now), thread_id)


def put_state(tx: Transaction, thread_id: str, state: str) -> None:
    """Where the ladder stands, JSON (queued)."""
    tx.write("UPDATE contact_threads SET state = ? WHERE id = ?", state, thread_id)


def pass_on(tx: Transaction, thread_id: str, mentor_id: str) -> None:
    """Another mentor goes on with the thread and gets its unsent reminders (queued).

    The attempts stay those of whoever made them. Move the reminders to the new mentor's hours afterwards.
    """
    tx.write("UPDATE contact_threads SET mentor_id = ? WHERE id = ?", mentor_id, thread_id)
    tx.write("UPDATE reminders SET person_id = ? WHERE thread_id = ? AND status = 'pending'", mentor_id, thread_id)


def _thread(row: Row) -> Thread:
    return Thread(
        id=row["id"],
        citizen_id=row["citizen_id"],
        mentor_id=row["mentor_id"],
        team_id=row["team_id"],
        opened_at=moment(row["opened_at"]),
        opened_by=row["opened_by"],
        worried=None if row["worried"] is None else bool(row["worried"]),
        paused_until=moment_or_none(row["paused_until"]),
        lead_told_at=moment_or_none(row["lead_told_at"]),
        caseworker_told_at=moment_or_none(row["caseworker_told_at"]),
        closed_at=moment_or_none(row["closed_at"]),
        closed_by=row["closed_by"],
        state=row["state"],
    )
