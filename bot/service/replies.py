"""What a use case wants the person to see, in the program's own terms. How it looks is the Telegram part's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from bot.dialogue.state import CitizenRef, State
from prompts import LoadedGuide
from storage.followups import Followup
from storage.people import Person, Role


@dataclass(frozen=True)
class DebriefCard:
    """The live card of a debrief. ``citizens``: buttons to pick from; ``pseudonym``: whom it is about; ``note``: the
    key of a line to say besides; ``tidied``: typed messages leave the chat; ``veiled``: quote nothing that was typed;
    ``fresh``: draw it anew at the bottom of the chat. On the receipt ``todo``: what it left to be done, ``thread_id``:
    the citizen's contact thread, ``thread_closed``: the debrief closed it, ``check_in``: whether the mentor is to be
    asked how they are, None when that is not offered."""

    person: Person
    reflection_id: str
    token: str
    guide: LoadedGuide
    state: State
    citizens: tuple[CitizenRef, ...] = ()
    more_citizens: bool = False
    pseudonym: str | None = None
    todo: tuple[Followup, ...] = ()
    thread_id: str | None = None
    thread_closed: bool = False
    check_in: bool | None = None
    note: str | None = None
    echo: str | None = None
    nudge: bool = False
    tidied: bool = False
    veiled: bool = False
    fresh: bool = False


@dataclass(frozen=True)
class PageButton:
    """``key``: its wording, with ``values``; ``verb`` and ``arg``: what it says when pressed."""

    key: str
    verb: str
    arg: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


Buttons: TypeAlias = tuple[tuple[PageButton, ...], ...]


@dataclass(frozen=True)
class Worded:
    """Among the values of a page: the text ``key`` with ``values``, put in words when the page is drawn."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A card of its own that is edited in place: help, settings, enrolment … ``name`` is its key in the chat and the
    its buttons; ``template`` is the key of its wording; times among ``values`` are put in words. ``card``: its key in
    the chat where several pages of one name stand side by side."""

    chat_id: int
    name: str
    language: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    buttons: Buttons = ()
    fresh: bool = True
    card: str = ""


@dataclass(frozen=True)
class Say:
    """One plain message that is not edited later."""

    chat_id: int
    language: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    buttons: Buttons = ()
    name: str = "say"


@dataclass(frozen=True)
class _File:
    """Something to look at in a message of its own. ``file``: its name; ``key``: the wording of the caption, with
    ``values``, at most 1024 letters; ``name``: whose buttons they are; ``card``: its key in the chat, if it is to be
    found there again."""

    chat_id: int
    language: str
    data: bytes = field(repr=False)
    file: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    buttons: Buttons = ()
    name: str = "say"
    card: str | None = None


class Picture(_File):
    """A PNG that the chat shows."""


class Document(_File):
    """A file that the chat offers to open or keep."""


@dataclass(frozen=True)
class Drawing:
    """A picture or report was asked for: wake who draws, once the turn is committed. Nothing of it is shown."""


ExportDates: TypeAlias = Literal["day", "week", "none"]


@dataclass(frozen=True)
class ExportWanted:
    """A coder asked for an export: begin once the turn is committed. ``dates``: how finely times are told (day, week,
    none). Nothing of it is shown by itself."""

    chat_id: int
    language: str
    dates: ExportDates


@dataclass(frozen=True)
class Toast:
    """The small text a tap is answered with."""

    language: str
    key: str


@dataclass(frozen=True)
class Remove:
    """Messages to take out of the chat."""

    chat_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True)
class LetGo:
    """What was held back of these messages is needed no more: forget it once the turn is committed."""

    chat_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True)
class NamesChanged:
    """Somebody changed the names that the guard looks for: it shall know them once the turn is committed."""


@dataclass(frozen=True)
class Leave:
    """Leave a group."""

    chat_id: int


@dataclass(frozen=True)
class Menu:
    """Show the commands of this role in this language in the chat's menu."""

    chat_id: int
    role: Role
    language: str


Reply: TypeAlias = (
    DebriefCard
    | Page
    | Say
    | Picture
    | Document
    | Drawing
    | ExportWanted
    | Toast
    | Remove
    | LetGo
    | NamesChanged
    | Leave
    | Menu
)
