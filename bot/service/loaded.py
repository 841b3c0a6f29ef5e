"""A stored debrief, ready for a step."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from bot.dialogue.codec import answer_from_data, state_from_data
from bot.dialogue.state import Answer, State
from bot.service.tools import Tools
from prompts import LoadedGuide
from storage import answers
from storage.answers import Standing
from storage.database import Transaction
from storage.reflections import Reflection


@dataclass(frozen=True)
class Loaded:
    """``rows`` are the current answers as stored, by question id; ``state`` holds them as the dialogue knows them."""

    reflection: Reflection
    guide: LoadedGuide
    state: State
    rows: dict[str, Standing]


async def load(tx: Transaction, tools: Tools, reflection: Reflection) -> Loaded:
    """The debrief with its current answers, under its own guide."""
    standing = reflection.known.answers if reflection.known else await answers.standing(tx, reflection.id)
    rows = {row.question_id: row for row in standing}
    given = {question: _answer(row) for question, row in rows.items()}
    state = state_from_data(json.loads(reflection.state), given)
    return Loaded(reflection, await tools.guide_of(tx, reflection.guide_hash), state, rows)


_CHOICE = 40
"""Letters of an answer that is no more than a choice, as it is stored; one that names a citizen is longer."""


def _answer(row: Standing) -> Answer:
    if len(row.content) <= _CHOICE and '"parts"' not in row.content:  # nothing that was typed is kept in memory
        return _chosen(row.content, row.skipped, row.assumed)
    return answer_from_data(json.loads(row.content), skipped=row.skipped, assumed=row.assumed)


@lru_cache(1_000)
def _chosen(content: str, skipped: bool, assumed: bool) -> Answer:
    # Most answers are one of some hundred choices, and a turn reads a dozen of them.
    return answer_from_data(json.loads(content), skipped=skipped, assumed=assumed)
