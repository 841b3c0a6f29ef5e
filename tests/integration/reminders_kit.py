"""Reminders in the storage tests: made, claimed and marked in a word."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dialogue.reminders import Reminder
from storage import due, reminders
from storage.database import Transaction
from storage.due import Sending
from storage.people import Person
from tests.integration.storage_kit import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def remind(tx: Transaction, person: Person, series: str, at: datetime = NOW, **more: object) -> None:
    """A reminder that is due and to be sent at ``at``."""
    reminders.add(tx, person_id=person.id, kind="free", series=series, due_at=at, send_at=at, now=NOW, **more)  # type: ignore[arg-type] # fields by name


async def claim(tx: Transaction, now: datetime = NOW, limit: int = 100) -> list[str]:
    """The series of what is claimed now."""
    return [one.series for one in await due.claim_due(tx, now, limit)]


async def only(tx: Transaction, series: str) -> Reminder:
    """The one reminder of a series."""
    (one,) = await reminders.of_series(tx, series)
    return one


async def send(tx: Transaction, now: datetime = NOW) -> list[str]:
    """Claim and mark everything due; the series of what is to be sent."""
    claimed = await due.claim_due(tx, now, 100)
    marked = await due.mark_sent(tx, [Sending(one.id, False) for one in claimed], now)
    return [one.series for one in claimed if one.id in marked]
