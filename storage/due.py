"""Sending reminders. The clock only wakes us; what is due stands in a table, and survives every restart.

How one is sent, and why none is lost or doubled::

    async with db.transaction() as tx:
        claimed = await claim_due(tx, now, 200)            # pending → claimed
        ...                                                # plan_round says for each: send, or look again later
        sent = await mark_sent(tx, sendings, now)          # claimed → sent, unless it was done meanwhile
        outbox.queue_send(tx, ...)                         # for those in ``sent`` only
        look_again(tx, waits)                              # claimed → pending, later

The mark and the message to send are one commit, so that a kill leaves either both or neither; from there the outbox
sends at least once, marking after Telegram's answer (a kill in between repeats that one message). Where claim and mark
are two transactions, ``back_to_pending`` frees what a killed claimer left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.dialogue.reminders import Reminder, Status
from storage.database import Reader, Transaction
from storage.people import Person, person_of
from storage.reminders import reminder_of
from storage.times import moment, moment_or_none, stamp

_AT_ONCE = 500  # ids in one statement

# Reminders of people who block the bot or have left wait here, not in the outbox: they go out late and say so.
_REACHABLE = (
    " AND NOT EXISTS (SELECT 1 FROM people WHERE people.id = reminders.person_id"
    " AND (people.blocked_at IS NOT NULL OR people.left_at IS NOT NULL))"
)

_STILL_OPEN = (
    "(followup_id IS NULL OR EXISTS (SELECT 1 FROM followups AS f WHERE f.id = followup_id AND f.status = 'open'))"
    " AND (thread_id IS NULL OR EXISTS"
    " (SELECT 1 FROM contact_threads AS t WHERE t.id = thread_id AND t.closed_at IS NULL))"
)


@dataclass(frozen=True, slots=True)
class Sending:
    """One reminder about to be sent. ``late``: the message says so. ``card``: the name of the message's card.
    ``about``: what exactly it is about."""

    id: str
    late: bool
    card: str | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a reminder goes to; ``debrief_touched_at``: when they last did something in their open debrief, if any."""

    person: Person
    debrief_touched_at: datetime | None


async def next_due(tx: Reader) -> datetime | None:
    """When the next reminder is to be looked at; it may be past. None: there is none that can be sent."""
    # Without the second condition, which is always true, SQLite sorts all that is pending instead of using the index.
    row = await tx.one(
        "SELECT send_at FROM reminders WHERE status = 'pending' AND send_at > ''"  # noqa: S608 - a constant
        + _REACHABLE
        + " ORDER BY send_at LIMIT 1"
    )
    return None if row is None else moment(row["send_at"])


async def claim_due(tx: Transaction, now: datetime, limit: int) -> list[Reminder]:
    """Take what is due and return it, by person and due time: the ``limit`` longest waiting, and whatever else is due
    for the same people, so that no bundle is torn apart.

    Where several claim at once, the one that comes second is told to try again (StorageBusy).
    """
    at = stamp(now)
    rows = await tx.all(
        "UPDATE reminders SET status = 'claimed', claimed_at = ? WHERE status = 'pending' AND send_at <= ?"  # noqa: S608 - a constant
        " AND person_id IN (SELECT oldest.person_id FROM (SELECT person_id FROM reminders"
        " WHERE status = 'pending' AND send_at <= ?" + _REACHABLE + " ORDER BY send_at LIMIT ?) AS oldest)"
        " RETURNING *",
        at,
        at,
        at,
        limit,
    )
    return sorted(map(reminder_of, rows), key=lambda one: (one.person_id, one.due_at, one.id))


async def recipients(tx: Reader, person_ids: Iterable[str]) -> dict[str, Recipient]:
    """Who these people are and whether they are in the middle of a debrief, in one query for each 500."""
    found: dict[str, Recipient] = {}
    for part in _parts(person_ids):
        rows = await tx.all(
            "SELECT p.*, r.touched_at FROM people AS p"  # noqa: S608 - question marks only
            " LEFT JOIN reflections AS r ON r.mentor_id = p.id AND r.status = 'open'"
            f" WHERE p.id IN ({_marks(part)})",
            *part,
        )
        found.update((row["id"], Recipient(person_of(row), moment_or_none(row["touched_at"]))) for row in rows)
    return found


async def mark_sent(tx: Transaction, sendings: Sequence[Sending], now: datetime) -> frozenset[str]:
    """Mark claimed reminders as sent; the ids of those that are to be sent now. Queue messages for these only.

    The others were taken by another claimer, changed by the person, or lapse here since their follow-up or contact
    thread was closed meanwhile: nobody is reminded of what is done.
    """
    to_send: set[str] = set()
    for part in _parts(one.id for one in sendings):
        rows = await tx.all(
            f"UPDATE reminders SET status = CASE WHEN {_STILL_OPEN} THEN 'sent' ELSE 'lapsed' END,"  # noqa: S608 - constants, question marks
            f" sent_at = CASE WHEN {_STILL_OPEN} THEN ? ELSE sent_at END, claimed_at = NULL"
            f" WHERE status = 'claimed' AND id IN ({_marks(part)}) RETURNING id, status",
            stamp(now),
            *part,
        )
        to_send.update(row["id"] for row in rows if row["status"] == Status.SENT)
    for one in sendings:
        if one.id in to_send:
            tx.write(
                "UPDATE reminders SET late = ?, card = ?, about = ? WHERE id = ?",
                int(one.late),
                one.card,
                one.about,
                one.id,
            )
    return frozenset(to_send)


def look_again(tx: Transaction, moves: Iterable[tuple[str, datetime]]) -> None:
    """Look at these waiting or claimed reminders at these times (queued), and not before."""
    for reminder_id, at in moves:
        tx.write(
            "UPDATE reminders SET status = 'pending', claimed_at = NULL, send_at = ?"
            " WHERE id = ? AND status IN ('pending', 'claimed')",
            stamp(at),
            reminder_id,
        )


def replaced(tx: Transaction, reminder_ids: Iterable[str], now: datetime) -> None:
    """A newer one of their series is sent in the place of these (queued)."""
    for reminder_id in reminder_ids:
        tx.write(
            "UPDATE reminders SET status = 'replaced', closed_at = ?, claimed_at = NULL WHERE id = ?"
            " AND status IN ('pending', 'claimed')",
            stamp(now),
            reminder_id,
        )


async def again(tx: Transaction, now: datetime, sent_before: datetime, but: Sequence[str]) -> int:
    """What was sent before that time and lies unanswered, its follow-up still open, is sent once more: how many there
    are. ``but``: kinds that are not; private ones never."""
    return await tx.run(
        "UPDATE reminders SET status = 'pending', send_at = ?, snoozed_until = ? WHERE status = 'sent'"  # noqa: S608 - question marks only
        f" AND sent_at <= ? AND private = 0 AND kind NOT IN ({_marks(but)})"
        " AND EXISTS (SELECT 1 FROM followups AS f WHERE f.id = followup_id AND f.status = 'open')",
        stamp(now),
        stamp(now),
        stamp(sent_before),
        *but,
    )


async def back_to_pending(tx: Transaction, now: datetime, older_than: timedelta) -> int:
    """Free claims that are older than this, zero for all: whoever made them was killed. How many there were.

    Claims from the future are freed too: the clock ran ahead when they were made.
    """
    return await tx.run(
        "UPDATE reminders SET status = 'pending', claimed_at = NULL"
        " WHERE status = 'claimed' AND (claimed_at <= ? OR claimed_at > ?)",
        stamp(now - older_than),
        stamp(now),
    )


def _parts(ids: Iterable[str]) -> Iterable[Sequence[str]]:
    wanted = list(dict.fromkeys(ids))
    return (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))


def _marks(part: Sequence[str]) -> str:
    return ", ".join("?" * len(part))
