"""What a bot's calls must be like for Telegram, checked from outside, and the chats that come of them.

The emulator checks the shape of a request and keeps no chat; here stands what it does not look at: that what is edited,
deleted or answered exists, and that the HTML is one that Telegram reads
(https://core.telegram.org/bots/api#html-style). Nothing here uses the program's own code for texts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from bot.practice.talk import Call, Seen

TEXT_UNITS = 4096
DATA_BYTES = 64
TOAST = 200
DELETABLE = timedelta(hours=48)
_TAGS = {
    "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a", "tg-emoji", "code", "pre",
    "blockquote",
}  # fmt: skip
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


class Html(HTMLParser):
    """Telegram's HTML. ``text`` is what is read; ``problems`` what Telegram would not take, or read otherwise."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.text = ""
        self.problems: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        self.problems += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        if tag not in _TAGS:
            self.problems.append(f"<{tag}> is no tag of Telegram's")
        if tag == "blockquote" and "blockquote" in self._open:
            self.problems.append("a quote within a quote")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """A tag closes; it must be the one opened last."""
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes what is not open")

    def handle_data(self, data: str) -> None:
        """Plain text: a < or & in it was not escaped."""
        if "<" in data or "&" in data:
            self.problems.append("an unescaped < or &")
        self.text += data

    def handle_entityref(self, name: str) -> None:
        """``&name;``: Telegram knows four."""
        if name not in _ENTITIES:
            self.problems.append(f"&{name}; is no entity of Telegram's")
        self.text += _ENTITIES.get(name, "")

    def handle_charref(self, name: str) -> None:
        """``&#39;`` and the like."""
        self.text += chr(int(name[1:], 16) if name[:1] in "xX" else int(name))


def units(text: str) -> int:
    """How Telegram counts a text: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


@dataclass
class Bubble:
    """One message of a chat; ``at`` aware, UTC, on the conversation's clock."""

    seen: Seen
    at: datetime
    gone: bool = False


@dataclass
class Record:
    """Everything that was said. ``problems``: what Telegram would have refused, or a person been puzzled by."""

    chats: dict[int, dict[int, Bubble]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    toasts: dict[int, list[str]] = field(default_factory=dict)
    taps: dict[str, int | None] = field(default_factory=dict)
    """Taps that the bot has been given and not answered, by id: the chat. None: answered."""
    menus: dict[int, list[str]] = field(default_factory=dict)
    unchanged: int = 0
    problems: list[str] = field(default_factory=list)

    def said(self, chat_id: int, message_id: int, text: str, at: datetime, kind: str = "text") -> None:
        """A person wrote or edited something."""
        seen = Seen(message_id, False, text, text, (), kind=kind)
        self.chats.setdefault(chat_id, {})[message_id] = Bubble(seen, at)

    def happened(self, method: str, given: Mapping[str, str], answer: Mapping[str, Any], at: datetime) -> None:
        """The bot made a call and got this answer: check it, and let the chat look like it."""
        if not answer.get("ok"):
            return
        match method:
            case "sendMessage":
                self._shown(method, given, int(answer["result"]["message_id"]), at, new=True)
            case "editMessageText":
                self._shown(method, given, int(given["message_id"]), at, new=False)
            case "deleteMessage":
                self._deleted(int(given["chat_id"]), int(given["message_id"]), at)
            case "answerCallbackQuery":
                self._answered(given, at)
            case "setMyCommands" if "scope" in given:
                chat_id = int(json.loads(given["scope"])["chat_id"])
                self.menus[chat_id] = [str(one["command"]) for one in json.loads(given["commands"])]
            case "getMe":
                missing = {"id", "is_bot", "first_name"} - answer["result"].keys()
                self._problem(f"getMe lacks {missing}" if missing else "")

    def given(self, update: Mapping[str, Any]) -> None:
        """The bot was given an update: a tap must be answered from now on."""
        if "callback_query" in update:
            query = update["callback_query"]
            self.taps.setdefault(str(query["id"]), int(query["message"]["chat"]["id"]))

    @property
    def unanswered(self) -> list[str]:
        """The taps whose button is still spinning."""
        return [number for number, chat in self.taps.items() if chat is not None]

    def _problem(self, what: str) -> None:
        if what:
            self.problems.append(what)

    def _shown(self, method: str, given: Mapping[str, str], number: int, at: datetime, *, new: bool) -> None:
        chat_id, source = int(given["chat_id"]), given["text"]
        chat = self.chats.setdefault(chat_id, {})
        before = chat.get(number)
        if new == (before is not None):
            self._problem(f"{method}: message {number} {'was there already' if new else 'does not exist'}")
        elif before is not None and (before.gone or not before.seen.from_bot):
            self._problem(f"{method}: message {number} is {'deleted' if before.gone else 'not the bot’s own'}")
        text = self._read(method, given.get("parse_mode"), source)
        rows = json.loads(given.get("reply_markup", "{}")).get("inline_keyboard", [])
        labels = tuple(tuple(str(one["text"]) for one in row) for row in rows)
        data = tuple(tuple(str(one.get("callback_data", "")) for one in row) for row in rows)
        for one in (one for row in data for one in row):
            size = len(one.encode())
            self._problem("" if 1 <= size <= DATA_BYTES else f"{method}: callback data of {size} bytes")
        seen = Seen(number, True, text, source, labels, data, edited=not new)
        self.unchanged += before is not None and (before.seen.html, before.seen.data) == (seen.html, seen.data)
        chat[number] = Bubble(seen, at if before is None else before.at)
        self._call(at, method, chat_id, number, text, source, labels)

    def _read(self, method: str, mode: str | None, source: str) -> str:
        """Give what is read of a text."""
        html = Html(source) if mode == "HTML" else None
        for problem in html.problems if html else ():
            self._problem(f"{method}: {problem}")
        text = (html.text if html else source).strip()
        self._problem(f"{method}: {units(text)} units" if not 1 <= units(text) <= TEXT_UNITS else "")
        self._problem("" if mode in (None, "HTML") else f"{method}: parse mode {mode}")
        return text

    def _deleted(self, chat_id: int, number: int, at: datetime) -> None:
        bubble = self.chats.get(chat_id, {}).get(number)
        if bubble is None:
            self._problem(f"deleteMessage: there is no message {number}")
            return
        self._problem(f"deleteMessage: {number} is over 48 hours old" if at - bubble.at > DELETABLE else "")
        bubble.gone = True
        self._call(at, "deleteMessage", chat_id, number)

    def _answered(self, given: Mapping[str, str], at: datetime) -> None:
        number, text = given["callback_query_id"], given.get("text", "")
        chat_id = self.taps.get(number)
        if chat_id is None:
            self._problem(
                f"answerCallbackQuery: {number} was {'answered before' if number in self.taps else 'unknown'}"
            )
            return
        self.taps[number] = None
        self._problem(f"answerCallbackQuery: {len(text)} letters" if len(text) > TOAST else "")
        if text:
            self.toasts.setdefault(chat_id, []).append(text)
        self._call(at, "answerCallbackQuery", chat_id, None, text)

    def _call(
        self,
        at: datetime,
        method: str,
        chat_id: int,
        number: int | None,
        text: str = "",
        source: str = "",
        labels: tuple[tuple[str, ...], ...] = (),
    ) -> None:
        self.calls.append(Call(len(self.calls) + 1, at.astimezone(UTC), method, chat_id, number, text, source, labels))
