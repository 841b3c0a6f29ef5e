"""What is typed outside a debrief, when a page has asked for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.phrases import Direction, When, WrongSide, read_when
from bot.service import (
    citizens_page,
    guard_names_page,
    hours,
    reach,
    reach_typed,
    remind,
    remind_own,
    remind_press,
    supervision,
    todo,
    todo_press,
)
from bot.service.replies import Page, PageButton, Reply, Toast
from bot.service.tools import Tools
from storage import asked, reminders
from storage.asked import Asked
from storage.database import Transaction
from storage.people import Person
from storage.reflections import Reflection

KEEPS = timedelta(hours=1)
"""How long a page waits for its answer; what is typed later is not meant for it."""


async def awaited(tx: Transaction, person: Person, opened: Reflection | None, now: datetime) -> Asked | None:
    """The page that the next typed message answers; None when it is the open debrief's, or nobody's.

    Of a page and a debrief, what the person touched last asks.
    """
    if opened is not None and opened.known is not None and not opened.known.asked:
        return None  # as nearly always in a debrief: known without asking
    found = await asked.asked_of(tx, person.id, now - KEEPS)
    if found is None or (opened is not None and opened.touched_at > found.at):
        return None
    return found


async def answer(tx: Transaction, tools: Tools, person: Person, to: Asked, text: str, now: datetime) -> list[Reply]:
    """Give the page what it asked for."""
    match to.page:
        case hours.PAGE:
            return await hours.typed(tx, tools, person, text, now)
        case todo.PAGE:
            return await todo_press.typed(tx, tools, person, to.what, text, now)
        case remind_own.PAGE:
            return await remind_own.typed(tx, tools, person, to.what, text, now)
        case reach.PAGE:
            return await reach_typed.typed(tx, tools, person, to.what, text, now)
        case citizens_page.PAGE:
            return await citizens_page.typed(tx, tools, person, to.what, text, now)
        case guard_names_page.PAGE:
            return await guard_names_page.typed(tx, tools, person, text, now)
        case supervision.PAGE:
            return await supervision.typed(tx, tools, person, to.what, text, now)
        case remind.PAGE:
            return await _snooze(tx, tools, person, to.what, text, now)
    return []


async def _snooze(
    tx: Transaction, tools: Tools, person: Person, reminder_id: str, text: str, now: datetime
) -> list[Reply]:
    """Until when a reminder is to wait, in the mentor's own words."""
    one = await reminders.get(tx, reminder_id)
    if one is None or one.person_id != person.id or one.status not in remind.UNFINISHED:
        asked.forget(tx, person.id)
        return [Toast(person.language, "remind.over")]
    read = read_when(text, now, ZoneInfo(person.zone), Direction.FUTURE, person.language)
    if not isinstance(read, When):
        key = "remind.past" if isinstance(read, WrongSide) else "remind.not_read"
        back = ((PageButton("remind.back", "b", one.id),),)
        card = one.card or one.id
        return [Page(person.chat_id, remind.PAGE, person.language, key, {}, back, card=card)]
    asked.forget(tx, person.id)
    await remind_press.put_off(tx, tools, person, one, read.at, read.has_time, now)
    return [await remind_press.drawn(tx, tools, person, one, now, fresh=True)]
