"""After a tough visit: how are you? Next morning and after 3 and 14 days, only if wanted, for nobody else's eyes.

Offered by the guide's section on the mentor and the tough visit. What was answered is kept nowhere.
"""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.reminder_times import check_in_times
from bot.dialogue.reminders import Reminder, Status
from bot.service import lead_calls
from bot.service.hours import work_of
from bot.service.replies import Page, PageButton, Reply, Toast
from bot.service.tools import Tools
from storage import reminders
from storage.database import Transaction
from storage.lead_calls import Kind
from storage.people import Person
from storage.reflections import Reflection

KIND = "check_in"
PAGE = "remind"
_TO_COME = (Status.PENDING, Status.CLAIMED, Status.SENT)


def series_of(reflection_id: str) -> str:
    """The series of the check-ins after this debrief."""
    return f"check_in:{reflection_id}"


async def standing(tx: Transaction, reflection_id: str) -> bool | None:
    """Whether check-ins are still to come after this debrief; None when the mentor has had what they wanted of them."""
    known = await reminders.of_series(tx, series_of(reflection_id))
    if any(one.status in _TO_COME for one in known):
        return True
    return False if all(one.status is Status.LAPSED for one in known) else None


async def want(tx: Transaction, tools: Tools, person: Person, reflection: Reflection, now: datetime) -> None:
    """Yes, please ask: three private reminders; asked for twice they are still three."""
    work = await work_of(tx, tools, person, now)
    for due in check_in_times(reflection.finished_at or now, work):
        reminders.add(
            tx,
            person_id=person.id,
            kind=KIND,
            series=series_of(reflection.id),
            due_at=due,
            send_at=due,
            now=now,
            private=True,
        )


def unwant(tx: Transaction, reflection: Reflection, now: datetime) -> None:
    """Rather not (queued); asked for again they come back."""
    reminders.lapse_series(tx, series_of(reflection.id), now)


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


async def tell_lead(tx: Transaction, person: Person, now: datetime) -> list[Reply]:
    """Ask the team's leads to call. That it comes from a check-in is not said."""
    told = await lead_calls.call(tx, person, Kind.TODAY, now)
    key = "note.no_lead" if told is None else "remind.lead_told"
    return [*(told or ()), Toast(person.language, key)]
