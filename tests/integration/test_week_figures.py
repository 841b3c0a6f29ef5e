"""The week's figures against an independent count: plain Python over the export, for weeks of a random team."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.events import Press
from bot.dialogue.summary import WEEKS_SHOWN, Count, Week, WeeklySummary
from storage import citizens, shares
from storage.citizens import Citizen
from storage.people import Person
from tests.integration import week_figures_count as plain
from tests.integration.week_figures_kit import CANARY, TYPE, ZONE, Move, Moves, Office, at, office

WEEKS = 10
DEBRIEFS, IN_THE_LAST_WEEK = 60, 40
HELD = sorted(plain.HELD)
_DECISIONS = ("register", "held_otherwise", "known_ground", "wait", "lead_first")
_WEEK = timedelta(days=7)
_TEXTS = ("what_happened", "citizen_wanted", "relation_note", "opening_note", "mentor_note", "distance",
          "absence_guess", "decision_basis", "absence_pressure", "supervision_focus", "agreements")  # fmt: skip


@pytest.fixture
async def nord(tmp_path: Path) -> AsyncIterator[Office]:
    """An empty office."""
    async with office(tmp_path) as found:
        yield found


class Chance:
    """Answers like those of real mentors, by chance; every private text holds the canary."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one_of(self, *choices: str) -> tuple[Move, ...]:
        return (self.random.choice(choices),) if self.random.random() < 0.93 else (Press.SKIP,)

    def some(self, *choices: str) -> tuple[Move, ...]:
        """Several picks."""
        return (Press.SKIP,) if self.random.random() < 0.1 else (Press.MORE, *self._picks(choices))

    def or_some(self, alone: str, *choices: str) -> tuple[Move, ...]:
        """The one that stands alone, or several of the others."""
        return self.one_of(alone) if self.random.random() < 0.5 else self._picks(choices)

    def _picks(self, choices: tuple[str, ...]) -> tuple[Move, ...]:
        return (*self.random.sample(choices, self.random.randint(1, 2)), Press.DONE)

    def tries(self) -> tuple[Move, ...]:
        """Attempts with their results."""
        if self.random.random() < 0.15:
            return ("not_yet",)
        picks = self.random.sample(("call", "text", "visit", "letter"), self.random.randint(1, 3))
        each = [(pick, self.random.choice(("no_answer", "message_left", "sent"))) for pick in picks]
        if self.random.random() < 0.1:
            each[0] = (each[0][0], "reached")
        return (Press.MORE, *(move for pair in each for move in pair), Press.DONE)

    def moves(self) -> Moves:
        """All that may be asked."""
        outcome = self.random.choices(
            (self.random.choice(HELD), "did_not_come", "did_not_open", "cancelled_by_citizen", "left_for_safety"),
            (60, 18, 12, 7, 3),
        )[0]  # fmt: skip
        return {
            **{question: (f"{CANARY} i {question}",) for question in _TEXTS},
            "outcome": (outcome,),
            "contact_when": self.one_of("now", "earlier_today", "yesterday"),
            "minutes_used": self.one_of("m15", "m30", "m45", "m90"),
            "toughness": self.one_of("1", "2", "3", "4", "5"),
            "safe_now": ("yes",),
            "safety": self.or_some("just_hard", "threat", "violence"),
            "safety_reached": self.or_some("nobody_yet", "lead", "colleague", "police"),
            "next_moved": self.one_of("yes", "no"),
            "contact_quality": self.one_of("trusting", "good", "mixed"),
            "goal_agreement": self.one_of("2", "3", "5"),
            "task_agreement": self.one_of("1", "4"),
            "whose_meaning": self.one_of("both"),
            "adjusted": self.some("time", "place", "form"),
            "who_decided": self.one_of("together"),
            "opening": self.one_of("took_it", "none"),
            "time_enough": self.one_of("yes"),
            "participation": self.one_of("decided", "heard"),
            "reach_tried": self.tries(),
            "other_form": self.one_of("not_now"),
            "absence_decision": self.one_of(*_DECISIONS) if self.random.random() < 0.7 else (Press.SKIP,),
            "absence_reason": (TYPE + CANARY, Press.KEEP),
            "hearing": ("not_yet",),
            "supervision": self.one_of("no", "no", "next", "soon"),
            "next_contact": self.one_of("tomorrow", "in_3_days", "no"),
        }  # fmt: skip


async def fill(one: Office, last: Week, seed: int) -> dict[str, Citizen]:
    """Ten weeks of debriefs by four mentors, many in the last, some left open or stopped; the citizens by pseudonym."""
    chance = Chance(seed)
    mentors = [await one.enrol(name) for name in ("Anna", "Bo", "Clara", "David")]
    sif = await one.enrol("Sif", "Syd")
    first = at(last.moved(1 - WEEKS), 0, 0)
    people_of = {m.id: [await one.citizen(m, f"{m.name[0]}{n}", first) for n in range(4)] for m in (*mentors, sif)}
    begun = [first + _WEEK * chance.random.random() * WEEKS for _ in range(DEBRIEFS)]
    begun += [at(last, 0, 0) + _WEEK * chance.random.random() for _ in range(IN_THE_LAST_WEEK)]
    for now in sorted(begun):
        mentor = chance.random.choice([*mentors, sif])
        await _one(one, chance, mentor, chance.random.choice(people_of[mentor.id]), now)
    return {citizen.pseudonym: citizen for own in people_of.values() for citizen in own}


async def _one(one: Office, chance: Chance, mentor: Person, citizen: Citizen, now: datetime) -> None:
    dice = chance.random.random()
    end = Press.STOP if dice < 0.1 else Press.LATER if dice < 0.15 else Press.SAVE
    until = chance.random.choice(("toughness", "adjusted", "safety", "absence_reason", "supervision"))
    other: Moves | None = None
    if end is Press.SAVE and chance.random.random() < 0.2:
        moves = chance.moves()
        question = chance.random.choice(("outcome", "adjusted", "toughness"))
        other = {question: moves[question]}
    full = chance.random.random() < 0.7
    half = until if end is Press.STOP else ""
    await one.debrief(mentor, citizen, now, chance.moves(), full=full, end=end, change=other, until=half)


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(Week(2026, 47), id="ordinary"),
        # Each takes seconds, and one of them shows that the other engine counts alike.
        pytest.param(Week(2027, 1), id="over new year", marks=pytest.mark.sqlite_only),
        pytest.param(Week(2026, 53), id="week 53", marks=pytest.mark.sqlite_only),
        pytest.param(Week(2026, 44), id="autumn clocks", marks=pytest.mark.sqlite_only),
        pytest.param(Week(2026, 13), id="spring clocks", marks=pytest.mark.sqlite_only),
    ],
)
async def test_every_figure_is_what_the_export_says(nord: Office, last: Week) -> None:
    """Each number of each of the eight weeks equals a count by hand, whatever the calendar does."""
    await fill(nord, last, seed=last.number)
    summary = await nord.summary(last)
    count = plain.Count(await nord.exported(), "Nord")
    weeks = plain.weeks_before((last.year, last.number), WEEKS_SHOWN)
    assert [(week.year, week.number) for week in summary.weeks] == weeks
    assert summary.debriefs == tuple(map(count.debriefs, weeks)) and sum(summary.debriefs) > 40
    assert summary.mentors == count.mentors(weeks[-1])
    assert summary.contacts == tuple(map(count.contacts, weeks)) != summary.debriefs
    assert summary.minutes == tuple(count.minutes(week, "minutes_used") for week in weeks)
    assert summary.acute == tuple(count.choices(week, "outcome")["acute"] for week in weeks)
    for told, question in (
        (summary.outcomes, "outcome"),
        (summary.flexibility, "adjusted"),
        (summary.absence.decisions, "absence_decision"),
    ):
        assert by_week(told) == [dict(count.choices(week, question)) for week in weeks], question
    _same_spread(summary, count, weeks)
    _same_safety(summary, count, weeks)


def by_week(counts: tuple[Count, ...]) -> list[dict[str, int]]:
    """The choices made in each week, with how often."""
    return [{c.choice: c.weeks[week] for c in counts if c.weeks[week]} for week in range(WEEKS_SHOWN)]


def _same_spread(summary: WeeklySummary, count: plain.Count, weeks: list[tuple[int, int]]) -> None:
    assert [one.question for one in summary.distributions] == list(plain.RELATION)
    for one in summary.distributions:
        expected = [count.spread(week, one.question) for week in weeks]
        assert one.shown == tuple(each is not None for each in expected)
        assert by_week(one.counts) == [dict(each or {}) for each in expected]
    assert {shown for one in summary.distributions for shown in one.shown} == {True, False}


def _same_safety(summary: WeeklySummary, count: plain.Count, weeks: list[tuple[int, int]]) -> None:
    told = summary.safety
    assert told.events == tuple(len(count.unsafe(week)) for week in weeks) and sum(told.events) > 0
    assert by_week(told.kinds) == [dict(count.kinds(week)) for week in weeks]
    assert by_week(summary.after_all) == [dict(count.after_all(week)) for week in weeks]
    assert told.spoken == count.reached(weeks[-1], "lead", "colleague")
    assert told.alone == count.reached(weeks[-1], "nobody_yet")
    known = [one for one in count.unsafe(weeks[-1]) if "lead" in (one.said("safety_reached") or ())]
    assert sorted((one.mentor, one.at) for one in told.known) == sorted((one.row["mentor"], one.met) for one in known)
    assert all(one.kinds == () for one in told.known)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_who_is_without_contact_is_what_the_export_says(nord: Office, seed: int) -> None:
    """Days, bands, attempts by channel and what was not tried, for every citizen; and whose absence is undecided."""
    last = Week(2026, 47)
    own = await fill(nord, last, seed)
    for week in (last, last.moved(-3)):
        summary = await nord.summary(week)
        count = plain.Count(await nord.exported(), "Nord")
        until = summary.at
        contacts = count.last_contacts(until)
        began = at(last.moved(1 - WEEKS), 0, 0)
        ours = [name for name in own if not name.startswith("S")]
        days = {name: plain.days_apart(contacts.get(name, began), until) for name in ours}
        assert {one.pseudonym: one.days for one in summary.without_contact} == {n: d for n, d in days.items() if d > 7}
        assert Counter(one.band for one in summary.without_contact) == plain.by_band(days.values())
        assert [one.days for one in summary.without_contact] == sorted(
            (d for d in days.values() if d > 7), reverse=True
        )
        for one in summary.without_contact:
            tried = count.tried(one.pseudonym, contacts.get(one.pseudonym), until)
            assert dict(one.tried) == dict(tried) and one.never == (one.pseudonym not in contacts)
            assert set(one.untried) == {"call", "text", "visit"} - set(tried)
        weeks = plain.weeks_before((week.year, week.number), WEEKS_SHOWN)
        undecided = [one.pseudonym for one in summary.absence.waiting if one.kind == "absence_decision"]
        assert Counter(undecided) == count.undecided(weeks)
    assert undecided and summary.without_contact


async def test_private_answers_are_nowhere(nord: Office) -> None:
    """The canary of every text does not show, however the summary is written out; what was shared does."""
    last = Week(2026, 47)
    own = await fill(nord, last, seed=5)
    summary = await nord.summary(last)
    assert CANARY in json.dumps(await nord.exported())
    assert CANARY not in repr(summary) and CANARY not in json.dumps(asdict(summary), default=str)
    wish = next(one for one in summary.supervision)
    assert wish.pseudonym is None and wish.focus is None
    async with nord.db.transaction() as tx:
        shares.share(tx, wish.reflection_id, ["supervision_focus"], at(last, 6))
    shared = next(o for o in (await nord.summary(last)).supervision if o.reflection_id == wish.reflection_id)
    row = next(row for row in await nord.exported() if row["reflection_id"] == wish.reflection_id)
    focus: dict[str, Any] = plain.Told(row).answers.get("supervision_focus", {"text": None})
    assert (shared.focus, shared.pseudonym in own) == (focus["text"], True)


async def test_cost_is_of_the_weeks_only(nord: Office) -> None:
    """Archived citizens and those of other teams are not looked at, however many there are."""
    anna = await nord.enrol("Anna")
    week = Week(2026, 47)
    gone = await nord.citizen(anna, "B01", at(week.moved(-20), 0))
    await nord.citizen(anna, "B02", at(week.moved(-20), 0))
    async with nord.db.transaction() as tx:
        citizens.archive(tx, gone.id, at(week, 2))
    assert [one.pseudonym for one in (await nord.summary(week)).without_contact] == ["B02"]
    before = await nord.summary(week.moved(-1))
    assert [one.pseudonym for one in before.without_contact] == ["B01", "B02"]
    assert ZONE.key == before.zone


async def test_a_meeting_that_had_not_been_is_no_contact(nord: Office) -> None:
    """Changed to a no-show after its end, it counts as one, and the citizen is without contact."""
    anna, week = await nord.enrol("Anna"), Week(2026, 47)
    b07 = await nord.citizen(anna, "B07", at(week.moved(-3), 0))
    moves: Moves = {"outcome": ("as_agreed",), "minutes_used": ("m30",), "toughness": ("1",), "next_contact": ("no",)}
    await nord.debrief(anna, b07, at(week, 1), moves)
    assert (await nord.summary(week)).without_contact == ()
    await nord.debrief(anna, b07, at(week, 2), moves, change={"outcome": ("did_not_open",)})
    summary = await nord.summary(week)
    assert (summary.contacts[-1], summary.debriefs[-1], summary.without_contact) == (1, 2, ())
    only = await nord.citizen(anna, "B08", at(week.moved(-3), 0))
    await nord.debrief(anna, only, at(week, 3), moves, change={"outcome": ("did_not_open",)})
    assert [(one.pseudonym, one.never) for one in (await nord.summary(week)).without_contact] == [("B08", True)]
