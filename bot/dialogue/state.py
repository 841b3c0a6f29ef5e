"""Where a debrief stands. Plain data: no storage, no Telegram, nothing that cannot be written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.dialogue.guide import Length


class Status(StrEnum):
    """A reflection is open, set aside, saved, stopped by the mentor, or closed after a week; all keep their answers."""

    OPEN = "open"
    ASIDE = "aside"
    SAVED = "saved"
    STOPPED = "stopped"
    CLOSED = "closed"

    @property
    def ended(self) -> bool:
        """Nothing is being asked any more."""
        return self in (Status.SAVED, Status.STOPPED, Status.CLOSED)


class Stage(StrEnum):
    """What the live card shows."""

    QUESTION = "question"
    REST = "rest"  # after the tough-visit steps: stop here, or go on
    REVIEW = "review"  # everything asked: save
    RECEIPT = "receipt"
    ANSWERS = "answers"  # pick an earlier answer to change
    SHARE = "share"  # pick what the lead may see
    PREVIEW = "preview"  # what the lead will see, before the confirming tap
    ASIDE = "aside"


class Mode(StrEnum):
    """What a question waits for beyond its first screen."""

    PLAIN = "plain"
    SEVERAL = "several"  # a many with "more…" opened
    RESULT = "result"  # the result of one attempt
    DATE = "date"  # the date that belongs to the choice just made
    NEW = "new"  # a new pseudonym is being typed
    FOUND = "found"  # a typed pseudonym found these citizens
    MASKED = "masked"  # the guard held a text back; keep it without what was found, or write again
    SURE = "sure"  # a false alarm? asked once more before what was held back is kept as typed


HOLDING = (Mode.MASKED, Mode.SURE)
"""The modes in which the guard has held something back."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One choice of a ``many``; a contact attempt also has a result and the time it was made (UTC)."""

    choice: str
    result: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One typed message of an answer. ``message`` tells messages apart, so that an edit changes just its own part."""

    message: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. ``value`` by kind: choice id (one, when), citizen id (citizen), 1–5 (scale), minutes;
    ``picks`` (many); ``at`` in UTC (when, or the date that belongs to a choice); ``parts``: messages as typed.
    ``assumed``: nobody said it, the receipt took it for granted. ``has_time``: False when only a day was meant."""

    value: str | int | None = None
    picks: tuple[Pick, ...] = ()
    parts: tuple[Part, ...] = ()
    at: datetime | None = None
    has_time: bool = True
    skipped: bool = False
    assumed: bool = False

    @property
    def text(self) -> str | None:
        """Everything typed, one message a line; None when nothing was."""
        return "\n".join(part.text for part in self.parts) if self.parts else None


@dataclass(frozen=True, slots=True)
class CitizenRef:
    """A citizen as the dialogue knows them."""

    id: str
    pseudonym: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What is picked or typed on the current question and not yet an answer.

    ``part``: a new pseudonym, or what the guard held back, masked; ``held``: what it held back before that, on the same
    question; ``kinds``: what it found; ``under``: what the question waited for when that came.
    """

    mode: Mode = Mode.PLAIN
    picks: tuple[Pick, ...] = ()
    choice: str | None = None
    part: Part | None = None
    found: tuple[CitizenRef, ...] = ()
    held: tuple[Part, ...] = ()
    kinds: tuple[str, ...] = ()
    under: Mode = Mode.PLAIN

    @property
    def waiting(self) -> tuple[Part, ...]:
        """Everything typed that waits here, in the order it came."""
        return (*self.held, *([self.part] if self.part else []))


@dataclass(frozen=True, slots=True)
class State:
    """A debrief between two events.

    ``visit`` grows whenever something else is asked: a button from an earlier visit never writes.
    ``tough_after``: the question after which the tough-visit steps come ("" = before everything else).
    ``rested``: the mentor went on after those steps. ``changing``: one answer is being changed, ``owed`` are the
    questions this opened. ``resting_status``: what to go back to after a change. ``paused_stage``: where to resume.
    ``shared``: question ids the lead may see; ``share_picks``: ticked on the share card. ``zone``: IANA name.
    """

    length: Length = Length.SHORT
    status: Status = Status.OPEN
    stage: Stage = Stage.QUESTION
    question: str = ""
    visit: int = 1
    started_at: datetime | None = None
    asked_at: datetime | None = None
    answers: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    draft: Draft = field(default_factory=Draft)
    happened: bool = False
    tough_after: str | None = None
    rested: bool = False
    changing: bool = False
    owed: frozenset[str] = frozenset()
    resting_status: Status | None = None
    paused_stage: Stage | None = None
    shared: frozenset[str] = frozenset()
    share_picks: frozenset[str] = frozenset()
    zone: str = "Europe/Copenhagen"
