"""The twin of late taps: the real program, but a button is taken to be of the card that is shown now, as if it did not
say under which question it stood.

Started as a process by the tests, as ``python -m tests.faults.twin_visits``.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, datetime

from bot.cli import main
from bot.dialogue import engine
from bot.dialogue.effects import Effect
from bot.dialogue.events import Chose, ChoseCitizen, Event, Pressed, Released
from bot.dialogue.guide import Guide
from bot.dialogue.state import State

_decide = engine.step


def believing(
    guide: Guide, state: State, event: Event, now: datetime, holidays: frozenset[date] = frozenset()
) -> tuple[State, tuple[Effect, ...]]:
    """As ``engine.step``, with every button believed to be live."""
    if isinstance(event, Chose | ChoseCitizen | Pressed | Released):
        event = replace(event, visit=state.visit)
    return _decide(guide, state, event, now, holidays)


if __name__ == "__main__":
    engine.step = believing  # the one part that is weaker
    sys.exit(main(["run"]))
