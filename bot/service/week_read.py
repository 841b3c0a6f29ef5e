"""Which week somebody means: what they type after /uge, and what the buttons of a week carry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.dialogue.summary import Week, week_of

_FIRST_YEAR = 2000
_NUMBER = re.compile(r"(?:uge|week|w)?\s*(\d{1,2})(?:[\s/.,-]+(?:år\s*)?(\d{4}))?", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})\s*[-/ ]?\s*(?:uge|week|w)?\s*(\d{1,2})", re.IGNORECASE)
_WORDS = {
    "denne": 0, "denne uge": 0, "nu": 0, "this": 0, "this week": 0, "now": 0,
    "sidste": -1, "sidste uge": -1, "forrige": -1, "forrige uge": -1, "last": -1, "last week": -1,
}  # fmt: skip
_SOON = timedelta(weeks=6)
_LONGEST_BACK = 7  # years until the next week 53 at the latest


def read_week(text: str, today: date) -> Week | None:
    """The week somebody types: "47", "uge 47", "47 2025", "2026-W47", "sidste uge"; None for anything else.

    A number alone is the newest such week that has begun, or begins within six weeks: whoever types 53 before Christmas
    does not mean the one of years ago. ``today``: the local date.
    """
    said = " ".join(text.split()).casefold().rstrip(".,!?")
    if said in _WORDS:
        return week_of(today).moved(_WORDS[said])
    if found := _ISO.fullmatch(said):
        return _week(int(found[1]), int(found[2]))
    if found := _NUMBER.fullmatch(said):
        return _week(int(found[2]), int(found[1])) if found[2] else _nearest(int(found[1]), today)
    return None


def _nearest(number: int, today: date) -> Week | None:
    this = week_of(today)
    weeks = (_week(this.year - back, number) for back in range(-1, _LONGEST_BACK + 1))
    return next((one for one in weeks if one is not None and one.monday <= today + _SOON), None)


def _week(year: int, number: int) -> Week | None:
    try:
        return Week(year, number) if year >= _FIRST_YEAR else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Said:
    """What a button of a week carries: the week, and a rest whose meaning is its page's own."""

    week: Week
    rest: str = ""


def say(week: Week, rest: str | int = "") -> str:
    """The inverse of ``read_said``."""
    return f"{week}.{rest}" if rest != "" else str(week)


def read_said(arg: str) -> Said | None:
    """What ``say`` wrote; None for anything else."""
    name, _, rest = arg.partition(".")
    found = _ISO.fullmatch(name)
    week = _week(int(found[1]), int(found[2])) if found else None
    return None if week is None else Said(week, rest)
