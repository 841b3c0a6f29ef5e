"""From a seed to everything that happens in the invented weeks, the earliest first. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.practice_sample_answers import Answering
from bot.practice_sample_days import Days
from bot.practice_sample_deeds import Deed, Friday, Noted, Plan, Round, Try, Visit, Who
from bot.practice_sample_reach import out_of_reach
from bot.practice_sample_story import Stage, earlier_weeks, newest_week
from bot.practice_sample_texts import Texts
from bot.practice_sample_weeks import Weeks

_ORDINARY = (
    ("Stjerne", "B12", "B03", "B07", "Havblik", "B31"),
    ("Birk", "B22", "Kompas", "B26", "Solsort", "B29"),
    ("Anker", "B41", "Bølge", "B44", "Kajak", "B47"),
    ("Mælkebøtte", "B52", "Vindmølle", "B55", "Tusindfryd", "B58"),
)
_EACH = 6
_ROUNDS = ((8, 5), (12, 5), (15, 50))
_ENROLLED_BEFORE = timedelta(days=21)
_A_DEED = timedelta(minutes=15)  # the longest debrief, and what follows at once


def plan(
    until: datetime,
    *,
    weeks: int,
    mentors: int,
    teams: int,
    seed: int,
    zone: ZoneInfo,
    holidays: Callable[[datetime], frozenset[date]],
) -> Plan:
    """Make it up: the same arguments give the same plan. ``until`` is aware; nothing in the plan is later.

    ``weeks`` full weeks before the one of ``until``, and that one as far as it has come; see ``Days``.
    """
    deeds: list[Deed] = []
    citizens: dict[Who, tuple[str, ...]] = {}
    begins = until
    for team in range(teams):
        days = Days(until, weeks, zone, holidays)
        begins = days.begins
        cast = tuple(Who(team, number) for number in range(mentors))
        made = _team(days, Random(f"{seed}/{team}"), cast)  # noqa: S311 - invented weeks are no secret
        deeds += made
        citizens |= {who: _citizens_of(who, made) for who in cast}
    deeds += _rhythm(Days(until, weeks, zone, holidays))
    kept = sorted((one for one in deeds if begins <= one.at <= until - _A_DEED), key=lambda one: one.at)
    return Plan(begins - _ENROLLED_BEFORE, tuple(kept), citizens)


def _team(days: Days, random: Random, cast: tuple[Who, ...]) -> list[Deed]:
    texts = Texts(random)
    answering = Answering(random, texts)
    stage = Stage(days, answering, texts, cast)
    out_of_reach(stage)
    newest_week(stage)
    earlier_weeks(stage)
    weeks = Weeks(days, random, answering, frozenset(stage.claimed))
    ordinary = [deed for week in days.all_weeks() for who in cast for deed in weeks.of(who, _ordinary(who), week)]
    return [*stage.deeds, *ordinary]


def _ordinary(who: Who) -> tuple[str, ...]:
    """The pseudonyms of a mentor's citizens, unlike those of any other mentor in the team."""
    if who.mentor < len(_ORDINARY):
        return _ORDINARY[who.mentor]
    return tuple(f"B{100 * who.mentor + number}" for number in range(1, _EACH + 1))


def _citizens_of(who: Who, deeds: list[Deed]) -> tuple[str, ...]:
    mine = [one for one in deeds if isinstance(one, Visit | Try | Noted) and one.who == who]
    return tuple(dict.fromkeys([*_ordinary(who), *(one.citizen for one in mine)]))


def _rhythm(days: Days) -> list[Deed]:
    """Three times on every working day, and the afternoon of the last one in a week."""
    found: list[Deed] = []
    for week in days.all_weeks():
        worked = days.workdays(week)
        found += [Round(days.at(day, hour, minute)) for day in worked for hour, minute in _ROUNDS]
        found.append(Friday(days.at(worked[-1], 15, 40)))
    return found
