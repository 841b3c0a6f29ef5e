"""Invented weeks of invented teams, written by the program's own use cases: for the practice phone, tests, benchmarks.

Answers, follow-ups, contact threads, attempts, reminders and shares come about as they would have in those weeks; only
the messages are not sent. The same seed and end make the same content, under other ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.practice_sample_deeds import Again, Deed, Friday, GoesAway, Noted, Round, TakesUp, Try, Visit, Who
from bot.practice_sample_lead import hears_of_wishes, sees_calls, takes_up
from bot.practice_sample_people import Cast, enrol
from bot.practice_sample_plan import plan
from bot.practice_sample_reach import STORY
from bot.practice_sample_rounds import COFFEE, see_to_all, send, tell_leads, tick_off
from bot.practice_sample_threads import attempt, calm, note
from bot.practice_sample_walk import Walk
from bot.service import hours, remind_check_in
from bot.service.tools import Tools, keep_guide
from storage import reflections
from storage.database import Database, Transaction


class SampleError(Exception):
    """Invented weeks cannot be written here; one plain sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What was written."""

    weeks: int
    mentors: int
    debriefs: int
    answers: int
    attempts: int


@dataclass
class _Told:
    """What later deeds need to know of earlier ones: debriefs by who and key, and what is never ticked off."""

    debriefs: dict[tuple[Who, str], str] = field(default_factory=dict)
    leaves: dict[str, frozenset[str]] = field(default_factory=dict)


async def fill(
    db: Database,
    tools: Tools,
    *,
    weeks: int = 8,
    mentors: int = 4,
    teams: int = 1,
    seed: int = 1,
    until: datetime,
) -> Filled:
    """Write ``weeks`` full ISO weeks and the running one as far as ``until`` (aware), each of ``teams`` with so many
    ``mentors`` and a lead; nothing is later than ``until``. The first team is that of the practice phone; people who
    are there already are kept.

    Inbox and outbox are left as they are, and nothing that fell due before ``until`` waits to be sent. Raises
    SampleError when there are debriefs already, ValueError for a number below one or a naive time, StorageError.
    """
    if min(weeks, mentors, teams) < 1 or until.tzinfo is None:
        raise ValueError("weeks, mentors and teams are at least one, and until has a zone")
    zone = ZoneInfo(tools.zone)
    made = plan(until, weeks=weeks, mentors=mentors, teams=teams, seed=seed, zone=zone, holidays=tools.holidays)
    async with db.transaction() as tx:
        if await tx.one("SELECT 1 AS there FROM reflections LIMIT 1") is not None:
            raise SampleError(
                "There are debriefs here already, so no invented weeks are added; begin with an empty data folder."
            )
        keep_guide(tx, tools, made.joined)
        cast = await enrol(tx, tools, made)
    told = _Told()
    for deed in made.deeds:
        async with db.transaction() as tx:
            await _carry_out(tx, tools, cast, told, deed)
    async with db.transaction() as tx:
        await send(tx, tools, until)
        await see_to_all(tx, tools, told.leaves, until)
        return await _count(tx, weeks, len(cast.mentors))


async def _carry_out(tx: Transaction, tools: Tools, cast: Cast, told: _Told, deed: Deed) -> None:
    match deed:
        case Visit():
            await _visit(tx, tools, cast, told, deed)
        case Again(at=at, who=who, key=key, steps=steps):
            known = told.debriefs.get((who, key))
            if known is not None:
                await Walk(tx, tools, cast.person(who), at).come_back(known, steps)
        case Try(who=who, citizen=citizen):
            await attempt(tx, tools, cast.person(who), cast.citizen(who, citizen), deed)
        case Noted(who=who, citizen=citizen):
            await note(tx, tools, cast.person(who), cast.citizen(who, citizen), deed)
        case GoesAway(at=at, who=who):
            await hours.press(tx, tools, cast.person(who), "k", "", at)
        case TakesUp(who=who, key=key):
            known = told.debriefs.get((who, key))
            if known is not None:
                await takes_up(tx, tools, cast.person(who), known, deed)
        case Round(at=at):
            await sees_calls(tx, tools, at)
            await hears_of_wishes(tx, tools, at)
            await send(tx, tools, at)
            await see_to_all(tx, tools, told.leaves, at + COFFEE)
            await tell_leads(tx, tools, _of_the_story(cast), at)
        case Friday(at=at):
            await tick_off(tx, told.leaves, at)


async def _visit(tx: Transaction, tools: Tools, cast: Cast, told: _Told, visit: Visit) -> None:
    person, citizen = cast.person(visit.who), cast.citizen(visit.who, visit.citizen)
    walk = Walk(tx, tools, person, visit.at)
    await walk.begin(visit, citizen)
    await sees_calls(tx, tools, walk.now)
    if visit.check_in:
        reflection = await reflections.get(tx, walk.reflection_id)
        if reflection is not None:
            await remind_check_in.want(tx, tools, person, reflection, walk.now)
    await calm(tx, tools, citizen, walk.now)
    told.leaves[walk.reflection_id] = visit.leaves
    if visit.key:
        told.debriefs[visit.who, visit.key] = walk.reflection_id


def _of_the_story(cast: Cast) -> frozenset[str]:
    return frozenset(one.id for (_, name), one in cast.citizens.items() if name in STORY.values())


async def _count(tx: Transaction, weeks: int, mentors: int) -> Filled:
    tables = ("reflections", "answers", "contact_attempts")
    rows = await tx.several(*((f"SELECT COUNT(*) AS n FROM {table}",) for table in tables))  # noqa: S608 - our own names
    debriefs, answers, attempts = (int(row[0]["n"]) for row in rows)
    return Filled(weeks, mentors, debriefs, answers, attempts)
