"""The twin of old buttons: the real program, but a choice is looked up by its place in the newest guide, in whichever
debrief is open, as bots do that number their buttons.

Started as a process by the test, as ``python -m tests.faults.twin_old_buttons``.
"""

from __future__ import annotations

import sys
from datetime import datetime

from bot.cli import main
from bot.dialogue.events import Chose, Event
from bot.dialogue.guide import Guide
from bot.service import debrief
from bot.service.loaded import load
from bot.service.replies import Reply
from bot.service.tools import Tools
from storage import reflections
from storage.database import Transaction
from storage.people import Person
from storage.reflections import Reflection

_act = debrief.act


async def by_place(
    tx: Transaction, tools: Tools, person: Person, reflection: Reflection, event: Event, now: datetime
) -> list[Reply]:
    """As ``debrief.act``, with a choice taken for the one in the same place of what is asked now."""
    if not isinstance(event, Chose):
        return await _act(tx, tools, person, reflection, event, now)
    live = await reflections.open_of(tx, person.id) or reflection
    found = await load(tx, tools, live)
    own = await tools.guide_of(tx, reflection.guide_hash)
    asked = tools.guide.guide.by_id.get(found.state.question)
    place = _place(own.guide, event.choice, found.state.question)
    if asked is None or place is None or place >= len(asked.choices):
        return await _act(tx, tools, person, reflection, event, now)
    chosen = Chose(found.state.visit, asked.choices[place].id, event.on)
    return await _act(tx, tools, person, live, chosen, now)


def _place(guide: Guide, choice: str, question: str) -> int | None:
    """Where a choice stands: in the question that is asked now, if it is one of it, or in any other."""
    asked = [one for one in guide if one.id == question]
    for one in (*asked, *guide):
        ids = [own.id for own in one.choices]
        if choice in ids:
            return ids.index(choice)
    return None


if __name__ == "__main__":
    debrief.act = by_place  # the one part that is weaker
    sys.exit(main(["run"]))
