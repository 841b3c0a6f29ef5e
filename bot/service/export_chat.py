"""``/eksport``: a coder asks for an export in the chat. What is made, and where the pass words live, is not known here.

The words are made when the button is pressed and shown in the window that answers the tap. They never pass through the
inbox, the outbox or a message, so that there is nothing to remove later; see ``bot.exports.whole_chat``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.service.replies import Buttons, ExportDates, ExportWanted, Page, PageButton, Reply, Say, Toast
from bot.service.tools import Tools
from storage import audit
from storage.database import Transaction
from storage.people import Person, Role

PAGE = "export"
EXPORTERS = (Role.CODER,)
COMMANDS = {"eksport": PAGE, "export": PAGE}
WORDS = "export_chat.words"
"""The text of the window, with ``words``; Telegram takes 200 characters."""
BUSY = "export_chat.busy"
"""The text of the window when one is being made for this chat."""

_AGAIN: Buttons = ((PageButton("export_chat.again", "again"),),)
_CLOSE = (PageButton("button.close", "x"),)


class Outcome(StrEnum):
    """What became of an export. NO_WORDS: the window could not be shown, so that nothing was made."""

    READY = "ready"
    NO_WORDS = "no_words"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    FAILED = "failed"


Asked = ExportWanted


async def command(tx: Transaction, tools: Tools, person: Person) -> list[Reply]:
    """/eksport: what it is, how it is locked, and how finely dates are wanted."""
    if person.role not in EXPORTERS:
        return [Say(person.chat_id, person.language, "error.not_allowed")]
    rows = tuple((PageButton(f"export_chat.{fine}", "go", fine),) for fine in ("day", "week", "none"))
    return [Page(person.chat_id, PAGE, person.language, "export_chat.ask", buttons=(*rows, _CLOSE))]


async def press(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """A button of the page. What is asked for is noted in the audit log here, before anything is made."""
    if person.role not in EXPORTERS:
        return [Toast(person.language, "error.not_allowed")]
    if verb == "again":
        return [*await command(tx, tools, person)]
    if verb != "go" or arg not in ("day", "week", "none"):
        return [Toast(person.language, "note.stale")]
    audit.note(tx, person.id, "export", "coding", now)
    page = Page(person.chat_id, PAGE, person.language, "export_chat.making", buttons=(*_AGAIN, _CLOSE), fresh=False)
    fine: ExportDates = "day" if arg == "day" else "week" if arg == "week" else "none"
    return [page, Asked(person.chat_id, person.language, fine)]


@dataclass(frozen=True, slots=True)
class Caption:
    """The wording of the document that is sent."""

    key: str
    values: Mapping[str, Any]


def caption(reflections: int) -> Caption:
    """What stands under the file."""
    return Caption("export_chat.ready", {"reflections": reflections})


def told(asked: Asked, outcome: Outcome) -> Page:
    """What to say when there is no file; the card that said it is being made says it now."""
    return Page(
        asked.chat_id, PAGE, asked.language, f"export_chat.{outcome.value}", buttons=(*_AGAIN, _CLOSE), fresh=True
    )
