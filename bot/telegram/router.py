"""From a stored update to a use case: who is it, what did they do, what follows. Unknown people stop here."""

from __future__ import annotations

from datetime import datetime

from bot.service import enrolment, permissions
from bot.service.permissions import Action
from bot.service.replies import Leave, Menu, Reply, Say
from bot.service.tools import Tools
from bot.telegram import messages, taps
from bot.telegram.command_names import COMMANDS
from bot.telegram.minimise import EDITED, MEMBERSHIP, MESSAGE, TAP, Incoming
from bot.telegram.turn import Turn, remove
from storage import invites, people, reflections
from storage.database import Transaction
from storage.people import Person

__all__ = ["COMMANDS", "Turn", "route"]


async def route(tx: Transaction, tools: Tools, update: Incoming, now: datetime) -> list[Reply]:
    """Everything that follows from one update, inside the turn's transaction."""
    if update.chat is None or update.sender is None or update.sender.is_bot:
        return []
    if update.chat.type != "private":
        return _group(tools, update)
    person, open_debrief = await reflections.turn_context(tx, update.chat.id)
    if person is not None and not permissions.may(person, Action.OLD_DEBRIEFS):
        open_debrief = None  # what is typed goes into no debrief any more
    turn = Turn(tx, tools, update, update.chat.id, now, person, open_debrief)
    if update.kind == MEMBERSHIP:
        return _membership(turn)
    if person is None or person.left_at is not None:
        return await _stranger(turn)
    if person.blocked_at is None:
        return await _known(turn, person)
    # Whoever writes has unblocked the bot, even if Telegram never said so.
    people.set_blocked(tx, person.id, None)
    return [*_back(person), *await _known(turn, person)]


async def _known(turn: Turn, person: Person) -> list[Reply]:
    match turn.update.kind:
        case "callback_query":
            return await taps.tap(turn, person)
        case "edited_message":
            return await messages.edited(turn, person)
        case "message":
            return await messages.message(turn, person)
    return []


def _back(person: Person) -> list[Reply]:
    """There may be new commands since they left, and nobody could tell them then."""
    return [Menu(person.chat_id, person.role, person.language)]


def _group(tools: Tools, update: Incoming) -> list[Reply]:
    """One polite line, then leave: a debrief belongs in a private chat."""
    arrived = (
        update.kind == MEMBERSHIP
        and update.membership is not None
        and update.membership.new in ("member", "administrator")
    )
    if update.chat is None or not (arrived or update.kind == MESSAGE):
        return []
    return [Say(update.chat.id, tools.language, "group"), Leave(update.chat.id)]


def _membership(turn: Turn) -> list[Reply]:
    person, membership = turn.person, turn.update.membership
    if person is None or membership is None:
        return []
    blocked = membership.new in ("kicked", "left")
    people.set_blocked(turn.tx, person.id, turn.now if blocked else None)
    return [] if blocked or person.left_at is not None else _back(person)


async def _stranger(turn: Turn) -> list[Reply]:
    """An invitation, a tap while enrolling, or one polite line and no more."""
    update = turn.update
    word, _, code = (update.text or "").partition(" ")
    if update.kind == MESSAGE and word == "/start" and code.strip() and update.sender is not None:
        sender = update.sender.id
        replies = await enrolment.follow_invite(
            turn.tx, turn.tools, turn.chat_id, sender, code.strip(), turn.language, turn.now
        )
        return [*replies, *remove(turn)]
    enrolling = await invites.enrolment(turn.tx, turn.chat_id)
    if update.kind == TAP and update.tap is not None and enrolling is not None:
        return await taps.enrolling(turn, enrolling)
    if update.kind == TAP or (update.kind == EDITED and not enrolling):
        return []
    if enrolling is not None:
        return await enrolment.again(turn.tx, turn.tools, enrolling, turn.now)
    if await invites.stranger_told(turn.tx, turn.chat_id, turn.now):
        return []
    return [Say(turn.chat_id, turn.language, "stranger")]
