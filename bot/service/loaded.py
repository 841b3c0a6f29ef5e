"""A stored debrief, ready for a step."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.dialogue.codec import answer_from_data, state_from_data
from bot.dialogue.state import State
from bot.service.tools import Tools
from prompts import LoadedGuide
from storage import answers
from storage.answers import AnswerRow
from storage.database import Transaction
from storage.reflections import Reflection


@dataclass(frozen=True)
class Loaded:
    """``rows`` are the current answers as stored, by question id; ``state`` holds them as the dialogue knows them."""

    reflection: Reflection
    guide: LoadedGuide
    state: State
    rows: dict[str, AnswerRow]


async def load(tx: Transaction, tools: Tools, reflection: Reflection) -> Loaded:
    """The debrief with its current answers, under its own guide."""
    current = reflection.known.answers if reflection.known else await answers.current(tx, reflection.id)
    rows = {row.question_id: row for row in current}
    given = {q: answer_from_data(r.value, skipped=r.skipped, assumed=r.assumed) for q, r in rows.items()}
    state = state_from_data(json.loads(reflection.state), given)
    return Loaded(reflection, await tools.guide_of(tx, reflection.guide_hash), state, rows)
