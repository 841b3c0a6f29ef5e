"""Nothing that somebody typed is gone without a word: it is kept, or it waits, or the mentor is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue.effects import Effect, Save, Show, Tell
from bot.dialogue.engine import begin, step
from bot.dialogue.events import (
    Chose,
    ChoseCitizen,
    Edited,
    Event,
    Expired,
    Held,
    Named,
    Opened,
    Press,
    Pressed,
    Released,
    SetAside,
    Typed,
)
from bot.dialogue.guide import Kind, Length
from bot.dialogue.state import Mode, Part, Stage, State
from tests.unit.people import B07, GUIDE, NOW

TEXTS = ["B07", "45", "i går", "om 3 dage", "Vi talte længe.", "x" * 9000]
moves = st.one_of(
    st.tuples(st.just("type"), st.sampled_from(TEXTS)),
    st.tuples(st.just("type"), st.sampled_from(TEXTS)),
    st.tuples(st.just("held"), st.sampled_from(["[telefon]", "Ring på [telefon].", "x" * 9000])),
    st.tuples(st.just("held"), st.sampled_from(["[telefon]", "Ring på [telefon]."])),
    st.tuples(st.just("edit"), st.sampled_from(TEXTS)),
    st.tuples(st.just("press"), st.sampled_from(list(Press))),
    st.tuples(st.just("press"), st.sampled_from([Press.STOP, Press.HAPPENED, Press.LATER, Press.FALSE_ALARM])),
    st.tuples(st.just("other"), st.sampled_from(["answer", "answer", "answer", "expired", "opened", "aside"])),
    st.tuples(st.just("other"), st.sampled_from(["released", "citizen"])),
)


@dataclass
class Chat:
    """What was typed and where it is. ``open``: the numbers of what is neither kept nor let go."""

    state: State
    number: int = 0
    open: set[int] = field(default_factory=set)

    def event(self, kind: str, said: str, pick: int) -> Event:
        """A concrete event for where it stands."""
        visit = self.state.visit
        match kind, said:
            case "type" | "held", _:
                self.number += 1 + pick % 3  # the bot's own cards have numbers too
                return Typed(said, self.number) if kind == "type" else Held(said, self.number, ("phone",))
            case "edit", _:
                return Edited(said, 1 + pick % max(1, self.number))
            case "press", _:
                return Pressed(visit, Press(said), "")
            case _, "expired":
                return Expired()
            case _, "opened":
                return Opened()
            case _, "aside":
                return SetAside()
            case _, "released":
                return Released(visit, tuple(Part(one.message, "20304050") for one in self.state.draft.waiting))
            case _, "citizen":
                return ChoseCitizen(visit, B07)
        return self._answer(pick)

    def _answer(self, pick: int) -> Event:
        visit = self.state.visit
        if self.state.stage is not Stage.QUESTION:
            return Pressed(visit, Press.RESUME)
        question = GUIDE[self.state.question]
        if question.kind is Kind.CITIZEN:
            return ChoseCitizen(visit, B07)
        if question.kind in (Kind.TEXT, Kind.SCALE):
            return Pressed(visit, Press.SKIP) if question.kind is Kind.TEXT else Chose(visit, "2")
        return Chose(visit, question.choices[pick % len(question.choices)].id)

    def looked_up(self, event: Event) -> Event:
        """While a citizen is asked for, what is typed is a pseudonym, as the service has it."""
        asked = self.state.stage is Stage.QUESTION and GUIDE[self.state.question].kind is Kind.CITIZEN
        if not asked or not isinstance(event, Typed):
            return event
        exact = B07 if event.text == B07.pseudonym else None
        return Named(event.text, event.message, exact, (), f"new-{event.message}")

    def happens(self, event: Event, minutes: int) -> None:
        """One step, and what became of everything typed so far."""
        before = self.state
        self.state, effects = step(GUIDE, before, event, NOW + timedelta(minutes=minutes))
        if isinstance(event, Typed | Held | Named):
            self.open.add(event.message)
        kept = _kept(effects) | {part.message for part in self.state.draft.waiting}
        if any(isinstance(one, Save) and one.question == "citizen" for one in effects):
            kept |= self.open  # a pseudonym is kept as the citizen, and looking it up was all that it was for
        if isinstance(event, Named) and event.exact is not None and _is_citizen(self.state, event.exact.id):
            kept.add(event.message)  # it was the answer already: nothing has to be saved anew
        if before.draft.mode is Mode.FOUND and isinstance(event, Named):
            self.open -= {part.message for part in before.draft.waiting}  # another one is looked up instead
        gone = self.open - kept
        told = any(isinstance(one, Tell) or (isinstance(one, Show) and one.note) for one in effects)
        assert not gone or told, f"{event} lost {gone} from {before.draft}"
        self.open = {part.message for part in self.state.draft.waiting}


def _is_citizen(state: State, number: str) -> bool:
    answer = state.answers.get("citizen")
    return answer is not None and answer.value == number


def _kept(effects: Iterable[Effect]) -> set[int]:
    return {part.message for one in effects if isinstance(one, Save) for part in one.answer.parts}


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(moves, st.integers(0, 12)), max_size=50), st.sampled_from(Length))
def test_nothing_typed_is_gone_without_a_word(told: list[tuple[tuple[str, str], int]], length: Length) -> None:
    """After any events in any order, each message is in an answer, or waits to be chosen about, or something was said
    when it went."""
    chat = Chat(begin(GUIDE, NOW, "Europe/Copenhagen", length))
    for minutes, ((kind, said), pick) in enumerate(told):
        chat.happens(chat.looked_up(chat.event(kind, said, pick)), minutes)
