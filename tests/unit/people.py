"""The cast's moves on the pure dialogue, so that its tests read as conversations."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.dialogue.effects import Effect, Note, Show, Tell
from bot.dialogue.engine import begin, step
from bot.dialogue.events import Chose, ChoseCitizen, Event, Press, Pressed, Typed
from bot.dialogue.guide import Guide, Length
from bot.dialogue.state import CitizenRef, State
from prompts import load_guide

GUIDE: Guide = load_guide().guide
NOW = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)  # a Wednesday, 13.10 in Copenhagen
B07 = CitizenRef("citizen-b07", "B07")


class Debrief:
    """One debrief in progress. ``taps`` counts what a thumb does, /debrief included; ``typed`` counts messages."""

    def __init__(self, length: Length = Length.SHORT, guide: Guide = GUIDE, now: datetime = NOW) -> None:
        self.guide, self.now = guide, now
        self.state: State = begin(guide, now, "Europe/Copenhagen", length)
        self.taps, self.typed = 1, 0
        self.effects: tuple[Effect, ...] = ()
        self.all_effects: list[Effect] = []

    def happens(self, event: Event) -> Debrief:
        """Any event."""
        self.state, self.effects = step(self.guide, self.state, event, self.now)
        self.all_effects += self.effects
        return self

    def tap(self, *moves: str | Press | CitizenRef) -> Debrief:
        """Choices, fixed buttons and citizens, one after the other."""
        for move in moves:
            self.taps += 1
            visit = self.state.visit
            match move:
                case CitizenRef():
                    self.happens(ChoseCitizen(visit, move))
                case Press():
                    self.happens(Pressed(visit, move))
                case _:
                    self.happens(Chose(visit, move))
        return self

    def change(self, question: str) -> Debrief:
        """Ask for one answer again."""
        self.taps += 1
        return self.happens(Pressed(self.state.visit, Press.CHANGE, question))

    def type(self, text: str) -> Debrief:
        """A typed message."""
        self.typed += 1
        return self.happens(Typed(text, 1000 + self.typed))

    @property
    def at(self) -> str:
        """The question asked, or the stage."""
        return self.state.question if self.state.stage == "question" else self.state.stage.value

    @property
    def notes(self) -> set[Note]:
        """What the last event told the mentor."""
        return {e.note for e in self.effects if isinstance(e, Show | Tell) and e.note is not None}

    def value(self, question: str) -> object:
        """What stands as the answer: value, or picked ids, or text."""
        answer = self.state.answers[question]
        if answer.picks:
            return [pick.choice for pick in answer.picks]
        return answer.value if answer.value is not None else answer.text
