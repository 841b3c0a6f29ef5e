"""Which questions apply, in which order, and what a change closes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import TypeVar

from bot.dialogue.conditions import Value
from bot.dialogue.guide import Ask, Guide, Kind, Length, Question
from bot.dialogue.state import Answer, Stage, State

_MOST = 4_096  # entries remembered of one guide; then all are forgotten, which costs a few turns some tenths of a ms
_T = TypeVar("_T")


def value_of(question: Question, answer: Answer | None) -> Value:
    """What a condition reads: choice id, tuple of picked ids, number, True for a text; None when skipped."""
    if answer is None or answer.skipped:
        return None
    match question.kind:
        case Kind.MANY:
            return tuple(pick.choice for pick in answer.picks)
        case Kind.TEXT:
            return bool(answer.parts)
        case _:
            return answer.value


def values(guide: Guide, state: State, *, any_length: bool = False) -> Mapping[str, Value]:
    """Everything a condition may name. ``any_length``: both lengths count as true (is this branch open at all?)."""
    said = _said(guide, state)
    return _remembered(guide, ("values", any_length, said), lambda: _values(guide, state, any_length))


def _values(guide: Guide, state: State, any_length: bool) -> Mapping[str, Value]:
    by_id, answers = guide.by_id, state.answers
    found: dict[str, Value] = {q: value_of(by_id[q], answers.get(q)) for q in guide.asked_about}
    found.update(guide.groups)
    found["full"] = any_length or state.length is Length.FULL
    found["short"] = any_length or state.length is Length.SHORT
    found["happened"] = state.happened
    found["tough"] = guide.tough.when(found)
    return found


def _said(guide: Guide, state: State) -> Hashable:
    """All of a state that conditions look at: few debriefs differ in it, so what follows from it is remembered."""
    answers, by_id = state.answers, guide.by_id
    return (state.length, state.happened, *[value_of(by_id[q], answers.get(q)) for q in guide.asked_about])


def _remembered(guide: Guide, key: Hashable, make: Callable[[], _T]) -> _T:
    memory = guide.memory
    if key not in memory:
        if len(memory) >= _MOST:
            memory.clear()
        memory[key] = make()
    found: _T = memory[key]
    return found


def is_tough(guide: Guide, state: State) -> bool:
    """Whether the tough-visit steps apply."""
    return bool(values(guide, state)["tough"])


def order(guide: Guide, state: State) -> tuple[str, ...]:
    """The questions asked in this state, first to last: the guide's order, with the tough-visit steps right
    after what triggered them."""
    key = ("order", state.tough_after, _said(guide, state))
    return _remembered(guide, key, lambda: _order(guide, state))


def _order(guide: Guide, state: State) -> tuple[str, ...]:
    known = values(guide, state)
    lengths = (Ask.SHORT,) if state.length is Length.SHORT else (Ask.SHORT, Ask.FULL, Ask.RECEIPT)
    asked = [q.id for q in guide if q.ask in lengths and q.when(known)]
    block = [q for q in guide.tough.questions if q in asked]
    rest = [q for q in asked if q not in block]
    at = _place_of_block(guide, state, rest)
    return (*rest[:at], *block, *rest[at:])


def _place_of_block(guide: Guide, state: State, rest: list[str]) -> int:
    if state.tough_after == "":
        return 0
    ids = [q.id for q in guide]
    anchor = ids.index(state.tough_after) if state.tough_after in ids else len(ids)
    return sum(1 for q in rest if ids.index(q) <= anchor)


def is_answered(state: State, question_id: str) -> bool:
    """Answered or skipped by the mentor; what the receipt took for granted does not count."""
    answer = state.answers.get(question_id)
    return answer is not None and not answer.assumed


def first_open(guide: Guide, state: State) -> str | None:
    """The first question still unanswered, or None."""
    return next((q for q in order(guide, state) if not is_answered(state, q)), None)


def closed(guide: Guide, state: State) -> tuple[str, ...]:
    """Answered questions whose branch is no longer open, whatever the length."""
    known = values(guide, state, any_length=True)
    key = ("open", _said(guide, state))
    still = _remembered(guide, key, lambda: frozenset(q.id for q in guide if _is_open(q, known)))
    return tuple(q.id for q in guide if q.id in state.answers and q.id not in still)


def _is_open(question: Question, known: Mapping[str, Value]) -> bool:
    assumable = question.assume is not None and question.assume.when(known)
    return question.when(known) or question.offer(known) or assumable


def may_change(guide: Guide, state: State, question_id: str) -> bool:
    """Whether the mentor can be asked this now: answered, or open in this branch."""
    question = guide.by_id.get(question_id)
    if question is None:
        return False
    return question_id in state.answers or _is_open(question, values(guide, state, any_length=True))


def offered(guide: Guide, state: State) -> tuple[str, ...]:
    """Questions the receipt shows as changeable: assumed ones, and those only the mentor picks."""
    known = values(guide, state, any_length=True)
    return tuple(q.id for q in guide if _is_assumable(q, known) or q.offer(known))


def invited(guide: Guide, state: State) -> tuple[str, ...]:
    """Offered questions whose own branch is open: an answer changed on the receipt leads on to them, in any length
    (bring it to supervision: what do you want help with?)."""
    known = values(guide, state, any_length=True)
    return tuple(q.id for q in guide if q.offer(known) and q.when(known) and q.ask is not Ask.OFFER)


def first_offered_text(guide: Guide, state: State) -> str | None:
    """The note the resting card offers to write, if it offers one."""
    return next((q for q in offered(guide, state) if guide[q].kind is Kind.TEXT), None)


def assumable(guide: Guide, state: State) -> tuple[Question, ...]:
    """Questions the receipt takes for granted now."""
    known = values(guide, state, any_length=True)
    return tuple(q for q in guide if q.id not in state.answers and _is_assumable(q, known))


def _is_assumable(question: Question, known: Mapping[str, Value]) -> bool:
    if question.assume is None or not question.assume.when(known):
        return False
    return question.ask is Ask.RECEIPT or not question.when(known)


def settle_tough(guide: Guide, state: State, just_answered: str) -> State:
    """Note where the tough-visit steps belong when they have just become due; forget it when they no longer are."""
    if not is_tough(guide, state):
        return replace(state, tough_after=None, rested=False)
    if state.tough_after is not None:
        return state
    return replace(state, tough_after=just_answered, rested=False)


def progress(guide: Guide, state: State) -> tuple[int, int]:
    """(number of the question being asked, about how many in all); review and receipt are at the end."""
    asked = order(guide, state)
    about = len(order(guide, _expected(guide, state)))
    if state.stage is Stage.QUESTION and state.question in asked:
        return asked.index(state.question) + 1, about
    done = sum(1 for q in asked if is_answered(state, q))
    return done, about


def _expected(guide: Guide, state: State) -> State:
    """The state as if what opens the branches had its most common answer: the first choice of a question whose
    choices have classes. Otherwise "about 3" would grow to "about 6" at the second tap."""
    likely = {
        q.id: Answer(value=q.choices[0].id)
        for q in guide
        if q.kind is Kind.ONE and any(c.group for c in q.choices) and q.id not in state.answers
    }
    return replace(state, answers={**state.answers, **likely}) if likely else state


def owner_of(state: State, message: int) -> str | None:
    """The question whose answer this message is part of."""
    return next((q for q, a in state.answers.items() if any(p.message == message for p in a.parts)), None)
