"""From Telegram's update to the little of it that we keep.

``minimise`` is pure and takes any JSON, however malformed: what has the wrong type counts as not there. Names and
usernames are never kept. Free text passes the guard here, before anything is stored; what the guard finds is masked.
``sift`` also gives the text as typed, but for CPR numbers, to be kept in memory until the mentor has chosen; nothing
that is stored has it. A caption is dropped: it came with a picture, which is declined.

The stored payload is ``Incoming.to_json()``; the router reads it with ``Incoming.from_json()``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.guard import CPR, GUARD, Finding, Guard, mask
from bot.guard_cpr import find_cpr
from bot.telegram.naming import name_of
from storage import inbox

Json = Mapping[str, Any]

Watching: TypeAlias = Callable[[int | None], tuple[Guard, str]]
"""By chat: the guard for what is typed there, and the language of its placeholders."""

MESSAGE = "message"
EDITED = "edited_message"
TAP = "callback_query"
MEMBERSHIP = "my_chat_member"
OTHER = "other"
KINDS = (MESSAGE, EDITED, TAP, MEMBERSHIP)

# The order matters: an animation also has a document, and a venue a location.
MEDIA = (
    "animation", "audio", "voice", "video_note", "video", "photo", "sticker", "document", "paid_media", "story",
    "venue", "location", "contact", "poll", "dice", "game", "checklist", "invoice", "successful_payment",
)  # fmt: skip
SERVICE = "service"
"""The media kind of a message that has neither text nor anything known: somebody joined, a message was pinned."""

_FORWARDED = ("forward_origin", "forward_date", "forward_from", "forward_from_chat", "forward_sender_name")
_LARGEST = 2**63 - 1
# Far above Telegram's 4096: what is longer did not come from Telegram, and shall not slow the guard down.
_LONGEST_TEXT = 16_384
_CALLBACK_BYTES = 64
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,2}\Z", re.ASCII)
_WORD = re.compile(r"[A-Za-z_]{1,32}\Z", re.ASCII)
_TAP_ID = re.compile(r"[A-Za-z0-9_:-]{1,64}\Z", re.ASCII)
# An invitation's code is random: ten digits in it are no CPR number.
_INVITE = re.compile(r"/start [A-Za-z0-9_-]{20,64}\Z", re.ASCII)
_ONLY_CPR = Guard((find_cpr,))
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent it: ``language`` is the phone's language code, if it looks like one."""

    id: int
    is_bot: bool
    language: str | None


@dataclass(frozen=True, slots=True)
class Chat:
    """Where: ``type`` is private, group, supergroup, channel, or "" when that was unreadable."""

    id: int
    type: str


@dataclass(frozen=True, slots=True)
class Tap:
    """A pressed button. ``data`` is "" when it was missing or over 64 bytes; ``message_id`` is the card's."""

    id: str
    data: str
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Membership:
    """What the bot was and is in the chat: member, kicked (a person's block), left, …"""

    old: str
    new: str


_PARTS: Mapping[str, type[Any]] = {"sender": Sender, "chat": Chat, "tap": Tap, "membership": Membership}


@dataclass(frozen=True, slots=True)
class Incoming:
    """An update, minimised. ``kind`` is one of ``KINDS`` or "other", which nobody needs to react to.

    ``date`` and ``edit_date`` are Unix seconds, ``text`` is the message's text after the guard, ``media`` one of
    ``MEDIA`` or "service", ``held`` the kinds that the guard masked in ``text``. What does not apply is None.
    """

    update_id: int
    kind: str
    sender: Sender | None = None
    chat: Chat | None = None
    message_id: int | None = None
    date: int | None = None
    edit_date: int | None = None
    text: str | None = None
    media: str | None = None
    forwarded: bool = False
    via_bot: bool = False
    tap: Tap | None = None
    membership: Membership | None = None
    held: tuple[str, ...] = ()

    @property
    def chat_id(self) -> int | None:
        """The chat's id, None when there is no chat."""
        return self.chat.id if self.chat else None

    def to_json(self) -> str:
        """Write it canonically: sorted keys, nothing that does not apply. Equal updates give equal texts."""
        kept = {name: getattr(self, name) for name in self.__slots__}
        kept = {name: value for name, value in kept.items() if value is not None and value is not False and value != ()}
        for name in _PARTS.keys() & kept.keys():
            part: Any = kept[name]
            kept[name] = {slot: getattr(part, slot) for slot in part.__slots__}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, payload: str) -> Incoming:
        """Read what ``to_json`` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        fields = json.loads(payload)
        for name, shape in _PARTS.items():
            if name in fields:
                fields[name] = shape(**fields[name])
        fields["held"] = tuple(fields.get("held", ()))
        return cls(**fields)

    def to_row(self) -> inbox.Incoming:
        """Give the row for the inbox. Its hash is of what names the update: no text can be guessed from it."""
        return inbox.Incoming(self.update_id, name_of(self), self.chat_id, self.to_json())


@dataclass(frozen=True, slots=True)
class Sifted:
    """An update as it is stored, and beside it what must not be: ``typed`` is the text that the guard held back, its
    CPR numbers masked as well; None when nothing was held back."""

    update: Incoming
    typed: str | None = field(default=None, repr=False)


def minimise(update: object, guard: Guard = GUARD, language: str = "da") -> Incoming:
    """Take any JSON value and keep what we use; never raises. ``language`` is that of the guard's placeholders.

    Without a usable ``update_id`` it is 0.
    """
    return sift(update, lambda _chat: (guard, language)).update


def sift(update: object, watching: Watching) -> Sifted:
    """Take any JSON value and keep what we use, beside it the text that was held back. Raises only what ``watching``
    or its guard raises."""
    whole = _object(update)
    update_id = _whole_number(whole.get("update_id")) or 0
    for kind in KINDS:
        if kind in whole:
            body = _object(whole[kind])
            break
    else:
        return Sifted(Incoming(update_id, OTHER))
    if kind == TAP:
        return Sifted(_tap(update_id, body))
    if kind == MEMBERSHIP:
        return Sifted(_membership(update_id, body))
    return _message(update_id, kind, body, watching)


def unreadable(update_id: int) -> Incoming:
    """Give what is stored for an update that could not even be read, so that it can be confirmed and passed by."""
    return Incoming(update_id, OTHER)


def _message(update_id: int, kind: str, body: Json, watching: Watching) -> Sifted:
    text, chat = _text(body.get("text")), _chat(body.get("chat"))
    guard, language = watching(chat.id if chat else None)
    findings = [] if text is None or _INVITE.match(text) else guard.find(text)
    update = Incoming(
        update_id,
        kind,
        sender=_sender(body.get("from")),
        chat=chat,
        message_id=_whole_number(body.get("message_id")),
        date=_whole_number(body.get("date")),
        edit_date=_whole_number(body.get("edit_date")),
        text=mask(text, findings, language) if text is not None and findings else text,
        media=_media(body) if text is None else None,
        forwarded=any(body.get(name) is not None for name in _FORWARDED),
        via_bot=body.get("via_bot") is not None,
        held=tuple(sorted({finding.kind for finding in findings})),
    )
    return Sifted(update, _without_cpr(text, findings, language) if text is not None and findings else None)


def _without_cpr(text: str, findings: list[Finding], language: str) -> str:
    """The text as typed, with every CPR number masked: also one that shows only when another is gone."""
    text = mask(text, [finding for finding in findings if finding.kind == CPR], language)
    while found := _ONLY_CPR.find(text):
        text = mask(text, found, language)
    return text


def _tap(update_id: int, body: Json) -> Incoming:
    message = _object(body.get("message"))
    data = _clean(body["data"]) if isinstance(body.get("data"), str) else ""
    name = body.get("id")
    return Incoming(
        update_id,
        TAP,
        sender=_sender(body.get("from")),
        chat=_chat(message.get("chat")),
        tap=Tap(
            id=name if isinstance(name, str) and _TAP_ID.match(name) else "",
            data=data if len(data.encode()) <= _CALLBACK_BYTES else "",
            message_id=_whole_number(message.get("message_id")),
        ),
    )


def _membership(update_id: int, body: Json) -> Incoming:
    return Incoming(
        update_id,
        MEMBERSHIP,
        sender=_sender(body.get("from")),
        chat=_chat(body.get("chat")),
        date=_whole_number(body.get("date")),
        membership=Membership(
            old=_word(_object(body.get("old_chat_member")).get("status")),
            new=_word(_object(body.get("new_chat_member")).get("status")),
        ),
    )


def _sender(value: object) -> Sender | None:
    body = _object(value)
    number = _whole_number(body.get("id"))
    if number is None:
        return None
    language = body.get("language_code")
    known = isinstance(language, str) and _LANGUAGE.match(language)
    return Sender(number, body.get("is_bot") is True, language if known else None)


def _chat(value: object) -> Chat | None:
    body = _object(value)
    number = _whole_number(body.get("id"))
    return None if number is None else Chat(number, _word(body.get("type")))


def _media(body: Json) -> str:
    return next((kind for kind in MEDIA if body.get(kind) is not None), SERVICE)


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _whole_number(value: object) -> int | None:
    """Give an integer that a database column can hold; True is none, though Python thinks so."""
    if isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST:
        return value
    return None


def _word(value: object) -> str:
    return value if isinstance(value, str) and _WORD.match(value) else ""


def _text(value: object) -> str | None:
    return _clean(value[:_LONGEST_TEXT]) if isinstance(value, str) else None


def _clean(text: str) -> str:
    """Put U+FFFD for what no database can store (half an emoji, NUL); any other text stays as it is."""
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\x00", "\ufffd")
