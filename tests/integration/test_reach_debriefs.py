"""Debriefs changed after their end: contact threads follow, in the open, and keep what was put right elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.attempts import Attempt
from tests.integration.reach_kit import MONDAY, Phone, Team, choice, meets, misses, team


@pytest.fixture
async def nord(tmp_path: Path) -> AsyncIterator[Team]:
    """Anna has B07 and B12."""
    async with team(tmp_path, "B12", "B07") as found:
        yield found


@pytest.fixture
def anna(nord: Team) -> Phone:
    """Anna's phone."""
    return nord.phones["Anna"]


async def changes(phone: Phone, *labels: str) -> None:
    """Change an answer on the receipt, skipping whatever that opens."""
    phone.last = "debrief"
    await phone.taps("Se og ret svar", *labels)
    while "Hop over" in phone.labels:
        await phone.taps("Hop over")


def counting(log: list[Attempt]) -> list[tuple[str, str]]:
    """Channel and result of what still counts."""
    return [(one.channel, one.result) for one in log if one.superseded_at is None]


async def test_what_was_put_right_on_the_page_stays(nord: Team, anna: Phone) -> None:
    """A correction made in the thread is not undone when the debrief ends anew with other changes."""
    await misses(anna, "B07", "call")
    await anna.types("/kontakt B07")
    await anna.taps("Mere", "Ret et forsøg", "Intet svar", "Et andet udfald", "Lagde besked")
    await changes(anna, "Fraværet", choice("absence_decision", "ill_or_cancelled"))
    assert await nord.standing("B07") == [("call", "message_left")]


async def test_what_was_taken_back_on_the_page_stays_so(nord: Team, anna: Phone) -> None:
    """An attempt that did not happen does not come back with the debrief."""
    await misses(anna, "B07", "call")
    await anna.types("/kontakt B07")
    await anna.taps("Mere", "Ret et forsøg", "Intet svar", "Det skete ikke")
    await changes(anna, "Fraværet", choice("absence_decision", "ill_or_cancelled"))
    assert await nord.standing("B07") == []


async def test_a_meeting_that_turns_out_not_to_have_been(nord: Team, anna: Phone) -> None:
    """A meeting closed the thread; changed to a no-show it is open again, and one thread only."""
    await misses(anna, "B07", "call")
    nord.later(days=1)
    await meets(anna, "B07")
    assert await nord.thread("B07") is None
    await changes(anna, "Mødet", choice("outcome", "did_not_open"))
    thread = await nord.thread("B07")
    assert thread is not None and thread.opened_at == MONDAY
    assert len(await nord.all_threads("B07")) == 1


async def test_another_citizen_after_all(nord: Team, anna: Phone) -> None:
    """The wrong citizen was picked: thread and attempts move to the right one, and what was logged stays to be seen."""
    await misses(anna, "B07", "call")
    await changes(anna, "Borger", "B12")
    assert await nord.thread("B07") is None
    assert counting(await nord.log("B07")) == [] and len(await nord.log("B07")) == 1
    assert await nord.thread("B12") is not None
    assert await nord.standing("B12") == [("call", "no_answer")]


async def test_held_in_another_way_is_contact(nord: Team, anna: Phone) -> None:
    """A no-show that was held after all leaves no open thread, keeps its attempt, and counts as contact."""
    await misses(anna, "B07", "call")
    nord.later(hours=1)
    await changes(anna, "Fraværet", choice("absence_decision", "held_otherwise"))
    assert await nord.thread("B07") is None
    assert await nord.standing("B07") == [("call", "no_answer")]
    await anna.types("/borgere")
    assert "kontakt i dag" in anna.text
    await changes(anna, "Fraværet", choice("absence_decision", "already_registered"))
    assert await nord.thread("B07") is not None


async def test_a_meeting_before_the_missed_one_closes_nothing(nord: Team, anna: Phone) -> None:
    """A debrief about yesterday, written after today's no-show, is the last contact and no end of the thread."""
    await misses(anna, "B07")
    await meets(anna, "B07")
    assert await nord.thread("B07") is None
    nord.later(days=3)
    await misses(anna, "B07")
    await anna.types("/debrief")
    await anna.taps("B07", choice("outcome", "as_agreed"), "Hop over", "Hop over", "Hop over")
    await anna.taps(choice("next_contact", "no"), "💾 Gem")
    assert await nord.thread("B07") is None
    await changes(anna, "Tidspunkt", choice("contact_when", "yesterday"))
    thread = await nord.thread("B07")
    assert thread is not None
    await anna.types("/kontakt B07")
    assert "En dag siden sidste kontakt" in anna.text


async def test_typing_for_the_page_while_a_debrief_is_open(nord: Team, anna: Phone) -> None:
    """What was asked last gets the text: the page, although a debrief is open; then the debrief again."""
    await anna.types("/debrief")
    await anna.types("/kontakt B07")
    nord.later(minutes=1)
    await anna.taps("🚪 Kørt forbi", "Det var tidligere")
    await anna.types("kl. 9.15")
    assert "i dag kl. 09.15" in anna.text
    await anna.types("B12")
    assert anna.last == "debrief"
