"""The copy of what is stored about a person: sections in words, each value also as stored. Pure; drawn elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bot.service.my_copy_words import Field, Noted, Source
from storage.audit import Entry
from storage.database import Row
from storage.times import moment

_TIME = re.compile(r"\d{4}-\d\d-\d\dT")


@dataclass(frozen=True, slots=True)
class Item:
    """Things that belong together, and what hangs on them. ``group``: what it has in common with others beside it,
    said once for all of them."""

    title: str
    fields: tuple[Field, ...]
    parts: tuple[Item, ...] = ()
    group: str = ""

    @property
    def grouped(self) -> Sequence[tuple[str, Sequence[Item]]]:
        """The parts by their group, each group where its first part stands."""
        found: dict[str, list[Item]] = {}
        for part in self.parts:
            found.setdefault(part.group, []).append(part)
        return list(found.items())


@dataclass(frozen=True, slots=True)
class Items:
    """Things that are put in words when they are asked for, one at a time: thousands at once in memory would make
    Python look through them again and again, and everybody else wait."""

    rows: Sequence[Row]
    make: Callable[[Row], Item]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Item]:
        return map(self.make, self.rows)


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of things. ``key``: for programs."""

    key: str
    title: str
    items: Items


@dataclass(frozen=True, slots=True)
class Copy:
    """Everything about one person, as it stood at ``made_at`` (UTC). ``empty``, ``seen``, ``shown``: words for the
    page, before what nothing is stored about, before who can see a group, and on what opens a long section."""

    language: str
    title: str
    intro: tuple[str, ...]
    made_at: datetime
    sections: tuple[Section, ...]
    empty: str
    seen: str
    shown: str


# How a column is said: as it is (text), a time (at), a word of the program's (word) …: ``Source.said``.
_PLAIN: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "person": (
        ("name", "name", "text"), ("role", "role", "word"), ("team", "team", "text"), ("language", "language", "word"),
        ("zone", "zone", "zone"), ("tidy", "tidy", "word"), ("telegram_id", "telegram_id", "text"),
        ("chat_id", "chat_id", "text"), ("since", "created_at", "at"), ("blocked", "blocked_at", "at"),
        ("left", "left_at", "at"),
    ),
    "invites": (("name", "name", "text"), ("role", "role", "word"), ("made", "created_at", "at"),
                ("used", "used_at", "at")),
    "consents": (("what", "kind", "word"), ("given", "given", "yes"), ("when", "at", "at")),
    "hours": (("weekdays", "weekdays", "days"), ("opens", "opens", "text"), ("closes", "closes", "text"),
              ("changed", "updated_at", "at")),
    "away": (("from_day", "from_day", "day"), ("until_day", "until_day", "day"), ("made", "created_at", "at")),
    "guard_names": (("name", "name", "text"), ("made", "added_at", "at")),
    "citizens": (
        ("pseudonym", "pseudonym", "text"), ("made", "created_at", "at"), ("used", "used_at", "at"),
        ("archived", "archived_at", "at"), ("rhythm_days", "rhythm_days", "text"), ("channels", "channels", "channels"),
        ("weekly_cap", "weekly_cap", "text"),
    ),
    "threads": (
        ("pseudonym", "pseudonym", "text"), ("opened", "opened_at", "at"), ("worried", "worried", "yes"),
        ("paused_until", "paused_until", "at"), ("lead_told", "lead_told_at", "at"),
        ("caseworker_told", "caseworker_told_at", "at"), ("closed", "closed_at", "at"), ("ended", "ended", "word"),
        ("state", "state", "data"),
    ),
    "attempts": (
        ("pseudonym", "pseudonym", "text"), ("channel", "channel", "channel"), ("result", "result", "result"),
        ("when", "at", "at"), ("written", "logged_at", "at"), ("superseded", "superseded_at", "at"),
    ),
    "notes": (("pseudonym", "pseudonym", "text"), ("text", "text", "text"), ("written", "written_at", "at")),
    "todo": (
        ("what", "kind", "word"), ("pseudonym", "pseudonym", "text"), ("text", "text", "text"), ("due", "due_at", "at"),
        ("status", "status", "word"), ("made", "created_at", "at"), ("closed", "closed_at", "at"),
    ),
    "reminders": (
        ("what", "kind", "word"), ("pseudonym", "pseudonym", "text"), ("due", "due_at", "at"),
        ("status", "status", "word"), ("snoozed_until", "snoozed_until", "at"), ("sent", "sent_at", "at"),
        ("made", "created_at", "at"), ("closed", "closed_at", "at"),
    ),
    "calls": (("what", "kind", "word"), ("pseudonym", "pseudonym", "text"), ("when", "asked_at", "at"),
              ("saw", "seen_name", "text"), ("seen", "seen_at", "at")),
    "marked": (("day", "day", "day"), ("remark", "remark", "text"), ("chip", "chip", "chip"),
               ("when", "marked_at", "at"), ("undone", "undone_at", "at")),
    "have_spoken": (("when", "marked_at", "at"), ("undone", "undone_at", "at")),
    "have_read": (("what", "question_id", "question"), ("debrief", "started_at", "date"), ("first", "first_at", "at"),
                  ("last", "last_at", "at")),
    "called": (("when", "asked_at", "at"), ("seen", "seen_at", "at"), ("declined", "declined_at", "at"),
               ("unreachable", "unreachable_at", "at")),
    "was_told": (("what", "what", "told"), ("when", "at", "at")),
    "weekly_wanted": (("wanted", "wanted", "yes"), ("since", "since", "at")),
    "week_files": (("week", "week", "day"), ("what", "kind", "word"), ("when", "asked_at", "at")),
    "asked": (("what", "page", "page"), ("state", "what", "data"), ("when", "at", "at")),
    "typed": (("message", "message_id", "text"), ("when", "typed_at", "at"), ("remove_at", "remove_at", "at")),
    "waiting": (("what", "kind", "word"), ("text", "payload", "payload"), ("made", "created_at", "at")),
    "failed": (("text", "payload", "payload"), ("when", "received_at", "at")),
    "cards": (("what", "card", "page"), ("message", "message_id", "text"), ("when", "shown_at", "at")),
}  # fmt: skip
FIRST = ("person", "invites", "consents", "hours", "away", "guard_names", "citizens")
LATER = tuple(name for name in _PLAIN if name not in FIRST)


def plain(source: Source, names: Iterable[str]) -> list[Section]:
    """The sections whose rows are said column by column."""
    return [
        Section(name, source.text(f"section.{name}"), Items(source.rows[name], partial(_item, source, name)))
        for name in names
    ]


def _item(source: Source, name: str, row: Row) -> Item:
    fields = (source.field(key, row[column], source.said(how, row[column])) for key, column, how in _PLAIN[name])
    return Item("", tuple(one for one in fields if one is not None))


def audited(source: Source) -> Section:
    """What the audit has about the person: what they did, and what was done with what is theirs."""
    telling = Noted(source.messages, source.guide, source.zone, source.known)
    return Section("audit", source.text("section.audit"), Items(source.rows["audit"], partial(_noted, source, telling)))


def _noted(source: Source, telling: Noted, row: Row) -> Item:
    one = Entry(moment(row["at"]), row["actor"], row["action"], row["subject"], row["seq"])
    fields = (
        source.field("when", row["at"], source.time(row["at"])),
        source.field("who", row["actor"], telling.who(one)),
        source.field("what", row["action"], telling.what(one)),
        source.field("about", row["subject"], telling.about(one)),
    )
    return Item("", tuple(field for field in fields if field is not None))


def as_json(copy: Copy) -> str:
    """The copy for programs: what is stored, by section, a line for each thing; words beside what is not readable."""
    head = {"format": "eftertanke my-data 1", "made_at": copy.made_at.isoformat()}
    parts = [f"{_json(key)}: {_json(value)}" for key, value in head.items()]
    for section in copy.sections:
        lines = ",\n".join(_json(_data(item)) for item in section.items)
        parts.append(f"{_json(section.key)}: [\n{lines}\n]")
    return "{" + ",\n".join(parts) + "}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _data(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in item.fields:
        found[field.key] = field.raw
        if field.said and field.said != str(field.raw) and not _is_time(field.raw):
            found[f"{field.key}_said"] = field.said
    return {**found, "parts": [{"title": part.title, **_data(part)} for part in item.parts]} if item.parts else found


def _is_time(raw: Any) -> bool:
    return isinstance(raw, str) and _TIME.match(raw) is not None
