"""What a mentor does about a contact thread. Each move stores one thing, plans the reminders anew, and gives the thread
as it is afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.dialogue import threads as core
from bot.dialogue.ladder import StepKind
from bot.dialogue.threads import Channel, Result
from bot.service import reach_plan, remind_plan
from bot.service.reach_case import Case, Marks, load
from bot.service.remind_plan import NEXT_CONTACT
from bot.service.tools import Tools
from storage import attempts, contact, followups, threads
from storage.attempts import Attempt
from storage.contact import End
from storage.database import Transaction
from storage.followups import FollowupStatus


async def start(
    tx: Transaction, tools: Tools, *, citizen_id: str, mentor_id: str, team_id: str, by: str | None, at: datetime
) -> str:
    """Open a thread with ``at`` as the missed contact, or find the one that is open; its id. ``by``: the debrief."""
    row = await threads.open_thread(
        tx, citizen_id=citizen_id, mentor_id=mentor_id, team_id=team_id, opened_by=by, now=at
    )
    return row.id


async def settle(tx: Transaction, tools: Tools, thread_id: str, now: datetime, *, acted: bool = True) -> Case:
    """Something was stored: close the thread if the citizen was reached, and plan its reminders. Raises LookupError
    for a thread that does not exist."""
    case = await _load(tx, tools, thread_id, now)
    ended = core.ended_at(case.thread)
    if case.is_open and ended is not None:
        await _close(tx, case, End.CONTACT, ended, None, now)
        case = await _load(tx, tools, thread_id, now)
    await reach_plan.plan(tx, tools, case, now, acted=acted)
    return await _load(tx, tools, thread_id, now)


async def _load(tx: Transaction, tools: Tools, thread_id: str, now: datetime) -> Case:
    case = await load(tx, tools, thread_id, now)
    if case is None:
        raise LookupError("a contact thread is gone")
    return case


async def _close(tx: Transaction, case: Case, end: End, at: datetime, by: str | None, now: datetime) -> None:
    await threads.close_thread(tx, case.id, closed_by=by, now=at)
    contact.set_ended(tx, case.id, end)
    if end is End.CONTACT:
        await _tried_enough(tx, case, by, now)


async def _tried_enough(tx: Transaction, case: Case, by: str | None, now: datetime) -> None:
    """After a missed contact "when do you try again?" is over once there was contact; what the debrief of that contact
    agrees on stays."""
    told = {case.row.opened_by, *case.marks.logged} - {None, by}
    for one in await followups.of_citizen(tx, case.citizen.id, case.mentor.id):
        if one.kind == NEXT_CONTACT and one.reflection_id in told:
            await remind_plan.close(tx, one, FollowupStatus.DONE, now)


def keep(tx: Transaction, case: Case, **changed: Any) -> None:
    """Store the thread's marks with these changed, as a new version (queued)."""
    marks: Marks = replace(case.marks, version=case.marks.version + 1, **changed)
    threads.put_state(tx, case.id, marks.to_json())


async def log(
    tx: Transaction, tools: Tools, case: Case, channel: Channel, result: Result, at: datetime, now: datetime
) -> Case:
    """An attempt was made ``at``, by the thread's mentor."""
    attempts.add_attempt(
        tx, case.row, mentor_id=case.mentor.id, channel=channel.value, result=result.value, at=min(at, now), now=now
    )
    keep(tx, case)
    return await settle(tx, tools, case.id, now)


async def reached(
    tx: Transaction, tools: Tools, case: Case, at: datetime, now: datetime, *, by: str | None = None
) -> Case:
    """There was contact ``at``: the thread closes, unless that was before the missed contact. ``by``: the debrief."""
    if case.is_open and core.day_of(case.thread, at) >= 0:
        await _close(tx, case, End.CONTACT, at, by, now)
    keep(tx, case)
    return await settle(tx, tools, case.id, now)


async def give_up(tx: Transaction, tools: Tools, case: Case, end: End, now: datetime) -> Case:
    """The thread ends without contact."""
    if case.is_open:
        await _close(tx, case, end, now, None, now)
    keep(tx, case)
    return await settle(tx, tools, case.id, now)


async def open_again(tx: Transaction, tools: Tools, case: Case, now: datetime) -> Case:
    """What closed the thread was a mistake: an attempt that reached the citizen is taken back, and it goes on."""
    for one in case.rows:
        if one.superseded_at is None and one.result == Result.REACHED and one.at == case.row.closed_at:
            await attempts.withdraw_attempt(tx, one.id, now)
    await reopen(tx, case)
    keep(tx, case)
    return await settle(tx, tools, case.id, now)


async def reopen(tx: Transaction, case: Case) -> None:
    """What closed the thread did not happen. Where the citizen has another open thread by now, this one stays closed,
    and no longer counts as contact."""
    if not await contact.reopen(tx, case.id) and not case.is_open:
        contact.set_ended(tx, case.id, End.MISTAKE)


async def correct(
    tx: Transaction, tools: Tools, case: Case, old: Attempt, new: tuple[str, str, datetime] | None, now: datetime
) -> Case:
    """Put an attempt right: channel, result and time as they were; None: there was no such attempt. The old one stays
    to be seen. Nothing happens when it was corrected before."""
    if new is None:
        changed = await attempts.withdraw_attempt(tx, old.id, now)
    else:
        channel, result, at = new
        row = await attempts.correct_attempt(tx, old.id, channel=channel, result=result, at=min(at, now), now=now)
        changed = row is not None
    if changed:
        if old.result == Result.REACHED and case.row.closed_at == old.at and case.row.closed_by is None:
            await reopen(tx, case)
        keep(tx, case)
    return await settle(tx, tools, case.id, now)


async def worry(tx: Transaction, tools: Tools, case: Case, yes: bool, now: datetime) -> Case:
    """The mentor said whether they are worried. What there is to try stays to be tried."""
    threads.set_worried(tx, case.id, yes)
    keep(tx, case, worried_at=now)
    return await settle(tx, tools, case.id, now, acted=False)


async def lead_told(tx: Transaction, tools: Tools, case: Case, now: datetime) -> Case:
    """The lead knows."""
    threads.lead_told(tx, case.id, now)
    keep(tx, case, lead_told_at=now)
    return await settle(tx, tools, case.id, now)


async def caseworker_told(tx: Transaction, tools: Tools, case: Case, now: datetime) -> Case:
    """The caseworker knows."""
    threads.caseworker_told(tx, case.id, now)
    keep(tx, case, caseworker_told_at=now)
    return await settle(tx, tools, case.id, now)


async def seen_to(tx: Transaction, tools: Tools, case: Case, kind: StepKind, now: datetime) -> Case:
    """The step that is due now is seen to, if it is of this kind."""
    step = case.by_day(tools, now)
    if step is None or step.kind is not kind:
        return case
    if kind is StepKind.TELL_LEAD:
        return await lead_told(tx, tools, case, now)
    if kind is StepKind.TELL_CASEWORKER:
        return await caseworker_told(tx, tools, case, now)
    keep(tx, case, answered=case.marks.answered | {step.step})
    return await settle(tx, tools, case.id, now)


async def pause(tx: Transaction, tools: Tools, case: Case, until: datetime | None, now: datetime) -> Case:
    """Propose nothing before ``until``; None: go on."""
    threads.pause(tx, case.id, until)
    keep(tx, case)
    return await settle(tx, tools, case.id, now)
