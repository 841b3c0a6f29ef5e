"""What a debrief leaves to be done: agreements, notes to tick off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.database import Reader, Row, Transaction
from storage.ids import new_id
from storage.sealing import sealed
from storage.times import moment, moment_or_none, stamp, stamp_or_none

_AT_ONCE = 500  # ids asked for in one statement


class FollowupStatus(StrEnum):
    """DROPPED: the mentor gave it up. LAPSED: the answer it came from says otherwise now."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a debrief's answers ask for now. ``item``: which line, where one answer leaves several; ``due_at`` aware."""

    kind: str
    question_id: str
    item: int = 0
    text: str | None = None
    due_at: datetime | None = None
    due_has_time: bool = False


@dataclass(frozen=True, slots=True)
class Followup:
    """Something to do. ``due_has_time`` False: only the local day of ``due_at`` (UTC) was meant."""

    id: str
    mentor_id: str
    citizen_id: str | None
    reflection_id: str | None
    question_id: str | None
    item: int
    kind: str
    text: str | None
    due_at: datetime | None
    due_has_time: bool
    status: FollowupStatus
    created_at: datetime
    closed_at: datetime | None


def _followup(row: Row) -> Followup:
    return Followup(
        id=row["id"],
        mentor_id=row["mentor_id"],
        citizen_id=row["citizen_id"],
        reflection_id=row["reflection_id"],
        question_id=row["question_id"],
        item=row["item"],
        kind=row["kind"],
        text=row["text"],
        due_at=moment_or_none(row["due_at"]),
        due_has_time=bool(row["due_has_time"]),
        status=FollowupStatus(row["status"]),
        created_at=moment(row["created_at"]),
        closed_at=moment_or_none(row["closed_at"]),
    )


async def get(tx: Reader, followup_id: str) -> Followup | None:
    """The follow-up with this id."""
    row = await tx.one("SELECT * FROM followups WHERE id = ?", followup_id)
    return None if row is None else _followup(row)


async def of_citizen(tx: Reader, citizen_id: str, mentor_id: str) -> list[Followup]:
    """What this mentor has still to do about this citizen."""
    rows = await tx.all(
        "SELECT * FROM followups WHERE citizen_id = ? AND mentor_id = ? AND status = 'open' ORDER BY id",
        citizen_id,
        mentor_id,
    )
    return [_followup(row) for row in rows]


async def of_reflection(tx: Reader, reflection_id: str) -> list[Followup]:
    """Everything a debrief ever asked for, in the order it came up."""
    rows = await tx.all("SELECT * FROM followups WHERE reflection_id = ? ORDER BY id", reflection_id)
    return [_followup(row) for row in rows]


def reconcile(
    tx: Transaction,
    *,
    mentor_id: str,
    citizen_id: str | None,
    reflection_id: str,
    wanted: Sequence[Wanted],
    now: datetime,
) -> None:
    """Make a debrief's follow-ups those that its answers ask for now (queued).

    New ones are added, open ones changed in place, open ones no longer asked for lapse, lapsed ones come back. What the
    mentor has done or dropped is never touched.
    """
    spared = " AND NOT (kind = ? AND question_id = ? AND item = ?)" * len(wanted)
    keys = [part for one in wanted for part in (one.kind, one.question_id, one.item)]
    tx.write(
        "UPDATE followups SET status = 'lapsed', closed_at = ? WHERE reflection_id = ? AND status = 'open'"  # noqa: S608 - question marks only
        + spared,
        stamp(now),
        reflection_id,
        *keys,
    )
    for one in wanted:
        tx.write(
            "INSERT INTO followups (id, mentor_id, citizen_id, reflection_id, question_id, item, kind, text, due_at,"
            " due_has_time, status, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)"
            " ON CONFLICT (reflection_id, kind, question_id, item) DO UPDATE SET citizen_id = excluded.citizen_id,"
            " text = excluded.text, due_at = excluded.due_at, due_has_time = excluded.due_has_time, status = 'open',"
            " closed_at = NULL WHERE followups.status IN ('open', 'lapsed')",
            new_id(now),
            mentor_id,
            citizen_id,
            reflection_id,
            one.question_id,
            one.item,
            one.kind,
            sealed(one.text),
            stamp_or_none(one.due_at),
            int(one.due_has_time),
            stamp(now),
        )


async def close(tx: Transaction, followup_id: str, status: FollowupStatus, now: datetime) -> bool:
    """Tick a follow-up off as done or dropped. False when it was not open: a second tap changes nothing."""
    changed = await tx.run(
        "UPDATE followups SET status = ?, closed_at = ? WHERE id = ? AND status = 'open'",
        status.value,
        stamp(now),
        followup_id,
    )
    return changed == 1


async def by_ids(tx: Reader, ids: Sequence[str]) -> dict[str, Followup]:
    """These follow-ups by id; unknown ids are missing."""
    found: dict[str, Followup] = {}
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows = await tx.all(f"SELECT * FROM followups WHERE id IN ({marks})", *part)  # noqa: S608 - question marks only
        found.update((row["id"], _followup(row)) for row in rows)
    return found


async def undated_of(tx: Reader, mentor_id: str) -> list[Followup]:
    """A mentor's open follow-ups without a date, the oldest first."""
    rows = await tx.all(
        "SELECT * FROM followups WHERE mentor_id = ? AND status = 'open' AND due_at IS NULL ORDER BY id", mentor_id
    )
    return [_followup(row) for row in rows]


def add_own(
    tx: Transaction,
    *,
    mentor_id: str,
    citizen_id: str | None,
    kind: str,
    text: str | None,
    due_at: datetime | None,
    due_has_time: bool,
    now: datetime,
) -> Followup:
    """A follow-up that belongs to no debrief (queued)."""
    made = Followup(
        id=new_id(now),
        mentor_id=mentor_id,
        citizen_id=citizen_id,
        reflection_id=None,
        question_id=None,
        item=0,
        kind=kind,
        text=text,
        due_at=due_at,
        due_has_time=due_has_time,
        status=FollowupStatus.OPEN,
        created_at=now,
        closed_at=None,
    )
    tx.write(
        "INSERT INTO followups (id, mentor_id, citizen_id, kind, text, due_at, due_has_time, status, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?)",
        made.id,
        mentor_id,
        citizen_id,
        kind,
        sealed(text),
        stamp_or_none(due_at),
        int(due_has_time),
        stamp(now),
    )
    return made


def change_own(
    tx: Transaction, followup_id: str, *, text: str | None, due_at: datetime | None, due_has_time: bool
) -> None:
    """The mentor wants it otherwise (queued). For one that belongs to no debrief: a debrief makes its own anew."""
    tx.write(
        "UPDATE followups SET text = ?, due_at = ?, due_has_time = ?"
        " WHERE id = ? AND status = 'open' AND reflection_id IS NULL",
        sealed(text),
        stamp_or_none(due_at),
        int(due_has_time),
        followup_id,
    )
