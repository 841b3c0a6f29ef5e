"""Audit rows in plain words: every action has its wording, and ids are said as whom or what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from prompts import LoadedGuide, Messages
from storage import audit
from storage.audit import Entry
from storage.audit_names import Thing
from storage.retention_people import NAMELESS

ACTIONS = frozenset({
    # reading what others wrote
    "read", "log_read", "log_hours", "week", "report", "export", "codings_agreement", "audit_read", "my_data",
    # what people let others know, and their say over it
    "share", "withdraw", "tell_lead", "spoken", "not_spoken", "consent", "guard_keep", "log_transferred",
    "codings_import",
    # who is who
    "invite", "enrol", "enrol_declined", "enrol_failed", "role", "move", "pass_on", "leave",
    # what is kept, and what goes
    "erase_mentor", "erase_citizen", "retention", "audit_pruned", "backup", "restore", "drill", "rekey",
})  # fmt: skip
"""Every action that is noted anywhere; a test holds it against the program and against the wording."""

ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_ACTORS = (audit.OPERATOR, audit.CLOCK, audit.STRANGER)
_SHORT = 8  # of an id the random end: what is enough to tell two apart


@dataclass(frozen=True)
class Telling:
    """Puts entries in words. ``known``: what ids stand for; days are those of ``zone``."""

    messages: Messages
    guide: LoadedGuide
    zone: ZoneInfo
    known: Mapping[str, Thing]

    def who(self, entry: Entry) -> str:
        """Who did it: a name, "operator" …, or the end of an id of whom no name is known any more."""
        if entry.actor in _ACTORS:
            return self.messages.plain(f"audit.actor.{entry.actor}")
        return self._part(entry.actor)

    def what(self, entry: Entry) -> str:
        """What was done. A word of a newer program is said as it is."""
        key = f"audit.action.{entry.action}"
        return self.messages.plain(key) if self.messages.has(key) else entry.action

    def about(self, entry: Entry) -> str:
        """Whom or what it was about; empty where that is nobody."""
        parts = (entry.subject or "").split("/")
        if entry.action == audit.PRUNED:
            return self.messages.plain("audit.pruned", row=parts[0])
        if entry.action == "retention":
            return self._deleted(*parts)
        if parts[0] in ("chat", "thread", "call", "week"):
            word, parts = parts[0], parts[1:]
            if word == "chat":
                return self.messages.plain("audit.chat", digits=parts[0] if parts else "")
        return " · ".join(filter(None, (self._part(part) for part in parts)))

    def _deleted(self, day: str, *counts: str) -> str:
        """What a run deleted; rows of before have only its day."""
        said = (
            self.messages.plain(f"audit.deleted.{kind}", n=int(many))
            for kind, many in zip(("debriefs", "logs", "others"), counts, strict=False)
            if many.isascii() and many.isdigit() and int(many)
        )
        return " · ".join((day, *said))

    def _part(self, part: str) -> str:
        if not ID.fullmatch(part):
            return self._word(part)
        thing = self.known.get(part)
        if thing is None or (thing.kind == "person" and thing.name == NAMELESS):
            return self.messages.plain("audit.unknown", end=part[-_SHORT:])
        match thing.kind:
            case "person" | "citizen":
                return thing.name or thing.pseudonym or ""
            case "team" | "invite":
                return self.messages.plain(f"audit.{thing.kind}", name=thing.name)
        day = "" if thing.at is None else self.day(thing.at)
        return self.messages.plain(
            f"audit.{thing.kind}", name=thing.name or "", pseudonym=thing.pseudonym or "", day=day
        )

    def _word(self, word: str) -> str:
        words = self.guide.wording[self.messages.language]
        if word in {question.id for question in self.guide.guide}:
            return words.question(word).short.lower()
        key = f"audit.word.{word}"
        return self.messages.plain(key) if self.messages.has(key) else word

    def day(self, at: datetime) -> str:
        """The local day, with its year."""
        language = self.messages.language
        pattern = "d. MMM y" if language == "da" else "d MMM y"
        return str(format_date(at.astimezone(self.zone).date(), pattern, locale=language))


def ids_in(entries: Iterable[Entry]) -> set[str]:
    """Every id that these entries name."""
    found: set[str] = set()
    for one in entries:
        found.update(ID.findall(f"{one.actor} {one.subject or ''}"))
    return found
