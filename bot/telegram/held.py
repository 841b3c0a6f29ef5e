"""The buttons under what was held back outside a debrief: the message is gone through again, masked or as typed."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.plan import owner_of
from bot.service import held_pages
from bot.service.held_answers import KEPT
from bot.service.loaded import load
from bot.service.replies import LetGo, Reply, Toast
from bot.telegram import held_back, messages
from bot.telegram.held_back import EDIT
from bot.telegram.minimise import EDITED, Incoming
from bot.telegram.turn import Turn, gone
from storage import audit, chat, reflections
from storage.people import Person


async def press(turn: Turn, person: Person, verb: str, arg: str) -> list[Reply]:
    """One tap. What is not remembered any more, after a restart or an hour, must be written again."""
    number, _, use = arg.partition(".")
    message, holding = int(number) if number.isdecimal() and len(number) < 16 else 0, turn.tools.holding
    waiting = holding.get(turn.chat_id, message)
    if waiting is None and holding.is_used(turn.chat_id, message):
        return [Toast(person.language, "guard.already")]
    if waiting is None:
        return [held_pages.said(person, "guard.gone")]
    update = Incoming.from_json(waiting.update)
    again = replace(turn, update=update, again=True)
    kept = any(kind != held_pages.CPR for kind in update.held)
    match verb:
        case held_pages.AGAIN:
            key = "guard.again_edit" if use == EDIT else "guard.again"
            return [held_pages.said(person, key), LetGo(turn.chat_id, (waiting.message_id,))]
        case held_pages.BACK:
            return [held_back.found(again, person, use, fresh=False)]
        case held_pages.SURE if kept:
            return [held_pages.sure(person, update.held, arg)]
        case held_pages.MASKED:
            return await _go_through(turn, person, again, update.text, use)
        case held_pages.KEEP if kept:
            return await _go_through(turn, person, again, waiting.text, use, noted=True)
    return [Toast(person.language, "note.stale")]


async def _go_through(
    turn: Turn, person: Person, again: Turn, text: str | None, use: str, *, noted: bool = False
) -> list[Reply]:
    """Do what would have been done at once, if it is still asked for, and once only. ``noted``: leave an audit row."""
    number, kinds = again.update.message_id or 0, again.update.held
    if use != await _use_now(again, person):
        return [held_pages.said(person, "guard.over"), LetGo(turn.chat_id, (number,))]
    if not turn.tools.holding.take(turn.chat_id, number, turn.update.update_id):
        return [Toast(person.language, "guard.already")]
    if noted:
        audit.note(turn.tx, person.id, KEPT, f"{await _where(again, use)}/{','.join(kinds)}", turn.now)
    whole = replace(again, update=replace(again.update, text=text, held=()))
    act = messages.edited if use == EDIT else messages.message
    return [*await act(whole, person), LetGo(turn.chat_id, (number,)), *gone(turn)]


async def _use_now(again: Turn, person: Person) -> str | None:
    if again.update.kind != EDITED:
        return await held_back.use_of(again, person)
    return EDIT if await _debrief_of(again) is not None else None


async def _debrief_of(again: Turn) -> str | None:
    return await chat.reflection_of(again.tx, again.chat_id, again.update.message_id or 0)


async def _where(again: Turn, use: str) -> str:
    """For the audit: the debrief and the question of an edited answer, else which page or that it was a command."""
    owner = await _debrief_of(again) if use == EDIT else None
    reflection = await reflections.get(again.tx, owner) if owner else None
    if reflection is None:
        return use
    loaded = await load(again.tx, again.tools, reflection)
    question = owner_of(loaded.state, again.update.message_id or 0)
    return f"{reflection.id}/{question or EDIT}"
