"""What the live card shows, as data: no wording, no keyboard. The same state always gives the same view."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue import holding, plan, sharing
from bot.dialogue.events import Press
from bot.dialogue.guide import Guide, Kind, Length, Question
from bot.dialogue.state import HOLDING, Answer, Mode, Stage, State, Status


@dataclass(frozen=True, slots=True)
class View:
    """A card to draw.

    ``place``/``about``: "4 of about 9". ``picked``: ids to tick. ``presses``: the buttons besides the choices, in
    the order of the keyboard. ``changeable``: questions the receipt or the list of answers offers to change.
    """

    stage: Stage
    status: Status
    length: Length
    question: Question | None
    mode: Mode
    answer: Answer | None
    place: int
    about: int
    picked: frozenset[str]
    presses: frozenset[Press]
    changeable: tuple[str, ...] = ()
    shareable: tuple[str, ...] = ()
    tough: bool = False


def view(guide: Guide, state: State) -> View:
    """The card for this state."""
    question = guide[state.question] if state.stage is Stage.QUESTION else None
    place, about = plan.progress(guide, state)
    return View(
        stage=state.stage,
        status=state.status,
        length=state.length,
        question=question,
        mode=state.draft.mode,
        answer=state.answers.get(state.question) if question else None,
        place=place,
        about=about,
        picked=_picked(question, state),
        presses=_presses(guide, state, question),
        changeable=_changeable(guide, state),
        shareable=sharing.shareable(guide, state) if state.stage in (Stage.SHARE, Stage.PREVIEW, Stage.RECEIPT) else (),
        tough=plan.is_tough(guide, state),
    )


def is_several(question: Question, state: State) -> bool:
    """Whether several choices are being ticked now."""
    return question.kind is Kind.MANY and (state.draft.mode is Mode.SEVERAL or not question.first_tap_goes_on)


def _picked(question: Question | None, state: State) -> frozenset[str]:
    if question is None:
        return state.share_picks if state.stage is Stage.SHARE else frozenset()
    if state.draft.mode is Mode.SEVERAL:
        return frozenset(p.choice for p in state.draft.picks)
    answer = state.answers.get(question.id)
    if answer is None or answer.skipped:
        return frozenset()
    if question.kind is Kind.MANY:
        return frozenset(p.choice for p in answer.picks)
    if question.kind is Kind.MINUTES:
        return frozenset(c.id for c in question.choices if c.value == answer.value)
    return frozenset([str(answer.value)]) if answer.value is not None else frozenset()


_BY_STAGE = {
    Stage.REST: {Press.STOP, Press.RESUME, Press.BACK},
    Stage.REVIEW: {Press.SAVE, Press.BACK, Press.ANSWERS, Press.HAPPENED, Press.LATER},
    Stage.ANSWERS: {Press.BACK, Press.HAPPENED},
    Stage.SHARE: {Press.BACK, Press.PREVIEW, Press.HAPPENED},
    Stage.PREVIEW: {Press.BACK, Press.CONFIRM, Press.HAPPENED},
    Stage.ASIDE: {Press.RESUME, Press.STOP, Press.HAPPENED},
    Stage.RECEIPT: {Press.ANSWERS, Press.HAPPENED},
}


def _presses(guide: Guide, state: State, question: Question | None) -> frozenset[Press]:
    if question is not None:
        return frozenset(_question_presses(guide, state, question))
    found = set(_BY_STAGE[state.stage])
    longer = Press.FULL if state.length is Length.SHORT else None
    if state.stage is Stage.REVIEW and longer:
        found.add(longer)
    if state.stage is Stage.RECEIPT:
        found |= _receipt_presses(guide, state, longer)
    return frozenset(found)


def _receipt_presses(guide: Guide, state: State, longer: Press | None) -> set[Press]:
    found: set[Press] = set()
    if plan.first_open(guide, state) is not None:
        found.add(Press.RESUME)
    elif longer:
        found.add(longer)
    if sharing.shareable(guide, state):
        found.add(Press.SHARE)
    if state.shared:
        found.add(Press.WITHDRAW)
    return found


def _question_presses(guide: Guide, state: State, question: Question) -> set[Press]:
    found = {Press.SKIP, Press.LATER, Press.HAPPENED}
    if question.id not in guide.tough.questions:
        # Safety first: how long the debrief shall be is no question now.
        found.add(Press.FULL if state.length is Length.SHORT else Press.SHORT)
    asked = plan.order(guide, state)
    first = bool(asked) and asked[0] == question.id
    if not first or state.changing or state.draft.mode is not Mode.PLAIN:
        found.add(Press.BACK)
    if is_several(question, state):
        found.add(Press.DONE)
    elif question.kind is Kind.MANY:
        found.add(Press.MORE)
    if plan.is_answered(state, question.id) and not is_several(question, state):
        found.add(Press.KEEP)
        found.discard(Press.SKIP)
    if question.kind is Kind.CITIZEN:
        found.add(Press.NEW)
    if state.draft.mode in HOLDING:
        return _held_presses(question, state) | (found & {Press.LATER, Press.HAPPENED})
    return found - {Press.DONE, Press.MORE, Press.KEEP} if state.draft.mode in (Mode.RESULT, Mode.DATE) else found


def _held_presses(question: Question, state: State) -> set[Press]:
    if state.draft.mode is Mode.SURE:
        return {Press.KEEP_TYPED, Press.BACK}
    found = {Press.REPHRASE}
    if holding.keeps_masked(question, state):
        found.add(Press.KEEP_MASKED)
    if holding.maybe_false(state.draft):
        found.add(Press.FALSE_ALARM)
    return found


def _changeable(guide: Guide, state: State) -> tuple[str, ...]:
    match state.stage:
        case Stage.ANSWERS:
            return tuple(q.id for q in guide if q.id in state.answers)
        case Stage.RECEIPT:
            return plan.offered(guide, state)
        case Stage.REST:
            return tuple(q for q in plan.offered(guide, state) if guide[q].kind is Kind.TEXT)
        case _:
            return ()
