"""How an answer and the few words around it are said in a transcript, no finer in time than an export may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import iso_week, local
from bot.dialogue.guide import Kind
from bot.service.reading_answers import ReadAnswer
from prompts import Wording
from storage.times import moment

SaidValue: TypeAlias = str | int | date | tuple[str, ...] | None
_WITH_WORDS = frozenset({Kind.TEXT, Kind.ONE, Kind.MANY})


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, said. ``value`` by kind: choice id (one), choice ids (many), number (scale, minutes), pseudonym
    (citizen), a date (when; None when dates are not told to the day). ``label``: the value in words. ``line``: both,
    as it stands in the text. ``typed``: what the mentor wrote. Empty where there is none."""

    value: SaidValue
    label: str
    line: str
    typed: str


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around the answers, in one language."""

    reflection: str
    mentor: str
    citizen: str
    skipped: str
    silent: str
    assumed: str

    def title(self, reference: str, mentor: str, citizen: str, day: str) -> str:
        """The first line of a transcript; what is empty is left out."""
        parts = [f"{self.reflection} {reference}", f"{self.mentor} {mentor}"]
        parts += [f"{self.citizen} {citizen}"] if citizen else []
        return " · ".join(parts + ([day] if day else []))

    def said(self, answer: ReadAnswer, wording: Wording, *, fine: str, zone: str) -> Said:
        """The answer; ``fine``: "day", "week" or "none", how finely a time may be told."""
        if answer.skipped:
            return Said(None, "", "", "")
        telling = _Telling(wording, answer, fine, zone)
        value, label = telling.value(), telling.label()
        return Said(value, label, _line(answer, label), _typed(answer))


_WORDS = {
    "da": Words(
        reflection="Refleksion",
        mentor="mentor",
        citizen="borger",
        skipped="sprunget over",
        silent="ingen ord",
        assumed="taget for givet",
    ),
    "en": Words(
        reflection="Reflection",
        mentor="mentor",
        citizen="citizen",
        skipped="skipped",
        silent="no words",
        assumed="taken for granted",
    ),
}


def said_words(language: str) -> Words:
    """The words of a language; Danish for one that is not known here."""
    return _WORDS.get(language, _WORDS["da"])


def _typed(answer: ReadAnswer) -> str:
    """What the mentor wrote; nothing where it was a date ("i går kl. 14"), which may be finer than may be told, nor for
    minutes and people, where the value says it."""
    dated = answer.kind == Kind.ONE and (answer.detail or {}).get("at") is not None
    return "" if dated or answer.kind not in _WITH_WORDS else answer.text or ""


def _line(answer: ReadAnswer, label: str) -> str:
    """The words of a closed answer with its value behind, so that either can be searched for."""
    match answer.kind:
        case Kind.ONE if answer.value is not None:
            return f"{label} [{answer.value}]"
        case Kind.MANY if isinstance(answer.value, list) and answer.value:
            return f"{label} [{'; '.join(answer.value)}]"
    return label


@dataclass(frozen=True, slots=True)
class _Telling:
    """One answer under one wording."""

    wording: Wording
    answer: ReadAnswer
    fine: str
    zone: str

    def value(self) -> SaidValue:
        value = self.answer.value
        if self.answer.kind == Kind.WHEN:
            day = self._day(value if isinstance(value, str) else None)
            return day if self.fine == "day" else None
        return tuple(value) if isinstance(value, list) else value

    def label(self) -> str:
        value = self.answer.value
        match self.answer.kind:
            case Kind.ONE if value is not None:
                return _joined(self._choice(str(value)), self._told(self._at()))
            case Kind.MANY if isinstance(value, list):
                return ", ".join(self._picks(value))
            case Kind.SCALE if isinstance(value, int):
                return f"{value} · {self._step(value)}"
            case Kind.MINUTES if value is not None:
                return f"{value} min."
            case Kind.CITIZEN:
                return " ".join(str(value or "").split())
            case Kind.WHEN:
                choice = (self.answer.detail or {}).get("choice")
                at = value if isinstance(value, str) else None
                return _joined(self._choice(str(choice)) if choice else "", self._told(at))
        return ""

    def _picks(self, choices: list[str]) -> list[str]:
        attempts = (self.answer.detail or {}).get("attempts") or []
        left = list(attempts)
        said = []
        for choice in choices:
            attempt = next((one for one in left if one.get("channel") == choice), None)
            if attempt is None:
                said.append(self._choice(choice))
                continue
            left.remove(attempt)
            result = _joined(self._result(str(attempt.get("result"))), self._told(attempt.get("at")), ", ")
            said.append(f"{self._choice(choice)} ({result})")
        return said

    def _at(self) -> str | None:
        at = (self.answer.detail or {}).get("at")
        return at if isinstance(at, str) else None

    def _day(self, at: str | None) -> date | None:
        return local(moment(at), ZoneInfo(self.zone)).date() if at else None

    def _told(self, at: str | None) -> str:
        day = self._day(at)
        if day is None or self.fine == "none":
            return ""
        return day.isoformat() if self.fine == "day" else "{}-W{:02}".format(*iso_week(day))

    def _choice(self, choice: str) -> str:
        try:
            return self.wording.choice(self.answer.question_id, choice)
        except KeyError:
            return choice

    def _result(self, result: str) -> str:
        try:
            return self.wording.result(self.answer.question_id, result)
        except KeyError:
            return result

    def _step(self, number: int) -> str:
        try:
            return self.wording.step(self.answer.question_id, number)
        except (KeyError, IndexError):
            return str(number)


def _joined(first: str, second: str, between: str = ": ") -> str:
    return between.join(part for part in (first, second) if part)
