"""Deleting debriefs by age, some at a time. What of a debrief stands in the contact and absence log may stay longer.

What belongs to the log: the answers for it (visibility L) with what they said before, contact threads and attempts, and
that the case record was written or a hearing seen to (a follow-up ticked off, without its text). See
``retention_kinds`` for every table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.database import Reader, Row, Transaction
from storage.people import Person, person_of
from storage.times import moment, stamp

LOG = "L"
"""The visibility of answers that stand in the contact and absence log."""
_TICKED = "status = 'done' AND kind IN ('record_entry', 'hearing')"  # what the log tells of having been done
MARK = '{"retained":'  # how the state of a debrief begins of which only the log is left
_DEBRIEF = "debrief:"  # live cards of debriefs are known as this and the id
REPLACED = "page:gone:"
"""How the outbox knows messages whose content was taken away: this and the message's number."""
_LASTING = ("page:settings", "page:help", "page:enrol")  # cards that say nothing of anybody

# Begun and not ended, and touched lately: it is being written, and ends after a week of silence.
_WRITTEN = "(status IN ('open', 'aside') AND touched_at >= ?)"
_WHOLE = f"(NOT {_WRITTEN} AND (started_at < ? OR (started_at < ? AND finished_at IS NULL)))"
_PARTLY = f"(NOT {_WRITTEN} AND started_at < ? AND finished_at IS NOT NULL AND substr(state, 1, {len(MARK)}) <> ?)"


@dataclass(frozen=True, slots=True)
class Old:
    """A debrief that is to go. ``whole``: all of it; else what is not for the log. ``state``: where it stands, JSON."""

    id: str
    whole: bool
    length: str
    status: str
    state: str


@dataclass(frozen=True, slots=True)
class Going:
    """What of one mentor would go: debriefs of which everything but the log, and debriefs that leave the log as well.
    ``first``, ``last``: when the oldest and the newest of both was begun (UTC)."""

    mentor_id: str
    team_id: str | None
    answers: int
    logs: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A message in somebody's chat that shows what is gone, and the name its place has now."""

    person: Person
    card: str


def _old_values(answers: datetime, log: datetime) -> tuple[str, ...]:
    return (stamp(answers), stamp(log), stamp(answers), stamp(answers), stamp(answers), MARK)


async def old(tx: Reader, answers: datetime, log: datetime, after: str, limit: int) -> list[Old]:
    """The debriefs with an id above ``after`` of which something is to go, by id: begun before ``answers``, and before
    ``log`` as a whole (UTC; ``log`` is not later). One that never ended stands in no log and goes as a whole."""
    rows = await tx.all(
        f"SELECT id, length, status, state, {_WHOLE} AS whole FROM reflections"  # noqa: S608 - constants
        f" WHERE id > ? AND ({_WHOLE} OR {_PARTLY}) ORDER BY id LIMIT ?",
        *_old_values(answers, log)[:3],
        after,
        *_old_values(answers, log),
        limit,
    )
    return [Old(row["id"], bool(row["whole"]), row["length"], row["status"], row["state"]) for row in rows]


async def going(tx: Reader, answers: datetime, log: datetime) -> list[Going]:
    """What would go if everything begun before these moments went now, by mentor and team."""
    left = f"substr(state, 1, {len(MARK)}) = ?"
    rows = await tx.all(
        f"SELECT mentor_id, team_id, sum(CASE WHEN {left} THEN 0 ELSE 1 END) AS answers,"  # noqa: S608 - constants
        f" sum(CASE WHEN started_at < ? AND finished_at IS NOT NULL THEN 1 ELSE 0 END) AS logs,"
        f" min(started_at) AS first, max(started_at) AS last FROM reflections WHERE {_WHOLE} OR {_PARTLY}"
        " GROUP BY mentor_id, team_id ORDER BY mentor_id, team_id",
        MARK,
        stamp(log),
        *_old_values(answers, log),
    )
    return [_going(row) for row in rows]


def _going(row: Row) -> Going:
    first, last = moment(row["first"]), moment(row["last"])
    return Going(row["mentor_id"], row["team_id"], int(row["answers"]), int(row["logs"]), first, last)


def marked(state: str) -> str:
    """The JSON object ``state`` as that of a debrief of which only the log is left."""
    return f"{MARK} true, {state.removeprefix('{')}"


def strip(tx: Transaction, ids: Sequence[str]) -> None:
    """Delete what these debriefs (at most 500) hold for others than the log, and what refers to it (queued)."""
    own = f"IN ({_marks(ids)})"
    for sql in (
        f"DELETE FROM supervision_reads WHERE share_id IN (SELECT id FROM shares WHERE reflection_id {own})",  # noqa: S608 - question marks only
        f"DELETE FROM supervision_taken WHERE reflection_id {own}",  # noqa: S608
        f"DELETE FROM supervision_notices WHERE reflection_id {own}",  # noqa: S608
        f"DELETE FROM safety_spoken WHERE reflection_id {own}",  # noqa: S608
        f"DELETE FROM codings WHERE reflection_id {own}",  # noqa: S608
        f"DELETE FROM shares WHERE reflection_id {own}",  # noqa: S608
        f"DELETE FROM reminders WHERE followup_id IN (SELECT id FROM followups WHERE reflection_id {own})",  # noqa: S608
        f"DELETE FROM chat_messages WHERE reflection_id {own}",  # noqa: S608
        f"UPDATE followups SET text = NULL WHERE {_TICKED} AND reflection_id {own}",  # noqa: S608
        f"DELETE FROM followups WHERE NOT ({_TICKED}) AND reflection_id {own}",  # noqa: S608
        f"DELETE FROM answers WHERE visibility <> '{LOG}' AND reflection_id {own}",  # noqa: S608
    ):
        tx.write(sql, *ids)
    tx.write(f"DELETE FROM reminders WHERE series_key {own}", *(f"check_in:{one}" for one in ids))  # noqa: S608
    tx.write(
        f"DELETE FROM outbox WHERE status = 'pending' AND card {own}",  # noqa: S608
        *(_DEBRIEF + one for one in ids),
    )


def settle(tx: Transaction, reflection_id: str, *, state: str, status: str, token: str) -> None:
    """What is left of a debrief, for the log: it is ended, and no old button leads to it (queued).
    ``state`` tells nothing that anybody wrote, so that it need not be sealed and can be asked for by its beginning."""
    tx.write(
        "UPDATE reflections SET state = ?, status = ?, token = ? WHERE id = ?", state, status, token, reflection_id
    )


def remove(tx: Transaction, ids: Sequence[str]) -> None:
    """Delete stripped debriefs (at most 500) with what the log had of them (queued). Contact threads and attempts have
    an age of their own: they stay, and no longer know the debrief they were told in."""
    own = f"IN ({_marks(ids)})"
    for sql in (
        f"UPDATE contact_threads SET opened_by = NULL WHERE opened_by {own}",  # noqa: S608 - question marks only
        f"UPDATE contact_threads SET closed_by = NULL WHERE closed_by {own}",  # noqa: S608
        f"UPDATE contact_attempts SET reflection_id = NULL WHERE reflection_id {own}",  # noqa: S608
        f"DELETE FROM followups WHERE reflection_id {own}",  # noqa: S608
        f"DELETE FROM answers WHERE reflection_id {own}",  # noqa: S608
        f"DELETE FROM reflections WHERE id {own}",  # noqa: S608
    ):
        tx.write(sql, *ids)


async def cards_of(tx: Transaction, ids: Sequence[str]) -> list[Standing]:
    """The live cards of these debriefs, by the name they have from now on. Nobody's button leads to them any more."""
    return await _taken(tx, f"c.card IN ({_marks(ids)})", *(_DEBRIEF + one for one in ids))


async def cards_before(tx: Transaction, before: datetime, limit: int) -> list[Standing]:
    """As ``cards_of``, of at most ``limit`` other messages sent before this time (UTC) that may tell of somebody:
    weeks, reminders, what was shared. A debrief's card goes with its debrief."""
    skipped = ", ".join("?" * len(_LASTING))
    where = f"c.shown_at < ? AND c.card NOT LIKE ? AND c.card NOT LIKE ? AND c.card NOT IN ({skipped})"
    values = (stamp(before), f"{_DEBRIEF}%", f"{REPLACED}%", *_LASTING)
    return await _taken(tx, where, *values, limit=limit)


async def _taken(tx: Transaction, where: str, *values: object, limit: int = 500) -> list[Standing]:
    rows = await tx.all(
        "SELECT p.*, c.chat_id AS place, c.card, c.message_id FROM cards AS c LEFT JOIN people AS p"  # noqa: S608 - constants, question marks
        f" ON p.chat_id = c.chat_id WHERE {where} ORDER BY c.chat_id, c.message_id LIMIT {int(limit)}",
        *values,
    )
    found = []
    for row in rows:
        card = f"{REPLACED}{row['message_id']}"
        tx.write("DELETE FROM outbox WHERE status = 'pending' AND chat_id = ? AND card = ?", row["place"], row["card"])
        tx.write("UPDATE cards SET card = ? WHERE chat_id = ? AND card = ?", card, row["place"], row["card"])
        if row["id"] is not None and row["left_at"] is None:
            found.append(Standing(person_of(row), card))
    return found


async def changed(tx: Reader) -> int:
    """How many rows were changed on this connection since it was opened, or at least in this transaction: the
    difference of two such numbers, asked in one transaction, is what was done between."""
    row = await tx.one("SELECT total_changes() AS many")
    return 0 if row is None else int(row["many"])


def forget_replaced(tx: Transaction) -> None:
    """Messages whose content was taken away need no more care (queued)."""
    tx.write(
        "DELETE FROM cards WHERE card LIKE ? AND NOT EXISTS (SELECT 1 FROM outbox AS o"
        " WHERE o.chat_id = cards.chat_id AND o.card = cards.card AND o.status = 'pending')",
        f"{REPLACED}%",
    )


def _marks(part: Sequence[object]) -> str:
    return ", ".join("?" * len(part))
