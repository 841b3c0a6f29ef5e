"""/indstillinger: language, how the chat is tidied, consent to coding, and whether a lead is told of each week by
itself; each changed in one tap."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.service import debrief
from bot.service.loaded import load
from bot.service.replies import Menu, Page, PageButton, Reply
from bot.service.tools import KEEP_TYPED, Tools
from storage import chat, people, reflections, weekly
from storage.database import Transaction
from storage.people import Consent, Person, Role, Tidy

PAGE = "settings"
TIDY = ("at_once", "at_end", "never")


async def show(tx: Transaction, tools: Tools, person: Person, *, fresh: bool = True) -> list[Reply]:
    """The settings as they are."""
    coding = (await people.latest_consents(tx, person.id)).get(Consent.CODING, False)
    asked = person.role is Role.MENTOR
    tidy = tools.tidy_of(person)
    other = "en" if person.language == "da" else "da"
    rows: list[tuple[PageButton, ...]] = [(PageButton("button.settings_language", "l", other),)]
    rows += [(PageButton(f"button.tidy_{one}{'_on' if one == tidy else ''}", "t", one),) for one in TIDY]
    if asked:
        rows.append(
            (PageButton("button.coding_take" if coding else "button.coding_give", "c", "0" if coding else "1"),)
        )
    if person.role is Role.LEAD:
        told = await weekly.wants(tx, person.id)
        rows.append((PageButton("weekly.told_on" if told else "weekly.told_off", "w", "0" if told else "1"),))
    rows.append((PageButton("button.settings_hours", "h"),))
    rows.append((PageButton("names.open", "n"),))
    rows.append((PageButton("button.close", "x"),))
    values = {"tidy": tidy, "coding": coding if asked else None}
    return [Page(person.chat_id, PAGE, person.language, "settings", values, tuple(rows), fresh=fresh)]


async def change(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap: l language, t tidy mode, c consent to coding, w the week by itself."""
    redrawn: list[Reply] = []
    match verb:
        case "l" if arg in ("da", "en"):
            people.set_language(tx, person.id, arg)
            redrawn = await _in_that_language(tx, tools, replace(person, language=arg))
        case "t" if arg in TIDY:
            people.set_tidy(tx, person.id, Tidy(arg))
            await _for_what_stands(tx, person, Tidy(arg), now)
        case "c" if person.role is Role.MENTOR and arg in ("0", "1"):
            people.consent(tx, person.id, Consent.CODING, arg == "1", now)
        case "w" if person.role is Role.LEAD and arg in ("0", "1"):
            weekly.set_wanted(tx, person.id, arg == "1", now)
    changed = await people.person(tx, person.id) or person
    menu = Menu(changed.chat_id, changed.role, changed.language)
    return [*await show(tx, tools, changed, fresh=False), *redrawn, menu]


async def _in_that_language(tx: Transaction, tools: Tools, person: Person) -> list[Reply]:
    """The open debrief's card: what is answered next is stored under the words that were read."""
    reflection = await reflections.open_of(tx, person.id)
    return [await debrief.card(tx, person, await load(tx, tools, reflection))] if reflection else []


async def _for_what_stands(tx: Transaction, person: Person, tidy: Tidy, now: datetime) -> None:
    """What was typed in debriefs that are not finished leaves the chat as the mentor wants it now."""
    opened = await reflections.open_of(tx, person.id)
    for one in (*((opened,) if opened else ()), *await reflections.aside_of(tx, person.id)):
        # Nothing in it was typed before it began, so this is never later than the 40 hours of each message.
        at = {Tidy.NEVER: None, Tidy.AT_ONCE: now, Tidy.AT_END: one.started_at + KEEP_TYPED}[tidy]
        chat.reschedule(tx, one.id, at)
