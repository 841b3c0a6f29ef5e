"""What can come in. Every event says all the engine needs; nothing is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.dialogue.state import CitizenRef, Part


class Press(StrEnum):
    """Buttons that are not a choice. The value is what stands in the callback data: keep it short and stable."""

    BACK = "b"
    KEEP = "k"  # go on with the answer already given
    SKIP = "s"
    LATER = "l"
    RESUME = "r"
    MORE = "m"  # several choices
    DONE = "d"  # several choices picked
    NEW = "n"  # a new pseudonym
    HAPPENED = "h"  # something happened
    FULL = "f"
    SHORT = "o"
    SAVE = "v"
    STOP = "x"  # stop here, keep everything
    CHANGE = "c"  # arg: question id
    ANSWERS = "a"
    SHARE = "e"
    PREVIEW = "p"
    CONFIRM = "y"
    WITHDRAW = "w"
    KEEP_MASKED = "g"  # without what the guard found
    REPHRASE = "j"  # what was held back is let go, and written again
    FALSE_ALARM = "u"  # asked once more before it is kept as typed
    KEEP_TYPED = "z"


@dataclass(frozen=True, slots=True)
class Chose:
    """A choice button of the live question. ``on`` False unticks it where several may be picked."""

    visit: int
    choice: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class ChoseCitizen:
    """A citizen's button."""

    visit: int
    citizen: CitizenRef


@dataclass(frozen=True, slots=True)
class Pressed:
    """Any other button."""

    visit: int
    press: Press
    arg: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed message, already through the guard. ``message`` tells messages apart."""

    text: str
    message: int


@dataclass(frozen=True, slots=True)
class Named:
    """A typed message while a citizen is asked for: who matched exactly, who matched in part, the id a new
    citizen would get, and whether another mentor of the team uses the pseudonym."""

    text: str
    message: int
    exact: CitizenRef | None
    matches: tuple[CitizenRef, ...]
    new_id: str
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """The mentor edited a chat message that is part of an answer."""

    text: str
    message: int


@dataclass(frozen=True, slots=True)
class Held:
    """The guard held a typed text back; ``masked`` is the text without what was found, ``kinds`` what that was."""

    masked: str
    message: int
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """It was a false alarm, said twice: ``parts`` is what was held back, as typed; nothing when it is not remembered
    any more."""

    visit: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Expired:
    """A week of silence: close with everything kept."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The debrief begins, or the mentor comes back to it by command: show the card anew."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Another debrief begins, or the mentor typed a command that leaves this one."""


Event: TypeAlias = (
    Chose | ChoseCitizen | Pressed | Typed | Named | Edited | Held | Released | Expired | Opened | SetAside
)
