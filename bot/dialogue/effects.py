"""What can come out. The service carries these out in the turn's one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.dialogue.state import Answer


class Note(StrEnum):
    """A short word to the mentor; the wording is in the messages files under ``note``."""

    STALE = "stale"
    NOT_A_CHOICE = "not_a_choice"
    NO_TEXT_HERE = "no_text_here"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    NOT_MINUTES = "not_minutes"
    NOT_A_DATE = "not_a_date"
    IN_THE_PAST = "in_the_past"
    IN_THE_FUTURE = "in_the_future"
    BAD_PSEUDONYM = "bad_pseudonym"
    EDITED = "edited"
    SHARED = "shared"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    NOT_REMEMBERED = "not_remembered"
    WRITE_AGAIN = "write_again"
    LET_GO = "let_go"
    KEPT_MASKED = "kept_masked"
    NOT_SAVED = "not_saved"
    FIRST_PICK = "first_pick"
    LEAD_TOLD = "lead_told"
    NOT_HERE = "not_here"
    UNSHARED_BY_CHANGE = "unshared_by_change"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Save:
    """Write this answer as a new revision; an earlier one is superseded, never overwritten."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Supersede:
    """The branch closed: the current answer no longer counts, and stays on record."""

    question: str


@dataclass(frozen=True, slots=True)
class NewCitizen:
    """Add a citizen with this pseudonym to the mentor's team."""

    id: str
    pseudonym: str


@dataclass(frozen=True, slots=True)
class TellLead:
    """The mentor asked that the team lead be told now; nothing confided goes along."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The mentor confirmed that the lead may see these answers."""

    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The mentor took these answers back."""

    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Show:
    """Draw the live card again; ``fresh``: anew below the mentor's own message; ``note``: a line on it; ``echo``:
    the question whose typed date is said back as it was understood."""

    fresh: bool = False
    note: Note | None = None
    echo: str | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """A word in passing (the small text a tap is answered with)."""

    note: Note


@dataclass(frozen=True, slots=True)
class Ended:
    """The debrief is saved, stopped or closed: derive follow-ups, tidy the chat."""


Effect: TypeAlias = Save | Supersede | NewCitizen | TellLead | Shared | Withdrawn | Show | Tell | Ended
