"""What is logged and noted in contact threads, through the moves of the thread's own page."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.threads import Channel, Result
from bot.practice_sample_deeds import Mark, Noted, Try
from bot.service import reach, reach_moves, reach_open, reach_typed
from bot.service.reach_case import Case, load
from bot.service.reach_codes import say
from bot.service.tools import Tools
from storage import asked, threads
from storage.citizens import Citizen
from storage.database import Transaction
from storage.people import Person

_PAUSE = "14"  # days, as the button has it


async def calm(tx: Transaction, tools: Tools, citizen: Citizen, now: datetime) -> None:
    """The first thing a new thread asks: not worried."""
    case = await _open_case(tx, tools, citizen, now)
    if case is not None and case.row.worried is None:
        await reach_moves.worry(tx, tools, case, False, now)


async def attempt(tx: Transaction, tools: Tools, person: Person, citizen: Citizen, one: Try) -> None:
    """An attempt, with the thread opened by hand where there is none."""
    row = await threads.thread_of(tx, citizen.id)
    if row is None:
        await reach_open.open_for(tx, tools, person, citizen, one.at, fresh=True)
        await calm(tx, tools, citizen, one.at)
        row = await threads.thread_of(tx, citizen.id)
    if row is not None:
        await reach.attempt(tx, tools, person, row.id, one.channel, one.result, one.at, one.at)


async def note(tx: Transaction, tools: Tools, person: Person, citizen: Citizen, one: Noted) -> None:
    """A mark on the thread. Nothing happens where there is no such thread: its beginning lay before the first week."""
    if one.mark is Mark.NOTED:
        await _next_time(tx, tools, person, citizen, one)
        return
    case = await _open_case(tx, tools, citizen, one.at)
    if case is None:
        return
    match one.mark:
        case Mark.LEAD_TOLD:
            await reach_moves.lead_told(tx, tools, case, one.at)
        case Mark.CASEWORKER_TOLD:
            await reach_moves.caseworker_told(tx, tools, case, one.at)
        case Mark.PAUSED:
            arg = say(case.id, case.marks.version, _PAUSE)
            await reach.press(tx, tools, person, "P", arg, one.at)
        case Mark.MENDED:
            await _mend(tx, tools, case, one.at)


async def _mend(tx: Transaction, tools: Tools, case: Case, now: datetime) -> None:
    """The newest attempt was a text that was sent."""
    standing = [row for row in case.rows if row.superseded_at is None]
    if standing:
        newest = max(standing, key=lambda row: (row.at, row.id))
        right = (Channel.TEXT.value, Result.SENT.value, newest.at)
        await reach_moves.correct(tx, tools, case, newest, right, now)


async def _next_time(tx: Transaction, tools: Tools, person: Person, citizen: Citizen, one: Noted) -> None:
    ended = [row for row in await threads.threads_of(tx, citizen.id) if row.closed_at is not None]
    case = await load(tx, tools, ended[-1].id, one.at) if ended else None
    if case is None:
        return
    await reach.press(tx, tools, person, "n", say(case.id, case.marks.version), one.at)
    waiting = await asked.asked_of(tx, person.id, one.at)
    if waiting is not None:
        await reach_typed.typed(tx, tools, person, waiting.what, one.text, one.at)


async def _open_case(tx: Transaction, tools: Tools, citizen: Citizen, now: datetime) -> Case | None:
    row = await threads.thread_of(tx, citizen.id)
    return None if row is None else await load(tx, tools, row.id, now)
