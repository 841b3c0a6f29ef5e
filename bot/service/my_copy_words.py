"""What a copy of a person's data is made of, and how each stored thing is said: no ids, no data for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from html import unescape
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location

from bot.dialogue.calendar import at_local
from bot.service.audit_words import ID, Telling
from bot.service.contact_log_say import Say
from prompts import LoadedGuide, Messages
from storage.audit_names import Thing
from storage.database import Row
from storage.retention_people import NAMELESS
from storage.times import moment

Rows: TypeAlias = Mapping[str, Sequence[Row]]
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WEEK = re.compile(r"(\d{4})-W(\d\d)")
_TAG = re.compile(r"<[^<>]+>")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is stored: ``key`` and ``raw`` for programs, ``name`` and ``said`` for people."""

    key: str
    name: str
    said: str
    raw: Any


@dataclass(frozen=True)
class Source:
    """What a copy is made of. ``rows``: by ``storage.my_data.QUERIES``; ``known``: what ids in the audit stand for;
    ``guide``: the one in use, for words."""

    rows: Rows
    known: Mapping[str, Thing]
    guide: LoadedGuide
    messages: Messages
    zone: ZoneInfo
    now: datetime

    @cached_property
    def say(self) -> Say:
        """Times and what was tried, in words."""
        return Say(self.guide.wording[self.messages.language], self.messages.language, self.zone)

    def text(self, key: str, **values: Any) -> str:
        """A text of the copy."""
        return self.messages.plain(f"my_data.{key}", **values)

    def word(self, value: object) -> str:
        """One of the program's own words, said; one without wording as it is."""
        for key in (f"my_data.word.{value}", f"followup.kind.{value}"):
            if self.messages.has(key):
                return self.messages.plain(key)
        return str(value)

    def time(self, stored: str) -> str:
        """A stored time in words."""
        return self.say.at(moment(stored))

    def field(self, key: str, value: Any, said: str | None = None) -> Field | None:
        """One thing; None where nothing is stored."""
        if value is None or value == "":
            return None
        return Field(key, self.text(f"field.{key}"), str(value) if said is None else said, value)

    def day(self, stored: str) -> str:
        """A stored local date in words."""
        return self.say.day(at_local(date.fromisoformat(stored), 12, 0, self.zone))

    def said(self, how: str, value: Any) -> str | None:
        """A column in words, by its way of being said; empty where only programs can read it."""
        if value is None:
            return None
        way = _WAYS.get(how)
        return str(value) if way is None else way(self, value)


def _period(source: Source, value: Any) -> str:
    """A day, a week, or a word of the program's."""
    text = str(value)
    if match := _WEEK.fullmatch(text):
        return source.text("week_said", n=int(match[2]), year=match[1])
    if not _DAY.fullmatch(text):
        return source.word(text)
    return source.day(text)


def _about_deletion(source: Source, value: Any) -> str:
    said = _period(source, value)
    return source.text("deletion_said", day=said) if _DAY.fullmatch(str(value)) else said


def _page(source: Source, value: Any) -> str:
    """Which of the bot's messages: its name begins with what it is."""
    name = str(value).removeprefix("page:").partition(":")[0]
    key = f"my_data.page.{name}"
    return source.messages.plain(key) if source.messages.has(key) else source.text("page.other")


def _payload(_: Source, value: Any) -> str:
    """The words of a message that is kept as data: no markup, no buttons."""
    try:
        found = json.loads(value)
    except ValueError:
        return ""
    text = found.get("text") if isinstance(found, dict) else None
    return unescape(_TAG.sub("", text)) if isinstance(text, str) else ""


def _channels(source: Source, value: Any) -> str:
    return ", ".join(source.say.channel(one) for one in json.loads(value))


_WAYS: Mapping[str, Callable[[Source, Any], str]] = {
    "at": lambda source, value: source.time(value),
    "word": lambda source, value: source.word(value),
    "yes": lambda source, value: source.text("yes" if value else "no"),
    "channel": lambda source, value: source.say.channel(value),
    "channels": _channels,
    "result": lambda source, value: source.say.result(value),
    "chip": lambda source, value: source.messages.plain(f"supervision.chip_{value}"),
    "data": lambda _source, _value: "",
    "days": lambda source, value: ", ".join(source.text(f"weekday.{one}") for one in value),
    "date": lambda source, value: source.say.day(moment(value)),
    "question": lambda source, value: source.say.name(value),
    "day": _period,
    "told": _about_deletion,
    "page": _page,
    "payload": _payload,
    "zone": lambda source, value: str(get_timezone_location(value, locale=source.messages.language, return_city=True)),
}


class Noted(Telling):
    """The audit in words for one person's copy: of what is others' it says what kind of thing it was, and of when."""

    def _part(self, part: str) -> str:
        thing = self.known.get(part)
        if not ID.fullmatch(part) or (thing is not None and thing.name != NAMELESS and (thing.name or thing.pseudonym)):
            return super()._part(part)
        kind = "gone" if thing is None else thing.kind
        day = self.day(thing.at) if thing is not None and thing.at is not None else ""
        return self.messages.plain(f"my_data.thing.{kind}", day=day)

    def _word(self, word: str) -> str:
        if match := _WEEK.fullmatch(word):
            return self.messages.plain("my_data.week_said", n=int(match[2]), year=match[1])
        if _DAY.fullmatch(word):
            return self.day(at_local(date.fromisoformat(word), 12, 0, self.zone))
        return ", ".join(super(Noted, self)._word(one) for one in word.split(",") if one)
