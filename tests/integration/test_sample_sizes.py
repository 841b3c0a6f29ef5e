"""Invented weeks of other sizes and at other times of the year, and where they are not to be written."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.practice_sample import SampleError, fill
from bot.practice_sample_deeds import Plan, Visit
from bot.practice_sample_plan import plan
from bot.workdays import danish_holidays
from tests.integration.sample_kit import NEWEST, TOOLS, UNTIL, ZONE, opened, sampled, week_of, weeks_back

MONDAYS = [
    datetime(2026, 12, 28, 6, tzinfo=UTC),  # the newest week is Christmas
    datetime(2027, 1, 4, 6, tzinfo=UTC),  # ISO week 53
    datetime(2027, 4, 5, 5, tzinfo=UTC),  # after Easter Monday's week began
    datetime(2026, 10, 26, 6, tzinfo=UTC),  # the clocks went back the night before
    datetime(2027, 3, 29, 5, tzinfo=UTC),  # Holy Week, and the clocks went forward
]


def _plan(until: datetime, **size: int) -> Plan:
    asked = {"weeks": 8, "mentors": 4, "teams": 1, "seed": 1} | size
    return plan(until, zone=ZONE, holidays=danish_holidays, **asked)


def _outcomes(made: Plan, week: tuple[int, int], team: int = 0) -> Counter[object]:
    visits = [one for one in made.deeds if isinstance(one, Visit) and one.who.team == team]
    return Counter(one.answers["outcome"][0] for one in visits if week_of(one.at) == week)


@pytest.mark.parametrize("until", MONDAYS, ids=[f"{one:%Y-%m-%d}" for one in MONDAYS])
def test_the_newest_week_is_rich_all_year(until: datetime) -> None:
    """Whatever holidays it has, and when the clocks change, the newest week tells the story, on working days only."""
    made = _plan(until)
    newest = week_of(until - timedelta(days=3))
    assert {*_outcomes(made, newest)} >= {"acute", "left_for_safety", "did_not_come", "did_not_open", "as_agreed"}
    assert all(one.at < until for one in made.deeds)
    assert [one.at for one in made.deeds] == sorted(one.at for one in made.deeds)
    for visit in (one for one in made.deeds if isinstance(one, Visit)):
        wall = visit.at.astimezone(ZONE)
        assert wall.weekday() < 5 and wall.date() not in danish_holidays(visit.at) and 8 <= wall.hour < 20


def test_the_running_week_goes_as_far_as_now(tmp_path: Path) -> None:
    """On a Wednesday afternoon the week that runs has its first days, and nothing of what is still to come."""
    until = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
    found = sampled(tmp_path, until, weeks=1)
    running = found.of((2026, 48))
    assert 3 <= len(running) <= 20 and len(found.of(NEWEST)) > 20
    assert max(one.finished_at or until for one in running) <= until
    assert found.rows["waiting"] == []


def test_a_short_sample(tmp_path: Path) -> None:
    """One team of two weeks: both have debriefs, nothing is before them, and the newest still has it all."""
    found = sampled(tmp_path, weeks=2)
    assert {week_of(one.started_at) for one in found.records} == {NEWEST, weeks_back(NEWEST, 1)}
    assert {*found.values(NEWEST, "safety")} >= {"threat", "suicide_risk"}
    assert {*found.values(NEWEST, "absence_decision")} >= {"register", "wait"}
    assert found.rows["waiting"] == [] and len(found.rows["threads"]) >= 6


def test_three_teams(tmp_path: Path) -> None:
    """Each of three teams has its own lead, mentors, citizens and rich week; no two have the same people."""
    found = sampled(tmp_path, weeks=1, mentors=3, teams=3)
    teams = Counter((one["team"], one["role"]) for one in found.rows["people"])
    names = ("Øvelsesteamet", "Øvelsesteamet 2", "Øvelsesteamet 3")
    assert teams == {(name, role): n for name in names for role, n in (("mentor", 3), ("lead", 1))}
    assert len({one["telegram_id"] for one in found.rows["people"]}) == 12 and found.filled.mentors == 9
    for name in names:
        assert {*found.values(NEWEST, "safety", name)} >= {"threat", "suicide_risk"}
    told = [[one.citizen for one in found.of(NEWEST, name)] for name in names]
    assert told[0] != told[1] != told[2]


@pytest.mark.parametrize("mentors", [1, 9])
def test_other_teams_of_mentors(tmp_path: Path, mentors: int) -> None:
    """A team of one and a team of nine: everybody has debriefs, and every pseudonym is one citizen's."""
    found = sampled(tmp_path, weeks=1, mentors=mentors)
    assert len({one.mentor for one in found.records}) == mentors
    names = [one["pseudonym"] for one in found.rows["citizens"]]
    assert len(names) == len(set(names)) >= 6 * mentors


async def test_debriefs_that_are_there_are_left_alone(tmp_path: Path) -> None:
    """Where there are debriefs already nothing is written, and one sentence says what to do."""
    db = await opened(tmp_path)
    try:
        await fill(db, TOOLS, weeks=1, mentors=1, until=UNTIL)
        async with db.snapshot() as snapshot:
            before = await snapshot.all("SELECT (SELECT count(*) FROM reflections), (SELECT count(*) FROM people)")
        with pytest.raises(SampleError, match=r"^There are debriefs here .* begin with an empty data folder\.$"):
            await fill(db, TOOLS, weeks=1, mentors=2, until=UNTIL)
        async with db.snapshot() as snapshot:
            after = await snapshot.all("SELECT (SELECT count(*) FROM reflections), (SELECT count(*) FROM people)")
        assert before == after
    finally:
        await db.close()


@pytest.mark.parametrize("wrong", [{"weeks": 0}, {"mentors": 0}, {"teams": -1}])
async def test_sizes_below_one_are_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    """No weeks, no mentors or no teams is a mistake of the caller, and so is a time without a zone."""
    db = await opened(tmp_path)
    try:
        with pytest.raises(ValueError, match="at least one"):
            await fill(db, TOOLS, until=UNTIL, **wrong)
        with pytest.raises(ValueError, match="zone"):
            await fill(db, TOOLS, until=UNTIL.replace(tzinfo=None))
    finally:
        await db.close()
