"""/minedata: everything that is stored about a person, as files to read and keep. Asked for here, made by a tick."""

from __future__ import annotations

from datetime import datetime

from bot.service.replies import Buttons, Page, PageButton, Reply, Toast
from bot.service.tools import Tools
from storage import audit, my_data
from storage.database import Transaction
from storage.people import Person

PAGE = "my_data"
NOTED = "my_data"
"""The audit's word: a person was given a copy of everything about themselves; its subject is their id."""

_CLOSE = (PageButton("button.close", "x"),)
_ASK: Buttons = ((PageButton("my_data.go", "go"),), _CLOSE)


async def command(tx: Transaction, tools: Tools, person: Person, now: datetime) -> list[Reply]:
    """What it is, that it goes through Telegram, and who has it otherwise."""
    return [Page(person.chat_id, PAGE, person.language, "my_data.ask", buttons=_ASK)]


async def press(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap: s the page (from elsewhere), go make the files."""
    match verb:
        case "s":
            return await command(tx, tools, person, now)
        case "go":
            my_data.ask(tx, person.id, now)
            audit.note(tx, person.id, NOTED, person.id, now)
            return [Page(person.chat_id, PAGE, person.language, "my_data.making", buttons=(_CLOSE,), fresh=False)]
    return [Toast(person.language, "note.stale")]
