"""People, chats and messages, and how the Bot API words them."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from datetime import datetime

from bot.practice.keyboards import Rows
from bot.practice.limits import Json
from bot.practice.markup import Formatted


@dataclass
class Person:
    """Somebody with a phone. `role` is only for the page; the bot learns of people as it would from Telegram."""

    id: int
    name: str
    role: str
    language: str = "da"
    blocked: bool = False
    started: bool = False
    invites: list[str] = field(default_factory=list)

    def api(self) -> Json:
        """Give the person as a Bot API User."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.name,
            "language_code": self.language,
        }


def cast() -> list[Person]:
    """Give the four invented people of every practice: two mentors, their lead, and somebody who has no invite."""
    return [
        Person(1001, "Anna", "mentor"),
        Person(1002, "Bo", "mentor"),
        Person(1003, "Lea", "lead"),
        Person(1009, "Fremmed", "stranger"),
    ]


@dataclass
class File:
    """A file in memory; `mime` is what the sender said and is never trusted for showing."""

    id: str
    name: str
    mime: str
    data: bytes
    width: int = 0
    height: int = 0


@dataclass
class Message:
    """One message. After deletion only the shell is left: id, sender, times."""

    id: int
    chat_id: int
    sender: Person | None  # None: the bot
    date: datetime
    body: Formatted
    source: str = ""
    kind: str = "text"
    rows: Rows | None = None
    file: File | None = None
    extra: Json = field(default_factory=dict)
    reply_to: int | None = None
    edited: datetime | None = None
    deleted: datetime | None = None
    deleted_by: str = ""
    revision: int = 0

    @property
    def from_bot(self) -> bool:
        """Tell whether the bot sent it."""
        return self.sender is None

    def wipe(self, when: datetime, by: str) -> None:
        """Take the content away and keep the shell, so that the page can show that something was deleted."""
        self.deleted, self.deleted_by = when, by
        self.body, self.source, self.rows, self.file, self.extra = Formatted(""), "", None, None, {}
        self.revision += 1

    def view(self) -> Json:
        """Give the message for the page and the tests."""
        return {
            "id": self.id,
            "from_bot": self.from_bot,
            "sender": None if self.sender is None else self.sender.name,
            "date": self.date.isoformat(),
            "edited": self.edited.isoformat() if self.edited else None,
            "deleted": self.deleted.isoformat() if self.deleted else None,
            "kind": self.kind,
            "text": self.body.text,
            "entities": self.body.entities,
            "html": self.source or html.escape(self.body.text, quote=False),
            "buttons": self.rows or [],
            "file": _file_view(self.file),
            "reply_to": self.reply_to,
            "forwarded": "forward_origin" in self.extra,
            "revision": self.revision,
        }


def _file_view(file: File | None) -> Json | None:
    if file is None:
        return None
    return {"id": file.id, "name": file.name, "size": len(file.data), "width": file.width, "height": file.height}


@dataclass
class Toast:
    """What the bot answered to a tap: a short notice, or an alert that must be closed."""

    number: int
    text: str
    alert: bool
    at: datetime


@dataclass
class Chat:
    """A private chat (its id is the person's) or a group (negative id)."""

    id: int
    kind: str
    title: str = ""
    person: Person | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    toasts: list[Toast] = field(default_factory=list)
    member: bool = True
    typing_until: datetime | None = None

    def api(self) -> Json:
        """Give the chat as a Bot API Chat."""
        if self.person is not None:
            return {"id": self.id, "type": "private", "first_name": self.person.name}
        return {"id": self.id, "type": self.kind, "title": self.title}


def api_message(message: Message, chat: Chat, me: Json) -> Json:
    """Give the message as a Bot API Message; `me` is the bot's own User."""
    body: Json = {
        "message_id": message.id,
        "from": me if message.sender is None else message.sender.api(),
        "chat": chat.api(),
        "date": int(message.date.timestamp()),
    }
    if message.edited:
        body["edit_date"] = int(message.edited.timestamp())
    captioned = message.kind != "text"
    if message.body.text:
        body["caption" if captioned else "text"] = message.body.text
    if message.body.entities:
        body["caption_entities" if captioned else "entities"] = message.body.entities
    if message.rows:
        body["reply_markup"] = {"inline_keyboard": message.rows}
    replied = chat.messages.get(message.reply_to) if message.reply_to is not None else None
    if replied is not None and not replied.deleted:
        body["reply_to_message"] = api_message(_without_reply(replied), chat, me)
    return {**body, **message.extra}


def _without_reply(message: Message) -> Message:
    """Copy without its own reply: Telegram nests replies one step only."""
    return Message(
        message.id, message.chat_id, message.sender, message.date, message.body, kind=message.kind,
        rows=message.rows, extra=message.extra, edited=message.edited,
    )  # fmt: skip
