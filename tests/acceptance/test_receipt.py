"""The receipt: what was assumed, what the lead may see, what is left to do, and the way on."""

from __future__ import annotations

from storage import followups, shares
from storage.followups import FollowupStatus
from tests.acceptance.person import Person
from tests.acceptance.stage import Stage

NOTE = "Jeg vil gerne tale om Rørdrum-K2"


async def saves_a_visit(anna: Person) -> int:
    """A short debrief up to its receipt; gives the card's number."""
    card = (await anna.debriefs("B07", "as_agreed")).id
    for question, choice in (("minutes_used", "m45"), ("toughness", "2"), ("adjusted", "nothing")):
        await anna.answers(question, choice)
    await anna.answers("next_contact", "no")
    await anna.presses("save")
    await anna.has_receipt(card)
    return card


async def saves_a_no_show(anna: Person, decision: str) -> int:
    """The same for a visit that was missed."""
    card = (await anna.debriefs("B12", "did_not_come")).id
    await anna.answers("reach_tried", "call")
    await anna.answers("absence_decision", decision)
    await anna.answers("absence_reason", "nothing_yet")
    await anna.answers("next_contact", "no")
    await anna.presses("save")
    await anna.has_receipt(card)
    return card


async def test_what_was_assumed_can_be_changed(stage: Stage, anna: Person) -> None:
    """Time, no-show minutes and "nothing for supervision" are shown as assumed, and each is changed in a tap or two."""
    card = await saves_a_no_show(anna, "known_ground")
    assumed = {q: a.value for q, a in (await stage.newest()).current.items() if a.assumed}
    assert set(assumed) == {"contact_when", "minutes_used", "supervision"}
    for question, choice in (("contact_when", "yesterday"), ("minutes_used", "m30")):
        await anna.changes(question)
        await anna.answers(question, choice)
        await anna.has_receipt(card)
    kept = await stage.newest()
    assert kept.current["minutes_used"].value == 30
    assert kept.current["contact_when"].detail is not None
    assert kept.current["contact_when"].detail["choice"] == "yesterday"
    assert [one.assumed for one in kept.history("minutes_used")] == [True, False]
    assert kept.read.status == "saved"


async def test_the_assumed_date_of_a_wait_can_be_changed(stage: Stage, anna: Person) -> None:
    """ "Wait until" takes a date for granted; the receipt shows it and lets it be changed."""
    card = await saves_a_no_show(anna, "wait")
    before = (await stage.newest()).current["absence_decision"].detail
    await anna.changes("absence_decision")
    await anna.answers("absence_decision", "wait")
    await anna.hand.wait_for(anna.words.date("absence_decision", "wait"))
    await anna.presses("d7_ahead")
    await anna.has_receipt(card)
    after = (await stage.newest()).current["absence_decision"].detail
    assert before is not None and after is not None
    assert before["at"] < after["at"]


async def test_supervision_from_the_receipt(stage: Stage, anna: Person) -> None:
    """Asking for supervision asks what for, and comes back to the receipt."""
    card = await saves_a_visit(anna)
    await anna.changes("supervision")
    await anna.answers("supervision", "soon")
    await anna.is_asked("supervision_focus")
    await anna.writes(NOTE)
    await anna.hand.wait_for(NOTE)
    await anna.presses("keep")
    receipt = await anna.has_receipt()
    assert receipt.id != card  # it came down below what was typed, and the old one is gone
    await anna.sees_gone(card)
    kept = await stage.newest()
    assert kept.current["supervision_focus"].text == NOTE
    assert kept.read.status == "saved"


async def test_sharing_shows_first_and_asks_again(stage: Stage, anna: Person, lea: Person) -> None:
    """Nothing is shared before Anna has read what the lead will read and has said yes; taking it back is one tap."""
    await test_supervision_from_the_receipt(stage, anna)
    await anna.presses("share")
    await anna.reads("card.share_hint")
    await anna.hand.press(anna.words.short("toughness"))
    await anna.presses("preview")
    preview = await anna.hand.wait_for(NOTE)
    assert anna.words.short("toughness") in preview.text
    assert await shared(stage) == frozenset()
    await anna.presses("back")
    assert await shared(stage) == frozenset()
    await anna.presses("preview")
    await anna.presses("confirm")
    await anna.reads("note.shared")
    assert await shared(stage) == {"supervision", "supervision_focus", "toughness"}
    await anna.presses("withdraw")
    await anna.reads("note.withdrawn")
    assert await shared(stage) == frozenset()
    assert not any(NOTE in one.text for one in await lea.from_bot())


async def test_a_changed_answer_is_no_longer_shared(stage: Stage, anna: Person) -> None:
    """What the lead may read is what Anna saw before she shared it: a change takes it back, and says so."""
    await saves_a_visit(anna)
    await anna.presses("share")
    await anna.hand.press(anna.words.short("toughness"))
    await anna.presses("preview")
    await anna.presses("confirm")
    await anna.reads("note.shared")
    assert "toughness" in await shared(stage)
    await anna.presses("answers")
    await anna.changes_in_list("toughness")
    await anna.answers("toughness", "3")
    await anna.has_receipt()
    await anna.reads("note.unshared_by_change")
    assert "toughness" not in await shared(stage)


async def shared(stage: Stage) -> frozenset[str]:
    """What the lead may see of the newest debrief."""
    newest = await stage.newest()
    async with stage.database() as db, db.transaction() as tx:
        return await shares.shared(tx, newest.read.reflection_id)


async def test_entered_in_the_record_system(stage: Stage, anna: Person) -> None:
    """A decision to register leaves a note to tick off, and says where such facts belong; a tick stays ticked."""
    card = await saves_a_no_show(anna, "register")
    receipt = await anna.has_receipt(card)
    note = anna.words.plain("followup.kind.record_entry")
    assert note in receipt.text
    tick = anna.words.plain("record.transferred")
    data = await anna.data(tick)
    await anna.hand.press(tick)
    await anna.hand.wait_gone(note)
    assert tick not in await anna.hand.buttons()
    await anna.taps(card, data)
    await anna.changes("supervision")
    await anna.answers("supervision", "next")
    await anna.presses("skip")
    assert note not in (await anna.has_receipt(card)).text
    async with stage.database() as db, db.transaction() as tx:
        left = await followups.of_reflection(tx, (await stage.newest()).read.reflection_id)
    assert {one.kind: one.status for one in left}["record_entry"] is FollowupStatus.DONE


async def test_full_debrief_from_the_receipt(stage: Stage, anna: Person) -> None:
    """From the receipt the full debrief asks only what was not answered, and ends in the same receipt."""
    card = await saves_a_visit(anna)
    before = (await stage.newest()).values()
    await anna.presses("full")
    await anna.answers("contact_when", "earlier_today")
    await anna.is_asked("what_happened")
    await anna.presses("skip")
    await anna.answers("contact_quality", "good")
    await anna.finishes()
    kept = await stage.newest()
    assert before.items() <= kept.values().items()
    assert all(len(kept.history(question)) == 1 for question in before)
    assert kept.current["contact_quality"].value == "good"
    assert card in [one.id for one in await anna.from_bot()]


async def test_a_change_left_half_way(stage: Stage, anna: Person) -> None:
    """Who begins to change a saved debrief and is called away finds it saved after a week, as it was."""
    card = await saves_a_visit(anna)
    before = (await stage.newest()).values()
    await anna.changes("supervision")
    await anna.is_asked("supervision")
    await stage.phone.move(days=7, minutes=1)
    await anna.has_receipt(card)
    kept = await stage.newest()
    assert kept.read.status == "saved"
    assert before.items() <= kept.values().items()


async def test_any_answer_can_be_changed_afterwards(stage: Stage, anna: Person) -> None:
    """The list of answers leads to each of them; a change opens what it makes necessary, and no more."""
    await saves_a_visit(anna)
    await anna.presses("answers")
    await anna.changes_in_list("outcome")
    await anna.answers("outcome", "did_not_open")
    await anna.answers("reach_tried", "visit")
    await anna.answers("absence_decision", "register")
    await anna.answers("absence_reason", "bad_way")
    await anna.has_receipt()
    kept = await stage.newest()
    assert kept.read.status == "saved"
    assert kept.current["outcome"].value == "did_not_open"
    assert "adjusted" not in kept.current
    assert [one.value for one in kept.history("outcome")] == ["as_agreed", "did_not_open"]
