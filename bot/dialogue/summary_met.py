"""When the meeting of a debrief took place: what decides which week it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.dialogue.effects import Effect, Ended, Save, Supersede
from bot.dialogue.state import State

WHEN = "contact_when"  # the guide's word, the same for ever


def met_at(state: State, began: datetime, now: datetime) -> datetime:
    """When it was (UTC), as the mentor says; a debrief that was never asked is about when it ``began``. Never after
    ``now``."""
    answer = state.answers.get(WHEN)
    told = answer.at if answer is not None and not answer.skipped else None
    return min(told or began, now)


def met_anew(state: State, effects: Sequence[Effect], began: datetime, now: datetime) -> datetime | None:
    """``met_at`` when a step with these effects may have moved it; None when it stands as it was stored."""
    return met_at(state, began, now) if any(_moves(effect) for effect in effects) else None


def _moves(effect: Effect) -> bool:
    match effect:
        case Save(question=question) | Supersede(question=question):
            return question == WHEN
        case Ended():
            return True
    return False
