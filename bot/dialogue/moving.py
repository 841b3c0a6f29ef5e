"""Moving the card: asking, going on, ending, and writing an answer down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeAlias

from bot.dialogue import plan
from bot.dialogue.effects import Effect, Ended, Save, Show, Supersede, Withdrawn
from bot.dialogue.guide import Guide, Kind, Question
from bot.dialogue.state import Answer, Draft, Stage, State, Status

Step: TypeAlias = tuple[State, tuple[Effect, ...]]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a step stands on: the guide, the time (aware), and the public holidays (local dates)."""

    guide: Guide
    now: datetime
    holidays: frozenset[date] = frozenset()


def ask(here: Setting, state: State, question_id: str) -> State:
    """Put this question on the card."""
    asked = to_stage(here, state, Stage.QUESTION)
    return replace(asked, question=question_id)


def to_stage(here: Setting, state: State, stage: Stage) -> State:
    """Show something else: every button drawn so far becomes stale."""
    return replace(state, stage=stage, visit=state.visit + 1, asked_at=here.now, draft=Draft())


def redraft(state: State, draft: Draft) -> State:
    """Another screen of the same question: its earlier buttons become stale."""
    return replace(state, draft=draft, visit=state.visit + 1)


def record(here: Setting, state: State, question_id: str, answer: Answer) -> Step:
    """Write an answer down and supersede what its change closes."""
    if state.answers.get(question_id) == answer:
        return state, ()
    after = replace(state, answers=MappingProxyType({**state.answers, question_id: answer}))
    after, lost = _drop_closed(here.guide, after)
    after = plan.settle_tough(here.guide, after, question_id)
    if after.changing:
        before = {*plan.order(here.guide, state), *plan.invited(here.guide, state)}
        now_open = {*plan.order(here.guide, after), *plan.invited(here.guide, after)}
        after = replace(after, owed=after.owed | (now_open - before))
    taken_back = tuple(sorted(after.shared & {question_id, *lost}))
    after = replace(after, shared=after.shared - set(taken_back))
    effects: list[Effect] = [Save(question_id, answer), *(Supersede(q) for q in lost)]
    if taken_back:
        # What the lead may read is what the mentor saw before sharing, never a text changed afterwards.
        effects.append(Withdrawn(taken_back))
    return after, tuple(effects)


def _drop_closed(guide: Guide, state: State) -> tuple[State, tuple[str, ...]]:
    lost: list[str] = []
    while gone := plan.closed(guide, state):
        lost += gone
        state = replace(state, answers=without(state.answers, gone))
    return state, tuple(lost)


def without(answers: Mapping[str, Answer], gone: tuple[str, ...]) -> Mapping[str, Answer]:
    """The answers less those named."""
    return MappingProxyType({q: a for q, a in answers.items() if q not in gone})


def advance(here: Setting, state: State) -> Step:
    """On to the first open question; to the resting card after the tough-visit steps; to review when all is asked."""
    if state.changing:
        return _advance_change(here, state)
    block = here.guide.tough.questions
    waiting = plan.is_tough(here.guide, state) and not state.rested
    for question_id in plan.order(here.guide, state):
        if plan.is_answered(state, question_id):
            continue
        if waiting and question_id not in block and _all_answered(state, block):
            return to_stage(here, state, Stage.REST), (Show(),)
        return ask(here, state, question_id), (Show(),)
    return to_stage(here, state, Stage.REST if waiting else Stage.REVIEW), (Show(),)


def _all_answered(state: State, questions: tuple[str, ...]) -> bool:
    return all(plan.is_answered(state, q) for q in questions)


def _advance_change(here: Setting, state: State) -> Step:
    block = set(here.guide.tough.questions)
    asked = plan.order(here.guide, state)
    invited = (q for q in plan.invited(here.guide, state) if q not in asked)
    owed = [q for q in (*asked, *invited) if q in state.owed and not plan.is_answered(state, q)]
    rest_due = plan.is_tough(here.guide, state) and not state.rested and bool(state.owed & block)
    if rest_due and not any(q in block for q in owed):
        return to_stage(here, state, Stage.REST), (Show(),)
    if owed:
        return ask(here, state, owed[0]), (Show(),)
    return end_change(here, state)


def end_change(here: Setting, state: State) -> Step:
    """Back from changing an answer: to the receipt it was changed from, or on to what is still open."""
    was, state = state.resting_status, replace(state, changing=False, owed=frozenset(), resting_status=None)
    if was is None:
        return advance(here, state)
    return finish(here, state, was)


def finish(here: Setting, state: State, status: Status) -> Step:
    """Save, stop or close: the receipt, with what was taken for granted unless a week of silence closed it."""
    effects: list[Effect] = []
    if status is not Status.CLOSED:
        for question in plan.assumable(here.guide, state):
            answer = assumption(here, state, question)
            state = replace(state, answers=MappingProxyType({**state.answers, question.id: answer}))
            effects.append(Save(question.id, answer))
    state = replace(state, status=status, changing=False, owed=frozenset(), resting_status=None)
    return to_stage(here, state, Stage.RECEIPT), (*effects, Ended(), Show())


def assumption(here: Setting, state: State, question: Question) -> Answer:
    """What the receipt takes for granted. ``now`` is when the debrief began: it may be saved days later."""
    if question.assume is None:
        raise ValueError(f"{question.id} assumes nothing")
    if question.kind is Kind.WHEN:
        return Answer(value=str(question.assume.value), at=state.started_at or here.now, assumed=True)
    return Answer(value=question.assume.value, assumed=True)


def reopen(state: State) -> State:
    """An ended debrief is asked something again; it goes back to rest when that is done."""
    if not state.status.ended:
        return replace(state, changing=True)
    return replace(state, status=Status.OPEN, changing=True, resting_status=state.status)
