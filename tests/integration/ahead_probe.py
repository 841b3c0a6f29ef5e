"""What was asked ahead for others, while one turn was carried out: does it still hold?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from storage import reflections
from storage.ahead import Ahead
from storage.database import Transaction


async def told_the_same(tx: Transaction, chat_id: int) -> tuple[int, Sequence[str]]:
    """After a turn of this chat: how many answers are still kept for others, and which queries would be answered
    otherwise now. Turns that ask for something leave none: then everybody asks anew."""
    ahead: Ahead = tx._ahead  # type: ignore[attr-defined] # both engines have one; nobody else looks into it
    kept = {asked: rows for asked, rows in ahead._found.items() if asked[1] != chat_id}
    stale = [str(sql) for (sql, *params), rows in kept.items() if await tx.all(sql, *params) != rows]
    return len(kept), stale


async def ask_ahead(tx: Transaction) -> None:
    """For everybody there is, as if all had written at once."""
    rows = await tx.all("SELECT chat_id FROM people WHERE chat_id IS NOT NULL")
    await reflections.look_ahead(tx, [row["chat_id"] for row in rows])


@asynccontextmanager
async def leaving_others_alone(tx: Transaction, chat_id: int | None) -> AsyncIterator[None]:
    """A turn of this chat. AssertionError when others, whose turns come after it in the same commit, would begin with
    what has passed: a turn that asks for nothing must change nothing of theirs."""
    await ask_ahead(tx)
    yield
    _, stale = await told_the_same(tx, chat_id or 0)
    assert not stale, f"this turn asked for nothing, and changed what others begin with: {stale}"
