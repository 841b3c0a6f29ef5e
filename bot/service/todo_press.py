"""Buttons of the list and of one thing on it, and what is typed for it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local, utc
from bot.dialogue.phrases import Direction, When, WrongSide, read_when
from bot.service import remind_plan, remind_press, todo
from bot.service.replies import Page, PageButton, Reply, Toast
from bot.service.todo import PAGE, Thing
from bot.service.tools import Tools
from storage import asked
from storage.database import Transaction
from storage.followups import FollowupStatus
from storage.people import Person

_POSTPONE = {"p1": 1, "p3": 3, "p7": 7}
_LONGEST = 1000  # letters of a follow-up


async def press(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap: l the list, i one thing; of it d done, s drop, p1 p3 p7 put off, c another time, e another text."""
    asked.forget(tx, person.id)
    if verb == "l":
        return await todo.show(tx, tools, person, now, fresh=False)
    thing = await todo.find(tx, tools, person, arg, now)
    if thing is None:
        return [*await todo.show(tx, tools, person, now, fresh=False), todo.gone(person)]
    match verb:
        case "i":
            return await todo.item(tx, tools, person, thing, now)
        case "d" | "s":
            await _finish(tx, tools, person, thing, FollowupStatus.DONE if verb == "d" else FollowupStatus.DROPPED, now)
            done = Toast(person.language, "todo.is_done" if verb == "d" else "todo.is_dropped")
            return [*await todo.show(tx, tools, person, now, fresh=False), done]
        case "c" | "e":
            asked.ask(tx, person.id, PAGE, f"{verb}{arg}", now)
            back = ((PageButton("todo.back", "i", arg),),)
            key = "todo.ask_when" if verb == "c" else "todo.ask_text"
            return [Page(person.chat_id, PAGE, person.language, key, {}, back, fresh=False)]
        case _ if verb in _POSTPONE:
            await _postpone(tx, tools, person, thing, _POSTPONE[verb], now)
            return [*await todo.show(tx, tools, person, now, fresh=False), Toast(person.language, "todo.postponed")]
    return [Toast(person.language, "note.stale")]


async def _finish(
    tx: Transaction, tools: Tools, person: Person, thing: Thing, how: FollowupStatus, now: datetime
) -> None:
    if thing.followup is not None:
        await remind_plan.close(tx, thing.followup, how, now)
    elif thing.reminder is not None:
        await remind_press.finish(tx, tools, person, thing.reminder, how, now)


async def _postpone(tx: Transaction, tools: Tools, person: Person, thing: Thing, days: int, now: datetime) -> None:
    """To the morning of that day. What was agreed stays; what had no date gets one."""
    zone = ZoneInfo(person.zone)
    until = utc(local(now, zone).date() + timedelta(days=days), time.min, zone)
    if thing.reminder is not None:
        await remind_press.put_off(tx, tools, person, thing.reminder, until, False, now)
    elif thing.followup is not None:
        one = thing.followup
        at = utc(local(until, zone).date(), time(9), zone)
        await remind_plan.change(tx, tools, person, one, now, text=one.text, due_at=at, due_has_time=False)


async def typed(tx: Transaction, tools: Tools, person: Person, what: str, text: str, now: datetime) -> list[Reply]:
    """A new time ("c…") or a new text ("e…") for a thing."""
    thing = await todo.find(tx, tools, person, what[1:], now)
    if thing is None or thing.followup is None:
        asked.forget(tx, person.id)
        return [*await todo.show(tx, tools, person, now), todo.gone(person)]
    one = thing.followup
    if what.startswith("e"):
        words = text.strip()
        if not words or len(words) > _LONGEST:
            return [_again(person, what, "todo.ask_text")]
        changed = await remind_plan.change(
            tx, tools, person, one, now, text=words, due_at=one.due_at, due_has_time=one.due_has_time
        )
    else:
        read = read_when(text, now, ZoneInfo(person.zone), Direction.FUTURE, person.language)
        if not isinstance(read, When):
            return [_again(person, what, "remind.past" if isinstance(read, WrongSide) else "remind.not_read")]
        changed = await remind_plan.change(
            tx, tools, person, one, now, text=one.text, due_at=read.at, due_has_time=read.has_time
        )
    asked.forget(tx, person.id)
    again = await todo.find(tx, tools, person, f"f{changed.id}", now)
    return await todo.item(tx, tools, person, again, now, fresh=True) if again is not None else []


def _again(person: Person, what: str, key: str) -> Page:
    """It was not understood; it is still asked."""
    back = ((PageButton("todo.back", "i", what[1:]),),)
    return Page(person.chat_id, PAGE, person.language, key, {}, back)
