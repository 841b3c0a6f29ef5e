"""Opening a citizen's contact thread by hand."""

from __future__ import annotations

from datetime import datetime

from bot.service import reach_moves, reach_pages
from bot.service.reach_case import owned
from bot.service.replies import Reply, Toast
from bot.service.tools import Tools
from storage import citizens, threads
from storage.citizens import Citizen
from storage.database import Transaction
from storage.people import Person


async def open_for(
    tx: Transaction, tools: Tools, person: Person, citizen: Citizen, now: datetime, *, fresh: bool
) -> list[Reply]:
    """The page of the citizen's thread; one that is opened now has today as the day of the missed contact."""
    was = await threads.thread_of(tx, citizen.id)
    thread_id = await reach_moves.start(
        tx, tools, citizen_id=citizen.id, mentor_id=person.id, team_id=citizen.team_id, by=None, at=now
    )
    if was is None:
        citizens.touch(tx, citizen.id, now)
        await reach_moves.settle(tx, tools, thread_id, now, acted=False)
    case = await owned(tx, tools, person, thread_id, now)
    if case is None:
        return [Toast(person.language, "note.not_yours")]
    return [await reach_pages.thread(tx, tools, case, now, fresh=fresh)]
