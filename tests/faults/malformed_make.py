"""Malformed updates: real ones changed by lot, until they are what no server should ever send.

Each has its number: Telegram numbers its updates, and without one nothing could ever be confirmed. Now and then the
number is missing or no number all the same; a later update then confirms that one, too.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.telegram.minimise import MEDIA

Json = dict[str, Any]
MEGABYTE = 1_000_000
DEEP = 60_000  # levels; far beyond what a parser in recursion takes
DIGITS = 5_000  # of a whole number; more than Python reads
ONE_POLL = 100  # updates
HUGE = 1_000
"""One update in so many is of a megabyte, by turns in its text and anywhere. Not by lot: each piece has its share, and
20,000 updates have every kind of text. For one of them the guard takes as long as for thousands of others."""
TURN = 500
"""Numberless ones and unreadable ones come in turn, never in one answer: that one no poller could confirm."""
TODAY = 1_760_000_000


@dataclass(frozen=True)
class Raw:
    """One update as it stands in the server's answer. ``number``: under which it must be stored, None when it has none
    that could be read; ``readable``: whether it is JSON that Python reads."""

    number: int | None
    body: bytes
    readable: bool = True


def message(number: int, chat: int, text: str | None = "hej", **more: Any) -> Json:
    """A message as Telegram gives it."""
    person = {"id": chat, "is_bot": False, "first_name": "Anna", "last_name": "Prøve", "language_code": "da"}
    body: Json = {"message_id": number, "from": person, "chat": {"id": chat, "type": "private", "first_name": "Anna"}}
    return body | {"date": TODAY} | ({} if text is None else {"text": text}) | more


def good(number: int, chat: int, text: str) -> Raw:
    """An update in which nothing is wrong."""
    return Raw(number, json.dumps({"update_id": number, "message": message(number, chat, text)}).encode())


class Maker:
    """Makes them from one source of chance, in the names of ``chats``; one in ``huge`` is of a megabyte."""

    def __init__(self, chance: random.Random, chats: Sequence[int], huge: int = HUGE) -> None:
        self._chance, self._chats, self._huge, self._made = chance, chats, huge, 0
        self._first = chance.randrange(len(LONG))  # which of the huge texts: few are made in every run

    def make(self, number: int) -> Raw:
        """Give one."""
        chat = self._chance.choice(self._chats)
        update: Json = {"update_id": number, **self._real(number, chat)}
        for _ in range(self._chance.choice((1, 1, 2, 3, 6))):
            self._change(update)
        self._made += 1
        if self._made % self._huge == self._huge // 2:
            self._lengthen(update, message(number, chat))
            return Raw(number, self._written(update))
        dice = self._chance.random()
        place = number % TURN
        if dice < 0.008 and place > TURN // 2:
            return Raw(number, self._unreadable(number, chat), readable=False)
        if dice < 0.04 and place < TURN // 2 - ONE_POLL:
            return self._unnumbered(update)
        if dice < 0.06:
            return Raw(number, self._twice(number, chat))
        return Raw(number, self._written(update))

    def _lengthen(self, update: Json, real: Json) -> None:
        """Put a megabyte into it, last of all: no other change takes it out again. ``real``: a message to do it in."""
        turn, anywhere = divmod(self._made // self._huge, 2)
        long = LONG[(self._first + turn) % len(LONG)]
        holder, key = self._place(update)
        if not anywhere:
            said = update.get("message")
            holder = update["message"] = real | (said if isinstance(said, dict) else {})
            key = "text"
        holder[key] = long * (MEGABYTE // len(long.encode()))

    def _real(self, number: int, chat: int) -> Json:
        """One of every kind that the bot asks for, and some that it does not."""
        (of,) = self._chance.choices(list(KINDS), list(KINDS.values()))
        member = {"user": {"id": 1, "is_bot": True, "first_name": "E"}, "status": "member"}
        kicked = {**member, "status": "kicked", "until_date": 0}
        where = {key: value for key, value in message(number, chat).items() if key in ("chat", "from", "date")}
        match of:
            case "command":
                return {"message": message(number, chat, self._chance.choice(COMMANDS))}
            case "media":
                thing = {self._chance.choice(MEDIA): {"file_id": "x", "file_unique_id": "y", "duration": 3}}
                return {"message": message(number, chat, None, **thing)}
            case "edit":
                return {"edited_message": message(number - 5, chat, "rettet", edit_date=TODAY + 5)}
            case "tap":
                data = self._chance.choice(
                    ("!help:x:", "!choose:n:abc", "AAAAAAAA:1:+:held", "!done:d:1", ":::", "!", "!begin:begin:")
                )
                card = {"message": message(number, chat, "kort"), "chat_instance": "1", "data": data}
                return {"callback_query": {"id": str(number), "from": where["from"], **card}}
            case "member":
                return {"my_chat_member": {**where, "old_chat_member": member, "new_chat_member": kicked}}
            case "forward":
                return {"message": message(number, chat, "fra en anden", forward_origin={"type": "hidden_user"})}
            case "other":
                return {self._chance.choice(("poll", "inline_query", "message_reaction", "nyt")): where}
        return {"message": message(number, chat, "et møde, der gik fint")}

    def _change(self, update: Json) -> None:
        """Change one thing in it: anywhere but the number."""
        holder, key = self._place(update)
        dice = self._chance.random()
        if dice < 0.15:
            del holder[key]
        elif dice < 0.25 and isinstance(holder, dict):
            holder[self._chance.choice(NAMES)] = holder.pop(key)
        elif dice < 0.35 and isinstance(holder, dict):
            holder[self._chance.choice(NAMES)] = copy.deepcopy(holder[key])
        elif dice < 0.45:
            holder[key] = [holder[key]]
        elif dice < 0.55:
            holder[key] = {str(key): holder[key]}
        else:
            holder[key] = self._odd()

    def _place(self, update: Json) -> tuple[Any, Any]:
        """Any place in it."""
        places: list[tuple[Any, Any]] = []
        holders: list[Any] = [update]
        for holder in holders:  # which grows meanwhile
            for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
                places.append((holder, key))
                if value and isinstance(value, dict | list):
                    holders.append(value)
        places.remove((update, "update_id"))
        if not places:
            update["message"] = self._odd()
            places.append((update, "message"))
        return self._chance.choice(places)

    def _odd(self) -> Any:
        odd = self._chance.choice(ODD)
        return copy.deepcopy(odd) if isinstance(odd, dict | list) else odd

    def _written(self, update: Json) -> bytes:
        """As JSON; now and then not in ASCII, where half an emoji is not even UTF-8."""
        ascii_only = self._chance.random() < 0.7
        return json.dumps(update, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    def _twice(self, number: int, chat: int) -> bytes:
        """The same name several times in one object; the last one counts."""
        own = self._written({"message": message(number, chat, "det første"), "callback_query": self._odd()})[1:-1]
        other = self._written({"message": {"text": self._odd(), "chat": {"id": chat}}})[1:-1]
        return b'{"update_id":%d,%s,%s,"update_id":%d}' % (number, own, other, number)

    def _unnumbered(self, update: Json) -> Raw:
        update["update_id"] = self._chance.choice((None, "7", 7.5, True, -3, 0, [], {}, 2**62, 2**64, float("nan")))
        if self._chance.random() < 0.3:
            del update["update_id"]
        return Raw(None, self._written(update))

    def _unreadable(self, number: int, chat: int) -> bytes:
        """A list of updates in which this stands is no JSON that Python can read."""
        own = self._written(message(number, chat))
        spoiled = self._chance.choice(
            (
                b"[" * DEEP + b"]" * DEEP,
                b"9" * DIGITS,
                own[:-5] + b"}",
                b'{"text":"a\x01b"}',
                b"{'text':'hej'}",
                b'{"text":hej}',
                b'{"text":"hej",}',
                b'{"a":1 "b":2}',
                b"\xff\xfe\x00",
            )
        )
        return b'{"update_id":%d,"message":%s}' % (number, spoiled)


KINDS = {
    "text": 20, "command": 10, "media": 10, "edit": 10, "tap": 20, "member": 10, "forward": 10, "other": 10,
}  # fmt: skip
LONG = ("å", "1", "999999-9999 ", "a@b.dk ", "Vej 12, 8000 ", "\U0001f600", "a.", "+45 ", "Anna ", "1.1-")
COMMANDS = (
    "/debrief", "/hjaelp", "/start", "/start AAAA", "/kontakt x", "/paamind", "/huskeliste", "/uge 2026-W99", "/stop",
    "/indstillinger", "/supervision", "/borgere", "/", "//", "/debrief@x", "/\u0000", "/uge \U0001f600",
)  # fmt: skip
NAMES = (
    "message", "edited_message", "callback_query", "my_chat_member", "text", "chat", "from", "id", "type", "date",
    "message_id", "data", "photo", "forward_origin", "via_bot", "status", "new_chat_member", "caption", "", "å",
    "__class__",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1.5, 2**31, -(2**31), 2**63 - 1, 2**63, -(2**63), 2**64, 10**300, 1e308, -0.0,
    float("nan"), float("inf"), float("-inf"), "", " ", "\u0000", "a\u0000b", "\ud83d", "\ude00\ud83d", "æ\ud800",
    "\uffff", "%s%n", "\u202e\u2066", "1", "true", "null", "private", "NaN", "kicked", "{{7*7}}",
    "'); DROP TABLE inbox;--", "x" * 65, "=1+1", "<b>", "\U0001f600" * 16, "999999-9999", [], [[]], [None], {},
    {"": {}}, [[[[[[[[]]]]]]]], {"id": "5001"}, {"id": 5001.0, "type": 7}, {"id": True},
    {"id": -100_123, "type": "supergroup"}, {"id": 5001, "type": "private"}, list(range(200)),
    {str(n): n for n in range(200)}, "/debrief", "/start " + "a" * 64, 253_402_300_800, 10**18,
)  # fmt: skip
ANSWERS: tuple[bytes, ...] = (
    b"", b" ", b"null", b"true", b"0", b"[]", b"{}", b'"ok"', b"NaN", b"<html><body>502</body></html>",
    b"\xff\xfe\x00",
    b'{"ok":true}', b'{"ok":true,"result":null}', b'{"ok":true,"result":{}}', b'{"ok":true,"result":"updates"}',
    b'{"ok":true,"result":[', b'{"ok":true,"result":[{"update_id":', b'{"ok":true,"result":[{}]}',
    b'{"ok":true,"result":[7]}',
    b'{"ok":true,"result":[null,{"update_id":"7"}]}', b'{"ok":false}', b'{"ok":"no","result":NaN}', b"[" * DEEP,
    b'{"ok":true,"result":%s}' % (b"[" * DEEP + b"]" * DEEP), b'{"ok":true,"result":%s}' % (b"9" * DIGITS),
    b'{"ok":true,"result":[],"result":7}', b'{"ok":true,"x":"%s","result":{}}' % (b"y" * MEGABYTE),
)  # fmt: skip
"""Answers to "what is new?" that tell of no update at all."""
