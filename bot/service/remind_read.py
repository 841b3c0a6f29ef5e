"""A time and a text typed in one line: "torsdag kl. 14 ring til lægen", "ring til lægen torsdag kl. 14"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.dialogue.phrases import Direction, NotUnderstood, When, WrongSide, read_when

_WORD = re.compile(r"\S+")
_MOST_WORDS = 9  # of a phrase about time: "torsdag den 26. november 2026 kl. 14.00"
_BETWEEN = " \t\n:;,–—-"
_TOO_LITTLE = re.compile(r"(?:[\d.]+|nu|now)", re.IGNORECASE)  # at the end of a line they are rarely meant as a time


# Whose task a line is, as people begin it: "Mig: …", "- Borgeren: …", "B: …".
_BULLET = re.compile(r"^\s*[-–•*]\s+")
_MINE = re.compile(r"^(?:mig|jeg|min|mit|me|i|mine)\s*[:–—]\s*", re.IGNORECASE)
_CITIZENS = re.compile(r"^(?:borger(?:en)?s?|b|the citizen|citizen|c)\s*[:–—-]\s+", re.IGNORECASE)
_CITIZEN = {"da": "Borgeren", "en": "The citizen"}


@dataclass(frozen=True, slots=True)
class TimedText:
    """``at`` (UTC) as ``When`` has it, and what else was typed, without the time."""

    at: datetime
    has_time: bool
    text: str


@dataclass(frozen=True, slots=True)
class PastText:
    """A time was typed first, and it has passed (UTC)."""

    at: datetime


def time_first(text: str, now: datetime, zone: tzinfo, language: str) -> TimedText | PastText | None:
    """The longest beginning of ``text`` that is a time to come, and the rest. None: it begins with no time.

    The longest decides, also when it has passed: of "i dag kl. 8.00 ring" the day alone must not be taken.
    """
    words = list(_WORD.finditer(text))
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        end = words[count - 1].end()
        read = read_when(text[words[0].start() : end].rstrip(_BETWEEN), now, zone, Direction.FUTURE, language)
        match read:
            case When():
                return TimedText(read.at, read.has_time, text[end:].strip(_BETWEEN))
            case WrongSide():
                return PastText(read.at)
            case NotUnderstood():
                continue
    return None


def time_last(text: str, now: datetime, zone: tzinfo, language: str) -> TimedText | None:
    """The longest ending of ``text`` that is a time to come, and what stands before it, which must be something."""
    words = list(_WORD.finditer(text))
    for first in range(max(1, len(words) - _MOST_WORDS), len(words)):
        phrase = text[words[first].start() :].strip(_BETWEEN)
        if _TOO_LITTLE.fullmatch(phrase):
            continue
        read = read_when(phrase, now, zone, Direction.FUTURE, language)
        if isinstance(read, When):
            return TimedText(read.at, read.has_time, text[: words[first].start()].strip(_BETWEEN))
    return None


def task_line(text: str, language: str) -> str:
    """A line of agreed tasks without what lists begin with; the citizen's own all say so alike."""
    line = _BULLET.sub("", text).strip()
    if found := _CITIZENS.match(line):
        return f"{_CITIZEN.get(language, _CITIZEN['da'])}: {line[found.end() :]}"
    return _MINE.sub("", line) or line


def timed_line(text: str, now: datetime, zone: tzinfo, language: str) -> TimedText | None:
    """A line whose time stands first or last. None: neither is a time to come, or there is nothing but a time."""
    first = time_first(text, now, zone, language)
    if isinstance(first, TimedText) and first.text:
        return first
    return None if isinstance(first, TimedText) else time_last(text, now, zone, language)
