"""Working days and days away in words, and read from words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import at_local, local, say_when
from bot.dialogue.phrases import Direction, When, read_when
from storage.people import Person

_SHORT = {"da": "man tir ons tor fre lør søn", "en": "Mon Tue Wed Thu Fri Sat Sun"}
_NOON = 12  # a time of day that every date has, whatever the clocks do

_LEAD_IN = re.compile(
    r"^(?:jeg\s+(?:er|holder)\s+|i(?:['’]m| am)\s+)?(?:væk|fri|ferie|på ferie|away|off|on holiday)?[\s:,]*", re.I
)
_SAYS_AWAY = re.compile(
    r"^(?:jeg\s+(?:er|holder)\s+(?:væk|fri|ferie|på ferie)|(?:væk|ferie|fri)\s"
    r"|i(?:['’]m| am)\s+(?:away|off|on holiday)|away\s)",
    re.I,
)
_BACK = re.compile(r"^(?:(?:jeg\s+er\s+)?(?:tilbage|back)(?:\s+(?:igen|again))?)\s+(?P<last>.+)$", re.I)
_UNTIL = re.compile(r"^(?:til og med|til|indtil|t\.o\.m\.|until|till|to)\s+(?P<last>.+)$", re.I)
_BETWEEN = re.compile(
    r"^(?:fra|from)?\s*(?P<first>.+?)\s+(?:til og med|til|indtil|t\.o\.m\.|until|till|to|[-–])\s*(?P<last>.+)$", re.I
)
_WEEK = re.compile(r"^(?:(?:hele|all)\s+)?(?:uge|week)\s+\d{1,2}$", re.I)


def short_days(language: str) -> list[str]:
    """The weekdays in three letters, Monday first."""
    return _SHORT.get(language, _SHORT["da"]).split()


def days(weekdays: Iterable[int], language: str) -> str:
    """These weekdays (Monday is 0) in words, in order."""
    names = short_days(language)
    return ", ".join(names[day] for day in sorted(weekdays))


def clock(at: time, language: str) -> str:
    """A time of day as it is written: 8.00, 08:00."""
    return f"{at:%H:%M}" if language == "en" else f"{at.hour}.{at.minute:02}"


def span(first: date, last: date, now: datetime, person: Person) -> str:
    """Days away in words: one day, or the first and the last."""
    zone = ZoneInfo(person.zone)

    def say(day: date) -> str:
        return say_when(at_local(day, _NOON, 0, zone), now, zone, person.language, False)

    return say(first) if first == last else f"{say(first)} – {say(last)}"


def says_away(text: str) -> bool:
    """Whether somebody writes, without being asked, that they are away."""
    return _SAYS_AWAY.match(text.strip()) is not None


def read_away(text: str, now: datetime, zone: tzinfo, language: str) -> tuple[date, date] | None:
    """The first and the last day away that ``text`` speaks of, both included; None when it is not understood.

    "til den 5." counts the fifth as the last day away; who is "tilbage den 5." works on it. Without a first day it
    begins today.
    """
    said = _LEAD_IN.sub("", re.sub(r"(?<!\d)[.!]+$", "", text.strip()), count=1)
    today = local(now, zone).date()

    def day(phrase: str, seen_from: datetime = now) -> date | None:
        read = read_when(phrase.strip(), seen_from, zone, Direction.FUTURE, language)
        return local(read.at, zone).date() if isinstance(read, When) else None

    if _WEEK.match(said):
        inside = day(re.sub(r"^(?:hele|all)\s+", "", said, flags=re.I))
        return None if inside is None else _in_order(max(today, _monday(inside)), _monday(inside) + timedelta(days=6))
    if back := _BACK.match(said):
        first_day = day(back["last"])
        return None if first_day is None else _in_order(today, first_day - timedelta(days=1))
    if until := _UNTIL.match(said):
        return _in_order(today, day(until["last"]))
    if (between := _BETWEEN.match(said)) and (first := day(between["first"])) is not None:
        last = day(between["last"], at_local(first, 0, 0, zone)) or _same_month(first, between["last"])
        return _in_order(first, last)
    alone = day(said)
    return _in_order(alone, alone)


def _same_month(first: date, said: str) -> date | None:
    """ "den 3. til 7. december" speaks of the month once."""
    number = re.match(r"^(?:den\s+|d\.\s*)?(\d{1,2})\.?$", said.strip(), re.I)
    if number is None:
        return None
    try:
        return first.replace(day=int(number[1]))
    except ValueError:
        return None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _in_order(first: date | None, last: date | None) -> tuple[date, date] | None:
    return None if first is None or last is None or last < first else (first, last)
