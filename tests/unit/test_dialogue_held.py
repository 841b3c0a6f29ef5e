"""What the guard holds back on a question: masked, written again, or kept after being asked twice."""

from __future__ import annotations

from bot.dialogue.codec import state_from_data, state_to_data
from bot.dialogue.effects import Note, Save
from bot.dialogue.events import Chose, Edited, Expired, Held, Named, Press, Pressed, Released, Typed
from bot.dialogue.guide import Length
from bot.dialogue.holding import followed, in_order
from bot.dialogue.state import Mode, Part
from bot.dialogue.view import view
from tests.unit.people import B07, GUIDE, Debrief

MASKED = "Ring til hende på [telefon]."
TYPED = "Ring til hende på 20 30 40 50."
WAYS = {Press.REPHRASE, Press.KEEP_MASKED, Press.FALSE_ALARM, Press.KEEP_TYPED, Press.BACK, Press.SKIP, Press.KEEP}


def at_a_text() -> Debrief:
    """A full debrief at its first text."""
    debrief = Debrief(Length.FULL).tap(B07, "as_agreed", Press.SKIP, "m30", "2")
    assert debrief.at == "what_happened"
    return debrief


def offered(debrief: Debrief) -> frozenset[Press]:
    """Which ways out the card offers."""
    return view(GUIDE, debrief.state).presses & WAYS


def test_the_three_choices() -> None:
    """The card offers to write it again, to keep it masked, and to say that it was a false alarm; nothing is stored."""
    debrief = at_a_text().happens(Held(MASKED, 7, ("phone",)))
    assert offered(debrief) == {Press.REPHRASE, Press.KEEP_MASKED, Press.FALSE_ALARM}
    assert not [one for one in debrief.effects if isinstance(one, Save)]
    assert "what_happened" not in debrief.state.answers


def test_a_false_alarm_is_asked_about_once_more() -> None:
    """Only the second, confirming tap keeps what was typed; between them one may go back."""
    debrief = at_a_text().happens(Held(MASKED, 7, ("phone",))).tap(Press.FALSE_ALARM)
    assert offered(debrief) == {Press.KEEP_TYPED, Press.BACK}
    debrief.tap(Press.BACK)
    assert debrief.state.draft.mode is Mode.MASKED
    debrief.tap(Press.FALSE_ALARM)
    visit = debrief.state.visit
    debrief.happens(Released(visit, (Part(7, TYPED),)))
    assert debrief.value("what_happened") == TYPED
    debrief.happens(Released(visit, (Part(7, TYPED),)))
    assert not [one for one in debrief.effects if isinstance(one, Save)]


def test_the_confirming_tap_alone_keeps_nothing() -> None:
    """A button brings no text, and nothing is released that was not asked about."""
    debrief = at_a_text().happens(Held(MASKED, 7, ("phone",)))
    for event in (
        Released(debrief.state.visit, (Part(7, TYPED),)),
        Pressed(debrief.state.visit, Press.KEEP_TYPED),
    ):
        debrief.happens(event)
        assert debrief.notes == {Note.STALE}
    debrief.tap(Press.FALSE_ALARM, Press.KEEP_TYPED)
    assert debrief.notes == {Note.STALE}
    assert "what_happened" not in debrief.state.answers


def test_what_is_not_remembered_is_written_again() -> None:
    """After a restart the mentor is asked to write it again, and may still keep it masked."""
    debrief = at_a_text().happens(Held(MASKED, 7, ("phone",))).tap(Press.FALSE_ALARM)
    debrief.happens(Released(debrief.state.visit, ()))
    assert debrief.notes == {Note.NOT_REMEMBERED}
    debrief.tap(Press.KEEP_MASKED)
    assert debrief.value("what_happened") == MASKED


def test_only_a_cpr_number_is_no_false_alarm() -> None:
    """Where nothing but a CPR number was found, nothing offers to keep it."""
    debrief = at_a_text().happens(Held("Hun sagde [cpr-nummer].", 7, ("cpr",)))
    assert offered(debrief) == {Press.REPHRASE, Press.KEEP_MASKED}
    debrief.tap(Press.FALSE_ALARM)
    assert (debrief.notes, debrief.state.draft.mode) == ({Note.STALE}, Mode.MASKED)


def test_rephrasing_lets_it_go() -> None:
    """After "write it again" what is typed next is the answer and the other is gone."""
    debrief = at_a_text().happens(Held(MASKED, 7, ("phone",))).tap(Press.REPHRASE)
    assert (debrief.notes, debrief.state.draft.mode) == ({Note.WRITE_AGAIN}, Mode.PLAIN)
    debrief.happens(Typed("Ring til hende.", 9))
    assert debrief.value("what_happened") == "Ring til hende."
    assert (debrief.state.draft.mode, debrief.state.draft.part) == (Mode.PLAIN, None)


def test_what_comes_after_drops_nothing() -> None:
    """A message with nothing in it is kept at once, also when it was typed long after; the one before it still waits
    to be chosen about, and is let go only when that is said."""
    for way, kept in ((Press.KEEP_MASKED, f"{MASKED}\nRing til hende."), (Press.REPHRASE, "Ring til hende.")):
        debrief = at_a_text().happens(Held(MASKED, 7, ("phone",))).happens(Typed("Ring til hende.", 29))
        assert debrief.value("what_happened") == "Ring til hende."
        assert debrief.state.draft.part == Part(7, MASKED)
        assert followed(debrief.state)
        assert [one.text for one in in_order(debrief.state)] == [MASKED, "Ring til hende."]
        debrief.tap(way)
        assert (debrief.value("what_happened"), debrief.state.draft.mode) == (kept, Mode.PLAIN)
    assert debrief.notes == {Note.LET_GO}


def test_several_messages_are_one_choice() -> None:
    """What was held back in several of them is kept together, what was fine is kept at once, and all of it stands in
    the order it was typed, whether Telegram cut a long text or the mentor wrote them one by one."""
    for first, second, third, fourth in ((7, 8, 9, 10), (7, 12, 20, 31)):
        debrief = at_a_text().happens(Held("første [telefon]", first, ("phone",)))
        debrief.happens(Held("anden [navn]", second, ("name",)))
        debrief.happens(Typed("tredje", third)).happens(Held("fjerde [cpr-nummer]", fourth, ("cpr",)))
        assert debrief.state.draft.kinds == ("phone", "name", "cpr")
        assert debrief.value("what_happened") == "tredje"
        debrief.tap(Press.KEEP_MASKED)
        assert debrief.value("what_happened") == "første [telefon]\nanden [navn]\ntredje\nfjerde [cpr-nummer]"


def test_after_are_you_sure_a_message_is_no_yes() -> None:
    """What is typed instead of the confirming tap is kept, and the choice is shown anew with all three ways."""
    debrief = at_a_text().happens(Held(MASKED, 7, ("phone",))).tap(Press.FALSE_ALARM)
    debrief.happens(Typed("Ring til hende.", 9))
    assert debrief.state.draft.mode is Mode.MASKED
    assert offered(debrief) == {Press.REPHRASE, Press.KEEP_MASKED, Press.FALSE_ALARM}


def test_leaving_keeps_it_masked() -> None:
    """Stop, "something happened" and a week of silence keep what waits without what was found, and say so."""
    for leaving in (Press.STOP, Press.HAPPENED, None):
        debrief = at_a_text().happens(Held(MASKED, 7, ("phone",)))
        debrief.happens(Expired()) if leaving is None else debrief.tap(leaving)
        assert (debrief.value("what_happened"), debrief.notes) == (MASKED, {Note.KEPT_MASKED})
        assert next(one.question for one in debrief.effects if isinstance(one, Save)) == "what_happened"
    aside = at_a_text().happens(Held(MASKED, 7, ("phone",))).tap(Press.LATER, Press.STOP)
    assert (aside.value("what_happened"), aside.notes) == (MASKED, {Note.KEPT_MASKED})


def test_leaving_what_is_of_no_use_masked() -> None:
    """A pseudonym that waits, held back or not yet confirmed, is not saved; leaving says so."""
    for before in (Held("[navn]", 7, ("name",)), Named("B08", 7, None, (), "new-1")):
        for leaving in (Press.STOP, Press.HAPPENED, None):
            debrief = Debrief().happens(before)
            debrief.happens(Expired()) if leaving is None else debrief.tap(leaving)
            assert debrief.notes == {Note.NOT_SAVED}
            assert "citizen" not in debrief.state.answers
    again = Debrief().happens(Held("[navn]", 7, ("name",))).happens(Named("B07", 9, B07, (), "new-1"))
    assert (again.value("citizen"), again.notes) == (B07.id, {Note.NOT_SAVED})


def test_too_much_to_wait() -> None:
    """Text without end is not gathered: what is over is refused in so many words, and the rest still waits."""
    debrief = at_a_text()
    for number in range(7, 12):
        debrief.happens(Held("x" * 4096, number, ("name",)))
    assert debrief.notes == {Note.TOO_LONG}
    assert [one.message for one in debrief.state.draft.waiting] == [7, 8, 9, 10]


def test_a_date_that_is_edited_meanwhile() -> None:
    """Changing an earlier answer in the chat takes nothing from what waits on the present question."""
    debrief = Debrief(Length.FULL).tap(B07, "as_agreed").happens(Typed("i går kl. 14", 3))
    debrief.tap("m30", "2")
    assert debrief.at == "what_happened"
    debrief.happens(Held(MASKED, 7, ("phone",))).happens(Edited("i går kl. 16", 3))
    assert debrief.notes == {Note.EDITED}
    assert debrief.state.draft.part == Part(7, MASKED)


def test_a_pseudonym_is_rather_written_again() -> None:
    """A masked pseudonym is of no use and not offered; a false alarm is looked up like any other pseudonym."""
    debrief = Debrief().tap(Press.NEW).happens(Held("Anders And, [adresse]", 7, ("address",)))
    assert debrief.state.draft.part == Part(7, "")
    assert offered(debrief) == {Press.REPHRASE, Press.FALSE_ALARM}
    assert debrief.tap(Press.REPHRASE).state.draft.mode is Mode.NEW
    debrief.happens(Held("[navn]", 9, ("name",))).tap(Press.FALSE_ALARM)
    debrief.happens(Named("Anders And", 9, None, (), "new-1"))
    assert debrief.value("citizen") == "new-1"


def test_a_date_that_looks_like_a_number() -> None:
    """Where a date is asked for, a false alarm is read as the date it is; masked it would be nothing."""
    debrief = Debrief(Length.FULL).tap(B07, "as_agreed")
    assert debrief.at == "contact_when"
    debrief.happens(Held("[telefon]", 7, ("phone",)))
    assert offered(debrief) == {Press.REPHRASE, Press.FALSE_ALARM}
    debrief.tap(Press.FALSE_ALARM)
    debrief.happens(Released(debrief.state.visit, (Part(7, "i går kl. 14"),)))
    assert debrief.state.answers["contact_when"].text == "i går kl. 14"


def test_where_only_buttons_answer() -> None:
    """What is held back there would not have been kept anyway: the mentor is told, and there is nothing to choose."""
    debrief = Debrief().tap(B07)
    debrief.happens(Held(MASKED, 7, ("phone",)))
    assert (debrief.at, debrief.notes, debrief.state.draft.mode) == ("outcome", {Note.HELD}, Mode.PLAIN)


def test_ticks_survive() -> None:
    """Choices that are ticked and not yet answered are still ticked after all of it."""
    debrief = Debrief().tap(B07, "cancelled_by_citizen")
    assert debrief.at == "absence_reason"
    debrief.tap(Press.MORE, "ill")
    debrief.happens(Held(MASKED, 7, ("phone",)))
    assert offered(debrief) >= {Press.REPHRASE, Press.KEEP_MASKED}
    debrief.tap(Press.KEEP_MASKED)
    assert debrief.state.draft.mode is Mode.SEVERAL
    debrief.tap(Press.DONE)
    answer = debrief.state.answers["absence_reason"]
    assert ([pick.choice for pick in answer.picks], answer.text) == (["ill"], MASKED)


def test_it_waits_when_the_debrief_is_set_aside() -> None:
    """Later, and after a restart, the masked text and the choices are still there."""
    debrief = at_a_text().happens(Held(MASKED, 7, ("cpr", "phone"))).tap(Press.LATER, Press.RESUME)
    debrief.state = state_from_data(state_to_data(debrief.state), debrief.state.answers)
    assert offered(debrief) == {Press.REPHRASE, Press.KEEP_MASKED, Press.FALSE_ALARM}
    assert debrief.tap(Press.KEEP_MASKED).value("what_happened") == MASKED


def test_what_was_held_back_before_there_were_kinds() -> None:
    """A draft that an older program stored can still be kept masked or let go."""
    debrief = at_a_text().happens(Held(MASKED, 7, ("phone",)))
    data = state_to_data(debrief.state)
    for name in ("held", "kinds", "under"):
        del data["draft"][name]
    debrief.state = state_from_data(data, debrief.state.answers)
    assert offered(debrief) == {Press.REPHRASE, Press.KEEP_MASKED}
    assert debrief.tap(Press.KEEP_MASKED).value("what_happened") == MASKED


def test_a_choice_is_no_way_out() -> None:
    """A forged choice while something is held back answers nothing."""
    debrief = Debrief().tap(B07, "cancelled_by_citizen").happens(Held(MASKED, 7, ("phone",)))
    debrief.happens(Chose(debrief.state.visit, "ill"))
    assert "absence_reason" not in debrief.state.answers
    assert debrief.state.draft.mode is Mode.MASKED


def test_the_resting_card() -> None:
    """After the tough-visit steps words are invited: those that are held back can be kept there as well."""
    debrief = Debrief().tap(B07, "left_for_safety", "m30", "4", "yes", "threat", Press.DONE, "lead", Press.DONE, "no")
    assert debrief.at == "rest"
    debrief.happens(Held(MASKED, 7, ("phone",)))
    assert offered(debrief) >= {Press.REPHRASE, Press.KEEP_MASKED, Press.FALSE_ALARM}
    asked = debrief.at
    assert debrief.tap(Press.KEEP_MASKED).value(asked) == MASKED
