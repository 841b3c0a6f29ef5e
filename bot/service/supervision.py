"""/supervision: for a lead what the team asked for, for a mentor what they asked for and let the lead see."""

from __future__ import annotations

from datetime import datetime

from bot.service import permissions, supervision_own, supervision_take, supervision_team
from bot.service.permissions import Action, Scope
from bot.service.replies import Reply, Toast
from bot.service.supervision_words import PAGE
from bot.service.tools import Tools
from storage import asked
from storage.database import Transaction
from storage.people import Person

__all__ = ["PAGE", "command", "press", "typed"]


async def command(tx: Transaction, tools: Tools, person: Person, now: datetime) -> list[Reply]:
    """The command."""
    asked.forget(tx, person.id)
    match permissions.scope_of(person, Action.SUPERVISION):
        case Scope.TEAM:
            return [await supervision_team.page(tx, person, now)]
        case Scope.OWN:
            return [await supervision_own.page(tx, tools, person, now)]
    return permissions.refused(person)


async def press(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap. What stands in it decides; whose it is is asked anew."""
    asked.forget(tx, person.id)
    if verb in supervision_own.VERBS and permissions.may(person, Action.SHARED):
        return await supervision_own.press(tx, tools, person, verb, arg, now)
    match permissions.scope_of(person, Action.SUPERVISION):
        case Scope.TEAM if verb in supervision_take.VERBS:
            return await supervision_take.press(tx, tools, person, verb, arg, now)
        case Scope.TEAM:
            return await supervision_team.press(tx, tools, person, verb, arg, now)
        case Scope.OWN if verb == "l":
            return [await supervision_own.page(tx, tools, person, now, fresh=False)]
    return [Toast(person.language, "note.not_yours")]


async def typed(tx: Transaction, tools: Tools, person: Person, what: str, text: str, now: datetime) -> list[Reply]:
    """The day, or the remark, that a lead was asked for."""
    if permissions.scope_of(person, Action.SUPERVISION) is not Scope.TEAM:
        asked.forget(tx, person.id)
        return [Toast(person.language, "note.not_yours")]
    return await supervision_take.typed(tx, tools, person, what, text, now)
