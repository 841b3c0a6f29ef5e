"""step(guide, state, event, now): one event in, the next state and what is to be done out. No I/O, no clock.

Every event is handled in every state. A button drawn before the card last moved (``visit``) never writes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.dialogue import answering, holding, plan, sharing
from bot.dialogue.effects import Effect, Ended, Note, Show, Tell
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
from bot.dialogue.guide import Guide, Kind, Length
from bot.dialogue.moving import Setting, Step, advance, ask, finish, reopen, to_stage
from bot.dialogue.presses import PRESSES, later, resume, unpaused
from bot.dialogue.state import HOLDING, Draft, Mode, Part, Stage, State, Status


def begin(guide: Guide, now: datetime, zone: str, length: Length = Length.SHORT) -> State:
    """A new debrief at its first question. ``now`` aware; ``zone`` an IANA name, the mentor's own."""
    state = State(length=length, zone=zone, started_at=now, visit=0)
    moved, _ = advance(Setting(guide, now), state)
    return moved


def step(
    guide: Guide, state: State, event: Event, now: datetime, holidays: frozenset[date] = frozenset()
) -> tuple[State, tuple[Effect, ...]]:
    """What follows from ``event``. ``now`` is aware; ``holidays`` are local dates nobody works."""
    here = Setting(guide, now, holidays)
    match event:
        case Chose() | ChoseCitizen() | Pressed() | Released():
            return _tap(here, state, event)
        case Typed(text=text, message=message):
            return _fresh(_typed(here, state, Part(message, text)))
        case Named():
            return _fresh(_named(here, state, event))
        case Edited(text=text, message=message):
            return _edited(here, state, Part(message, text))
        case Held(masked=masked, message=message, kinds=kinds):
            return _held(here, state, Part(message, masked), kinds)
        case Opened():
            opened = resume(here, state) if state.status is Status.ASIDE else (state, (Show(),))
            return _fresh(opened)
        case SetAside():
            return later(here, state)
        case Expired():
            # What was saved before a change was begun is saved still.
            rests = state.resting_status or Status.CLOSED
            return (state, ()) if state.status.ended else _closed(here, unpaused(state), rests)


def _fresh(done: Step) -> Step:
    """The mentor's own message stands below the card now: draw the card anew under it."""
    state, effects = done
    return state, tuple(replace(e, fresh=True) if isinstance(e, Show) else e for e in effects)


def _tap(here: Setting, state: State, event: Chose | ChoseCitizen | Pressed | Released) -> Step:
    if event.visit != state.visit:
        # The very last visit is a thumb that tapped twice: nothing to say. Anything older deserves a word.
        stale = () if event.visit == state.visit - 1 else (Tell(Note.STALE),)
        return state, (*stale, Show())
    match event:
        case Pressed():
            return _pressed(here, state, event)
        case Released():
            return holding.released(here, state, event.parts)
        case Chose() if state.stage is Stage.SHARE:
            return sharing.tick(here, state, event)
        case Chose() | ChoseCitizen() if state.draft.mode in HOLDING:
            return state, (Tell(Note.NOT_A_CHOICE), Show())
        case Chose() if state.stage is Stage.QUESTION:
            return answering.chose(here, state, event)
        case ChoseCitizen() if state.stage is Stage.QUESTION:
            return answering.chose_citizen(here, state, event)
        case _:
            return state, (Tell(Note.STALE), Show())


def _pressed(here: Setting, state: State, event: Pressed) -> Step:
    """A button. Nothing typed that waits on this question is gone afterwards without a word."""
    if state.draft.mode in HOLDING:
        if event.press not in holding.PRESSES:
            return state, (Tell(Note.NOT_A_CHOICE), Show())
        if event.press in holding.LEAVING:
            freed, told = holding.leave(here, state)
            return _after(told, PRESSES[event.press](here, freed, event.arg))
    after, effects = PRESSES[event.press](here, state, event.arg)
    looked_up = state.draft.mode is Mode.FOUND and event.press is not Press.NEW
    dropped = looked_up and state.draft.part is not None and after.draft.part is None
    return holding.noted((after, effects), Note.NOT_SAVED) if dropped else (after, effects)


def _closed(here: Setting, state: State, status: Status) -> Step:
    freed, told = holding.leave(here, state)
    return _after(told, finish(here, freed, status))


def _after(told: tuple[Effect, ...], done: Step) -> Step:
    """What leaving the question led to, before what came of the rest; its line stands on the card that is drawn."""
    note = next((e.note for e in told if isinstance(e, Show) and e.note), None)
    state, effects = holding.noted(done, note) if note else done
    return state, (*(e for e in told if not isinstance(e, Show)), *effects)


def _typed(here: Setting, state: State, part: Part) -> Step:
    if state.stage is Stage.REST and (note := plan.first_offered_text(here.guide, state)):
        # The resting card invites words: what is typed there is the note it offers.
        return answering.typed(here, ask(here, reopen(state), note), part)
    if state.stage is not Stage.QUESTION:
        return state, (Show(note=Note.NO_TEXT_HERE),)
    return holding.typed(here, state, part)


def _named(here: Setting, state: State, event: Named) -> Step:
    if state.stage is not Stage.QUESTION or here.guide[state.question].kind is not Kind.CITIZEN:
        return _typed(here, state, Part(event.message, event.text))
    return holding.named(here, state, event)


def _edited(here: Setting, state: State, part: Part) -> Step:
    owner = plan.owner_of(state, part.message)
    if owner is None or not part.text.strip():
        return state, (Show(note=Note.NOT_HERE),)
    if here.guide[owner].kind is not Kind.TEXT and not here.guide[owner].typed:
        return _edited_value(here, state, owner, part)
    after, effects = answering.add_part(here, state, owner, part)
    if after.stage is Stage.PREVIEW and owner in after.share_picks:
        after = to_stage(here, after, Stage.PREVIEW)  # what is confirmed is what was read: the card is drawn anew
    kept = (e for e in effects if not isinstance(e, Show))
    refused = next((e for e in effects if isinstance(e, Show) and e.note), None)
    again = (Ended(),) if after.status.ended else ()  # what it leaves to be done may have changed
    return after, (*kept, *again, Show(note=refused.note if refused else Note.EDITED))


def _edited_value(here: Setting, state: State, owner: str, part: Part) -> Step:
    """A typed date or number was edited: read it again as if it had just been typed to its question."""
    if state.stage is not Stage.QUESTION or state.question == owner:
        return state, (Show(note=Note.NOT_HERE),)
    after, effects = answering.typed(here, replace(state, question=owner, draft=Draft()), part)
    if after.answers.get(owner) == state.answers.get(owner):
        return state, tuple(e for e in effects if isinstance(e, Show))
    if after.stage is Stage.QUESTION and plan.is_answered(after, after.question):
        after = replace(after, question=state.question)
    if after.stage is Stage.QUESTION and after.question == state.question:
        after = replace(after, draft=state.draft)  # what waits there, ticked or typed, is not what was edited
    elif state.draft.waiting:
        freed, told = holding.leave(here, state)
        return _after(told, _edited_value(here, freed, owner, part))
    return after, (*(e for e in effects if not isinstance(e, Show)), Show(note=Note.EDITED))


def _held(here: Setting, state: State, part: Part, kinds: tuple[str, ...]) -> Step:
    if state.stage is Stage.REST and (note := plan.first_offered_text(here.guide, state)):
        state = ask(here, reopen(state), note)  # as if it had been typed: what the resting card invites
    question = here.guide.by_id.get(state.question)
    if state.stage is not Stage.QUESTION or question is None or not holding.takes_words(question, state):
        return state, (Show(fresh=True, note=Note.HELD),)
    return holding.hold_back(question, state, part, kinds)
