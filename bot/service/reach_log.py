"""What was tried, as a record: each attempt with date, time, channel and result, corrections beside what they correct.

Only what was logged; nothing is concluded. The summary line names nobody, so that it can stand in another system.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local
from bot.dialogue.threads import Channel, Result
from bot.service.reach_case import Case
from bot.service.replies import Worded
from bot.service.tools import Tools
from prompts import Wording
from storage.attempts import Attempt
from storage.people import Person

QUESTION = "reach_tried"  # the guide words channels and results; the same words are used here


@dataclass(frozen=True)
class Saying:
    """Attempts in words, in one language and zone. ``for_record``: what may be filed away names the year, too."""

    wording: Wording
    language: str
    zone: ZoneInfo
    for_record: bool = False

    def channel(self, channel: str) -> str:
        """How it was tried: 📞 Ringet."""
        try:
            return self.wording.choice(QUESTION, channel)
        except KeyError:
            return channel

    def result(self, result: str) -> str:
        """What came of it: Intet svar."""
        try:
            return self.wording.result(QUESTION, result)
        except KeyError:
            return result

    def when(self, at: datetime, now: datetime) -> str:
        """Date and time, short and in figures: 23/11 kl. 14.05; with the year when it is another one."""
        wall = local(at, self.zone)
        day = self.day(at, now)
        return f"{day} at {wall:%H:%M}" if self.language == "en" else f"{day} kl. {wall:%H.%M}"

    def day(self, at: datetime, now: datetime) -> str:
        """The date, short and in figures: 23/11."""
        wall = local(at, self.zone)
        year = f" {wall.year}" if self.for_record or wall.year != local(now, self.zone).year else ""
        return f"{wall.day}/{wall.month}{year}"

    def attempt(self, one: Attempt, now: datetime) -> str:
        """An attempt on a line of its own."""
        return f"{self.when(one.at, now)} · {self.channel(one.channel)} · {self.result(one.result)}"


def saying_for(tools: Tools, person: Person) -> Saying:
    """The words of the current guide in the person's language; Danish ones for a language it does not have."""
    wording = tools.guide.wording
    words = wording.get(person.language) or next(iter(wording.values()))
    return Saying(words, person.language, ZoneInfo(person.zone))


@dataclass(frozen=True)
class Entry:
    """One attempt with its corrections. ``row``: the last of them; ``before``: those it took the place of, the first
    one first. Withdrawn when even the last no longer counts."""

    row: Attempt
    before: tuple[Attempt, ...]

    @property
    def withdrawn(self) -> bool:
        """Whether there was no such attempt after all."""
        return self.row.superseded_at is not None


def entries(rows: Sequence[Attempt]) -> list[Entry]:
    """Everything logged in a thread, the newest attempt first."""
    put_right = {one.superseded_by: one for one in rows if one.superseded_by}
    last = [one for one in rows if one.superseded_by is None]
    found = [Entry(one, _before(one, put_right)) for one in last]
    return sorted(found, key=lambda entry: (entry.row.at, entry.row.id), reverse=True)


def _before(row: Attempt, put_right: Mapping[str, Attempt]) -> tuple[Attempt, ...]:
    earlier: list[Attempt] = []
    while (one := put_right.get(row.id)) is not None:
        earlier.insert(0, one)
        row = one
    return tuple(earlier)


def lines(case: Case, words: Saying, now: datetime) -> list[dict[str, Any]]:
    """The record for a page, the newest attempt first. ``said``: what counts, None when it was taken back; ``struck``:
    what counts no more; ``on``: the day of the last correction."""
    return [_line(entry, words, now) for entry in entries(case.rows)]


def _line(entry: Entry, words: Saying, now: datetime) -> dict[str, Any]:
    struck = [*entry.before, *([entry.row] if entry.withdrawn else [])]
    corrected = struck[-1].superseded_at if struck else None
    return {
        "said": None if entry.withdrawn else words.attempt(entry.row, now),
        "struck": [words.attempt(one, now) for one in struck],
        "on": words.day(corrected, now) if corrected else None,
    }


def summary(case: Case, words: Saying, now: datetime) -> dict[str, Any]:
    """The attempts that count, by channel and result, for a line to be copied. ``first`` and ``last``: days."""
    standing = [entry.row for entry in entries(case.rows) if not entry.withdrawn]
    if not standing:
        return {"first": None, "last": None, "parts": []}
    return {
        "first": words.day(standing[-1].at, now),
        "last": words.day(standing[0].at, now),
        "parts": [_part(channel, standing, words) for channel in Channel if _of(channel, standing)],
    }


def _of(channel: Channel, standing: Sequence[Attempt]) -> list[Attempt]:
    return [one for one in standing if one.channel == channel]


def _part(channel: Channel, standing: Sequence[Attempt], words: Saying) -> dict[str, Any]:
    results = Counter(one.result for one in _of(channel, standing))
    return {
        "noun": Worded(f"reach.noun.{channel.value}"),
        "count": results.total(),
        "results": ", ".join(f"{words.result(one).lower()} {results[one]}" for one in Result if results[one]),
    }
