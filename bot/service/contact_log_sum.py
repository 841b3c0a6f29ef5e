"""Counting a contact log: what became of agreed meetings, what was tried, time used; hours by ISO week. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from bot.dialogue.calendar import iso_week, local
from bot.service.contact_log import Became, Log, Period
from storage.contact_log import Spent

AGREED = (
    Became.HELD, Became.HELD_OTHERWISE, Became.MISSED, Became.NOTIFIED, Became.EXCUSED, Became.MINE, Became.UNSAFE,
)  # fmt: skip
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Sums:
    """What a log adds up to; only what stands, and lies in the period. Minutes with and without travel."""

    became: Mapping[Became, int]
    registered: int
    tried: Mapping[str, int]
    reached: int
    minutes: int
    assumed_minutes: int
    travel: int

    @property
    def agreed(self) -> int:
        """Meetings that were agreed beforehand, whatever became of them."""
        return sum(self.became.get(one, 0) for one in AGREED)

    @property
    def attempts(self) -> int:
        """Attempts at contact."""
        return sum(self.tried.values())


def add_up(log: Log) -> Sums:
    """The sums of a log."""
    meetings = [one for one in log.meetings if one.became is not None and log.period.holds(one.at)]
    timed = [one for one in log.meetings if one.elsewhere is None and log.period.holds(one.at)]
    attempts = [one for one in log.attempts if one.counts and log.period.holds(one.at)]
    return Sums(
        became=Counter(one.became for one in meetings if one.became is not None),
        registered=sum(one.registered for one in meetings),
        tried=Counter(one.last.channel for one in attempts),
        reached=sum(one.last.result == "reached" for one in attempts),
        minutes=sum(one.minutes or 0 for one in timed),
        assumed_minutes=sum(one.minutes or 0 for one in timed if one.minutes_assumed),
        travel=sum(one.travel or 0 for one in timed),
    )


@dataclass
class Week:
    """Time with or for one citizen in one ISO week, in minutes. ``assumed``: the part nobody said. ``visits``: debriefs
    that tell of time."""

    team: str
    pseudonym: str
    year: int
    week: int
    visits: int = 0
    minutes: int = 0
    assumed: int = 0
    travel: int = 0

    @property
    def name(self) -> str:
        """2026-W47."""
        return f"{self.year}-W{self.week:02}"

    @property
    def monday(self) -> date:
        """The week's first day."""
        return date.fromisocalendar(self.year, self.week, 1)

    @property
    def sunday(self) -> date:
        """The week's last day."""
        return self.monday + timedelta(days=6)


def weeks(found: Iterable[Spent], period: Period) -> list[Week]:
    """Time by citizen and ISO week of the contact's local day, by team, pseudonym and week. A week that the period cuts
    holds only the days in it."""
    by_week: dict[tuple[str, int, int], Week] = {}
    for one in found:
        if not period.holds(one.at):
            continue
        year, number = iso_week(local(one.at, period.zone).date())
        key = (one.citizen_id, year, number)
        week = by_week.setdefault(key, Week(one.team, one.pseudonym, year, number))
        week.visits += 1
        week.minutes += one.minutes or 0
        week.assumed += (one.minutes or 0) if one.assumed else 0
        week.travel += one.travel or 0
    return sorted(by_week.values(), key=lambda week: (week.team, week.pseudonym.casefold(), week.monday))


def hours(minutes: int) -> Decimal:
    """Hours with two decimals; half a hundredth goes up."""
    return (Decimal(minutes) / 60).quantize(_HUNDREDTH, ROUND_HALF_UP)
