"""What a person asks for by command or by a button that stands outside a debrief."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dialogue.events import Press, Pressed
from bot.service import debrief, permissions, remind_plan
from bot.service.loaded import load
from bot.service.permissions import Action
from bot.service.replies import Buttons, Menu, Page, PageButton, Reply, Toast
from bot.service.tools import Tools
from storage import citizens, followups, reflections
from storage.database import Transaction
from storage.followups import FollowupStatus
from storage.people import Person
from storage.reflections import Reflection

CHOOSE = "choose"
JUST_BEGUN = timedelta(seconds=10)
CLOSE: Buttons = ((PageButton("button.close", "x"),),)


async def debrief_command(tx: Transaction, tools: Tools, person: Person, now: datetime) -> list[Reply]:
    """/debrief: begin at once, or ask when one is open or set aside."""
    if not permissions.may(person, Action.DEBRIEF):
        return permissions.refused(person)
    waiting = await reflections.open_of(tx, person.id) or await _newest_aside(tx, person)
    if waiting is None:
        return await debrief.start(tx, tools, person, now)
    if waiting.status == "open" and waiting.touched_at == waiting.started_at and now - waiting.started_at < JUST_BEGUN:
        # A thumb that taps twice: there is nothing yet to set aside.
        return await debrief.go_on(tx, tools, person, waiting, now)
    return [await _choose(tx, person, waiting)]


async def _newest_aside(tx: Transaction, person: Person) -> Reflection | None:
    aside = await reflections.aside_of(tx, person.id)
    return max(aside, key=lambda r: r.touched_at) if aside else None


async def _choose(tx: Transaction, person: Person, waiting: Reflection) -> Page:
    citizen = await citizens.get(tx, waiting.citizen_id) if waiting.citizen_id else None
    values = {"pseudonym": citizen.pseudonym if citizen else None, "date": waiting.started_at}
    is_open = waiting.status == "open"
    new = PageButton("button.set_aside_new" if is_open else "button.start", "n", waiting.token)
    buttons = ((PageButton("button.go_on", "g", waiting.token),), (new,))
    return Page(person.chat_id, CHOOSE, person.language, "open.already" if is_open else "open.aside", values, buttons)


async def choose(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """The answer to "one is open": g go on with it, n set it aside and begin anew. ``arg``: the token of that one."""
    waiting = await reflections.by_token(tx, arg)
    if waiting is None:
        return [Toast(person.language, "note.stale")]  # deleted by age, or erased
    if waiting.mentor_id != person.id:
        return [Toast(person.language, "note.not_yours")]
    if verb == "n":
        return await _anew(tx, tools, person, waiting, now)
    if waiting.status == "aside" and await reflections.open_of(tx, person.id) is not None:
        aside = await debrief.set_aside(tx, tools, person, now)
        return [*aside, *await debrief.go_on(tx, tools, person, waiting, now)]
    return await debrief.go_on(tx, tools, person, waiting, now)


async def _anew(tx: Transaction, tools: Tools, person: Person, waiting: Reflection, now: datetime) -> list[Reply]:
    """Set the waiting one aside and begin another. When that has been done, by a thumb that taps twice or from an old
    card, show what was begun."""
    current = await reflections.open_of(tx, person.id)
    if current is not None and current.id != waiting.id:
        return await debrief.go_on(tx, tools, person, current, now)
    aside = await debrief.set_aside(tx, tools, person, now)
    return [*aside, *await debrief.start(tx, tools, person, now)]


async def stop_command(tx: Transaction, tools: Tools, person: Person, now: datetime) -> list[Reply]:
    """/stop: end the open debrief with everything kept; with none open, say how to leave the program."""
    reflection = await reflections.open_of(tx, person.id)
    if reflection is None:
        return [Page(person.chat_id, "help", person.language, "stop.leave", buttons=CLOSE)]
    loaded = await load(tx, tools, reflection)
    pressed = Pressed(loaded.state.visit, Press.STOP)
    replies = await debrief.act(tx, tools, person, reflection, pressed, now)
    return [debrief.freshened(reply) for reply in replies]


async def help_command(tx: Transaction, tools: Tools, person: Person) -> list[Reply]:
    """/hjaelp: what this is and is not, and the organisation's own numbers."""
    reflection = await reflections.open_of(tx, person.id)
    values = {"role": person.role.value, "commands": permissions.menu(person.role)}
    menu = Menu(person.chat_id, person.role, person.language)
    if not permissions.may(person, Action.DEBRIEF):
        return [Page(person.chat_id, "help", person.language, "help", values, CLOSE), menu]
    back = PageButton("button.back_to_debrief", "g", reflection.token) if reflection else None
    row = (back or PageButton("button.start", "begin"), CLOSE[0][0])
    return [Page(person.chat_id, "help", person.language, "help", values, (row,)), menu]


async def tick_off(tx: Transaction, tools: Tools, person: Person, followup_id: str, now: datetime) -> list[Reply]:
    """A follow-up is done; its receipt is drawn anew. A second tap changes nothing."""
    found = await followups.get(tx, followup_id)
    if found is None:
        return [Toast(person.language, "note.stale")]
    if found.mentor_id != person.id:
        return [Toast(person.language, "note.not_yours")]
    reflection = await reflections.get(tx, found.reflection_id) if found.reflection_id else None
    await remind_plan.close(tx, found, FollowupStatus.DONE, now)
    if reflection is None:
        return [Toast(person.language, "note.stale")]
    return [await debrief.card(tx, person, await load(tx, tools, reflection))]


async def nothing_open(tx: Transaction, person: Person) -> list[Reply]:
    """A text came while no debrief is open: it is not stored, and the mentor is told so."""
    if not permissions.may(person, Action.DEBRIEF):
        return [Page(person.chat_id, "help", person.language, "declined.command", buttons=CLOSE)]
    begin = ((PageButton("button.start", "begin"),),)
    return [Page(person.chat_id, "help", person.language, "open.nothing", {}, begin)]
