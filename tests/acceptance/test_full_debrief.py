"""The full debrief: typed answers, ways to and fro, pauses of days, and a clock that goes on meanwhile."""

from __future__ import annotations

import pytest

from tests.acceptance.person import Person
from tests.acceptance.stage import Stage

BUBBLES = ("Vi gik en tur, fordi stuen føltes for lille.", "Så satte vi os.", "😀👩‍👩‍👧 og så var der ro")
RTL = "שלום — مرحبا · åben dør"
MARKUP = "<b>{{7*7}}</b> & {% raw %} *fed* _kursiv_ \\ % 😀"


async def goes_full(anna: Person, question_id: str) -> None:
    """A full debrief of a met visit, skipped up to this question."""
    await anna.debriefs("B07", "as_agreed")
    await anna.presses("full")
    await anna.skips_to(question_id)


async def test_everything_typed_is_kept_as_it_was_typed(stage: Stage, anna: Person) -> None:
    """Several bubbles are one answer; emoji, right-to-left text and what looks like markup stay byte for byte, and the
    card shows them as typed."""
    await goes_full(anna, "what_happened")
    for bubble in BUBBLES:
        await anna.writes(bubble)
    await anna.hand.wait_for(BUBBLES[-1])
    await anna.presses("keep")
    await anna.skips_to("citizen_wanted")
    await anna.writes(RTL)
    await anna.hand.wait_for(RTL)
    await anna.presses("keep")
    await anna.is_asked("relation_note")
    await anna.writes(MARKUP)
    card = await anna.hand.wait_for(MARKUP)
    assert "49" not in card.text
    await anna.presses("keep")
    receipt = await anna.finishes()
    assert not any(text in receipt.text for text in (*BUBBLES, RTL, MARKUP))
    kept = await stage.newest()
    assert kept.read.length == "full"
    assert kept.current["what_happened"].text == "\n".join(BUBBLES)
    assert kept.current["citizen_wanted"].text == RTL
    assert kept.current["relation_note"].text == MARKUP
    await anna.has_nothing_left()


async def test_the_card_comes_down_below_what_was_typed(anna: Person) -> None:
    """After a typed answer the card stands below it, and the old one is gone."""
    await goes_full(anna, "what_happened")
    old = (await anna.hand.live()).id
    typed = await anna.writes(BUBBLES[0])
    await anna.hand.wait_for(BUBBLES[0])
    await anna.sees_gone(old)
    assert (await anna.hand.live()).id == (await anna.hand.screen())[-1].id > typed


async def test_editing_a_message_edits_the_answer(stage: Stage, anna: Person) -> None:
    """Who edits a message edits the part of the answer that it gave; the earlier wording stays on record."""
    await goes_full(anna, "what_happened")
    for bubble in BUBBLES[:2]:
        await anna.writes(bubble)
    await anna.presses("keep")
    await anna.is_asked("contact_quality")
    await anna.hand.edit(BUBBLES[0], "Vi gik en tur ved havnen.")
    await anna.reads("note.edited")
    await anna.is_asked("contact_quality")
    kept = await stage.newest()
    assert kept.current["what_happened"].text == f"Vi gik en tur ved havnen.\n{BUBBLES[1]}"
    assert [one.text for one in kept.history("what_happened")][-2] == "\n".join(BUBBLES[:2])


async def test_back_and_skip_lose_nothing(stage: Stage, anna: Person) -> None:
    """Going back shows the answer that was given, going on keeps it, and what was skipped can be answered after all."""
    await anna.debriefs("B07", "as_agreed")
    await anna.answers("minutes_used", "m45")
    await anna.presses("skip")
    await anna.is_asked("adjusted")
    await anna.presses("back")
    await anna.answers("toughness", "3")
    await anna.is_asked("adjusted")
    await anna.presses("back")
    await anna.is_asked("toughness")
    await anna.presses("back")
    card = await anna.is_asked("minutes_used")
    assert f"✓ {anna.words.choice('minutes_used', 'm45')}" in card.labels
    await anna.presses("keep")
    await anna.presses("keep")
    await anna.is_asked("adjusted")
    kept = await stage.newest()
    assert kept.values()["minutes_used"] == 45
    assert [one.skipped for one in kept.history("toughness")] == [True, False]
    assert len(kept.history("minutes_used")) == 1


async def test_changing_an_answer_closes_its_branch(stage: Stage, anna: Person) -> None:
    """What was answered under an outcome that turns out wrong counts no longer, and stays on record."""
    await anna.debriefs("B07", "did_not_come")
    await anna.answers("reach_tried", "call")
    await anna.presses("back")
    await anna.is_asked("reach_tried")
    await anna.presses("back")
    await anna.answers("outcome", "as_agreed")
    await anna.is_asked("minutes_used")
    kept = await stage.newest()
    assert "reach_tried" not in kept.current
    assert [one.value for one in kept.history("reach_tried")] == [["call"]]


async def test_resuming_after_days(stage: Stage, anna: Person) -> None:
    """A debrief set aside waits for days, with half-made ticks, and goes on where it stood."""
    await anna.debriefs("B12", "did_not_come")
    await anna.is_asked("reach_tried")
    await anna.presses("more")
    await anna.hand.press(anna.words.choice("reach_tried", "text"))
    await anna.hand.press(anna.words.result("reach_tried", "no_answer"))
    await anna.presses("later")
    await anna.reads("card.aside")
    await stage.phone.move(days=3)
    await anna.presses("resume")
    await anna.presses("done")
    await anna.answers("absence_decision", "wait")
    kept = await stage.newest()
    assert kept.read.status == "open"
    assert kept.current["reach_tried"].value == ["text"]


async def test_one_nudge_after_an_hour(stage: Stage, anna: Person) -> None:
    """An open debrief is nudged once after an hour, at the bottom of the chat, on the same question."""
    await stage.at_work()
    card = (await anna.debriefs("B07", "as_agreed")).id
    await anna.is_asked("minutes_used")
    await anna.writes("nogle")
    await anna.reads("note.not_minutes")
    await stage.phone.move(minutes=61)
    nudged = await anna.reads("card.nudge")
    assert anna.words.ask("minutes_used") in nudged.text
    assert nudged.id > card
    mark = await anna.mark()
    await stage.phone.move(hours=40)
    await anna.hand.wait_gone("nogle")  # so the clock has ticked since
    await anna.answers("minutes_used", "m45")
    await anna.is_asked("toughness")
    assert not any(call.method == "sendMessage" for call in await anna.calls(mark))


@pytest.mark.parametrize("aside", [False, True])
async def test_closed_after_a_week(stage: Stage, anna: Person, aside: bool) -> None:
    """After a week of silence an open debrief, or one set aside, is closed with everything kept; nothing is assumed."""
    await goes_full(anna, "what_happened")
    await anna.writes(BUBBLES[0])
    if aside:
        await anna.presses("later")
    await stage.phone.move(days=7, minutes=1)
    await anna.has_receipt()
    kept = await stage.newest()
    assert kept.read.status == "closed"
    assert kept.current["what_happened"].text == BUBBLES[0]
    assert not any(one.assumed for one in kept.current.values())


async def test_a_date_can_be_typed(stage: Stage, anna: Person) -> None:
    """A typed day is said back as it was understood; a day on the wrong side and nonsense are explained, not kept."""
    await anna.debriefs("B03", "cancelled_by_citizen")
    await anna.answers("absence_reason", "ill")
    await anna.is_asked("next_contact")
    await anna.writes("i går")
    await anna.reads("note.in_the_past")
    await anna.writes("abrakadabra")
    await anna.reads("note.not_a_date")
    await anna.writes("om 3 dage kl. 10")
    understood = anna.words.said("card.understood", when="|").partition("|")[0]
    assert "10.00" in (await anna.hand.wait_for(understood)).text.partition(understood)[2]
    kept = await stage.newest()
    assert len(kept.history("next_contact")) == 1


@pytest.mark.parametrize(("said", "minutes"), [("75", 75), ("1,5 time", 90), ("halvanden time", 90), ("1 t 20", 80)])
async def test_minutes_can_be_typed(stage: Stage, anna: Person, said: str, minutes: int) -> None:
    """Who used another time than the chips offer types it."""
    await anna.debriefs("B03", "cancelled_by_me")
    await anna.is_asked("minutes_used")
    await anna.writes(said)
    await anna.is_asked("next_contact")
    assert (await stage.newest()).current["minutes_used"].value == minutes


async def test_a_new_pseudonym(stage: Stage, anna: Person) -> None:
    """A new pseudonym is made by a confirming tap; a slip of the thumb makes no citizen."""
    await anna.debriefs()
    await anna.writes("Måge")
    await anna.hand.wait_for("Måge")
    await anna.writes("Mågen")
    await anna.presses("add_citizen", name="Mågen")
    await anna.answers("outcome", "by_phone")
    assert (await stage.newest()).read.citizen == "Mågen"
    labels = (await anna.debriefs()).labels
    assert "Mågen" in labels
    assert "Måge" not in labels


async def test_from_short_to_full_without_answering_twice(stage: Stage, anna: Person) -> None:
    """Who goes on to the full debrief, and back to the short one, is asked nothing twice."""
    await anna.debriefs("B07", "as_agreed")
    await anna.answers("minutes_used", "m45")
    await anna.answers("toughness", "1")
    await anna.is_asked("adjusted")
    await anna.presses("full")
    await anna.answers("adjusted", "place")
    await anna.is_asked("contact_when")
    await anna.presses("short")
    await anna.is_asked("next_contact")
    await anna.presses("full")
    await anna.finishes()
    kept = await stage.newest()
    assert kept.read.length == "full"
    assert kept.values()["adjusted"] == ["place"]
    assert all(len(kept.history(question)) == 1 for question in kept.current)
