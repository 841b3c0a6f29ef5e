"""Reminders in the invented weeks: they are sent as the program sends them, less the messages, and people see to what
they were reminded of; some of it is left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import groupby

from bot.dialogue.ladder import StepKind
from bot.dialogue.reminders import Bundle, Reminder, Status, plan_round
from bot.reminding import card_of
from bot.service import remind_check_in, remind_lead, remind_plan, remind_press
from bot.service.hours import works_of
from bot.service.reach_case import load
from bot.service.tools import Tools
from storage import due, followups, people, reminders
from storage.database import Transaction
from storage.due import Sending
from storage.followups import Followup, FollowupStatus
from storage.people import Person, Role

COFFEE = timedelta(minutes=12)
"""How long after it was sent people see to what they were reminded of."""
_OLD_ENOUGH = timedelta(days=3)
_ALL = 10_000

Leaves = Mapping[str, frozenset[str]]
"""Kinds of follow-ups that nobody ticks off, by the id of the debrief they are from."""


async def send(tx: Transaction, tools: Tools, now: datetime) -> None:
    """Claim and mark as sent whatever is due; nothing is put into the outbox."""
    await remind_lead.look(tx, tools, now)
    claimed = await due.claim_due(tx, now, _ALL)
    recipients = await due.recipients(tx, {one.person_id for one in claimed})
    works = await works_of(tx, tools, [one.person for one in recipients.values()], now)
    bundles: list[Bundle] = []
    for person_id, ones in groupby(claimed, key=lambda one: one.person_id):
        planned = plan_round(tuple(ones), now, works[person_id], recipients[person_id].debrief_touched_at)
        due.look_again(tx, planned.wait)
        bundles += planned.send
    lines = [(bundle, line) for bundle in bundles for line in bundle.lines]
    await due.mark_sent(tx, [Sending(line.reminder.id, line.late, card_of(bundle)) for bundle, line in lines], now)


async def see_to_all(tx: Transaction, tools: Tools, leaves: Leaves, now: datetime) -> None:
    """Everybody goes through what they were reminded of."""
    for person in await people.people(tx):
        for one in await reminders.standing_of(tx, person.id):
            if one.status is Status.SENT:
                await _see_to(tx, tools, person, one, leaves, now)


async def _see_to(tx: Transaction, tools: Tools, person: Person, one: Reminder, leaves: Leaves, now: datetime) -> None:
    if one.kind == remind_lead.KIND:
        await remind_lead.seen(tx, person, one, now)
    elif one.kind == remind_check_in.KIND:
        await remind_press.press(tx, tools, person, "g", one.id, now)
    elif one.followup_id is not None:
        found = await followups.get(tx, one.followup_id)
        if found is not None and not is_left(found, leaves):
            await remind_press.finish(tx, tools, person, one, FollowupStatus.DONE, now)


def is_left(one: Followup, leaves: Leaves) -> bool:
    """Whether the story has nobody tick it off."""
    return one.kind in leaves.get(one.reflection_id or "", frozenset())


async def tick_off(tx: Transaction, leaves: Leaves, now: datetime) -> None:
    """Mentors go through what has no date, and tick off what is some days old."""
    for person in await people.people(tx):
        if person.role is not Role.MENTOR:
            continue
        for one in await followups.undated_of(tx, person.id):
            if one.created_at <= now - _OLD_ENOUGH and not is_left(one, leaves):
                await remind_plan.close(tx, one, FollowupStatus.DONE, now)


async def tell_leads(tx: Transaction, tools: Tools, left: frozenset[str], now: datetime) -> None:
    """Mentors whose thread says that the lead or the caseworker is to be told do so; not in the story's (``left``:
    citizens), which does it in its own time."""
    for person in await people.people(tx):
        for one in await reminders.standing_of(tx, person.id):
            if one.status is Status.SENT and one.thread_id is not None and one.citizen_id not in left:
                case = await load(tx, tools, one.thread_id, now)
                step = case.proposal(tools, now) if case is not None else None
                if step is not None and step.kind is not StepKind.ATTEMPT:
                    await remind_press.finish(tx, tools, person, one, FollowupStatus.DONE, now)
