"""What a person's next typed message answers, where it is no debrief that asks: a time, a new text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.database import Reader, Transaction
from storage.sealing import sealed
from storage.times import moment, stamp


@dataclass(frozen=True, slots=True)
class Asked:
    """``page``: who asked, the name its buttons have; ``what``: for that page to know what; ``at``: when (UTC)."""

    page: str
    what: str
    at: datetime


def ask(tx: Transaction, person_id: str, page: str, what: str, now: datetime) -> None:
    """The next typed message answers this (queued); what was asked before is forgotten."""
    tx.write(
        "INSERT INTO asked (person_id, page, what, at) VALUES (?, ?, ?, ?) ON CONFLICT (person_id) DO UPDATE SET"
        " page = excluded.page, what = excluded.what, at = excluded.at",
        person_id,
        page,
        sealed(what),
        stamp(now),
    )


async def asked_of(tx: Reader, person_id: str, since: datetime) -> Asked | None:
    """What this person was asked at ``since`` or later, if they have not answered."""
    row = await tx.one("SELECT page, what, at FROM asked WHERE person_id = ? AND at >= ?", person_id, stamp(since))
    return None if row is None else Asked(row["page"], row["what"], moment(row["at"]))


def forget(tx: Transaction, person_id: str) -> None:
    """It was answered, or is not asked any more (queued)."""
    tx.write("DELETE FROM asked WHERE person_id = ?", person_id)
