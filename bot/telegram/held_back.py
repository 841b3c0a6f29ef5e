"""A message in which the guard found something: it leaves the chat at once, and the mentor decides what to keep.

What was typed is in memory (``Tools.holding``); the update, like all that is stored, has the masked text.
"""

from __future__ import annotations

from bot.dialogue.events import Held
from bot.service import citizens_page, debrief, guard_names_page, held_pages, hours, permissions, typed
from bot.service.hours_words import says_away
from bot.service.replies import LetGo, Page, Reply
from bot.telegram.command_names import ACTIONS, command_of
from bot.telegram.turn import Turn, remove
from storage.people import Person

COMMAND, DEBRIEF, EDIT, AWAY, NOWHERE = "command", "debrief", "edit", "away", "nowhere"
_WITH_WORDS = {"remind", "contact", "log", "week"}
"""Commands that do something with what stands after them."""
_WHOLE_OR_NOTHING = {citizens_page.PAGE, guard_names_page.PAGE, hours.PAGE, AWAY}
"""Where a text without what was found is of no use: a pseudonym, a name, days."""


async def use_of(turn: Turn, person: Person) -> str | None:
    """What a message would be used for: a page's name, or one of the words above; None for a command that does not
    look at what stands after it."""
    text = turn.update.text or ""
    if text.startswith("/"):
        name, rest = command_of(text)
        return COMMAND if name in _WITH_WORDS and rest else None
    awaited = await typed.awaited(turn.tx, person, turn.open, turn.now)
    if awaited is not None:
        return awaited.page
    if turn.open is not None:
        return DEBRIEF
    return AWAY if says_away(text) else NOWHERE


async def message(turn: Turn, person: Person) -> list[Reply] | None:
    """What follows from a message that was held back; None when what was found in it does not matter."""
    update, use = turn.update, await use_of(turn, person)
    if use is None:
        return None
    if use == COMMAND and (refused := _refused(turn, person)):
        return refused
    number, text = update.message_id or 0, update.text or ""
    if use == guard_names_page.PAGE and set(update.held) == {guard_names_page.KIND}:
        waiting = turn.tools.holding.get(turn.chat_id, number)
        whole = waiting.text if waiting is not None else text
        replies = await guard_names_page.typed(turn.tx, turn.tools, person, whole, turn.now)
        return [*replies, LetGo(turn.chat_id, (number,)), *remove(turn)]
    if use == DEBRIEF and turn.open is not None:
        held = Held(text, number, update.held)
        return [*await debrief.hold_back(turn.tx, turn.tools, person, turn.open, held, turn.now), *remove(turn)]
    if use == NOWHERE:
        return [held_pages.said(person, "note.held", fresh=True), *remove(turn)]
    return [found(turn, person, use), *remove(turn)]


def _refused(turn: Turn, person: Person) -> list[Reply]:
    """What a role may not do anyway is no choice: it is said, and nothing is kept waiting for it."""
    name, _ = command_of(turn.update.text or "")
    if name is None or permissions.may(person, ACTIONS[name]):
        return []
    return [*permissions.refused(person), LetGo(turn.chat_id, (turn.update.message_id or 0,)), *remove(turn)]


def edit(turn: Turn, person: Person) -> list[Reply]:
    """A message was edited, and now something is in it: the answer stays as it was until the mentor has chosen."""
    return [found(turn, person, EDIT), *remove(turn)]


def found(turn: Turn, person: Person, use: str, *, fresh: bool = True) -> Page:
    """The page with the choices; when what was typed is not remembered, it is said that it must be written again."""
    update = turn.update
    number = update.message_id or 0
    if turn.tools.holding.get(turn.chat_id, number) is None:
        return held_pages.said(person, "guard.not_waiting" if fresh else "guard.gone", fresh=fresh)
    return held_pages.found(
        person,
        update.held,
        update.text or "",
        f"{number}.{use}",
        edited=use == EDIT,
        keeps_masked=use not in _WHOLE_OR_NOTHING,
        fresh=fresh,
    )
