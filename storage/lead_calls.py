"""Calls for the lead: who asked, which leads got it, who has seen it, and what the mentor was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.database import Reader, Row, Transaction
from storage.ids import new_id
from storage.people import Person, person_of
from storage.times import moment, moment_or_none, stamp


class Kind(StrEnum):
    """NOW: after something hard. TODAY: would like to talk. CITIZEN: worried about a citizen who cannot be reached."""

    NOW = "now"
    TODAY = "today"
    CITIZEN = "citizen"


@dataclass(frozen=True, slots=True)
class Call:
    """A mentor asked that the lead call. ``citizen_id``: whom the mentor is worried about, if that is why.

    ``unseen_told_at``: when the mentor was told that nobody has seen it. Times in UTC.
    """

    id: str
    mentor_id: str
    team_id: str
    kind: Kind
    citizen_id: str | None
    asked_at: datetime
    seen_by: str | None
    seen_at: datetime | None
    unseen_told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A lead who was asked. ``declined_at``: they cannot now; ``unreachable_at``: Telegram delivers nothing to them."""

    lead: Person
    declined_at: datetime | None
    unreachable_at: datetime | None

    @property
    def may_answer(self) -> bool:
        """Whether the call may still come through to them."""
        return self.declined_at is None and self.unreachable_at is None and self.lead.left_at is None


def _call(row: Row) -> Call:
    return Call(
        id=row["id"],
        mentor_id=row["mentor_id"],
        team_id=row["team_id"],
        kind=Kind(row["kind"]),
        citizen_id=row["citizen_id"],
        asked_at=moment(row["asked_at"]),
        seen_by=row["seen_by"],
        seen_at=moment_or_none(row["seen_at"]),
        unseen_told_at=moment_or_none(row["unseen_told_at"]),
    )


def add(
    tx: Transaction,
    *,
    mentor_id: str,
    team_id: str,
    kind: Kind,
    citizen_id: str | None,
    lead_ids: Iterable[str],
    now: datetime,
) -> Call:
    """Note a call and whom it goes to (queued)."""
    made = Call(new_id(now), mentor_id, team_id, kind, citizen_id, now, None, None, None)
    tx.write(
        "INSERT INTO lead_calls (id, mentor_id, team_id, kind, citizen_id, asked_at) VALUES (?, ?, ?, ?, ?, ?)",
        made.id,
        mentor_id,
        team_id,
        kind.value,
        citizen_id,
        stamp(now),
    )
    for lead_id in lead_ids:
        tx.write("INSERT INTO lead_call_leads (call_id, lead_id) VALUES (?, ?)", made.id, lead_id)
    return made


async def get(tx: Reader, call_id: str) -> Call | None:
    """The call with this id. The caller checks whose it is: a button can be forwarded."""
    row = await tx.one("SELECT * FROM lead_calls WHERE id = ?", call_id)
    return None if row is None else _call(row)


async def newest_of(tx: Reader, mentor_id: str) -> Call | None:
    """The mentor's newest call."""
    row = await tx.one(
        "SELECT * FROM lead_calls WHERE mentor_id = ? ORDER BY asked_at DESC, id DESC LIMIT 1", mentor_id
    )
    return None if row is None else _call(row)


async def asked(tx: Reader, call_id: str) -> list[Asked]:
    """Every lead the call went to, by name."""
    rows = await tx.all(
        "SELECT p.*, c.declined_at, c.unreachable_at FROM lead_call_leads AS c JOIN people AS p ON p.id = c.lead_id"
        " WHERE c.call_id = ? ORDER BY p.name, p.id",
        call_id,
    )
    return [
        Asked(person_of(row), moment_or_none(row["declined_at"]), moment_or_none(row["unreachable_at"])) for row in rows
    ]


async def see(tx: Transaction, call_id: str, lead_id: str, now: datetime) -> bool:
    """This lead has seen it and calls. False when somebody has seen it before: the first one counts."""
    changed = await tx.run(
        "UPDATE lead_calls SET seen_by = ?, seen_at = ? WHERE id = ? AND seen_at IS NULL", lead_id, stamp(now), call_id
    )
    return changed == 1


async def together(tx: Transaction, call_id: str) -> None:
    """Let two leads who answer in the same moment do so one after the other: the later one is tried again, and sees
    what the first has said. Without it each would leave it to the other to be asked."""
    await tx.run("UPDATE lead_calls SET asked_at = asked_at WHERE id = ?", call_id)


async def decline(tx: Transaction, call_id: str, lead_id: str, now: datetime) -> bool:
    """This lead cannot now. False when they have said so before."""
    changed = await tx.run(
        "UPDATE lead_call_leads SET declined_at = ? WHERE call_id = ? AND lead_id = ? AND declined_at IS NULL",
        stamp(now),
        call_id,
        lead_id,
    )
    return changed == 1


async def unreachable(tx: Transaction, lead_id: str, now: datetime) -> list[Call]:
    """Nothing reaches this lead any more: note it in the calls that nobody has seen and of which the mentor was told
    nothing yet, and give those calls."""
    rows = await tx.all(
        "UPDATE lead_call_leads SET unreachable_at = ? WHERE lead_id = ? AND unreachable_at IS NULL AND call_id IN"
        " (SELECT id FROM lead_calls WHERE seen_at IS NULL AND unseen_told_at IS NULL) RETURNING call_id",
        stamp(now),
        lead_id,
    )
    found = [await get(tx, row["call_id"]) for row in rows]
    return [one for one in found if one is not None]


async def waiting(tx: Reader, asked_before: datetime) -> list[Call]:
    """Calls asked at ``asked_before`` or earlier that nobody has seen, and of which the mentor was told nothing yet."""
    rows = await tx.all(
        "SELECT * FROM lead_calls WHERE seen_at IS NULL AND unseen_told_at IS NULL AND asked_at <= ?"
        " ORDER BY asked_at, id",
        stamp(asked_before),
    )
    return [_call(row) for row in rows]


async def told_unseen(tx: Transaction, call_id: str, now: datetime) -> bool:
    """The mentor is told that nobody has seen it. False when they were told, or somebody has: nothing is to be said."""
    changed = await tx.run(
        "UPDATE lead_calls SET unseen_told_at = ? WHERE id = ? AND unseen_told_at IS NULL AND seen_at IS NULL",
        stamp(now),
        call_id,
    )
    return changed == 1
