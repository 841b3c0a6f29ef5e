"""The buttons that are not a choice: one function each, together in ``PRESSES``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.dialogue import answering, holding, plan, sharing
from bot.dialogue.effects import Note, Show, Tell
from bot.dialogue.events import Press
from bot.dialogue.guide import Kind, Length
from bot.dialogue.moving import Setting, Step, advance, ask, end_change, finish, redraft, reopen, to_stage
from bot.dialogue.state import HOLDING, Answer, Draft, Mode, Stage, State, Status


def _back(here: Setting, state: State, _arg: str) -> Step:
    match state.stage:
        case Stage.QUESTION if state.draft.mode is not Mode.PLAIN:
            return _plain(here, state)
        case Stage.QUESTION if state.changing:
            return end_change(here, state)
        case Stage.ANSWERS | Stage.SHARE:
            return to_stage(here, state, _home(state)), (Show(),)
        case Stage.PREVIEW:
            return to_stage(here, state, Stage.SHARE), (Show(),)
    asked = plan.order(here.guide, state)
    at = asked.index(state.question) if state.stage is Stage.QUESTION and state.question in asked else len(asked)
    if state.stage is Stage.REST:
        at = 1 + max((asked.index(q) for q in here.guide.tough.questions if q in asked), default=-1)
    if state.stage not in (Stage.QUESTION, Stage.REST, Stage.REVIEW) or at == 0:
        return state, (Show(),)
    return ask(here, state, asked[at - 1]), (Show(),)


def _plain(here: Setting, state: State) -> Step:
    if state.draft.mode in HOLDING:
        return holding.back(state)
    if state.draft.mode is Mode.RESULT:
        return redraft(state, replace(state.draft, mode=Mode.SEVERAL, choice=None)), (Show(),)
    return redraft(state, Draft()), (Show(),)


def _home(state: State) -> Stage:
    return Stage.RECEIPT if state.status.ended else Stage.REVIEW


def _keep(here: Setting, state: State, _arg: str) -> Step:
    if state.stage is not Stage.QUESTION or not plan.is_answered(state, state.question):
        return state, (Tell(Note.FIRST_PICK), Show())
    if state.changing:
        return advance(here, state)
    asked = plan.order(here.guide, state)
    at = asked.index(state.question) + 1 if state.question in asked else len(asked)
    block = here.guide.tough.questions
    leaving_block = state.question in block and (at == len(asked) or asked[at] not in block)
    if at == len(asked) or not plan.is_answered(state, asked[at]) or (leaving_block and not state.rested):
        return advance(here, state)
    return ask(here, state, asked[at]), (Show(),)


def _skip(here: Setting, state: State, _arg: str) -> Step:
    if state.stage is not Stage.QUESTION:
        return state, (Show(),)
    if state.draft.mode is Mode.DATE and here.guide[state.question].kind is not Kind.WHEN:
        return answering.settle(here, state, Answer(value=state.draft.choice))
    if plan.is_answered(state, state.question) and state.answers[state.question].parts:
        return _keep(here, state, _arg)  # the words came after the card that offered to skip was drawn
    return answering.settle(here, state, Answer(skipped=True))


def later(here: Setting, state: State, _arg: str = "") -> Step:
    """Set aside as it stands, half-picked choices too."""
    if state.status is not Status.OPEN:
        return state, (Show(),)
    paused = replace(state, status=Status.ASIDE, paused_stage=state.stage)
    draft = state.draft
    return replace(to_stage(here, paused, Stage.ASIDE), draft=draft), (Show(),)


def unpaused(state: State) -> State:
    """The state as it was before it was set aside."""
    return replace(state, stage=state.paused_stage or state.stage, paused_stage=None)


def resume(here: Setting, state: State, _arg: str = "") -> Step:
    """Go on: after a pause where it stood; from the resting card or a receipt with what is still open."""
    if state.status is Status.ASIDE:
        back = unpaused(state)
        draft = state.draft
        return replace(to_stage(here, replace(back, status=Status.OPEN), back.stage), draft=draft), (Show(),)
    if state.stage is Stage.REST:
        return advance(here, replace(state, rested=True))
    if state.stage is Stage.RECEIPT:
        return advance(here, replace(state, status=Status.OPEN, rested=True))
    return state, (Show(),)


def _more(here: Setting, state: State, _arg: str) -> Step:
    if state.stage is not Stage.QUESTION or here.guide[state.question].kind is not Kind.MANY:
        return state, (Show(),)
    return answering.several(state), (Show(),)


def _done(here: Setting, state: State, _arg: str) -> Step:
    question = here.guide.by_id.get(state.question)
    if state.stage is not Stage.QUESTION or question is None or question.kind is not Kind.MANY:
        return state, (Show(),)
    before = state.answers.get(state.question)
    parts = before.parts if before else ()
    if not state.draft.picks and not parts:
        return state, (Tell(Note.FIRST_PICK), Show())
    return answering.settle(here, state, Answer(picks=state.draft.picks, parts=parts))


def _new(here: Setting, state: State, _arg: str) -> Step:
    if state.stage is not Stage.QUESTION or here.guide[state.question].kind is not Kind.CITIZEN:
        return state, (Show(),)
    if state.draft.mode is Mode.FOUND:
        return answering.add_typed_citizen(here, state)
    return redraft(state, Draft(Mode.NEW)), (Show(),)


def _happened(here: Setting, state: State, _arg: str) -> Step:
    """Something happened: the tough-visit steps come now, whatever was being asked."""
    block = here.guide.tough.questions
    if state.status is Status.ASIDE:
        state = replace(unpaused(state), status=Status.OPEN)  # first: where it stood decides where the steps come
    asked = plan.order(here.guide, state)
    before = (
        asked[: asked.index(state.question)] if state.stage is Stage.QUESTION and state.question in asked else asked
    )
    if state.status.ended:
        state = reopen(state)
    anchor = state.tough_after if state.tough_after is not None else (before[-1] if before else "")
    state = replace(state, happened=True, tough_after=anchor)
    open_steps = [q for q in block if q in plan.order(here.guide, state) and not plan.is_answered(state, q)]
    if not open_steps:
        return to_stage(here, replace(state, rested=False), Stage.REST), (Show(),)
    state = replace(state, rested=False, owed=state.owed | set(open_steps) if state.changing else state.owed)
    return ask(here, state, open_steps[0]), (Show(),)


def _lengthen(here: Setting, state: State, _arg: str) -> Step:
    return _change_length(here, state, Length.FULL)


def _shorten(here: Setting, state: State, _arg: str) -> Step:
    return _change_length(here, state, Length.SHORT)


def _change_length(here: Setting, state: State, length: Length) -> Step:
    state = replace(state, length=length)
    if state.status.ended:
        return advance(here, replace(state, status=Status.OPEN, rested=True))
    asking = state.stage is Stage.QUESTION and state.question in plan.order(here.guide, state)
    if asking or state.stage in (Stage.ASIDE, Stage.REST) or state.changing:
        return state, (Show(),)
    return advance(here, state)


def _save(here: Setting, state: State, _arg: str) -> Step:
    if state.stage is not Stage.REVIEW:
        return state, (Show(),)
    return finish(here, state, Status.SAVED)


def _stop(here: Setting, state: State, _arg: str) -> Step:
    """Stop here: everything is kept, whatever is unanswered stays so."""
    if state.status.ended:
        return state, (Show(),)
    state = unpaused(state)
    whole = plan.first_open(here.guide, state) is None
    return finish(here, state, Status.SAVED if whole else Status.STOPPED)


def _change(here: Setting, state: State, question_id: str) -> Step:
    standing = state.stage in (Stage.RECEIPT, Stage.ANSWERS, Stage.REVIEW, Stage.REST)
    if not standing or not plan.may_change(here.guide, state, question_id):
        return state, (Tell(Note.STALE), Show())
    return ask(here, reopen(state), question_id), (Show(),)


def _answers(here: Setting, state: State, _arg: str) -> Step:
    if state.stage not in (Stage.RECEIPT, Stage.REVIEW):
        return state, (Show(),)
    return to_stage(here, state, Stage.ANSWERS), (Show(),)


PRESSES: Mapping[Press, Callable[[Setting, State, str], Step]] = {
    Press.BACK: _back,
    Press.KEEP: _keep,
    Press.SKIP: _skip,
    Press.LATER: later,
    Press.RESUME: resume,
    Press.MORE: _more,
    Press.DONE: _done,
    Press.NEW: _new,
    Press.HAPPENED: _happened,
    Press.FULL: _lengthen,
    Press.SHORT: _shorten,
    Press.SAVE: _save,
    Press.STOP: _stop,
    Press.CHANGE: _change,
    Press.ANSWERS: _answers,
    Press.SHARE: sharing.open_share,
    Press.PREVIEW: sharing.preview,
    Press.CONFIRM: sharing.confirm,
    Press.WITHDRAW: sharing.withdraw,
    Press.KEEP_MASKED: holding.keep_masked,
    Press.REPHRASE: holding.rephrase,
    Press.FALSE_ALARM: holding.false_alarm,
    Press.KEEP_TYPED: holding.keep_typed,
}
