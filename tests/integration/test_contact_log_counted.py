"""The log's figures against a count in plain Python over what the export for the record reads."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue.events import Press
from bot.dialogue.state import CitizenRef
from bot.service.contact_log import MINUTES, TRAVEL, WHEN, Became, Period
from bot.service.contact_log_read import Reads, read_log
from bot.service.contact_log_sum import add_up, weeks
from bot.service.reading import Purpose, ReadReflection, read
from storage import citizens, contact_log, people
from storage.citizens import Citizen
from storage.database import Database
from storage.ids import new_id
from storage.keys import Key
from storage.people import Person
from tests.integration import engines
from tests.integration.cli_kit import NOW, TOOLS, Talk, enrol
from tests.integration.export_kit import answer_all

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
UNPLANNED = ("acute", "by_chance", "text_only")
GROUPS = {choice.id: choice.group for choice in TOOLS.guide.guide["outcome"].choices}
DECISIONS = [choice.id for choice in TOOLS.guide.guide["absence_decision"].choices]


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database."""
    made = await engines.open_database(tmp_path, Key(bytes(range(32))))
    yield made
    await made.close()


async def _cast(db: Database) -> tuple[Person, list[Citizen]]:
    async with db.transaction() as tx:
        anna = await enrol(tx, "Anna", 100)
        made = [
            citizens.add(tx, id=new_id(NOW), team_id=anna.team_id or "", mentor_id=anna.id, pseudonym=name, now=NOW)
            for name in ("B07", "B12")
        ]
    return anna, made


async def _debrief(db: Database, anna: Person, about: Citizen, at: datetime, dice: random.Random) -> None:
    """A debrief with answers as the dice fall; some are changed a day after."""
    outcome = dice.choice(list(GROUPS))
    talk = await Talk(db, anna, now=at).begin()
    tries = [part for way in dice.sample(["call", "text", "visit"], 2) for part in (way, "no_answer")]
    moves: dict[str, list[Any]] = {
        "rest": [Press.RESUME],
        "citizen": [CitizenRef(about.id, about.pseudonym)],
        "outcome": [outcome],
        "minutes_used": [dice.choice(["m30", "m45", "m90"])],
        "toughness": ["2"],
        "reach_tried": dice.choice([["call"], [Press.MORE, *tries, Press.DONE], ["not_yet"]]),
        "absence_decision": [dice.choice(DECISIONS)],
        "next_contact": ["no"],
    }
    await answer_all(talk, moves, {})
    await talk.tap(Press.SAVE)
    talk.now = at + timedelta(days=1)
    if GROUPS[outcome] == "missed" and dice.random() < 0.5:
        await talk.tap((Press.CHANGE, "absence_decision"), dice.choice(DECISIONS))
    elif GROUPS[outcome] in ("held", "mine") and dice.random() < 0.5:
        await talk.tap((Press.CHANGE, "minutes_used"), "m120")
        await talk.tap((Press.CHANGE, "minutes_travel"), "m15")
    if dice.random() < 0.3:
        await talk.tap((Press.CHANGE, "contact_when"), "yesterday")


def _value(reflection: ReadReflection, question: str) -> object:
    return next((a.value for a in reflection.answers if a.question_id == question), None)


def _at(reflection: ReadReflection) -> datetime:
    told = _value(reflection, "contact_when")
    return datetime.fromisoformat(told) if isinstance(told, str) else reflection.started_at


def _day(at: datetime) -> date:
    return at.astimezone(COPENHAGEN).date()


def _tried(reflection: ReadReflection) -> list[datetime]:
    told = [one.detail for one in reflection.answers if one.question_id == "reach_tried" and one.detail]
    return [datetime.fromisoformat(one["at"]) for detail in told for one in detail["attempts"]]


def _count(found: list[ReadReflection], since: date, until: date) -> dict[str, int]:
    """The same figures, worked out anew."""
    counted: Counter[str] = Counter()
    for one in found:
        counted["attempts"] += sum(since <= _day(at) <= until for at in _tried(one))
        if not since <= _day(_at(one)) <= until:
            continue
        outcome, decision = str(_value(one, "outcome")), _value(one, "absence_decision")
        excused = GROUPS[outcome] == "missed" and decision in ("held_otherwise", "ill_or_cancelled")
        counted["agreed"] += outcome not in UNPLANNED
        counted["no_shows"] += GROUPS[outcome] == "missed" and not excused
        counted["registered"] += GROUPS[outcome] == "missed" and decision in ("register", "already_registered")
        minutes, travel = _value(one, "minutes_used"), _value(one, "minutes_travel")
        counted["minutes"] += minutes if isinstance(minutes, int) else 0
        counted["travel"] += travel if isinstance(travel, int) else 0
    return dict(counted)


async def test_the_figures_are_those_of_the_export(db: Database) -> None:
    """Over the turn of a year and a change of the clocks: agreed meetings, no-shows, attempts, minutes, for each
    citizen and for several periods; and the weeks add up to the same minutes."""
    anna, made = await _cast(db)
    dice = random.Random(7)
    start = datetime(2026, 10, 19, 9, tzinfo=UTC)
    for number in range(44):
        await _debrief(db, anna, made[number % 2], start + timedelta(days=2 * number, hours=number % 9), dice)
    async with db.snapshot() as snapshot:
        whole = [one async for one in read(snapshot, Purpose.RECORD, revisions=False)]
    assert len(whole) == 44
    periods = [
        (date(2026, 10, 1), date(2027, 3, 31)), (date(2026, 10, 25), date(2026, 10, 25)),
        (date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 12, 28), date(2027, 1, 3)),
    ]  # fmt: skip
    seen: Counter[str] = Counter()
    for citizen in made:
        about = [one for one in whole if one.citizen == citizen.pseudonym]
        for since, until in periods:
            period, expected = Period(since, until, COPENHAGEN), _count(about, since, until)
            async with db.transaction() as tx:
                sums = add_up(await read_log(tx, citizen, period, Reads("da", COPENHAGEN)))
                used = await contact_log.spent(
                    tx, minutes=MINUTES, travel=TRAVEL, when=WHEN, team_id=None, not_before=period.starts_at
                )
            ours = {
                "agreed": sums.agreed, "no_shows": sums.became.get(Became.MISSED, 0), "registered": sums.registered,
                "minutes": sums.minutes, "travel": sums.travel, "attempts": sums.attempts,
            }  # fmt: skip
            assert {key: count for key, count in ours.items() if count} == {k: n for k, n in expected.items() if n}
            mine = weeks([one for one in used if one.citizen_id == citizen.id], period)
            assert (sum(w.minutes for w in mine), sum(w.travel for w in mine)) == (sums.minutes, sums.travel)
            seen.update(ours)
    assert min(seen.values()) > 0, seen


async def test_attempts_of_a_debrief_without_a_thread_are_counted_from_its_answer(db: Database) -> None:
    """A mentor who has changed teams leaves no thread: what the debrief says is the only record, and is used."""
    anna, (b07, _) = await _cast(db)
    async with db.transaction() as tx:
        await enrol(tx, "Lea", 300, team="Syd")
        tx.write("UPDATE people SET team_id = (SELECT id FROM teams WHERE name = 'Syd') WHERE id = ?", anna.id)
        elsewhere = await people.person(tx, anna.id)
    assert elsewhere is not None and elsewhere.team_id != anna.team_id
    talk = await Talk(db, elsewhere).begin()
    moves: dict[str, list[Any]] = {
        "citizen": [CitizenRef(b07.id, "B07")],
        "outcome": ["did_not_open"],
        "reach_tried": ["call"],
    }
    await answer_all(talk, moves, {})
    await talk.tap(Press.SAVE)
    async with db.transaction() as tx:
        found = await read_log(tx, b07, Period(None, None, COPENHAGEN), Reads("da", COPENHAGEN))
        rows = await tx.all("SELECT id FROM contact_attempts")
    assert rows == [] and add_up(found).tried == {"call": 1}
    talk.now += timedelta(days=1)
    await talk.tap((Press.CHANGE, "reach_tried"), "visit")
    async with db.transaction() as tx:
        found = await read_log(tx, b07, Period(None, None, COPENHAGEN), Reads("da", COPENHAGEN))
    assert add_up(found).tried == {"visit": 1}
    assert [(one.last.channel, one.counts) for one in found.attempts] == [("visit", True), ("call", False)]
