"""Contact threads: what was tried stays as it was logged, and only contact closes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.dialogue import threads
from bot.dialogue.threads import Attempt, Channel, Result, Thread
from tests.unit.ladder_kit import MONDAY, attempt, calm, days, local
from tests.unit.people import GUIDE


def test_channels_and_results_are_those_of_the_guide() -> None:
    """What a debrief logs under reach_tried is an attempt here, id for id."""
    question = GUIDE["reach_tried"]
    assert {c.id for c in question.choices} == {c.value for c in Channel} | {"not_yet"}
    assert {r.id for r in question.results} == {r.value for r in Result}


def test_the_same_tap_twice_is_one_attempt() -> None:
    """An id that is there already changes nothing, whatever else it says."""
    once = threads.log(calm(), attempt(1, MONDAY))
    assert threads.log(once, attempt(1, MONDAY + days(1), Channel.VISIT)) == once


def test_only_contact_with_the_citizen_closes() -> None:
    """Of all results, only having reached them ends the thread."""
    closing = {r for r in Result if threads.ended_at(threads.log(calm(), attempt(1, MONDAY, result=r))) is not None}
    assert closing == {Result.REACHED}


def test_a_correction_keeps_what_it_corrects() -> None:
    """The old attempt stays, marked; the new one says which it replaces; only the new one counts."""
    logged = threads.log(calm(), attempt(1, MONDAY))
    right = Attempt("a2", Channel.TEXT, Result.SENT, MONDAY + timedelta(hours=1))
    corrected = threads.correct(logged, "a1", right)
    assert corrected.attempts == (
        replace(logged.attempts[0], corrected=True),
        replace(right, replaces="a1"),
    )
    assert [a.id for a in threads.standing(corrected)] == ["a2"]


def test_an_attempt_can_be_taken_back() -> None:
    """Without a replacement it stays to be seen, and no longer counts."""
    taken = threads.correct(threads.log(calm(), attempt(1, MONDAY)), "a1", None)
    assert len(taken.attempts) == 1
    assert taken.attempts[0].corrected
    assert threads.standing(taken) == ()
    assert threads.tried_within_a_week(taken, MONDAY) == 0


def test_an_old_button_corrects_nothing() -> None:
    """Unknown, already corrected, or under a name that is taken: the thread stays as it was."""
    once = threads.correct(threads.log(calm(), attempt(1, MONDAY)), "a1", attempt(2, MONDAY))
    assert threads.correct(once, "a9", attempt(3, MONDAY)) == once
    assert threads.correct(once, "a1", attempt(3, MONDAY)) == once
    assert threads.correct(once, "a2", attempt(1, MONDAY)) == once


def test_a_contact_that_was_a_mistake_opens_the_thread_again() -> None:
    """Corrected from reached to no answer, the thread goes on, also when its end had been noted."""
    reached = threads.log(calm(), attempt(1, MONDAY, result=Result.REACHED))
    for closed in (reached, replace(reached, closed_at=threads.ended_at(reached))):
        assert threads.ended_at(closed) == MONDAY
        again = threads.correct(closed, "a1", attempt(2, MONDAY))
        assert threads.ended_at(again) is None
        assert threads.last_contact(again) is None


def test_contact_in_a_meeting_stays_when_an_attempt_is_corrected() -> None:
    """Somebody who was met was met, whatever becomes of an attempt."""
    met = threads.contact_happened(threads.log(calm(), attempt(1, MONDAY, result=Result.REACHED)), MONDAY + days(2))
    assert threads.ended_at(threads.correct(met, "a1", None)) == MONDAY + days(2)


def test_contact_closes_and_is_remembered() -> None:
    """The thread ends when they met, and that is the last contact."""
    met = threads.contact_happened(calm(), MONDAY + days(3))
    assert threads.ended_at(met) == MONDAY + days(3)
    assert threads.days_without_contact(met, MONDAY + days(5)) == 2


def test_the_first_end_counts() -> None:
    """Contact noted twice, in whatever order, closes at the earlier and remembers the later."""
    one, two = MONDAY + days(1), MONDAY + days(2)
    for first, second in ((one, two), (two, one)):
        met = threads.contact_happened(threads.contact_happened(calm(), first), second)
        assert (threads.ended_at(met), threads.last_contact(met)) == (one, two)


def test_contact_before_the_missed_one_closes_nothing() -> None:
    """A contact of an earlier day, noted late, only moves the last contact; the same day it closes."""
    earlier = threads.contact_happened(calm(), MONDAY - days(1))
    assert threads.ended_at(earlier) is None
    assert threads.last_contact(earlier) == MONDAY - days(1)
    logged = threads.log(calm(), attempt(1, MONDAY - days(1), result=Result.REACHED))
    assert threads.ended_at(logged) is None
    assert threads.ended_at(threads.contact_happened(calm(), MONDAY - timedelta(minutes=5))) is not None


def test_a_thread_can_end_without_contact() -> None:
    """Archived or with another mentor: closed, but nobody was reached."""
    closed = threads.close(calm(), MONDAY + days(1))
    assert threads.ended_at(closed) == MONDAY + days(1)
    assert threads.last_contact(closed) is None


def test_days_are_counted_by_midnights_where_the_mentor_is() -> None:
    """From late evening to early morning is a day; the 23- and 25-hour days are one day each."""
    thread = Thread(local(2026, 3, 28, 23, 30))
    assert threads.days_without_contact(thread, local(2026, 3, 29, 0, 30)) == 1
    assert threads.days_without_contact(thread, local(2026, 3, 29, 23, 59)) == 1
    assert threads.day_of(thread, local(2026, 3, 30, 0, 0)) == 2
    autumn = Thread(local(2026, 10, 24, 0, 30))
    assert threads.days_without_contact(autumn, local(2026, 10, 25, 23, 59)) == 1


def test_days_without_contact_reach_back_to_the_last_contact() -> None:
    """The count begins where they last met; where that is unknown, with the missed contact; it is never negative."""
    known = replace(calm(), last_contact_at=MONDAY - days(7))
    assert threads.days_without_contact(known, MONDAY + days(7)) == 14
    assert threads.days_without_contact(calm(), MONDAY + days(7)) == 7
    assert threads.days_without_contact(calm(), MONDAY - days(3)) == 0


def test_attempts_stand_in_the_order_they_were_made() -> None:
    """An attempt logged later but made earlier comes first."""
    thread = threads.log(threads.log(calm(), attempt(1, MONDAY + days(1))), attempt(2, MONDAY))
    assert [a.id for a in threads.standing(thread)] == ["a2", "a1"]


def test_the_latest_telling_counts() -> None:
    """Told twice and noted in either order, the lead and the caseworker were told at the later time."""
    for tell, told in ((threads.tell_lead, "lead_told_at"), (threads.tell_caseworker, "caseworker_told_at")):
        for first, second in ((1, 2), (2, 1)):
            thread = tell(tell(calm(), MONDAY + days(first)), MONDAY + days(second))
            assert getattr(thread, told) == MONDAY + days(2)
