"""What is known of a team's week before it is a summary: counted rows and open things, as storage gives them.

Times are UTC. ``week`` numbers the weeks shown, 0 for the oldest. No aggregate but ``Tough`` belongs to one mentor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.state import Answer
from bot.dialogue.summary import SupervisionWish


@dataclass(frozen=True, slots=True)
class Written:
    """How many debriefs ended, and how many mentors wrote them."""

    week: int
    debriefs: int
    mentors: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a question was answered in just this way."""

    week: int
    question: str
    answer: Answer
    count: int


@dataclass(frozen=True, slots=True)
class Contributed:
    """How many answers a question got, and from how many mentors."""

    week: int
    question: str
    mentors: int
    answers: int


@dataclass(frozen=True, slots=True)
class Tough:
    """How often this outcome, these things that happened and these people got hold of came together; None: not said.
    ``mentor``: the id of who told, to count heads by and for nothing else. ``called``: a call for the lead went out in
    the course of it and reached one."""

    week: int
    outcome: Answer | None
    safety: Answer | None
    reached: Answer | None
    count: int
    mentor: str = ""
    called: bool = False


@dataclass(frozen=True, slots=True)
class ToughVisit:
    """One debrief of a tough visit in the week itself. ``shared``: the questions whose answers the mentor shared.
    ``marked``: the lead has marked that they talked about it, by taking up its wish for supervision. ``called``: a call
    for the lead went out in the course of it and reached one."""

    mentor: str
    at: datetime
    outcome: Answer | None
    safety: Answer | None
    reached: Answer | None
    shared: frozenset[str]
    marked: bool
    reflection_id: str = ""
    called: bool = False


@dataclass(frozen=True, slots=True)
class Undecided:
    """A missed meeting about whose absence nothing was decided. ``pseudonym`` None: nobody said who."""

    pseudonym: str | None
    mentor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenFollowup:
    """A follow-up that was still to be done at the week's end. ``shared``: the lead may see the answer that left it."""

    citizen_id: str | None
    pseudonym: str | None
    mentor: str
    kind: str
    due_at: datetime | None
    created_at: datetime
    shared: bool


@dataclass(frozen=True, slots=True)
class OpenThread:
    """A contact thread that was open at the week's end."""

    told_lead: datetime | None
    told_caseworker: datetime | None
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class InContact:
    """A citizen of the team. ``since``: first registered; ``last``: the last contact, None when none is known;
    ``dealt``: the last contact, attempt or debrief. ``channels``: those agreed with the citizen, empty for all.
    ``tried``: each attempt since the last contact, by its channel. ``thread``: the open one."""

    id: str
    pseudonym: str
    mentor: str
    since: datetime
    last: datetime | None
    dealt: datetime | None
    channels: tuple[str, ...]
    tried: tuple[str, ...]
    thread: OpenThread | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What was answered in the weeks shown. ``after_all``: the outcomes of meetings held in another form after all."""

    written: tuple[Written, ...] = ()
    tallies: tuple[Tally, ...] = ()
    contributed: tuple[Contributed, ...] = ()
    tough: tuple[Tough, ...] = ()
    visits: tuple[ToughVisit, ...] = ()
    after_all: tuple[Tally, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What was open at the week's end."""

    citizens: tuple[InContact, ...] = ()
    followups: tuple[OpenFollowup, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    wishes: tuple[SupervisionWish, ...] = ()


def picked(answer: Answer | None) -> tuple[str, ...]:
    """The choices an answer made, as the guide's ids; the step of a scale or the minutes as text."""
    if answer is None or answer.skipped:
        return ()
    if answer.picks:
        return tuple(dict.fromkeys(pick.choice for pick in answer.picks))
    return () if answer.value is None else (str(answer.value),)
