"""What the week's sentences are made of: numbers, lists, days, and a figure beside the weeks before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from bot.dialogue.calendar import local
from bot.dialogue.summary import Series, WeeklySummary
from bot.service.replies import Worded

NAMED_BEFORE = 3
"""So many weeks before are named in a sentence; the rest is seen in the picture and the tables."""
FEWEST_FOR_A_TREND = 3
SAME_SHARE = 0.1
NOTHING = ""


def counted(key: str, n: int, **values: Any) -> Worded:
    """The text ``key`` about ``n`` things; ``number``: ``n`` as a sentence has it, in words up to twelve."""
    return Worded(key, {"n": n, "number": number(n), **values})


def number(n: int) -> Worded:
    """``n`` as a sentence has it."""
    return Worded("week.number", {"n": n})


def listed(things: Iterable[object]) -> Worded:
    """ "a, b and c". ``things``: texts, or what becomes words when it is drawn; at least one."""
    return Worded("week.listed", {"things": list(things)})


def day(at: datetime, summary: WeeklySummary, language: str) -> str:
    """The day of ``at`` where the team is, with its weekday: torsdag 26. november / Thursday 26 November."""
    pattern = "EEEE d. MMMM" if language == "da" else "EEEE d MMMM"
    return format_date(local(at, ZoneInfo(summary.zone)).date(), pattern, locale=language)


def unfinished(summary: WeeklySummary) -> bool:
    """The week is not over yet, so its figures cannot be held against whole weeks."""
    return summary.at < summary.week.bounds(ZoneInfo(summary.zone))[1]


def earlier(summary: WeeklySummary, series: Series) -> Series:
    """The numbers of the weeks before, from the first in which the team wrote anything: before that, 0 says nothing."""
    first = next((place for place, count in enumerate(summary.debriefs) if count), len(series))
    return series[first:-1]


def before(summary: WeeklySummary, series: Series) -> Worded | str:
    """ " – mod 15, 14 og 17 de tre uger før": the end of a sentence about ``series[-1]``; empty without such weeks."""
    return _before("week.before", summary, series, [str(count) for count in earlier(summary, series)])


def before_in_hours(summary: WeeklySummary, minutes: Series) -> Worded | str:
    """The same about a number of minutes, told in hours."""
    return _before("week.before_hours", summary, minutes, [hours(count) for count in earlier(summary, minutes)])


def _before(key: str, summary: WeeklySummary, series: Series, told: Sequence[str]) -> Worded | str:
    values = list(told[-NAMED_BEFORE:])
    if not values:
        return NOTHING
    same = set(earlier(summary, series)[-NAMED_BEFORE:]) == {series[-1]}
    return counted(key, len(values), counts=listed(values), same=same, zero=series[-1] == 0)


def trend(summary: WeeklySummary, series: Series) -> Worded | str:
    """ " Det er flere end i de fleste af ugerne før.": how the week's number lies among those before it.

    Empty when there are too few weeks to say, nothing to compare, or the week is not over. What differs by one, or by
    a tenth, counts as the same: small numbers go up and down by themselves.
    """
    others, n = earlier(summary, series), series[-1]
    if len(others) < FEWEST_FOR_A_TREND or n == 0 or unfinished(summary):
        return NOTHING
    differing = [other for other in others if abs(other - n) > max(1, SAME_SHARE * max(other, n))]
    more, fewer = sum(other < n for other in differing), sum(other > n for other in differing)
    if more == len(others):
        name = "most"
    elif fewer == len(others):
        name = "least"
    elif more > len(others) / 2:
        name = "more"
    else:
        name = "fewer" if fewer > len(others) / 2 else "usual"
    return counted(f"week.trend.{name}", len(others))


def hours(minutes: int) -> str:
    """Minutes in hours, to the nearest quarter: 14½; what is not nothing is at least a quarter. From a hundred hours
    on, whole ones."""
    if minutes >= 100 * 60:
        return str(round(minutes / 60))
    quarters = max(round(minutes / 15), 1) if minutes > 0 else 0
    whole, rest = divmod(quarters, 4)
    return f"{whole or ''}{['', '¼', '½', '¾'][rest]}" or "0"


def hours_worded(minutes: int) -> Worded:
    """The same with its unit: 14½ timer, ¾ time."""
    return Worded(
        "week.hours", {"hours": hours(minutes), "quarters": max(round(minutes / 15), 1) if minutes > 0 else 0}
    )
