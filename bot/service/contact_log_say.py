"""Answers and times of a contact log in words: dates in figures with the year, so that a line can stand in a record."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.dialogue.guide import Kind, Question
from bot.dialogue.state import Answer
from bot.service.reach_log import Saying
from prompts import LoadedGuide, Wording


@dataclass(frozen=True)
class Say:
    """The words of one guide in one language, and the zone in which days and hours are read."""

    wording: Wording
    language: str
    zone: ZoneInfo

    @property
    def _saying(self) -> Saying:
        return Saying(self.wording, self.language, self.zone, for_record=True)

    def name(self, question: str) -> str:
        """The short name of a question; its id when the wording does not know it."""
        try:
            return self.wording.question(question).short
        except KeyError:
            return question

    def at(self, at: datetime, has_time: bool = True) -> str:
        """A moment: 23/11 2026 kl. 14.05; without ``has_time`` only the day."""
        return self._saying.when(at, at) if has_time else self.day(at)

    def day(self, at: datetime) -> str:
        """A day: 23/11 2026."""
        return self._saying.day(at, at)

    def channel(self, channel: str) -> str:
        """How it was tried: Ringet."""
        return bare(self._saying.channel(channel))

    def result(self, result: str) -> str:
        """What came of it: Intet svar."""
        return bare(self._saying.result(result))

    def quoted(self, typed: str | None) -> str | None:
        """People's own words, marked as such."""
        if not typed:
            return None
        return f"“{typed}”" if self.language == "en" else f"»{typed}«"

    def answer(self, question: Question, answer: Answer) -> tuple[str | None, str | None]:
        """What was picked, in words, and what was typed; None for nothing. Contact attempts are not said here."""
        if answer.skipped:
            return None, None
        match question.kind:
            case Kind.TEXT:
                return None, answer.text
            case Kind.WHEN if answer.at is not None:
                return self.at(answer.at, answer.has_time), None
            case Kind.MINUTES:
                return f"{answer.value} min.", None
            case Kind.SCALE | Kind.CITIZEN:
                return None if answer.value is None else str(answer.value), None
            case Kind.MANY:
                picked = [self._choice(question.id, pick.choice) for pick in answer.picks if pick.result is None]
                return ", ".join(picked) or None, answer.text if question.typed else None
        if answer.value is None:
            return None, None
        said = self._choice(question.id, str(answer.value))
        return (f"{said}: {self.at(answer.at, answer.has_time)}" if answer.at is not None else said), None

    def _choice(self, question: str, choice: str) -> str:
        try:
            return bare(self.wording.choice(question, choice))
        except KeyError:
            return choice


def say_of(guide: LoadedGuide, language: str, zone: ZoneInfo) -> Say:
    """The words of a guide; its first language where it lacks the one asked for."""
    return Say(guide.wording.get(language) or next(iter(guide.wording.values())), language, zone)


def bare(label: str) -> str:
    """A button's label without the picture before it: a record is read in other programs, too."""
    for place, char in enumerate(label):
        if unicodedata.category(char)[0] in "LNP":
            return label[place:]
    return label
