"""Conversations with the pure dialogue: going back, changing, pausing, lengths, old buttons, texts, sharing."""

import pytest

from bot.dialogue.effects import Ended, NewCitizen, Note, Save, Shared, Supersede, TellLead, Withdrawn
from bot.dialogue.events import (
    Chose,
    ChoseCitizen,
    Edited,
    Expired,
    Held,
    Named,
    Opened,
    Press,
    Pressed,
    SetAside,
    Typed,
)
from bot.dialogue.guide import Length
from bot.dialogue.plan import progress
from bot.dialogue.state import CitizenRef, Mode, Stage, Status
from bot.dialogue.view import view
from tests.unit.people import B07, GUIDE, Debrief


def named(text: str, **more: object) -> Named:
    """A typed pseudonym as the service hands it over."""
    fields = {"exact": None, "matches": (), "new_id": "new-1", "taken": False} | more
    return Named(text, 1, **fields)  # type: ignore[arg-type] # the defaults above, by name


def test_back_keeps_the_answer_and_keep_goes_on() -> None:
    """Going back shows the earlier answer, and going on again loses nothing."""
    debrief = Debrief().tap(B07, "as_agreed", "m30", Press.BACK, Press.BACK)
    assert debrief.at == "outcome"
    debrief.tap(Press.KEEP, Press.KEEP)
    assert debrief.at == "toughness"
    assert (debrief.value("outcome"), debrief.value("minutes_used")) == ("as_agreed", 30)


def test_changing_an_earlier_answer_supersedes_the_closed_branch() -> None:
    """From held to missed: what was answered about the meeting no longer counts, and the new branch is asked."""
    debrief = Debrief().tap(B07, "as_agreed", "m30", "2", "time", Press.BACK, Press.BACK, Press.BACK, Press.BACK)
    debrief.tap("did_not_come")
    assert {e.question for e in debrief.effects if isinstance(e, Supersede)} == {"toughness", "adjusted"}
    assert "adjusted" not in debrief.state.answers
    assert debrief.at == "reach_tried"


def test_from_short_to_full_nothing_is_asked_twice() -> None:
    """Switching to the full debrief in the middle keeps every answer and asks only the rest."""
    debrief = Debrief().tap(B07, "as_agreed", "m30", "2", Press.FULL)
    before = dict(debrief.state.answers)
    asked = []
    while debrief.state.stage is Stage.QUESTION:
        asked.append(debrief.at)
        debrief.tap(Press.SKIP)
    assert not set(asked) & set(before)
    assert {"what_happened", "contact_quality", "participation", "supervision"} <= set(asked)
    assert all(debrief.state.answers[q] == answer for q, answer in before.items())
    debrief.tap(Press.SAVE)
    assert debrief.state.status is Status.SAVED


def test_from_full_back_to_short() -> None:
    """Going short again keeps what was answered and goes to what the short path still needs."""
    debrief = Debrief(Length.FULL).tap(B07, "as_agreed").tap(Press.SKIP, "m30", "2").type("Vi gik en tur.")
    debrief.tap(Press.SHORT, Press.KEEP)
    assert debrief.at == "adjusted"
    assert debrief.value("what_happened") == "Vi gik en tur."


def test_toughness_opens_the_tough_steps_and_then_rests() -> None:
    """Safety, people, then words: after the steps nothing more is asked until the mentor goes on."""
    debrief = Debrief(Length.FULL).tap(B07, "as_agreed", Press.SKIP, "m30", "4")
    assert debrief.at == "safe_now"
    debrief.tap("yes", "threat", Press.DONE, "lead", Press.DONE, "yes")
    assert debrief.at == "rest"
    debrief.tap(Press.RESUME)
    assert debrief.at == "what_happened"


def test_unsafe_outcome_comes_before_minutes() -> None:
    """Leaving for one's own safety: the steps come right after what triggered them."""
    debrief = Debrief().tap(B07, "left_for_safety")
    assert debrief.at == "safe_now"


def test_stopping_after_the_tough_steps_keeps_everything() -> None:
    """The way to stop here ends the debrief with all answers, and it can be gone on with later."""
    debrief = Debrief().tap(B07, "as_agreed", "m30", "5", "no", "just_hard", "nobody_yet", "yes", Press.STOP)
    assert (debrief.state.status, debrief.at) == (Status.STOPPED, "receipt")
    assert any(isinstance(e, Ended) for e in debrief.effects)
    assert debrief.value("safety") == ["just_hard"]
    debrief.tap(Press.RESUME)
    assert (debrief.state.status, debrief.at) == (Status.OPEN, "adjusted")


@pytest.mark.parametrize("steps", range(6))
def test_something_happened_on_every_card(steps: int) -> None:
    """The button works wherever one is, and afterwards the debrief goes on where it was."""
    moves = ("as_agreed", "m30", "2", "nothing", "tomorrow")[: max(0, steps - 1)]
    debrief = Debrief().tap(*([B07] if steps else []), *moves)
    before = debrief.at
    debrief.tap(Press.HAPPENED)
    assert debrief.at == "safe_now"
    debrief.tap("yes", "just_hard", "nobody_yet", "no")
    assert debrief.at == "rest"
    debrief.tap(Press.RESUME)
    assert debrief.at == before


def test_something_happened_from_the_receipt_goes_back_there() -> None:
    """Afterwards, on the receipt, the steps open too, and stopping leads back to the receipt."""
    debrief = Debrief().tap(B07, "as_agreed", "m30", "2", "nothing", "tomorrow", Press.SAVE, Press.HAPPENED)
    assert (debrief.at, debrief.state.status) == ("safe_now", Status.OPEN)
    debrief.tap("yes", "violence", Press.DONE, "police", Press.DONE, "no")
    assert debrief.at == "rest"
    debrief.tap(Press.STOP)
    assert (debrief.at, debrief.state.status) == ("receipt", Status.SAVED)


def test_telling_the_lead_happens_once() -> None:
    """ "Tell my lead now" acts at the tap, and ticking it again does not call twice."""
    debrief = Debrief().tap(B07, "left_for_safety", "yes", "just_hard", "tell_lead")
    assert any(isinstance(e, TellLead) for e in debrief.effects)
    debrief.tap("tell_lead")
    assert not any(isinstance(e, TellLead) for e in debrief.effects)
    debrief.tap(Press.DONE, Press.BACK, "tell_lead")
    assert not any(isinstance(e, TellLead) for e in debrief.effects)


def test_old_buttons_never_write() -> None:
    """A button drawn before the card moved on changes nothing and says so."""
    debrief = Debrief().tap(B07, "as_agreed")
    old = debrief.state.visit - 2
    debrief.tap("m30")
    state = debrief.state
    debrief.happens(Chose(old, "did_not_come"))
    assert debrief.state == state
    assert Note.STALE in debrief.notes


def test_a_double_tap_counts_once() -> None:
    """The second of two quick taps is passed over without a word."""
    debrief = Debrief().tap(B07)
    visit = debrief.state.visit
    debrief.happens(Chose(visit, "as_agreed")).happens(Chose(visit, "as_agreed"))
    assert debrief.at == "minutes_used"
    assert debrief.notes == set()
    assert [e.question for e in debrief.all_effects if isinstance(e, Save)] == ["citizen", "outcome"]


def test_ticking_twice_is_ticking_once() -> None:
    """Where several may be picked, the buttons say what shall be, so a doubled tap does no harm."""
    debrief = Debrief().tap(B07, "as_agreed", "m30", "2", Press.MORE, "time", "time", "place")
    debrief.happens(Chose(debrief.state.visit, "time", on=False))
    assert [pick.choice for pick in debrief.state.draft.picks] == ["place"]


def test_exclusive_choices_stand_alone() -> None:
    """ "Nothing" clears the rest, and anything else clears "nothing"."""
    debrief = Debrief().tap(B07, "as_agreed", "m30", "2", Press.MORE, "time", "nothing")
    assert [pick.choice for pick in debrief.state.draft.picks] == ["nothing"]
    debrief.tap("place")
    assert [pick.choice for pick in debrief.state.draft.picks] == ["place"]


def test_several_attempts_each_with_its_result() -> None:
    """ "More" takes several attempts, each with what came of it and the time."""
    debrief = Debrief().tap(B07, "did_not_come", Press.MORE, "call", "message_left", "visit", "no_answer", Press.DONE)
    picks = debrief.state.answers["reach_tried"].picks
    assert [(p.choice, p.result, p.at) for p in picks] == [
        ("call", "message_left", debrief.now),
        ("visit", "no_answer", debrief.now),
    ]


def test_one_tap_logs_an_attempt_with_time_and_result() -> None:
    """The first tap alone logs the attempt: now, no answer."""
    debrief = Debrief().tap(B07, "did_not_come", "call")
    (pick,) = debrief.state.answers["reach_tried"].picks
    assert (pick.result, pick.at) == ("no_answer", debrief.now)


def test_a_new_pseudonym_needs_a_confirming_tap() -> None:
    """An unknown typed pseudonym is shown first; the tap adds the citizen."""
    debrief = Debrief().happens(named("  Stjerne  "))
    assert (debrief.at, debrief.state.draft.mode) == ("citizen", Mode.FOUND)
    debrief.tap(Press.NEW)
    assert NewCitizen("new-1", "Stjerne") in debrief.effects
    assert debrief.value("citizen") == "new-1"


def test_new_citizen_button_takes_the_next_message() -> None:
    """After "new citizen" the typed pseudonym is taken as it is."""
    debrief = Debrief().tap(Press.NEW).happens(named("B12"))
    assert NewCitizen("new-1", "B12") in debrief.effects


def test_a_known_pseudonym_is_taken_at_once() -> None:
    """Typing a citizen one has is as good as tapping."""
    debrief = Debrief().happens(named("b07", exact=B07))
    assert debrief.value("citizen") == B07.id


@pytest.mark.parametrize(("text", "more"), [("x" * 31, {}), ("   ", {}), ("B09", {"taken": True})])
def test_pseudonyms_that_will_not_do(text: str, more: dict[str, object]) -> None:
    """Too long, empty, or a colleague's: one sentence, and the question stays."""
    debrief = Debrief().happens(named(text, **more))
    assert debrief.at == "citizen"
    assert debrief.notes & {Note.BAD_PSEUDONYM, Note.TAKEN}


def test_texts_in_several_messages_are_one_answer() -> None:
    """People write in several bubbles: all of it belongs to the question until the mentor goes on."""
    debrief = Debrief(Length.FULL).tap(B07, "as_agreed", Press.SKIP, "m30", "2").type("Først det.").type("Så det. 🙂")
    assert (debrief.at, debrief.value("what_happened")) == ("what_happened", "Først det.\nSå det. 🙂")
    debrief.tap(Press.KEEP)
    assert debrief.at == "contact_quality"


def test_editing_a_message_edits_its_part() -> None:
    """An edited message changes only what it once said, also from another question."""
    debrief = (
        Debrief(Length.FULL).tap(B07, "as_agreed", Press.SKIP, "m30", "2").type("Først").type("Så").tap(Press.KEEP)
    )
    debrief.happens(Edited("Allerførst", 1001))
    assert debrief.value("what_happened") == "Allerførst\nSå"
    assert (debrief.at, debrief.notes) == ("contact_quality", {Note.EDITED})


def test_editing_a_message_that_gave_no_answer() -> None:
    """An edit that belongs to nothing changes nothing."""
    debrief = Debrief().tap(B07)
    state = debrief.state
    debrief.happens(Edited("noget", 99))
    assert debrief.state == state


def test_typing_where_a_button_is_wanted() -> None:
    """A text where none is asked for is not an answer, and the mentor is told."""
    debrief = Debrief().tap(B07).type("hun kom ikke")
    assert (debrief.at, debrief.notes) == ("outcome", {Note.NO_TEXT_HERE})


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("45", 45), ("45 min", 45), ("1,5 time", 90), ("1 time", 60), ("2 t", 120), ("1 t 30", 90),
     ("1 time og 20 min", 80), ("halvanden time", 90), ("et kvarter", 15), ("3 kvarter", None), ("-5", None),
     ("99999", None), ("mange", None)],
)  # fmt: skip
def test_typed_minutes(text: str, minutes: int | None) -> None:
    """Minutes are understood as people write them; what is not understood says what works."""
    debrief = Debrief().tap(B07, "as_agreed").type(text)
    if minutes is None:
        assert (debrief.at, debrief.notes) == ("minutes_used", {Note.NOT_MINUTES})
    else:
        assert (debrief.at, debrief.value("minutes_used")) == ("toughness", minutes)


def test_typed_dates() -> None:
    """A typed date is taken, the past is refused for what lies ahead, and nonsense says what works."""
    debrief = Debrief().tap(B07, "cancelled_by_me", "m15").type("i går")
    assert debrief.notes == {Note.IN_THE_PAST}
    debrief.type("bananer")
    assert debrief.notes == {Note.NOT_A_DATE}
    debrief.type("om 3 dage")
    assert debrief.at == "review"
    at = debrief.state.answers["next_contact"].at
    assert at is not None and at.date().isoformat() == "2026-11-28"


@pytest.mark.parametrize(("text", "day"), [("i går", "2026-11-24"), ("tirsdag", "2026-11-24"), ("3/11", "2026-11-03")])
def test_dates_that_look_back(text: str, day: str) -> None:
    """When the contact took place is read as the past."""
    debrief = Debrief(Length.FULL).tap(B07, "as_agreed").type(text)
    at = debrief.state.answers["contact_when"].at
    assert at is not None and at.date().isoformat() == day


def test_pause_and_resume() -> None:
    """Set aside and taken up again, it stands where it stood, half-picked choices included."""
    debrief = Debrief().tap(B07, "as_agreed", "m30", "2", Press.MORE, "time", Press.LATER)
    assert (debrief.state.status, debrief.at) == (Status.ASIDE, "aside")
    debrief.happens(Opened())
    assert (debrief.state.status, debrief.at) == (Status.OPEN, "adjusted")
    debrief.tap("place", Press.DONE)
    assert debrief.value("adjusted") == ["time", "place"]


def test_a_week_of_silence_closes_with_everything_kept() -> None:
    """Closed, nothing is taken for granted, and the mentor can go on from the receipt."""
    debrief = Debrief().tap(B07, "as_agreed").happens(SetAside()).happens(Expired())
    assert debrief.state.status is Status.CLOSED
    assert set(debrief.state.answers) == {"citizen", "outcome"}
    debrief.tap(Press.RESUME)
    assert debrief.at == "minutes_used"


def test_the_guard_holds_a_text_back() -> None:
    """Nothing is stored until the mentor keeps it without what was found."""
    debrief = (
        Debrief(Length.FULL).tap(B07, "as_agreed", Press.SKIP, "m30", "2").happens(Held("Hun sagde [cpr-nummer].", 7))
    )
    assert "what_happened" not in debrief.state.answers
    debrief.tap(Press.KEEP_MASKED)
    assert debrief.value("what_happened") == "Hun sagde [cpr-nummer]."
    debrief.happens(Held("[cpr-nummer]", 8)).tap(Press.BACK).type("Skrevet om")
    assert debrief.value("what_happened") == "Hun sagde [cpr-nummer].\nSkrevet om"


def test_a_pseudonym_with_a_cpr_number_cannot_be_kept() -> None:
    """The guard's finding where a citizen is asked for leads to no citizen; there is only: write it again."""
    debrief = Debrief().happens(Held("[cpr-nummer]", 7, ("cpr",)))
    assert (debrief.at, debrief.state.draft.mode) == ("citizen", Mode.MASKED)
    offered = view(GUIDE, debrief.state).presses & {Press.KEEP_MASKED, Press.FALSE_ALARM, Press.KEEP_TYPED}
    assert not offered and Press.REPHRASE in view(GUIDE, debrief.state).presses
    for press in (Press.KEEP_MASKED, Press.FALSE_ALARM, Press.KEEP_TYPED):
        assert debrief.tap(press).notes == {Note.STALE}
    debrief.tap(Press.REPHRASE)
    assert (debrief.state.draft.mode, debrief.notes) == (Mode.PLAIN, {Note.WRITE_AGAIN})
    assert "citizen" not in debrief.state.answers


def shared_debrief() -> Debrief:
    """Saved in full, with a private note and a safety event shared."""
    debrief = Debrief(Length.FULL).tap(B07, "left_for_safety", "yes", "threat", Press.DONE, "lead", Press.DONE, "yes")
    debrief.tap(Press.STOP).change("mentor_note").type("Det sidder i mig.").tap(Press.KEEP)
    debrief.tap(Press.SHARE)
    return debrief


def test_sharing_needs_a_confirming_tap() -> None:
    """What is meant for supervision is ticked, private answers are not; only the confirming tap shares."""
    debrief = shared_debrief()
    assert debrief.state.share_picks == {"safety", "safety_reached"}
    debrief.tap("mentor_note", Press.PREVIEW)
    assert debrief.state.shared == frozenset()
    debrief.tap(Press.CONFIRM)
    assert Shared(("mentor_note", "safety", "safety_reached")) in debrief.effects


def test_a_share_can_be_withdrawn() -> None:
    """All at once or one by one."""
    debrief = shared_debrief().tap(Press.PREVIEW, Press.CONFIRM, Press.SHARE)
    debrief.happens(Chose(debrief.state.visit, "safety", on=False)).tap(Press.PREVIEW, Press.CONFIRM)
    assert Withdrawn(("safety",)) in debrief.effects
    debrief.tap(Press.WITHDRAW)
    assert Withdrawn(("safety_reached",)) in debrief.effects
    assert debrief.state.shared == frozenset()


def test_changing_a_shared_answer_takes_it_back() -> None:
    """The lead reads what the mentor saw before sharing, never a text changed afterwards."""
    debrief = shared_debrief().tap("mentor_note", Press.PREVIEW, Press.CONFIRM)
    debrief.change("mentor_note").type("Mere.")
    assert Withdrawn(("mentor_note",)) in debrief.effects


def test_aggregates_and_log_are_not_offered_for_sharing() -> None:
    """Only private answers and those for supervision are the mentor's to share."""
    debrief = shared_debrief()
    debrief.tap("outcome")
    assert "outcome" not in debrief.state.share_picks


def test_a_very_long_text_is_refused_whole() -> None:
    """Over 20,000 letters nothing is cut silently: what was there stays, and the mentor is told."""
    debrief = Debrief(Length.FULL).tap(B07, "as_agreed", Press.SKIP, "m30", "2").type("a" * 20_000)
    assert len(str(debrief.value("what_happened"))) == 20_000
    debrief.type("b")
    assert debrief.notes == {Note.TOO_LONG}
    assert len(str(debrief.value("what_happened"))) == 20_000


def test_every_fixed_button_in_every_stage_is_handled() -> None:
    """No button raises, wherever it is pressed."""
    for press in Press:
        for make in (Debrief, shared_debrief):
            debrief = make()
            debrief.happens(Pressed(debrief.state.visit, press, "outcome"))
            assert debrief.effects


def test_foreign_citizen_button_on_another_question() -> None:
    """A citizen's button where no citizen is asked for writes nothing."""
    debrief = Debrief().tap(B07)
    before = debrief.state
    debrief.happens(ChoseCitizen(debrief.state.visit, CitizenRef("x", "X")))
    assert debrief.state == before


def test_a_message_typed_to_the_receipt_is_not_lost_without_a_word() -> None:
    """On a card that takes no text the mentor is told that nothing was kept."""
    debrief = Debrief().tap(B07, "as_agreed", "m30", "2", "nothing", "tomorrow", Press.SAVE).happens(Typed("hov", 5))
    assert debrief.notes == {Note.NO_TEXT_HERE}


def test_about_how_many_is_steady_on_the_common_path() -> None:
    """From the first card on, "about six" is about six; it does not grow under the mentor's thumb."""
    debrief, seen = Debrief(), []
    for move in (B07, "as_agreed", "m30", "2", "nothing", "tomorrow"):
        seen.append(progress(debrief.guide, debrief.state))
        debrief.tap(move)
    assert seen == [(1, 6), (2, 6), (3, 6), (4, 6), (5, 6), (6, 6)]


def test_asking_for_supervision_on_the_receipt_leads_to_what_about() -> None:
    """Asking for supervision is followed by the focus, which can be skipped, and then by the receipt again."""
    debrief = Debrief().tap(B07, "as_agreed", "m30", "2", "nothing", "tomorrow", Press.SAVE).change("supervision")
    debrief.tap("soon")
    assert debrief.at == "supervision_focus"
    debrief.type("Hvordan siger jeg nej uden at lukke døren?").tap(Press.KEEP)
    assert (debrief.at, debrief.state.status) == ("receipt", Status.SAVED)
    debrief.change("supervision").tap("no")
    assert ("supervision_focus" in debrief.state.answers, debrief.at) == (False, "receipt")


def test_words_typed_on_the_resting_card_are_the_note_it_offers() -> None:
    """Somebody shaken just writes: it is kept as the private note, and the resting card comes back."""
    debrief = (
        Debrief().tap(B07, "left_for_safety", "yes", "just_hard", "nobody_yet", "yes").type("Han slog ud efter mig.")
    )
    assert (debrief.value("mentor_note"), debrief.at) == ("Han slog ud efter mig.", "mentor_note")
    debrief.tap(Press.KEEP)
    assert debrief.at == "rest"


def test_something_happened_stands_on_every_card() -> None:
    """Wherever a debrief stands, the button is there."""
    debrief = Debrief().tap(B07, "as_agreed", "m30", "5", "yes", "just_hard", "nobody_yet", "no")
    assert debrief.at == "rest"
    debrief.tap(Press.RESUME, "nothing", "tomorrow", Press.ANSWERS)
    for moves in ((), (Press.BACK,), (Press.SAVE,), (Press.SHARE,), (Press.PREVIEW,), (Press.BACK, Press.BACK)):
        debrief.tap(*moves)
        assert Press.HAPPENED in view(debrief.guide, debrief.state).presses, debrief.at
