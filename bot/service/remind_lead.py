"""When something that the team lead must know of lies untouched, the lead hears that it does, and never what it is.

It is a reminder of the lead's own, tied to the mentor's follow-up or thread: once that is closed it is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local, say_when
from bot.dialogue.reminders import Reminder, Status, intended_at, sending_time
from bot.dialogue.worktime import WorkTime
from bot.service.hours import works_of
from bot.service.reach_case import last_contacts
from bot.service.remind_plan import TELL_LEAD
from bot.service.replies import Page, PageButton
from bot.service.tools import Tools
from storage import overdue, people, reminders
from storage.database import Transaction
from storage.overdue import Untouched
from storage.people import Person

KIND = "overdue"
PAGE = "remind"
WITHOUT_CONTACT = timedelta(days=14)


def mentor_of(one: Reminder) -> str:
    """Whose it is that the lead hears of: the person's id."""
    return one.series.split(":")[2]


def page(lead: Person, card: str, ones: Sequence[Reminder], names: Mapping[str, str], now: datetime) -> Page:
    """What the lead sees: whose, and for how long."""
    zone = ZoneInfo(lead.zone)
    each = {one.series.split(":", 2)[2]: one for one in reversed(ones)}  # told of twice, it is still one thing
    lines = [
        {
            "mentor": names.get(mentor_of(one), "?"),
            "since": say_when(_since(one), now, zone, lead.language, False),
            "days": (local(now, zone).date() - local(_since(one), zone).date()).days,
            "done": one.status is not Status.SENT and one.status is not Status.CLAIMED,
        }
        for one in sorted(each.values(), key=lambda one: (one.due_at, one.id))
    ]
    left = [one for one in ones if one.status in (Status.SENT, Status.CLAIMED)]
    buttons = ((PageButton("remind.lead_seen", "v", left[0].id),),) if left else ()
    return Page(lead.chat_id, PAGE, lead.language, "remind_lead", {"lines": lines}, buttons, fresh=False, card=card)


def _since(one: Reminder) -> datetime:
    return one.due_at - timedelta(hours=float(one.series.split(":")[1]))


async def look(tx: Transaction, tools: Tools, now: datetime) -> int:
    """Look for what lies untouched for too long, and remind the leads of it; how many things were found.

    Run as often as one likes: the same thing makes the same reminder.
    """
    if not (levels := tools.organisation.escalation_hours):
        return 0
    first = now - timedelta(hours=levels[0])
    found = await overdue.of_kind(tx, TELL_LEAD, first)
    found += await _without_contact(tx, tools, now)
    if not found:
        return 0
    works = await works_of(tx, tools, [one.mentor for one in found], now)
    for one in found:
        await _tell(tx, tools, one, works[one.mentor.id], now)
    return len(found)


async def _without_contact(tx: Transaction, tools: Tools, now: datetime) -> list[Untouched]:
    """Reminders of threads whose citizens nobody has been in contact with for so long, and the lead was not told."""
    trying = await overdue.of_threads(tx, now)
    citizens = list({one.reminder.citizen_id for one in trying if one.reminder.citizen_id})
    last = await last_contacts(tx, tools, citizens)
    long_ago = now - WITHOUT_CONTACT
    return [one for one in trying if last.get(one.reminder.citizen_id or "", one.opened_at or now) <= long_ago]


async def _tell(tx: Transaction, tools: Tools, one: Untouched, work: WorkTime, now: datetime) -> None:
    since = one.first_sent or untouched_since(one.reminder, work)
    late = [hours for hours in tools.organisation.escalation_hours if now - since >= timedelta(hours=hours)]
    if not late:
        return
    leads = await people.leads_of(tx, one.mentor.team_id or "")
    lead_works = await works_of(tx, tools, leads, now)
    for lead in leads:
        if await _has_seen(tx, one, lead, tools.organisation.escalation_hours):
            continue
        due = since + timedelta(hours=late[-1])
        reminders.add(
            tx,
            person_id=lead.id,
            kind=KIND,
            series=_series(one, lead, late[-1]),
            due_at=due,
            send_at=sending_time(due, None, False, lead_works[lead.id]),
            now=now,
            followup_id=one.reminder.followup_id,
            thread_id=one.reminder.thread_id,
        )


async def _has_seen(tx: Transaction, one: Untouched, lead: Person, levels: Sequence[float]) -> bool:
    for hours in levels:
        if any(row.status is Status.DONE for row in await reminders.of_series(tx, _series(one, lead, hours))):
            return True
    return False


def untouched_since(one: Reminder, work: WorkTime) -> datetime:
    """Since when nobody touched it: when it was sent, or should have been, had the mentor not been away."""
    if one.status is Status.SENT and one.sent_at is not None:
        return one.sent_at
    return intended_at(one, replace(work, away=()))


def _series(one: Untouched, lead: Person, hours: float) -> str:
    about = one.reminder.followup_id or one.reminder.thread_id
    return f"overdue:{hours:g}:{one.mentor.id}:{about}:{lead.id}"


async def seen(tx: Transaction, lead: Person, one: Reminder, now: datetime) -> None:
    """The lead has seen it: nothing more comes of the same thing."""
    _, _, mentor, about, _ = one.series.split(":")
    for other in await reminders.standing_of(tx, lead.id):
        if other.kind == KIND and other.series.split(":")[2:4] == [mentor, about]:
            await reminders.done(tx, other.id, now)
