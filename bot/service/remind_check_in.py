"""After a tough visit: how are you? Next morning and after 3 and 14 days, only if wanted, for nobody else's eyes.

Offered by the guide's section on the mentor and the tough visit. What was answered is kept nowhere.
"""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.guide import Guide
from bot.dialogue.plan import is_tough
from bot.dialogue.reminder_times import check_in_times
from bot.dialogue.reminders import Reminder, Status
from bot.dialogue.state import State
from bot.dialogue.state import Status as Stands
from bot.service.hours import work_of
from bot.service.replies import Page, PageButton, Reply, Say, Toast
from bot.service.tools import Tools
from storage import people, reflections, reminders
from storage.database import Transaction
from storage.people import Person
from storage.reflections import Reflection

KIND = "check_in"
PAGE = "remind"


def series_of(reflection_id: str) -> str:
    """The series of the check-ins after this debrief."""
    return f"check_in:{reflection_id}"


def _card(reflection_id: str) -> str:
    return f"check_in:{reflection_id}"


def offer(person: Person, guide: Guide, reflection: Reflection, state: State) -> list[Reply]:
    """Ask once, when a debrief of a tough visit ends by the mentor's own hand."""
    ended_now = reflection.finished_at is None and state.status in (Stands.SAVED, Stands.STOPPED)
    if not ended_now or not is_tough(guide, state):
        return []
    buttons = ((PageButton("remind.check_yes", "w", reflection.id), PageButton("remind.check_no", "q", reflection.id)),)
    return [
        Page(person.chat_id, PAGE, person.language, "remind.check_offer", buttons=buttons, card=_card(reflection.id))
    ]


async def wanted(tx: Transaction, tools: Tools, person: Person, reflection_id: str, now: datetime) -> list[Reply]:
    """Yes, please ask: three private reminders; asked for twice they are still three."""
    reflection = await reflections.get(tx, reflection_id)
    if reflection is None or reflection.mentor_id != person.id:
        return [Toast(person.language, "note.not_yours")]
    at = reflection.finished_at or now
    work = await work_of(tx, tools, person, now)
    for due in check_in_times(at, work):
        reminders.add(
            tx,
            person_id=person.id,
            kind=KIND,
            series=series_of(reflection_id),
            due_at=due,
            send_at=due,
            now=now,
            private=True,
        )
    no_more = ((PageButton("remind.check_stop", "q", reflection_id),),)
    return [_said(person, reflection_id, "remind.check_wanted", no_more)]


async def unwanted(tx: Transaction, person: Person, reflection_id: str, now: datetime) -> list[Reply]:
    """No, or not any more."""
    reflection = await reflections.get(tx, reflection_id)
    if reflection is None or reflection.mentor_id != person.id:
        return [Toast(person.language, "note.not_yours")]
    reminders.drop_series(tx, series_of(reflection_id), now)
    return [_said(person, reflection_id, "remind.check_unwanted")]


def _said(person: Person, reflection_id: str, key: str, buttons: tuple[tuple[PageButton, ...], ...] = ()) -> Page:
    return Page(person.chat_id, PAGE, person.language, key, {}, buttons, fresh=False, card=_card(reflection_id))


def page(person: Person, card: str, one: Reminder) -> Page:
    """The check-in as it stands in the chat: the question, or a word of thanks."""
    if one.status in (Status.SENT, Status.CLAIMED):
        buttons = (
            (PageButton("remind.check_fine", "g", one.id),),
            (PageButton("remind.check_talk", "k", one.id),),
            (PageButton("remind.check_stop", "e", one.id),),
        )
        return Page(person.chat_id, PAGE, person.language, "remind.check_in", {}, buttons, fresh=False, card=card)
    key = "remind.check_unwanted" if one.status is Status.DROPPED else "remind.check_thanks"
    return Page(person.chat_id, PAGE, person.language, key, fresh=False, card=card)


async def support(tx: Transaction, tools: Tools, person: Person, one: Reminder, now: datetime) -> list[Reply]:
    """I would like to talk with somebody: who there is, and the lead in one more tap."""
    await reminders.done(tx, one.id, now)
    numbers = [{"name": line.label, "number": line.number} for line in tools.organisation.emergency]
    values = {"numbers": numbers, "support": list(tools.organisation.support_lines), "mentor": person.name}
    buttons = ((PageButton("remind.tell_lead", "j", one.id),), (PageButton("button.close", "x"),))
    return [
        Page(person.chat_id, PAGE, person.language, "remind_support", values, buttons, fresh=False, card=one.card or "")
    ]


async def tell_lead(tx: Transaction, person: Person) -> list[Reply]:
    """Ask the team's leads to call. That it comes from a check-in is not said."""
    leads = [lead for lead in await people.leads_of(tx, person.team_id or "") if not lead.blocked_at]
    if not leads:
        return [Toast(person.language, "note.no_lead")]
    told = [Say(lead.chat_id, lead.language, "lead.call_today", {"mentor": person.name}) for lead in leads]
    return [*told, Toast(person.language, "remind.lead_told")]
