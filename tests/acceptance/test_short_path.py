"""The short path on a phone: a few taps, no typing, one card."""

from __future__ import annotations

import pytest

from prompts import load_guide
from tests.acceptance.person import Person
from tests.acceptance.stage import Stage

MOST_TAPS = 8
DECISIONS = [choice.id for choice in load_guide().guide["absence_decision"].choices]


class Watched:
    """Taps, typing and the bot's messages from here on."""

    def __init__(self, person: Person, shown: int, mark: int) -> None:
        self.person, self.shown, self.mark = person, shown, mark
        self.taps, self.typed = person.hand.taps, person.hand.typed

    async def was_light(self, card: int) -> None:
        """Few taps, nothing typed, one message sent, edited where it stood, and nothing else left in the chat."""
        hand = self.person.hand
        assert hand.taps - self.taps <= MOST_TAPS
        assert hand.typed == self.typed
        calls = await self.person.calls(self.mark)
        assert [call.message_id for call in calls if call.method == "sendMessage"] == [card]
        assert {call.message_id for call in calls if call.method == "editMessageText"} == {card}
        await self.person.has_nothing_left()
        assert len(await self.person.from_bot()) == self.shown + 1


async def watched(person: Person) -> Watched:
    """Begin to watch."""
    return Watched(person, len(await person.from_bot()), await person.mark())


@pytest.mark.parametrize("outcome", ["as_agreed", "acute"])
async def test_a_visit_that_took_place(stage: Stage, anna: Person, outcome: str) -> None:
    """A met visit takes at most eight taps from /debrief to the receipt, no typing, and one card edited in place."""
    light = await watched(anna)
    card = (await anna.debriefs("B07", outcome)).id
    await anna.answers("minutes_used", "m45")
    await anna.answers("toughness", "2")
    await anna.answers("adjusted", "place")
    await anna.answers("next_contact", "in_a_week")
    await anna.presses("save")
    await anna.has_receipt(card)
    await light.was_light(card)
    kept = await stage.newest()
    assert kept.read.status == "saved"
    assert kept.values() == {
        "citizen": "B07", "outcome": outcome, "minutes_used": 45, "toughness": 2, "adjusted": ["place"],
        "next_contact": kept.current["next_contact"].value,
    }  # fmt: skip


@pytest.mark.parametrize("decision", DECISIONS)
async def test_a_visit_that_was_missed(stage: Stage, anna: Person, decision: str) -> None:
    """A no-show takes at most eight taps and no typing as well, whatever is decided about the absence."""
    light = await watched(anna)
    card = (await anna.debriefs("B12", "did_not_come")).id
    await anna.answers("reach_tried", "call")
    await anna.answers("absence_decision", decision)
    await anna.answers("absence_reason", "forgot_overslept")
    await anna.answers("next_contact", "tomorrow")
    await anna.presses("save")
    await anna.has_receipt(card)
    await light.was_light(card)
    kept = await stage.newest()
    assert kept.read.status == "saved"
    assert kept.current["absence_decision"].value == decision
    assert kept.current["reach_tried"].value == ["call"]
    assert kept.current["absence_reason"].value == ["forgot_overslept"]


@pytest.mark.parametrize(
    ("outcome", "then"), [("cancelled_by_citizen", "absence_reason"), ("cancelled_by_me", "minutes_used")]
)
async def test_a_visit_that_was_cancelled(stage: Stage, anna: Person, outcome: str, then: str) -> None:
    """A cancelled visit is shorter still; one the mentor cancelled is never met with a question about absence."""
    light = await watched(anna)
    card = (await anna.debriefs("B03", outcome)).id
    await anna.answers(then, {"absence_reason": "ill", "minutes_used": "m15"}[then])
    await anna.answers("next_contact", "no")
    await anna.presses("save")
    await anna.has_receipt(card)
    await light.was_light(card)
    assert "absence_decision" not in (await stage.newest()).current
