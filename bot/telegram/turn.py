"""One update being handled, with who sent it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.service.replies import Remove, Reply
from bot.service.tools import Tools
from bot.telegram.minimise import Incoming
from storage.database import Transaction
from storage.people import Person
from storage.reflections import Reflection


@dataclass(frozen=True)
class Turn:
    """``open``: the person's open debrief; ``again``: the message came before and was held back, so that it has left
    the chat already."""

    tx: Transaction
    tools: Tools
    update: Incoming
    chat_id: int
    now: datetime
    person: Person | None
    open: Reflection | None
    again: bool = False

    @property
    def language(self) -> str:
        """The person's language; a stranger's phone decides between Danish and English."""
        if self.person:
            return self.person.language
        code = (self.update.sender.language if self.update.sender else None) or self.tools.language
        return "en" if code.lower().startswith("en") else "da"


def remove(turn: Turn) -> list[Reply]:
    """The person's own message leaves the chat."""
    number = turn.update.message_id
    return [] if number is None or turn.again else [Remove(turn.chat_id, (number,))]


def gone(turn: Turn) -> list[Reply]:
    """The card whose button was pressed has been read: take it away."""
    here = turn.update.tap.message_id if turn.update.tap else None
    return [] if here is None else [Remove(turn.chat_id, (here,))]
