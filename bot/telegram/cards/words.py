"""What the cards of one language are written with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import say_when
from bot.organisation import Organisation
from bot.service.replies import Worded
from prompts import Law, Messages


@dataclass(frozen=True)
class Words:
    """Texts, law references and the organisation's own numbers, in one language. ``zone``: IANA name."""

    messages: Messages
    law: Law
    organisation: Organisation
    zone: str

    def text(self, key: str, **values: Any) -> str:
        """A text or template as Telegram HTML; times become words, values are escaped."""
        said = {"contact": self.messages.plain("error.contact")} | {k: self._worded(v) for k, v in values.items()}
        if self.messages.has(key):
            return self.messages.text(key, **said)
        return self.messages.render(key, **said)

    def plain(self, key: str, **values: Any) -> str:
        """A text where no HTML is read."""
        return self.messages.plain(key, **{k: self._worded(v) for k, v in values.items()} if values else {})

    def emergency(self) -> str:
        """The organisation's own numbers and support."""
        numbers = [{"name": line.label, "number": line.number} for line in self.organisation.emergency]
        support = "\n".join(self.organisation.support_lines) or None
        return self.text("emergency", numbers=numbers, support=support)

    def child_worry(self) -> str:
        """The duty to report is the mentor's own."""
        return self.text("child_worry", law=self.law["child_report"], report_to=None)

    def _worded(self, value: Any) -> Any:
        match value:
            case str() | int() | None:
                return value
            case Moment():
                return say_when(value.at, value.now, ZoneInfo(self.zone), self.messages.language, True)
            case Worded():
                return self.plain(value.key, **{k: self._worded(v) for k, v in value.values.items()})
            case list() | tuple():
                return [self._worded(one) for one in value]
            case dict():
                return {k: self._worded(v) for k, v in value.items()}
        return value


@dataclass(frozen=True, slots=True)
class Moment:
    """A time to be put in words, seen from ``now``."""

    at: datetime
    now: datetime
