"""Ordinary weeks: every citizen is met about once; who does not come or cancels is met some days later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from bot.dialogue.calendar import local
from bot.practice_sample_answers import NOT_HELD, OUTCOMES, Answering
from bot.practice_sample_days import Days, Mood
from bot.practice_sample_deeds import Deed, GoesAway, Visit, Who

_FULL_A_WEEK = 4  # debriefs a mentor takes their time for, so that the team's week has enough for a distribution
_QUIET_TEAM = 2  # mentors who are not away in a quiet week: too few for a distribution
_TWICE = 25  # percent of citizens who are met once more in a week
_TOUGH = ("4", "5")


class Weeks:
    """``claimed``: citizens whose week the story tells, by mentor, citizen and week."""

    def __init__(
        self, days: Days, random: Random, answering: Answering, claimed: frozenset[tuple[Who, str, int]]
    ) -> None:
        self._days, self._random, self._answering, self._claimed = days, random, answering, claimed

    def of(self, who: Who, citizens: tuple[str, ...], week: int) -> list[Deed]:
        """What this mentor does in this week besides the story."""
        mood = self._days.mood(week)
        if mood is Mood.QUIET and who.mentor >= _QUIET_TEAM:
            return [GoesAway(self._days.at(self._days.newest + timedelta(weeks=week), 7, 30), who)]
        mine = [one for one in citizens if (who, one, week) not in self._claimed]
        if mood is Mood.QUIET:
            mine = mine[: len(mine) // 2]
        twice = [one for one in mine if mood is not Mood.QUIET and self._random.randrange(100) < _TWICE]
        visits = [visit for one in [*mine, *twice] for visit in self._meetings(who, one, week, mood)]
        return [*self._with_time(sorted(visits, key=lambda one: one.at), mood)]

    def _meetings(self, who: Who, citizen: str, week: int, mood: Mood) -> list[Visit]:
        at = self._days.free(who, week, self._random)
        if at is None:
            return []
        outcome = self._answering.pick(OUTCOMES[mood])
        first = self._visit(who, citizen, outcome, mood, at)
        if outcome not in NOT_HELD:
            return [first]
        wall = local(at, self._days.zone).date()
        again = self._days.free(who, week, self._random, after=wall)
        if again is None:
            return [first]
        how = self._answering.pick({"as_agreed": 50, "by_phone": 40, "moved_place": 10})
        return [first, self._visit(who, citizen, how, mood, again)]

    def _visit(self, who: Who, citizen: str, outcome: str, mood: Mood, at: datetime) -> Visit:
        answers = self._answering.debrief(outcome, mood, at.weekday())
        tough = answers["toughness"][0] in _TOUGH
        return Visit(
            at=at,
            who=who,
            citizen=citizen,
            full=False,
            answers=answers,
            steps=self._answering.on_the_road(outcome),
            check_in=tough and self._random.randrange(100) < 50,
        )

    def _with_time(self, visits: list[Visit], mood: Mood) -> list[Visit]:
        """Some of them at full length: the first that were held, and a few of the others."""
        left = 1 if mood is Mood.QUIET else _FULL_A_WEEK
        found = []
        for visit in visits:
            held = visit.answers["outcome"][0] not in NOT_HELD
            full = held and left > 0
            left -= full
            found.append(replace(visit, full=full or (not held and self._random.randrange(100) < 40)))
        return found
