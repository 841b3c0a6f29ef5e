"""Whatever happens, the dialogue handles it: every path ends, and back and forth never loses an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue import plan
from bot.dialogue.codec import answer_from_data, answer_to_data, state_from_data, state_to_data
from bot.dialogue.effects import Save, Supersede
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
from bot.dialogue.state import CitizenRef, Part, Stage, State
from bot.dialogue.view import view
from tests.unit.people import B07, GUIDE, NOW

CHOICES = sorted(
    {c.id for q in GUIDE for c in (*q.choices, *q.results)} | {"1", "2", "3", "4", "5", "d1", "d3", "none", "nonsense"}
)
TEXTS = ["", "  ", "B07", "45", "i går", "om 3 dage", "tirsdag", "🙂", "‏שלום", "<b>{{7*7}}</b>", "x" * 5000, "/stop"]
QUESTIONS = [q.id for q in GUIDE]

events = st.one_of(
    st.builds(lambda c, on: ("choose", c, on), st.sampled_from(CHOICES), st.booleans()),
    st.builds(
        lambda p, q: ("press", p, q), st.sampled_from(list(Press)), st.sampled_from(["", "nonsense", *QUESTIONS])
    ),
    st.builds(lambda t, m: ("type", t, m), st.sampled_from(TEXTS), st.integers(1, 6)),
    st.builds(lambda t, m: ("edit", t, m), st.sampled_from(TEXTS), st.integers(1, 6)),
    st.builds(lambda t: ("name", t), st.sampled_from(TEXTS)),
    st.sampled_from([("citizen",), ("answer",), ("answer",), ("answer",), ("expired",), ("opened",), ("aside",)]),
    st.builds(
        lambda k, m: ("held", k, m), st.sampled_from([(), ("cpr",), ("cpr", "phone"), ("name",)]), st.integers(1, 9)
    ),
    st.builds(lambda t, n: ("released", t, n), st.sampled_from(TEXTS), st.integers(0, 2)),
    st.sampled_from([("press", p, "") for p in (Press.FALSE_ALARM, Press.KEEP_MASKED, Press.REPHRASE)]),
)


def event_of(state: State, move: tuple[object, ...], pick: int) -> Event:
    """A concrete event for this state; ("answer",) is a fitting answer to whatever is asked."""
    visit = state.visit
    match move:
        case ("choose", str(choice), bool(on)):
            return Chose(visit, choice, on)
        case ("press", Press() as press, str(arg)):
            return Pressed(visit, press, arg)
        case ("type", str(text), int(message)):
            return Typed(text, message)
        case ("edit", str(text), int(message)):
            return Edited(text, message)
        case ("name", str(text)):
            return Named(text, 3, None, (), "new-id")
        case ("citizen",):
            return ChoseCitizen(visit, B07)
        case ("held", tuple(kinds), int(message)):
            return Held("[cpr-nummer]", message, kinds)
        case ("released", str(text), int(count)):
            return Released(visit, tuple(Part(n, text) for n in range(count)))
        case ("expired",):
            return Expired()
        case ("opened",):
            return Opened()
        case ("aside",):
            return SetAside()
    return answer_of(state, pick)


def answer_of(state: State, pick: int) -> Event:
    """A fitting answer to the live question."""
    if state.stage is not Stage.QUESTION:
        return Pressed(state.visit, Press.RESUME if state.stage is not Stage.REVIEW else Press.SAVE)
    question = GUIDE[state.question]
    match question.kind:
        case Kind.CITIZEN:
            return ChoseCitizen(state.visit, CitizenRef(f"c{pick}", f"B{pick}"))
        case Kind.SCALE:
            return Chose(state.visit, str(1 + pick % 5))
        case Kind.TEXT:
            return Typed(f"svar {pick}", pick)
    return Chose(state.visit, question.choices[pick % len(question.choices)].id)


def checked(state: State) -> None:
    """What holds in every state."""
    shown = view(GUIDE, state)
    assert shown.presses, "every card has a way on"
    assert not plan.closed(GUIDE, state), "no answer of a closed branch counts"
    assert state.shared <= set(state.answers)
    if state.stage is Stage.QUESTION:
        assert state.question in GUIDE.by_id
    kept = {
        q: answer_from_data(answer_to_data(a), skipped=a.skipped, assumed=a.assumed) for q, a in state.answers.items()
    }
    assert state_from_data(state_to_data(state), kept) == replace(state, answers=kept)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(events, st.integers(0, 12)), max_size=60), st.sampled_from(Length))
def test_every_event_in_every_reachable_state(moves: list[tuple[tuple[object, ...], int]], length: Length) -> None:
    """Any events in any order: none raises, the state stays sound, and what is saved is what counts."""
    state, now = begin(GUIDE, NOW, "Europe/Copenhagen", length), NOW
    stored: dict[str, object] = {}
    for move, pick in moves:
        now += timedelta(seconds=20)
        state, effects = step(GUIDE, state, event_of(state, move, pick), now)
        for effect in effects:
            match effect:
                case Save(question=question, answer=answer):
                    stored[question] = answer
                case Supersede(question=question):
                    del stored[question]
        assert stored == dict(state.answers), "the tables would hold what the dialogue believes"
        checked(state)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=80, max_size=80), st.sampled_from(Length))
def test_every_path_ends(picks: list[int], length: Length) -> None:
    """Answering whatever is asked always reaches the receipt, in at most two taps a question."""
    state = begin(GUIDE, NOW, "Europe/Copenhagen", length)
    for n, pick in enumerate(picks):
        if state.stage is Stage.RECEIPT:
            break
        before = state
        state, _ = step(GUIDE, state, answer_of(state, pick), NOW + timedelta(minutes=n))
        if state.stage is before.stage and state.question == before.question:
            way_on = next(p for p in (Press.DONE, Press.KEEP, Press.SKIP) if p in view(GUIDE, state).presses)
            state, _ = step(GUIDE, state, Pressed(state.visit, way_on), NOW + timedelta(minutes=n))
    assert state.stage is Stage.RECEIPT


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=25), st.integers(1, 30), st.sampled_from(Length))
def test_back_and_forth_loses_nothing(picks: list[int], steps: int, length: Length) -> None:
    """Any number of steps back and as many forward again: every answer is as it was."""
    state = begin(GUIDE, NOW, "Europe/Copenhagen", length)
    for pick in picks:
        if state.stage is not Stage.QUESTION:
            break
        state, _ = step(GUIDE, state, answer_of(state, pick), NOW)
        if Press.DONE in view(GUIDE, state).presses:
            state, _ = step(GUIDE, state, Pressed(state.visit, Press.DONE), NOW)
    before = dict(state.answers)
    for press in [Press.BACK] * steps + [Press.KEEP] * steps:
        state, effects = step(GUIDE, state, Pressed(state.visit, press), NOW)
        assert not [e for e in effects if isinstance(e, Save | Supersede)]
    assert dict(state.answers) == before
