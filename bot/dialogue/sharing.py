"""What the lead may see: picked by the mentor, shown to the mentor first, confirmed, and taken back at will."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.effects import Effect, Note, Shared, Show, Tell, Withdrawn
from bot.dialogue.events import Chose
from bot.dialogue.guide import Guide, Visibility
from bot.dialogue.moving import Setting, Step, to_stage
from bot.dialogue.plan import is_answered
from bot.dialogue.state import Stage, State

_SHAREABLE = (Visibility.PRIVATE, Visibility.SUPERVISION)


def shareable(guide: Guide, state: State) -> tuple[str, ...]:
    """Answers a mentor may let the lead see: private ones and those meant for supervision, if they say something."""
    return tuple(
        q.id
        for q in guide
        if q.visibility in _SHAREABLE and is_answered(state, q.id) and not state.answers[q.id].skipped
    )


def open_share(here: Setting, state: State, _arg: str) -> Step:
    """From the receipt to the list to pick from; what is meant for supervision is ticked to begin with."""
    if state.stage is not Stage.RECEIPT:
        return state, (Show(),)
    offered = shareable(here.guide, state)
    meant = {q for q in offered if here.guide[q].visibility is Visibility.SUPERVISION}
    picks = state.shared or frozenset(meant)
    return replace(to_stage(here, state, Stage.SHARE), share_picks=picks & set(offered)), (Show(),)


def tick(here: Setting, state: State, event: Chose) -> Step:
    """Tick or untick one answer."""
    if event.choice not in shareable(here.guide, state):
        return state, (Tell(Note.NOT_A_CHOICE), Show())
    picks = state.share_picks | {event.choice} if event.on else state.share_picks - {event.choice}
    return replace(state, share_picks=picks), (Show(),)


def preview(here: Setting, state: State, _arg: str) -> Step:
    """Show word for word what the lead will see."""
    if state.stage is not Stage.SHARE:
        return state, (Show(),)
    return to_stage(here, state, Stage.PREVIEW), (Show(),)


def confirm(here: Setting, state: State, _arg: str) -> Step:
    """The confirming tap: share what is ticked, take back what no longer is."""
    if state.stage is not Stage.PREVIEW:
        return state, (Show(),)
    wanted = state.share_picks & set(shareable(here.guide, state))
    effects: list[Effect] = []
    if new := wanted - state.shared:
        effects.append(Shared(tuple(sorted(new))))
    if gone := state.shared - wanted:
        effects.append(Withdrawn(tuple(sorted(gone))))
    note = Note.SHARED if wanted else Note.WITHDRAWN
    after = replace(to_stage(here, state, Stage.RECEIPT), shared=wanted, share_picks=frozenset())
    return after, (*effects, Show(note=note))


def withdraw(here: Setting, state: State, _arg: str) -> Step:
    """Take everything back at once."""
    if not state.shared or not state.status.ended:
        return state, (Show(),)
    gone = tuple(sorted(state.shared))
    after = replace(to_stage(here, state, Stage.RECEIPT), shared=frozenset(), share_picks=frozenset())
    return after, (Withdrawn(gone), Show(note=Note.WITHDRAWN))
