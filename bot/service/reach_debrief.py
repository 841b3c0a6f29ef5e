"""What the end of a debrief means for contact threads: a missed contact opens one, a contact that took place closes it.

A debrief may be changed after its end, and ends anew then: whatever it did before is put right, in the open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.dialogue.state import Answer, State
from bot.dialogue.threads import Channel, Result
from bot.service import reach_moves
from bot.service.loaded import Loaded
from bot.service.reach_case import HELD, OUTCOME, WHEN, Case, Logged, load
from bot.service.reach_log import QUESTION
from bot.service.tools import Tools
from storage import attempts, citizens, contact, threads
from storage.answers import Standing
from storage.citizens import Citizen
from storage.contact import End
from storage.database import Transaction
from storage.people import Person

MISSED = "missed"
_DECISION, _HELD_OTHERWISE = "absence_decision", "held_otherwise"
Try = tuple[str, str, datetime]


async def after_debrief(
    tx: Transaction,
    tools: Tools,
    person: Person,
    before: Loaded,
    rows: Mapping[str, Standing],
    citizen_id: str | None,
    state: State,
    now: datetime,
) -> None:
    """A debrief ended, for the first time or after a change. ``rows``: its answers as they are stored now."""
    groups = before.guide.guide.groups
    outcome = _said(state.answers.get(OUTCOME))
    citizen = await citizens.get(tx, citizen_id) if citizen_id else None
    at = _contact_at(before, state, now)
    mine = before.reflection.id
    missed, held = outcome in groups.get(MISSED, ()), outcome in groups.get(HELD, ())
    for thread_id in await contact.threads_of_reflection(tx, mine):
        case = await load(tx, tools, thread_id, now)
        if case is not None:
            same = citizen is not None and case.citizen.id == citizen.id
            await _take_back(tx, tools, case, mine, now, missed=same and missed, held=same and held)
    if citizen is None or citizen.team_id != person.team_id:
        return
    if missed:
        other = _held_otherwise_at(state, rows, now)
        await _missed(tx, tools, person, mine, citizen, _tries(state), at, other, now)
    elif held:
        await _held(tx, tools, mine, citizen, at, now)


def _said(answer: Answer | None) -> str | None:
    return None if answer is None or answer.skipped or answer.value is None else str(answer.value)


def _contact_at(before: Loaded, state: State, now: datetime) -> datetime:
    """When the meeting was, or should have been; a debrief that was never asked is about when it began."""
    answer = state.answers.get(WHEN)
    told = answer.at if answer is not None and not answer.skipped else None
    return min(told or before.reflection.started_at, now)


def _held_otherwise_at(state: State, rows: Mapping[str, Standing], now: datetime) -> datetime | None:
    """The mentor says that the meeting was held after all, in another way: then there was contact."""
    if _said(state.answers.get(_DECISION)) != _HELD_OTHERWISE:
        return None
    row = rows.get(_DECISION)
    return row.answered_at if row is not None else now


def _tries(state: State) -> list[Try]:
    """The attempts that the debrief tells of."""
    answer = state.answers.get(QUESTION)
    if answer is None or answer.skipped:
        return []
    channels, results = {one.value for one in Channel}, {one.value for one in Result}
    found = [
        (pick.choice, pick.result, pick.at)
        for pick in answer.picks
        if pick.choice in channels and pick.result in results and pick.result is not None and pick.at is not None
    ]
    return list(dict.fromkeys(found))


async def _take_back(
    tx: Transaction, tools: Tools, case: Case, mine: str, now: datetime, *, missed: bool, held: bool
) -> None:
    """What the debrief once did to this thread and no longer says. ``missed``, ``held``: what it now says of the
    thread's citizen."""
    if case.row.closed_by == mine and not held:
        await reach_moves.reopen(tx, case)
        case = await reach_moves.settle(tx, tools, case.id, now)
    if missed:
        return
    if case.marks.logged.get(mine):
        case = await _reconcile(tx, tools, case, case.mentor, mine, [], now)
    empty = all(one.superseded_at is not None for one in case.rows)
    if case.is_open and case.row.opened_by == mine and empty and not held:
        await reach_moves.give_up(tx, tools, case, End.MISTAKE, now)


async def _missed(
    tx: Transaction,
    tools: Tools,
    person: Person,
    mine: str,
    citizen: Citizen,
    tries: Sequence[Try],
    at: datetime,
    held_otherwise: datetime | None,
    now: datetime,
) -> None:
    known = await _thread_of(tx, tools, mine, citizen.id, now)
    if known is None:
        thread_id = await reach_moves.start(
            tx, tools, citizen_id=citizen.id, mentor_id=citizen.mentor_id, team_id=citizen.team_id, by=mine, at=at
        )
        known = await reach_moves.settle(tx, tools, thread_id, now, acted=False)
    elif known.row.opened_by == mine and known.row.opened_at != at:
        contact.move_start(tx, known.id, at)
    case = await _reconcile(tx, tools, known, person, mine, tries, now)
    if held_otherwise is not None and case.is_open:
        await reach_moves.reached(tx, tools, case, held_otherwise, now, by=mine)


async def _thread_of(tx: Transaction, tools: Tools, mine: str, citizen_id: str, now: datetime) -> Case | None:
    """The thread this debrief has to do with already: it may have been closed since."""
    for thread_id in reversed(await contact.threads_of_reflection(tx, mine)):
        case = await load(tx, tools, thread_id, now)
        if case is not None and case.citizen.id == citizen_id and await contact.ended(tx, thread_id) is not End.MISTAKE:
            return case
    return None


async def _reconcile(
    tx: Transaction, tools: Tools, case: Case, person: Person, mine: str, tries: Sequence[Try], now: datetime
) -> Case:
    """Let the debrief's attempts in this thread be these. What the mentor put right on the thread's own page stays."""
    before = list(case.marks.logged.get(mine, ()))
    kept = [one for one in before if one[:3] in tries]
    gone = [one for one in before if one[:3] not in tries]
    for wanted in tries:
        if any(one[:3] == wanted for one in kept):
            continue
        earlier = next((one for one in gone if one[0] == wanted[0]), None)
        if earlier is not None:
            gone.remove(earlier)
        kept.append(await _log(tx, case, person, mine, wanted, earlier, now))
    for one in gone:
        await attempts.withdraw_attempt(tx, _standing(case, one[3]), now)
    if kept == before:
        return case
    reach_moves.keep(tx, case, logged={**case.marks.logged, mine: tuple(kept)})
    return await reach_moves.settle(tx, tools, case.id, now)


async def _log(
    tx: Transaction, case: Case, person: Person, mine: str, wanted: Try, earlier: Logged | None, now: datetime
) -> Logged:
    """Log an attempt, or put right the one that it takes the place of: that one was made when it was made."""
    channel, result, at = wanted
    if earlier is not None:
        row = await attempts.correct_attempt(
            tx, _standing(case, earlier[3]), channel=channel, result=result, at=min(at, earlier[2]), now=now
        )
        if row is not None:
            return channel, result, at, row.id
    made = attempts.add_attempt(
        tx,
        case.row,
        mentor_id=person.id,
        channel=channel,
        result=result,
        at=min(at, now),
        now=now,
        reflection_id=mine,
    )
    return channel, result, at, made.id


def _standing(case: Case, row_id: str) -> str:
    """The last correction of this row."""
    following = {one.id: one.superseded_by for one in case.rows if one.superseded_by}
    while row_id in following:
        row_id = following[row_id]
    return row_id


async def _held(tx: Transaction, tools: Tools, mine: str, citizen: Citizen, at: datetime, now: datetime) -> None:
    closed = await _thread_of(tx, tools, mine, citizen.id, now)
    if closed is not None and closed.row.closed_by == mine and closed.row.closed_at != at:
        await reach_moves.reopen(tx, closed)
    row = await threads.thread_of(tx, citizen.id)
    case = await load(tx, tools, row.id, now) if row is not None else None
    if case is not None:
        await reach_moves.reached(tx, tools, case, at, now, by=mine)
