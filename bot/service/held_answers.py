"""What the guard held back of an answer: found again in memory when the mentor says twice that it was a false alarm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.dialogue.effects import Effect, Save
from bot.dialogue.events import Event, Press, Pressed, Released, Typed
from bot.dialogue.guide import Kind
from bot.dialogue.state import HOLDING, Draft, Mode, Part, Stage, State
from bot.service.loaded import Loaded
from bot.service.replies import LetGo, Reply
from bot.service.tools import Tools
from storage import audit
from storage.database import Transaction
from storage.people import Person

KEPT = "guard_keep"
"""In the audit: somebody kept what the guard had found. Its subject: where, and the kinds, never a text."""


def released(tools: Tools, person: Person, loaded: Loaded, event: Event) -> Event:
    """The confirming tap with what it confirms; any other event as it is. A pseudonym is looked up as if it had just
    been typed. What is not remembered any more comes back as nothing."""
    state = loaded.state
    asked = state.stage is Stage.QUESTION and state.draft.mode is Mode.SURE
    confirms = isinstance(event, Pressed) and event.press is Press.KEEP_TYPED and event.visit == state.visit
    if not asked or not confirms:
        return event
    found = [tools.holding.get(person.chat_id, number) for number in _messages(state.draft)]
    parts = tuple(Part(one.message_id, one.text) for one in found if one is not None)
    if not parts or len(parts) < len(found):
        return Released(state.visit, ())
    if loaded.guide.guide[state.question].kind is Kind.CITIZEN:
        return Typed(parts[-1].text, parts[-1].message)
    return Released(state.visit, parts)


def note_kept(tx: Transaction, person: Person, loaded: Loaded, effects: Sequence[Effect], now: datetime) -> None:
    """Leave an audit row (queued) when something came of the confirming tap. A pseudonym may first be shown once more,
    and stands in the debrief from then on."""
    question, kinds = loaded.state.question, ",".join(loaded.state.draft.kinds)
    pseudonym = loaded.guide.guide[question].kind is Kind.CITIZEN
    if pseudonym or any(isinstance(one, Save) and one.question == question for one in effects):
        audit.note(tx, person.id, KEPT, f"{loaded.reflection.id}/{question}/{kinds}", now)


def let_go(person: Person, before: State, after: State) -> list[Reply]:
    """What is not held back any more on this question may be forgotten in memory as well."""
    if before.draft.mode not in HOLDING:
        return []
    still = _messages(after.draft) if after.draft.mode in HOLDING and after.question == before.question else ()
    gone = tuple(number for number in _messages(before.draft) if number not in still)
    return [LetGo(person.chat_id, gone)] if gone else []


def _messages(draft: Draft) -> tuple[int, ...]:
    return tuple(part.message for part in draft.waiting)
