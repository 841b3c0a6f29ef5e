"""What invented people do on the practice phone, as plain data: who does it, when, and which buttons they tap.

Nothing here knows how it is stored; ``practice_sample`` carries it out through the program's own use cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bot.dialogue.events import Press
from bot.dialogue.threads import Channel, Result


@dataclass(frozen=True, slots=True)
class Words:
    """A typed message."""

    text: str


Move: TypeAlias = str | Press | Words
Moves: TypeAlias = tuple[Move, ...]
"""What is done while one question is asked; what is left when the dialogue has moved on is not done."""

Answers: TypeAlias = Mapping[str, Moves]
"""By question id. What is asked and not among them is skipped."""

Citizen: TypeAlias = tuple[int, str]
"""Team and pseudonym."""


@dataclass(frozen=True, slots=True, order=True)
class Who:
    """A mentor: the number of the team and their number in it, both from 0."""

    team: int
    mentor: int


@dataclass(frozen=True, slots=True)
class Change:
    """An answer is changed on the receipt; ``answers`` also to what that opens."""

    question: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class Share:
    """The lead may see what is meant for supervision, and ``more``."""

    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Everything shared is taken back."""


Step: TypeAlias = Change | Share | Withdraw


@dataclass(frozen=True, slots=True)
class Visit:
    """A debrief, begun ``at`` (UTC) and saved some minutes later. ``citizen``: pseudonym. ``steps``: on the receipt,
    at once. ``check_in``: after a tough visit, asks to be asked how they are. ``leaves``: kinds of follow-ups of this
    debrief that nobody ticks off. ``key``: what later deeds call it by."""

    at: datetime
    who: Who
    citizen: str
    full: bool
    answers: Answers
    steps: tuple[Step, ...] = ()
    check_in: bool = False
    leaves: frozenset[str] = frozenset()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """The mentor comes back to a saved debrief."""

    at: datetime
    who: Who
    key: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt at contact, logged in the citizen's contact thread, which is opened if there is none."""

    at: datetime
    who: Who
    citizen: str
    channel: Channel
    result: Result


class Mark(StrEnum):
    """What a mentor notes in a contact thread. MENDED: the newest attempt was a text that was sent, not what it says.
    NOTED: what to do next time, in a thread that has ended."""

    LEAD_TOLD = "lead_told"
    CASEWORKER_TOLD = "caseworker_told"
    PAUSED = "paused"
    MENDED = "mended"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Noted:
    """A mark on the citizen's contact thread. ``text``: the note."""

    at: datetime
    who: Who
    citizen: str
    mark: Mark
    text: str = ""


@dataclass(frozen=True, slots=True)
class GoesAway:
    """The mentor is away for the rest of the week."""

    at: datetime
    who: Who


@dataclass(frozen=True, slots=True)
class TakesUp:
    """The lead talked with the mentor about what they wanted taken to supervision, and answers with a ``remark``."""

    at: datetime
    who: Who
    key: str
    remark: str


@dataclass(frozen=True, slots=True)
class Round:
    """What is due is sent, and people see to it."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Friday:
    """Mentors tick off what they have done."""

    at: datetime


Deed: TypeAlias = Visit | Again | Try | Noted | GoesAway | Round | Friday | TakesUp


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that happens, the earliest first, and whom it happens to. ``joined``: when everybody was enrolled.
    ``citizens``: the pseudonyms of each mentor."""

    joined: datetime
    deeds: tuple[Deed, ...]
    citizens: Mapping[Who, tuple[str, ...]] = field(default_factory=dict)
