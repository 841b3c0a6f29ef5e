"""Whom an operator means who wants somebody erased."""

from __future__ import annotations

from storage import citizens, leaving
from storage.citizens import Citizen
from storage.database import Transaction
from storage.erasing import is_nameless
from storage.people import Person


async def people_named(tx: Transaction, name: str) -> list[Person]:
    """Everybody of this name or id, also who has left; who is erased already is not among them."""
    return [one for one in await leaving.named(tx, name) if not is_nameless(one)]


async def citizens_named(tx: Transaction, text: str, team: str | None) -> list[Citizen]:
    """Citizens of this pseudonym or id, archived ones too; ``team``: only of the team of this name."""
    rows = await tx.all(
        "SELECT c.id, t.name AS team FROM citizens AS c JOIN teams AS t ON t.id = c.team_id"
        " WHERE c.pseudonym_key = ? OR c.id = ? ORDER BY t.name, c.id",
        citizens.pseudonym_key(text),
        text,
    )
    wanted = [row["id"] for row in rows if team is None or row["team"].casefold() == team.casefold()]
    found = [await citizens.get(tx, one) for one in wanted]
    return [one for one in found if one is not None]
