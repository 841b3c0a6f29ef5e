"""The words of the report and the picture, and the numbers they stand beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from bot.dialogue.calendar import say_when
from bot.dialogue.summary import BANDS, WeeklySummary
from bot.service.replies import Worded
from bot.service.week_words import Labels, in_words
from bot.service.week_words_base import unfinished
from prompts import Messages


@dataclass(frozen=True, slots=True)
class Said:
    """The texts of one language. Plain text: what is drawn with it escapes it."""

    messages: Messages
    labels: Labels

    @property
    def language(self) -> str:
        """da or en."""
        return self.labels.language

    def __call__(self, name: str, **values: Any) -> str:
        """One of the report's own texts. Raises UnknownTextError for an unknown one."""
        return self.messages.plain(f"week.page.{name}", **values)

    def line(self, said: Worded | str) -> str:
        """A sentence, or what is words already."""
        return said if isinstance(said, str) else in_words(self.messages, said)

    def lines(self, said: Sequence[Worded]) -> list[str]:
        """Several of them."""
        return [self.line(one) for one in said]

    def dates(self, summary: WeeklySummary) -> str:
        """From Monday to Sunday: 16.–22. november 2026."""
        first, last = summary.week.monday, summary.week.monday + timedelta(days=6)
        dot = "." if self.language == "da" else ""
        parts = ["d", "MMMM", "y"] if first.year != last.year else ["d", "MMMM"] if first.month != last.month else ["d"]
        begins = format_date(first, " ".join(parts).replace("d", f"d{dot}"), locale=self.language)
        ends = format_date(last, f"d{dot} MMMM y", locale=self.language)
        return f"{begins}–{ends}" if len(parts) == 1 else f"{begins} – {ends}"

    def as_of(self, summary: WeeklySummary) -> str | None:
        """When the figures were made up, for a week that is not over."""
        if not unfinished(summary):
            return None
        seen_from = summary.at + timedelta(days=30)  # a report is read later: never "today"
        return self("as_of", when=say_when(summary.at, seen_from, ZoneInfo(summary.zone), self.language, True))

    def bands(self, summary: WeeklySummary) -> tuple[tuple[str, int], ...]:
        """How many citizens nobody was in contact with, for how long."""
        return tuple(
            (self.messages.plain(f"week.without.over_{band}"), sum(one.band == band for one in summary.without_contact))
            for band in BANDS
        )
