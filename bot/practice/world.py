"""The world of the practice phone: people, chats, updates and time. No HTTP here.

What the bot may do is in `botside`, what people may do in `handside`; both work on this state.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.practice.clock import PracticeClock
from bot.practice.journal import Journal
from bot.practice.keyboards import Rows
from bot.practice.limits import HandError, Json, bad_request, forbidden
from bot.practice.markup import Formatted
from bot.practice.messages import Chat, File, Message, Person, api_message, cast
from bot.practice.profile import Profile
from bot.practice.updates import UpdateQueue

BOT_ID = 770001
BOT_USERNAME = "eftertanke_oevelse_bot"
GROUP_ID = -2001


@dataclass
class Query:
    """One tap on a button that waits for the bot's answer."""

    id: str
    person: Person
    message_id: int
    at: datetime
    answered: bool = False


class World:
    """Everything Telegram would know. Used from one thread; `on_change` is called after every change."""

    def __init__(self, clock: PracticeClock, people: list[Person] | None = None) -> None:
        self.clock = clock
        self.people = {person.id: person for person in (people if people is not None else cast())}
        self.chats: dict[int, Chat] = {}
        self.updates = UpdateQueue(first=100_001)
        self.journal = Journal()
        self.profile = Profile()
        self.queries: dict[str, Query] = {}
        self.files: dict[str, File] = {}
        self.heard: float | None = None  # when the bot last asked for updates, on the computer's monotonic clock
        self.polls = 0
        self.on_change: list[Callable[[], None]] = []
        self._message_id = 0
        self._toast = 0

    def now(self) -> datetime:
        """Give the world's time, aware, UTC."""
        return self.clock.now()

    def changed(self) -> None:
        """Tell whoever listens that something changed."""
        for listener in self.on_change:
            listener()

    def me(self) -> Json:
        """Give the bot's own User, as getMe does."""
        return {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": self.profile.text("name", "") or "Eftertanke",
            "username": BOT_USERNAME,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def me_short(self) -> Json:
        """Give the bot as it stands in messages: without the abilities that only getMe tells."""
        return {key: self.me()[key] for key in ("id", "is_bot", "first_name", "username")}

    def person(self, who: int | str) -> Person:
        """Find somebody by id or name; raises HandError when there is nobody."""
        for person in self.people.values():
            if who in (person.id, str(person.id)) or str(who).lower() == person.name.lower():
                return person
        names = ", ".join(person.name for person in self.people.values())
        raise HandError(f"There is nobody called {who}; there are {names}.")

    def private(self, person: Person) -> Chat:
        """Give the person's chat with the bot, made at need."""
        return self.chats.setdefault(person.id, Chat(person.id, "private", person=person))

    def group(self) -> Chat:
        """Give the one group of the world, made at need; the bot is then told that it was added."""
        return self.chats.setdefault(GROUP_ID, Chat(GROUP_ID, "group", title="Øvelsesgruppe"))

    def chat_for_bot(self, chat_id: int) -> Chat:
        """Find the chat a bot writes to; raises ApiError as Telegram does when it cannot."""
        person = self.people.get(chat_id)
        chat = self.private(person) if person is not None and person.started else self.chats.get(chat_id)
        if chat is None or (chat.person is not None and not chat.person.started):
            raise bad_request("chat not found")
        if chat.person is not None and chat.person.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.member:
            raise forbidden("bot is not a member of the group chat")
        return chat

    def put(
        self,
        chat: Chat,
        sender: Person | None,
        body: Formatted,
        *,
        source: str = "",
        kind: str = "text",
        rows: Rows | None = None,
        file: File | None = None,
        extra: Json | None = None,
        reply_to: int | None = None,
    ) -> Message:
        """Add a message with the next id and the world's time."""
        self._message_id += 1
        message = Message(
            self._message_id,
            chat.id,
            sender,
            self.now(),
            body,
            source=source,
            kind=kind,
            rows=rows,
            file=file,
            extra=extra or {},
            reply_to=reply_to,
        )
        chat.messages[message.id] = message
        return message

    def keep(self, name: str, mime: str, data: bytes, width: int = 0, height: int = 0) -> File:
        """Keep a file in memory and give it an id."""
        file = File(f"file-{secrets.token_urlsafe(12)}", name, mime, data, width, height)
        self.files[file.id] = file
        return file

    def next_toast(self) -> int:
        """Give the next toast's number."""
        self._toast += 1
        return self._toast

    def api(self, message: Message) -> Json:
        """Give the message as a Bot API Message."""
        return api_message(message, self.chats[message.chat_id], self.me_short())

    def tell_bot(self, payload: Json) -> int | None:
        """Queue an update for the bot and give its id."""
        self.updates.expire(self.now())
        number = self.updates.put(payload, self.now())
        self.changed()
        return number
