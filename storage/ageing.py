"""How long things wait that should not: updates to be worked on, messages to be sent, reminders that are due.

Asked often, also while ten thousand rows wait: each question is answered from an index of what is not done yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.database import Reader, Row
from storage.signs import POLL
from storage.times import moment, moment_or_none, stamp

_UPDATES = "SELECT count(*) AS waiting, min(received_at) AS oldest FROM inbox WHERE status = 'pending'"
# What waits for people who block the bot goes out when they unblock it: nobody can do anything about it.
_MESSAGES = (
    "SELECT count(*) AS waiting, min(created_at) AS oldest FROM outbox WHERE status = 'pending'"
    " AND NOT EXISTS (SELECT 1 FROM people WHERE people.chat_id = outbox.chat_id AND people.blocked_at IS NOT NULL)"
)
# send_at lies within the person's hours already: what is later than that should have gone, if it can be.
_REMINDERS = (
    "SELECT count(*) AS waiting, min(send_at) AS oldest FROM reminders WHERE status = 'pending'"
    " AND send_at > '' AND send_at <= ? AND NOT EXISTS (SELECT 1 FROM people WHERE people.id = reminders.person_id"
    " AND (people.blocked_at IS NOT NULL OR people.left_at IS NOT NULL))"
)
# Whoever claimed them was killed, or is at it just now.
_CLAIMED = "SELECT count(*) AS waiting, min(claimed_at) AS oldest FROM reminders WHERE status = 'claimed'"
_INTAKE = "SELECT at FROM signs_of_life WHERE name = ?"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and since when the oldest of them; None when none does."""

    count: int
    oldest: datetime | None

    def seconds(self, now: datetime) -> float | None:
        """How long the oldest has waited; None when none waits. A clock that was set back makes it 0."""
        return None if self.oldest is None else max(0.0, (now - self.oldest).total_seconds())


@dataclass(frozen=True, slots=True)
class Ages:
    """``updates`` that are not done, ``messages`` that are not sent, ``reminders`` that should have gone. ``intake``:
    the newest time at which the process that sees to it, whichever it is, left word that updates come in."""

    updates: Waiting
    messages: Waiting
    reminders: Waiting
    intake: datetime | None = None


async def ages(tx: Reader, now: datetime) -> Ages:
    """What waits, in one way to the database and back. Nothing of it tells whose it is."""
    *found, seen = await tx.several((_UPDATES,), (_MESSAGES,), (_REMINDERS, stamp(now)), (_CLAIMED,), (_INTAKE, POLL))
    updates, messages, reminders, claimed = (_waiting(rows) for rows in found)
    oldest = min((one.oldest for one in (reminders, claimed) if one.oldest is not None), default=None)
    intake = moment(seen[0]["at"]) if seen else None
    return Ages(updates, messages, Waiting(reminders.count + claimed.count, oldest), intake)


def _waiting(rows: Sequence[Row]) -> Waiting:
    return Waiting(int(rows[0]["waiting"]), moment_or_none(rows[0]["oldest"]))
