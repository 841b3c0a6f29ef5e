"""The reminders of a contact thread: one for each step that will come if nothing happens, planned anew at each change.

They all stand in the table from the start, so that nothing has to be remembered in between: when a day comes, what is
due on it is there. Whatever the mentor does takes those that no longer fit away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.dialogue.calendar import local, utc
from bot.dialogue.ladder import Proposal, StepKind
from bot.dialogue.reminders import Reminder, sending_time
from bot.service.reach_case import Case, Marks, load
from bot.service.tools import Tools
from storage import contact, reminders, threads
from storage.database import Transaction
from storage.people import Person

KIND = "ladder"
ROOM = timedelta(hours=2)
"""What is due already is on the mentor's screen: nobody is reminded of it at once."""
ROOM_FOR_WORRY = timedelta(minutes=30)


def series(thread_id: str) -> str:
    """The series of a thread's reminders."""
    return f"thread:{thread_id}"


async def plan_next(tx: Transaction, tools: Tools, person: Person, thread_id: str, now: datetime) -> None:
    """See to it that the reminders of this thread are those its ladder asks for now. May be called at any time: what
    is planned already, snoozed or sent stays as it is. Nothing happens when the thread is not ``person``'s."""
    case = await load(tx, tools, thread_id, now)
    if case is not None and case.mentor.id == person.id:
        await plan(tx, tools, case, now, acted=False)


async def plan(tx: Transaction, tools: Tools, case: Case, now: datetime, *, acted: bool) -> None:
    """Plan this thread's reminders. ``acted``: the mentor has just done something about it, so that what was sent is
    seen to, a snooze has had its use, and a stop is over."""
    name = series(case.id)
    if acted:
        # In this order: what lapses comes back if it is planned again, what is done does not.
        reminders.lapse_series(tx, name, now)
        reminders.done_series(tx, name, now)
        reminders.allow_again(tx, name, now)
    known = await reminders.of_series(tx, name)
    wanted, marks = _occasions(tools, case, known, now) if case.is_open else ([], case.marks)
    contact.lapse_all_but(tx, name, wanted, now)
    for due in wanted:
        reminders.add(
            tx,
            person_id=case.mentor.id,
            kind=KIND,
            series=name,
            due_at=due,
            send_at=_send_at(case, due),
            now=now,
            citizen_id=case.citizen.id,
            thread_id=case.id,
        )
    if marks != case.marks:
        threads.put_state(tx, case.id, marks.to_json())


def _send_at(case: Case, due: datetime) -> datetime:
    try:
        return sending_time(due, None, False, case.work)
    except ValueError:  # away for years; whoever sends looks again then
        return due


def _occasions(tools: Tools, case: Case, known: list[Reminder], now: datetime) -> tuple[list[datetime], Marks]:
    """When to remind if nothing happens in between, the earliest first; and the marks with what was planned."""
    first, marks = case.proposal(tools, now), case.marks
    found: set[datetime] = set()
    if first is not None:
        due, marks = _first_due(case, first, known, now)
        found = {due, *_coming(tools, case, first, due, now)}
    if not any(day > now for day in found):
        found.add(_again(tools, case, [one.due_at for one in known], now))
    return sorted(found), marks


def _coming(tools: Tools, case: Case, first: Proposal, due: datetime, now: datetime) -> set[datetime]:
    """When the ladder's later days ask for something."""
    found, seen = set[datetime](), {(first.step, first.since)}
    for day in _days_ahead(tools, case, now):
        coming = case.by_day(tools, day)
        if coming is None:
            break
        if coming.kind is not StepKind.ATTEMPT:
            found.add(max(due, coming.due_at))  # it never gives way: asked again when the ladder's next day comes
        elif (coming.step, coming.since) not in seen:
            found.add(coming.since)
        seen.add((coming.step, coming.since))
    return found


def _again(tools: Tools, case: Case, known: Sequence[datetime], now: datetime) -> datetime:
    """Once the ladder has nothing new, as often as there should be contact, until there is."""
    every = timedelta(days=case.settings.rhythm_days or tools.ladder.ladder.rhythm_days)
    last = max(known, default=now)
    return last + every * max(1, (now - last) // every + 1)


def _first_due(case: Case, first: Proposal, known: list[Reminder], now: datetime) -> tuple[datetime, Marks]:
    if first.since > now or any(one.due_at == first.since for one in known):
        return first.since, case.marks
    planned = case.marks.planned
    if planned is not None and planned[:2] == (first.step, first.since):
        return planned[2], case.marks
    soon = first.acute or first.kind is StepKind.WORRY
    due = now + (ROOM_FOR_WORRY if soon else ROOM)
    return due, replace(case.marks, planned=(first.step, first.since, due))


def _days_ahead(tools: Tools, case: Case, now: datetime) -> list[datetime]:
    """The beginnings of the ladder's days that are still to come."""
    day_0 = local(case.row.opened_at, case.zone).date()
    days = sorted({step.from_day for step in tools.ladder.ladder.steps})
    starts = [utc(day_0 + timedelta(days=day), time(0), case.zone) for day in days]
    return [start for start in starts if start > now]
