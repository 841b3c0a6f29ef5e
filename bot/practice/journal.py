"""The journal: every call of the bot that was carried out, for audits by tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.practice.limits import Json

# A tap answered without words and "typing…" are no reaction that a person sees in the chat.
_SILENT = frozenset({"answerCallbackQuery", "sendChatAction"})


@dataclass(frozen=True)
class Entry:
    """One call: `number` counts from 1, `at` is world time (UTC)."""

    number: int
    at: datetime
    method: str
    chat_id: int | None = None
    message_id: int | None = None
    text: str = ""
    source: str = ""
    details: Json = field(default_factory=dict)

    @property
    def visible(self) -> bool:
        """Tell whether a person sees something of it in the chat."""
        return self.method not in _SILENT or bool(self.text)

    def view(self) -> Json:
        """Give the entry as JSON."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "method": self.method,
            "chat_id": self.chat_id,
            "message_id": self.message_id,
            "text": self.text,
            "html": self.source,
            **self.details,
        }


class Journal:
    """Entries in the order in which they were carried out."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    @property
    def last(self) -> int:
        """Give the number of the newest entry; 0 when there is none."""
        return len(self.entries)

    def note(
        self,
        at: datetime,
        method: str,
        chat_id: int | None = None,
        message_id: int | None = None,
        text: str = "",
        source: str = "",
        **details: object,
    ) -> Entry:
        """Add an entry."""
        entry = Entry(self.last + 1, at, method, chat_id, message_id, text, source, dict(details))
        self.entries.append(entry)
        return entry

    def after(self, number: int) -> list[Entry]:
        """Give the entries that came after entry `number`."""
        return self.entries[number:]

    def reacted(self, chat_id: int, number: int) -> bool:
        """Tell whether something visible happened in that chat after entry `number`."""
        return any(entry.chat_id == chat_id and entry.visible for entry in self.after(number))
