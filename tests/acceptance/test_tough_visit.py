"""The tough visit: safety, people, then words, and a way to stop with everything kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import pytest

from storage import people
from tests.acceptance.person import Person
from tests.acceptance.stage import Stage
from tests.acceptance.words import lines

CONFIDED = "Papegøjen-X4 skreg"


async def goes_through_the_steps(anna: Person) -> None:
    """From the first tough-visit step to the card on which one may rest."""
    await anna.answers("safe_now", "yes")
    await anna.answers("safety", "threat", "violence")
    await anna.presses("done")
    await anna.answers("safety_reached", "colleague")
    await anna.presses("done")
    await anna.answers("next_moved", "yes")
    await anna.reads("card.rest")


async def test_a_hard_visit_may_stop_with_everything_kept(stage: Stage, anna: Person) -> None:
    """Five on the scale brings the steps, then rest; stopping there keeps every answer and leaves the follow-up."""
    card = (await anna.debriefs("B07", "as_agreed")).id
    await anna.answers("minutes_used", "m30")
    await anna.answers("toughness", "5")
    assert "112" in (await anna.is_asked("safe_now")).text
    await goes_through_the_steps(anna)
    await anna.presses("rest_stop")
    receipt = await anna.has_receipt(card)
    assert anna.words.plain("followup.kind.move_appointment") in receipt.text
    kept = await stage.newest()
    assert kept.read.status == "stopped"
    assert kept.values() == {
        "citizen": "B07", "outcome": "as_agreed", "minutes_used": 30, "toughness": 5, "safe_now": "yes",
        "safety": ["threat", "violence"], "safety_reached": ["colleague"], "next_moved": "yes",
    }  # fmt: skip


async def test_after_the_rest_one_may_go_on(stage: Stage, anna: Person) -> None:
    """Who wants to go on after the steps is asked what is left, and nothing twice."""
    await anna.debriefs("B07", "left_for_safety")
    await goes_through_the_steps(anna)
    await anna.presses("rest_on")
    await anna.answers("minutes_used", "m15")
    await anna.answers("toughness", "4")
    await anna.answers("next_contact", "tomorrow")
    await anna.presses("save")
    await anna.has_receipt()
    kept = await stage.newest()
    assert kept.read.status == "saved"
    assert all(len(kept.history(question)) == 1 for question in kept.current)


async def at_citizen(anna: Person) -> None:
    """At the first card."""
    await anna.debriefs()


async def at_minutes(anna: Person) -> None:
    """At a card with chips."""
    await anna.debriefs("B12", "as_agreed")
    await anna.is_asked("minutes_used")


async def at_a_text(anna: Person) -> None:
    """At a card that waits for words."""
    await anna.debriefs("B12", "as_agreed")
    await anna.presses("full")
    await anna.skips_to("what_happened")


async def at_ticking(anna: Person) -> None:
    """In the middle of ticking several."""
    await anna.debriefs("B12", "did_not_come")
    await anna.is_asked("reach_tried")
    await anna.presses("more")


async def at_a_date(anna: Person) -> None:
    """At the date beside a choice."""
    await anna.debriefs("B12", "cancelled_by_citizen")
    await anna.answers("absence_reason", "ill")
    await anna.answers("next_contact", "date")


async def at_review(anna: Person) -> None:
    """When all is asked."""
    await anna.debriefs("B12", "cancelled_by_me")
    await anna.answers("minutes_used", "m15")
    await anna.answers("next_contact", "no")
    await anna.reads("card.review_hint")


async def at_receipt(anna: Person) -> None:
    """At the receipt."""
    await at_review(anna)
    await anna.presses("save")
    await anna.has_receipt()


async def set_aside(anna: Person) -> None:
    """At a card that was set aside."""
    await at_minutes(anna)
    await anna.presses("later")
    await anna.reads("card.aside")


Place: TypeAlias = Callable[[Person], Awaitable[None]]
PLACES: list[Place] = [at_citizen, at_minutes, at_a_text, at_ticking, at_a_date, at_review, at_receipt, set_aside]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
async def test_something_happened_is_on_every_card(stage: Stage, anna: Person, place: Place) -> None:
    """From any card one tap leads to "are you safe", and after the steps one may stop with everything kept."""
    await place(anna)
    before = (await stage.newest()).values()
    await anna.presses("happened")
    await goes_through_the_steps(anna)
    await anna.presses("rest_stop")
    await anna.has_receipt()
    after = (await stage.newest()).values()
    assert before.items() <= after.items()
    assert after["safety"] == ["threat", "violence"]


async def asks_for_the_lead(anna: Person) -> None:
    """A hard visit with something confided in it, and then the button that calls the lead."""
    await gets_to_the_lead(anna)
    await anna.answers("safety_reached", "tell_lead")


async def gets_to_the_lead(anna: Person) -> None:
    """The same, up to the card with that button."""
    await anna.debriefs("B03", "as_agreed")
    await anna.presses("full")
    await anna.skips_to("what_happened")
    await anna.writes(CONFIDED)
    await anna.presses("happened")
    await anna.answers("safe_now", "no")
    await anna.answers("safety", "child_worry")
    await anna.hand.wait_for(lines(anna.words.page("child_worry", **CHILD))[0])
    await anna.presses("done")
    await anna.is_asked("safety_reached")


CHILD = {"law": {"reference": "", "checked": ""}, "report_to": None}


async def test_the_lead_is_told_and_nothing_is_confided(stage: Stage, anna: Person, lea: Person) -> None:
    """One tap asks the lead to call; the lead gets a name and no word more, and Anna is told that it is done."""
    before = len(await lea.from_bot())
    await asks_for_the_lead(anna)
    told = await lea.reads("lead.tell_now", mentor="Anna")
    await anna.is_told("note.lead_told")
    await anna.reads("note.lead_told")
    assert told.text == lea.words.said("lead.tell_now", mentor="Anna")
    assert told.labels == (lea.words.plain("call.button_seen"), lea.words.plain("call.button_cannot"))
    assert len(await lea.from_bot()) == before + 1
    secrets = ("B03", CONFIDED, anna.words.choice("safety", "child_worry"))
    assert not any(secret in one.text for one in await lea.from_bot() for secret in secrets)


async def test_the_receipt_says_what_the_lead_knows(stage: Stage, anna: Person, lea: Person) -> None:
    """Who called the lead reads on the receipt that the lead knows something unsafe happened; who did not, does not."""
    knows = anna.words.plain("card.lead_knows_unsafe")
    await asks_for_the_lead(anna)
    await lea.reads("lead.tell_now", mentor="Anna")
    await anna.presses("done")
    await anna.answers("next_moved", "yes")
    await anna.reads("card.rest")
    await anna.presses("rest_stop")
    assert knows in (await anna.has_receipt()).text
    card = (await anna.debriefs("B07", "as_agreed")).id
    await anna.answers("minutes_used", "m30")
    await anna.answers("toughness", "5")
    await goes_through_the_steps(anna)
    await anna.presses("rest_stop")
    assert knows not in (await anna.has_receipt(card)).text


async def test_tapping_twice_calls_once(anna: Person, lea: Person) -> None:
    """A thumb that taps twice calls the lead once."""
    await gets_to_the_lead(anna)
    before = len(await lea.from_bot())
    data = await anna.data(anna.words.choice("safety_reached", "tell_lead"))
    await anna.taps((await anna.hand.live()).id, data, data)
    await lea.sees(lambda shown: len(shown) > before)
    await anna.presses("done")
    await anna.is_asked("next_moved")
    assert len(await lea.from_bot()) == before + 1


@pytest.mark.parametrize("why", ["left", "blocks"])
async def test_without_a_lead_anna_is_told_plainly(stage: Stage, anna: Person, lea: Person, why: str) -> None:
    """When no lead can be reached the card says so and shows the numbers."""
    async with nobody_leads(stage, lea, why):
        await asks_for_the_lead(anna)
        await anna.is_told("note.no_lead")
        assert "112" in (await anna.reads("note.no_lead")).text


@asynccontextmanager
async def nobody_leads(stage: Stage, lea: Person, why: str) -> AsyncIterator[None]:
    """The team's only lead has left, or blocks the bot."""
    if why == "blocks":
        await lea.hand.block()
        yield
        await lea.hand.unblock()
        return
    async with stage.database() as db:
        async with db.transaction() as tx:
            found = await people.person_by_telegram(tx, lea.hand.id)
            assert found is not None
            people.mark_left(tx, found.id, await stage.phone.now())
        yield
        async with db.transaction() as tx:
            people.rejoin(tx, found.id, name=found.name, role=found.role, team_id=found.team_id)
