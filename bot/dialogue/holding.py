"""What the guard held back on the live question: write it again, keep it without what was found, or a false alarm.

The dialogue knows only the masked text. What was typed waits elsewhere, in memory; it comes back as ``Released`` once
the mentor has said twice that it was a false alarm.
"""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import answering
from bot.dialogue.effects import Effect, Note, Show, Tell
from bot.dialogue.events import Named, Press
from bot.dialogue.guide import Kind, Question
from bot.dialogue.moving import Setting, Step, redraft
from bot.dialogue.state import HOLDING, Draft, Mode, Part, State

NEVER_KEPT = "cpr"
"""The kind of finding that stays masked whatever the mentor says."""
PRESSES = frozenset(
    {
        Press.KEEP_MASKED, Press.REPHRASE, Press.FALSE_ALARM, Press.KEEP_TYPED, Press.BACK, Press.LATER, Press.RESUME,
        Press.HAPPENED, Press.STOP,
    }
)  # fmt: skip
"""What may be pressed while something is held back; anything else is forged."""
LEAVING = frozenset({Press.HAPPENED, Press.STOP})
"""Buttons that leave the question without a word about what is held back."""


def takes_words(question: Question, state: State) -> bool:
    """Whether something typed to this question could become its answer."""
    spoken = question.kind in (Kind.TEXT, Kind.CITIZEN, Kind.WHEN, Kind.MINUTES)
    asked_for_a_date = Mode.DATE in (state.draft.mode, state.draft.under)
    return spoken or question.typed or asked_for_a_date


def keeps_masked(question: Question, state: State) -> bool:
    """Whether the text is of use without what was found: a pseudonym, a date or a number is not."""
    return (question.kind is Kind.TEXT or question.typed) and state.draft.under is not Mode.DATE


def maybe_false(draft: Draft) -> bool:
    """Whether anything was found that may be kept if it was a false alarm."""
    return any(kind != NEVER_KEPT for kind in draft.kinds)


def hold_back(question: Question, state: State, part: Part, kinds: tuple[str, ...]) -> Step:
    """Wait for the mentor's word about ``part``, masked, and about what is held back already: all of it is one choice.
    Where masked it is of no use, not even that is kept, and only the newest waits; that the other is gone is said."""
    held = redraft(state, _drafted(state, part, kinds))
    if not keeps_masked(question, held):
        alone = replace(held.draft, part=Part(part.message, ""), held=(), kinds=kinds)
        before = any(one.message != part.message for one in state.draft.waiting)
        return replace(held, draft=alone), (Show(fresh=True, note=Note.NOT_SAVED if before else None),)
    if sum(len(one.text) for one in held.draft.waiting) > answering.MAX_TEXT:
        return state, (Show(fresh=True, note=Note.TOO_LONG),)
    return held, (Show(fresh=True),)


def _drafted(state: State, part: Part, kinds: tuple[str, ...]) -> Draft:
    draft = state.draft
    if draft.mode in HOLDING:
        held = tuple(one for one in draft.waiting if one.message != part.message)
        kinds = (*draft.kinds, *(kind for kind in kinds if kind not in draft.kinds))
        return replace(draft, mode=Mode.MASKED, part=part, held=held, kinds=kinds)
    under = Mode.PLAIN if draft.mode is Mode.FOUND else draft.mode
    base = Draft() if draft.mode is Mode.FOUND else draft
    return replace(base, mode=Mode.MASKED, part=part, held=(), kinds=kinds, under=under)


def restored(state: State) -> State:
    """The question as it was before something was held back; that is let go."""
    if state.draft.mode not in HOLDING:
        return state
    return redraft(state, replace(state.draft, mode=state.draft.under, part=None, held=(), kinds=(), under=Mode.PLAIN))


def typed(here: Setting, state: State, part: Part) -> Step:
    """A message with nothing in it came: it is answered with, and what is held back still waits for its choice. Where
    that is of no use masked, it is let go, and the mentor is told."""
    if state.draft.mode not in HOLDING or not part.text.strip():
        return answering.typed(here, state, part)
    if not keeps_masked(here.guide[state.question], state):
        return noted(answering.typed(here, restored(state), part), Note.NOT_SAVED)
    asked = state if state.draft.mode is Mode.MASKED else redraft(state, replace(state.draft, mode=Mode.MASKED))
    return answering.typed(here, asked, part)


def named(here: Setting, state: State, event: Named) -> Step:
    """A pseudonym was typed, or held back before and said to be a false alarm."""
    again = {event.message} >= {one.message for one in state.draft.waiting} or state.draft.mode not in HOLDING
    done = answering.named(here, restored(state), event)
    return done if again else noted(done, Note.NOT_SAVED)


def leave(here: Setting, state: State) -> Step:
    """The question is left while something waits: it is kept without what was found, and the mentor is told; where
    that is of no use, that it is not saved."""
    if not state.draft.waiting:
        return state, ()
    told: Step = redraft(state, Draft()), (Show(note=Note.NOT_SAVED),)
    if state.draft.mode not in HOLDING:
        return told
    if not keeps_masked(here.guide[state.question], state):
        return restored(state), told[1]
    after, effects = _write(here, state, state.draft.waiting)
    if after is state:
        return restored(state), told[1]
    return noted((after, effects), Note.KEPT_MASKED)


def noted(done: Step, note: Note) -> Step:
    """The same, with a line on the card, unless there is one already."""
    state, effects = done
    return state, tuple(replace(e, note=e.note or note) if isinstance(e, Show) else e for e in effects)


def followed(state: State) -> bool:
    """Whether something was typed, and kept, after what is held back: most likely the same in other words."""
    answer = state.answers.get(state.question)
    first = min((part.message for part in state.draft.waiting), default=None)
    return answer is not None and first is not None and any(part.message > first for part in answer.parts)


def in_order(state: State) -> tuple[Part, ...]:
    """The answer as it would be with what is held back in its place, masked."""
    answer = state.answers.get(state.question)
    own = {part.message for part in state.draft.waiting}
    kept = (part for part in (answer.parts if answer else ()) if part.message not in own)
    return tuple(sorted((*kept, *state.draft.waiting), key=lambda part: part.message))


def keep_masked(here: Setting, state: State, _arg: str) -> Step:
    """Keep it without what was found."""
    if state.draft.mode is not Mode.MASKED or not keeps_masked(here.guide[state.question], state):
        return _stale(state)
    return _write(here, state, state.draft.waiting)


def rephrase(_here: Setting, state: State, _arg: str) -> Step:
    """Let it go, and wait for other words, unless they have come."""
    if state.draft.mode not in HOLDING:
        return _stale(state)
    return restored(state), (Show(note=Note.LET_GO if followed(state) else Note.WRITE_AGAIN),)


def false_alarm(_here: Setting, state: State, _arg: str) -> Step:
    """Ask once more."""
    if state.draft.mode is not Mode.MASKED or not maybe_false(state.draft):
        return _stale(state)
    return redraft(state, replace(state.draft, mode=Mode.SURE)), (Show(),)


def back(state: State) -> Step:
    """Not sure after all; or, from the choices, to the question as it was."""
    if state.draft.mode is Mode.SURE:
        return redraft(state, replace(state.draft, mode=Mode.MASKED)), (Show(),)
    return restored(state), (Show(note=Note.WRITE_AGAIN),)


def keep_typed(_here: Setting, state: State, _arg: str) -> Step:
    """The button alone brings no text: whoever remembers it makes ``Released`` of it."""
    return _stale(state)


def released(here: Setting, state: State, parts: tuple[Part, ...]) -> Step:
    """Keep it as typed. Nothing remembered: the mentor is asked to write it again, and may still keep it masked."""
    if state.draft.mode is not Mode.SURE:
        return _stale(state)
    if not parts:
        masked = redraft(state, replace(state.draft, mode=Mode.MASKED))
        return masked, (Show(note=Note.NOT_REMEMBERED),)
    if keeps_masked(here.guide[state.question], state):
        return _write(here, state, parts)
    return answering.typed(here, restored(state), parts[-1])


def _write(here: Setting, state: State, parts: tuple[Part, ...]) -> Step:
    """Add them to the answer, all or, when that is too long, none."""
    after, effects = restored(state), list[Effect]()
    for part in parts:
        after, more = answering.add_part(here, after, after.question, part)
        if any(isinstance(one, Show) and one.note is not None for one in more):
            return state, more
        effects += (one for one in more if not isinstance(one, Show))
    return after, (*effects, Show())


def _stale(state: State) -> Step:
    return state, (Tell(Note.STALE), Show())
