"""Something unsafe in the week's figures: from the moment it is stored, and named only once it reached a lead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.dialogue.events import Press
from bot.dialogue.summary import Week
from storage import lead_calls, people
from tests.integration.week_figures_kit import LONG_AGO, Moves, Office, at, office

WEEK = Week(2026, 47)
MET: Moves = {"outcome": ("as_agreed",), "minutes_used": ("m30",), "toughness": ("2",), "next_contact": ("no",)}
STEPS: Moves = {**MET, "toughness": ("5",), "safe_now": ("no",), "safety": ("threat", Press.DONE)}
CALL: tuple[Press | str, ...] = ("tell_lead", Press.DONE)


@pytest.fixture
async def nord(tmp_path: Path) -> AsyncIterator[Office]:
    """An empty office."""
    async with office(tmp_path) as found:
        yield found


@pytest.mark.parametrize("end", [None, Press.LATER])
async def test_what_was_told_counts_though_the_debrief_never_ended(nord: Office, end: Press | None) -> None:
    """Left at the next question, what happened stands in the week; the debrief itself does not yet."""
    anna = await nord.enrol("Anna")
    b07 = await nord.citizen(anna, "B07", LONG_AGO)
    await nord.debrief(
        anna, b07, at(WEEK, 1), {**STEPS, "safety_reached": ("lead", Press.DONE)}, end=end, until="next_moved"
    )
    summary = await nord.summary(WEEK)
    assert (summary.debriefs[-1], summary.safety.events[-1], summary.safety.spoken) == (0, 1, 1)
    assert [one.mentor for one in summary.safety.known] == ["Anna"]
    assert not summary.is_empty


async def test_a_lead_who_was_called_at_once_is_an_event(nord: Office) -> None:
    """Called before anything else was said, and then no word more: it counts, and of the next debrief nothing does."""
    anna, lea = await nord.enrol("Anna"), await nord.enrol("Lea", role=people.Role.LEAD)
    b07 = await nord.citizen(anna, "B07", LONG_AGO)
    silent: Moves = {**STEPS, "safety": (Press.SKIP,), "safety_reached": ("tell_lead", Press.LATER)}
    await nord.debrief(anna, b07, at(WEEK, 1), silent, end=None)
    await nord.debrief(anna, b07, at(WEEK, 2), MET)
    safety = (await nord.summary(WEEK)).safety
    assert safety.events[-1] == 1
    assert [(one.mentor, one.spoken) for one in safety.known] == [("Anna", False)]
    async with nord.db.transaction() as tx:
        await lead_calls.unreachable(tx, lea.id, at(WEEK, 3))
    safety = (await nord.summary(WEEK)).safety
    assert (safety.events[-1], safety.known) == (0, ())


@pytest.mark.parametrize("why", ["no lead", "blocked", "unreachable"])
async def test_a_call_that_reached_nobody_tells_nobody(nord: Office, why: str) -> None:
    """Ticked, but no lead got it: counted without a name, so that the lead does not look as if they knew."""
    anna = await nord.enrol("Anna")
    if why != "no lead":
        lea = await nord.enrol("Lea", role=people.Role.LEAD)
    if why == "blocked":
        async with nord.db.transaction() as tx:
            people.set_blocked(tx, lea.id, at(WEEK, 0))
    b07 = await nord.citizen(anna, "B07", LONG_AGO)
    await nord.debrief(anna, b07, at(WEEK, 1), {**STEPS, "safety_reached": CALL})
    if why == "unreachable":
        assert [one.mentor for one in (await nord.summary(WEEK)).safety.known] == ["Anna"]
        async with nord.db.transaction() as tx:
            await lead_calls.unreachable(tx, lea.id, at(WEEK, 1, 13))
    safety = (await nord.summary(WEEK)).safety
    assert (safety.events[-1], safety.known) == (1, ())


async def test_kinds_of_few_events_are_not_told(nord: Office) -> None:
    """Three of one mentor are too few, a fourth of another is enough; a week of one says its number alone."""
    anna, bo = await nord.enrol("Anna"), await nord.enrol("Bo")
    b07 = await nord.citizen(anna, "B07", LONG_AGO)
    told: Moves = {**STEPS, "safety_reached": ("nobody_yet",)}
    await nord.debrief(anna, b07, at(WEEK.moved(-1), 1), told)
    for day in (0, 1, 2):
        await nord.debrief(anna, b07, at(WEEK, day), told)
    alone = (await nord.summary(WEEK)).safety
    assert (alone.events[-2:], alone.kinds, any(alone.shown)) == ((1, 3), (), False)
    await nord.debrief(bo, b07, at(WEEK, 3), told)
    both = (await nord.summary(WEEK)).safety
    assert [(one.choice, one.weeks[-2:]) for one in both.kinds] == [("threat", (0, 4))]
    assert both.shown == (False,) * 7 + (True,)
