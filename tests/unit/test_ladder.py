"""The ladder: what comes when, and that nobody is forgotten."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.dialogue import threads
from bot.dialogue.ladder import Blocked, ContactSettings, Ladder, Proposal, Reason, Step, StepKind, next_step
from bot.dialogue.threads import Channel, Result, Thread
from bot.dialogue.worktime import WorkTime
from tests.unit.ladder_kit import (
    ALL,
    COPENHAGEN,
    LADDER,
    MONDAY,
    WORK,
    ask,
    attempt,
    calm,
    days,
    do,
    holiday,
    local,
    tried,
)

CALL, TEXT, VISIT = Channel.CALL, Channel.TEXT, Channel.VISIT


def walk(thread: Thread, results: list[Result], until: datetime) -> tuple[Thread, list[Proposal]]:
    """Do everything when it is due; what is tried ends as ``results`` say."""
    now, done = thread.opened_at, []
    left = iter(results)
    while (proposal := next_step(LADDER, thread, ALL, now, WORK)) is not None and proposal.due_at <= until:
        now = proposal.due_at
        if proposal.blocked_by is None:
            done.append(proposal)
            thread = do(thread, proposal, next(left) if proposal.kind is StepKind.ATTEMPT else Result.NO_ANSWER)
    return thread, done


def test_a_month_without_an_answer() -> None:
    """Day by day the default ladder is the practice's: each step once, on its day, in working hours."""
    _, done = walk(Thread(MONDAY), [Result.NO_ANSWER] * 9, MONDAY + days(40))
    assert [(p.step, p.channels[:1], p.due_at) for p in done] == [
        ("worry", (), MONDAY),
        ("first_try", (CALL,), MONDAY),
        ("first_try", (TEXT,), MONDAY),
        ("other_way", (CALL,), local(2026, 11, 3, 16)),  # the first attempts were made at half past ten
        ("visit_or_note", (VISIT,), local(2026, 11, 5, 8)),
        ("lead", (), local(2026, 11, 9, 8)),
        ("caseworker", (), local(2026, 11, 16, 8)),
        ("joint_talk", (), local(2026, 12, 2, 8)),
    ]


@pytest.mark.parametrize("first", list(Result))
def test_every_combination_of_results(first: Result) -> None:
    """Whatever comes of the attempts, the ladder goes on until contact, then stops; the talks never drop out."""
    talks = ["lead", "caseworker", "joint_talk"]
    for rest in itertools.product(Result, repeat=3):
        results = [first, *rest]
        thread, done = walk(Thread(MONDAY), results, MONDAY + days(40))
        made = [p for p in done if p.kind is StepKind.ATTEMPT]
        if Result.REACHED in results:
            assert len(made) == results.index(Result.REACHED) + 1
            assert not any(p.step in talks for p in done)
            assert next_step(LADDER, thread, ALL, MONDAY + days(90), WORK) is None
        else:
            assert len(made) == 4
            assert [p.step for p in done if p.kind is not StepKind.ATTEMPT] == ["worry", *talks]


def test_worry_comes_before_days() -> None:
    """Until the mentor has said whether they are worried, that is what is asked, also weeks later."""
    for later in (0, 8, 40):
        assert ask(Thread(MONDAY), MONDAY + days(later)).kind is StepKind.WORRY


def test_worry_goes_to_the_lead_at_once() -> None:
    """Yes brings the lead now, with acute help, in a pause too; once told, the ladder goes on with its day."""
    paused = threads.pause(threads.worry(Thread(MONDAY), True, MONDAY), MONDAY + days(20))
    now = MONDAY + timedelta(minutes=1)
    proposal = ask(paused, now)
    assert (proposal.step, proposal.reason, proposal.acute, proposal.due_at) == ("lead", Reason.WORRIED, True, now)
    told = threads.pause(threads.tell_lead(paused, now), None)
    assert ask(told, now).step == "first_try"
    assert not ask(told, now).acute


def test_worry_can_return() -> None:
    """A yes after the lead was told asks for the lead again; taken back, it does not."""
    told = threads.tell_lead(calm(), MONDAY)
    again = threads.worry(told, True, MONDAY + days(2))
    assert ask(again, MONDAY + days(2)).acute
    assert not ask(threads.worry(again, False, MONDAY + days(2)), MONDAY + days(2)).acute


def test_a_talk_about_worry_is_not_the_talk_about_the_week() -> None:
    """The lead told of a worry on day 0 is asked for again on day 7, when the weekly contact has not been kept."""
    told = threads.tell_lead(threads.worry(Thread(MONDAY), True, MONDAY), MONDAY)
    proposal = ask(told, MONDAY + days(7))
    assert (proposal.step, proposal.reason) == ("lead", Reason.DAY)
    assert ask(threads.tell_lead(told, MONDAY + days(8)), MONDAY + days(8)).step == "caseworker"


@pytest.mark.parametrize(("asleep", "expected"), [(6, "visit_or_note"), (7, "lead"), (20, "lead"), (45, "lead")])
def test_after_a_long_sleep_there_is_one_proposal(asleep: int, expected: str) -> None:
    """Attempts that were not made give way to the latest; the talks come one after the other, all of them."""
    thread, now = calm(), MONDAY + days(asleep)
    proposal = ask(thread, now, work=replace(WORK, weekdays=frozenset(range(7))))
    assert (proposal.step, proposal.due_at) == (expected, now)
    assert proposal.late is (asleep in (6, 20, 45))


def test_no_talk_is_skipped_by_sleeping() -> None:
    """Asleep for 45 days: lead, caseworker, joint talk, each now, each once."""
    thread, now, seen = calm(), MONDAY + days(45), []
    while (proposal := next_step(LADDER, thread, ALL, now, WORK)) is not None:
        assert proposal.due_at == now
        seen.append(proposal.step)
        thread = do(thread, proposal)
    assert seen == ["lead", "caseworker", "joint_talk"]


def test_of_several_joint_talks_only_the_latest_is_left() -> None:
    """Two of a kind that were slept through are one talk, not two."""
    ladder = Ladder((*LADDER.steps, Step("again", StepKind.JOINT_TALK, 60, 90)))
    thread = threads.tell_caseworker(threads.tell_lead(calm(), MONDAY + days(70)), MONDAY + days(70))
    assert ask(thread, MONDAY + days(70), ladder=ladder).step == "again"
    assert next_step(ladder, threads.answer(thread, "again"), ALL, MONDAY + days(70), WORK) is None


def test_a_step_on_a_day_off_comes_on_the_next_working_day() -> None:
    """Day 7 on a Saturday is Monday; when that is a holiday, Tuesday; with the mentor away, the first day back."""
    saturday = tried(calm(local(2026, 10, 31, 11)), local(2026, 11, 3, 9), channel=VISIT)
    now = local(2026, 11, 6, 12)
    assert ask(saturday, now).due_at == local(2026, 11, 9, 8)
    assert ask(saturday, now, work=holiday(date(2026, 11, 9))).due_at == local(2026, 11, 10, 8)
    away = replace(WORK, away=((date(2026, 11, 8), date(2026, 11, 12)),))
    assert ask(saturday, now, work=away).due_at == local(2026, 11, 13, 8)


def test_outside_hours_it_waits_for_the_morning() -> None:
    """In the evening, at night and at the weekend nothing is due before working time."""
    for now, due in (
        (local(2026, 11, 2, 17), local(2026, 11, 3, 8)),
        (local(2026, 11, 3, 3), local(2026, 11, 3, 8)),
        (local(2026, 11, 7, 12), local(2026, 11, 9, 8)),
    ):
        assert ask(Thread(MONDAY), now).due_at == due


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (local(2026, 3, 27, 15), [(3, 30), (4, 3)]),  # over the Sunday that has 23 hours
        (local(2026, 10, 23, 15), [(10, 26), (10, 30)]),  # over the one that has 25
    ],
)
def test_eight_stays_eight_when_the_clocks_change(opened: datetime, due: list[tuple[int, int]]) -> None:
    """Over both changes a step comes at eight on the wall, not at seven or nine."""
    thread = tried(calm(opened), opened)
    first = ask(tried(thread, opened, channel=TEXT), opened)
    lead = ask(tried(thread, local(2026, *due[0], 9), channel=VISIT), local(2026, *due[0], 10))
    assert first.due_at == local(2026, *due[0], 8)
    assert (lead.step, lead.due_at) == ("lead", local(2026, *due[1], 8))


def test_another_hour_is_far_from_those_tried() -> None:
    """Tried at 9 and at 16: the next is about midday; tried at 15: in the morning."""
    thread = tried(tried(calm(), local(2026, 11, 2, 9)), local(2026, 11, 2, 16), channel=TEXT)
    assert ask(thread, local(2026, 11, 2, 16)).due_at == local(2026, 11, 3, 12)
    late = tried(tried(calm(), local(2026, 11, 2, 15)), local(2026, 11, 2, 15), channel=TEXT)
    assert ask(late, local(2026, 11, 2, 16)).due_at == local(2026, 11, 3, 8)
    assert ask(thread, local(2026, 11, 3, 12)).due_at == local(2026, 11, 3, 12)
    assert ask(thread, local(2026, 11, 3, 14)).due_at == local(2026, 11, 3, 14)


def test_only_agreed_channels_are_proposed() -> None:
    """What was agreed is what comes, in the ladder's order; a step without any of it is left out."""
    only_text = ContactSettings(frozenset({TEXT}))
    assert ask(calm(), MONDAY, only_text).channels == (TEXT,)
    assert ask(tried(calm(), MONDAY, channel=TEXT), MONDAY, only_text).step == "other_way"
    only_call = ContactSettings(frozenset({CALL}))
    assert ask(tried(calm(), MONDAY, MONDAY + days(1)), MONDAY + days(4), only_call).step == "lead"


def test_what_did_not_work_comes_last() -> None:
    """A dead number is proposed after the other ways, until it has worked again."""
    dead = threads.log(calm(), attempt(1, MONDAY, CALL, Result.NOT_WORKING))
    dead = threads.log(dead, attempt(2, MONDAY, TEXT))
    assert ask(dead, MONDAY + days(2)).channels == (TEXT, VISIT, Channel.THROUGH_OTHER, Channel.LETTER, CALL)
    alive = threads.log(dead, attempt(3, MONDAY + timedelta(hours=3), CALL))
    assert ask(alive, MONDAY + days(2)).channels[0] is CALL


def test_enough_attempts_give_peace() -> None:
    """At the cap nothing is proposed until the first attempt is a week old, and the reason is told."""
    thread = tried(calm(), MONDAY, MONDAY, MONDAY)
    proposal = ask(tried(thread, MONDAY), MONDAY)
    assert (proposal.step, proposal.due_at, proposal.blocked_by) == ("lead", local(2026, 11, 9, 8), Blocked.CAP)
    early = tried(calm(), MONDAY - days(4), MONDAY - days(4), MONDAY, MONDAY)
    waits = ask(early, MONDAY)
    assert (waits.step, waits.due_at, waits.blocked_by) == ("visit_or_note", local(2026, 11, 5, 10, 30), Blocked.CAP)
    assert ask(tried(thread, MONDAY), MONDAY + days(3), ContactSettings(cap_a_week=5)).blocked_by is None


def test_a_cap_of_nothing_still_brings_the_talks() -> None:
    """Where no attempt is wanted at all, the lead and the others come on their days."""
    assert ask(calm(), MONDAY, ContactSettings(cap_a_week=0)).step == "lead"


def test_the_talks_are_not_held_back_by_the_cap() -> None:
    """The cap is about the citizen's peace; the lead is told on day 7 all the same."""
    busy = tried(calm(), *(MONDAY + days(5) + timedelta(minutes=n) for n in range(9)))
    proposal = ask(busy, MONDAY + days(7))
    assert (proposal.step, proposal.due_at, proposal.blocked_by) == ("lead", MONDAY + days(7), None)


def test_a_pause_delays_and_loses_nothing() -> None:
    """Nothing is due in a pause; afterwards what has become due meanwhile is."""
    paused = threads.pause(calm(), MONDAY + days(10))
    proposal = ask(paused, MONDAY + days(1))
    assert (proposal.step, proposal.due_at, proposal.blocked_by) == ("lead", MONDAY + days(10), Blocked.PAUSE)
    assert ask(threads.pause(paused, None), MONDAY + days(1)).step == "other_way"


def test_what_holds_it_back_now_is_the_reason_told() -> None:
    """In a pause that ends before the week does, the pause is told, not the cap that comes after it."""
    thread = threads.pause(tried(calm(), MONDAY - days(4), MONDAY - days(4), MONDAY, MONDAY), MONDAY + days(1))
    proposal = ask(thread, MONDAY)
    assert (proposal.step, proposal.blocked_by) == ("visit_or_note", Blocked.PAUSE)


def test_nothing_comes_before_the_missed_contact() -> None:
    """A thread that is opened for later begins then."""
    assert ask(Thread(MONDAY), MONDAY - days(3)).due_at == MONDAY


def test_a_step_left_out_by_the_mentor_stays_out() -> None:
    """Answered steps do not come again, and the ones after them do."""
    assert ask(threads.answer(calm(), "first_try"), MONDAY).step == "other_way"
    assert ask(threads.answer(calm(), "lead"), MONDAY + days(8)).step == "caseworker"


def test_since_does_not_move() -> None:
    """Asked at any time, a step became due at one and the same moment, so that one reminder stays one."""
    thread = tried(calm(), MONDAY, MONDAY + timedelta(minutes=5))
    seen: dict[str, set[datetime]] = {}
    for hours in range(24 * 14):
        proposal = ask(thread, MONDAY + timedelta(hours=hours))
        seen.setdefault(proposal.step, set()).add(proposal.since)
    assert {step: len(sinces) for step, sinces in seen.items()} == dict.fromkeys(seen, 1)
    assert seen["lead"] == {local(2026, 11, 9, 8)}
    assert len(seen) == 4


def test_since_is_when_it_could_first_be_done() -> None:
    """What the cap held back became due when it was free; what worry asks for, when the worry was told."""
    early = tried(calm(), MONDAY - days(4), MONDAY - days(4), MONDAY, MONDAY)
    assert ask(early, MONDAY + days(3, 6)).since == local(2026, 11, 5, 10, 30)
    worried = threads.worry(calm(), True, MONDAY + days(2))
    proposal = ask(worried, MONDAY + days(20))
    assert (proposal.since, proposal.late) == (MONDAY + days(2), False)


def test_the_facts_are_those_of_the_moment_it_is_due() -> None:
    """Days, days without contact, rhythm and attempts are counted for the time the step comes."""
    thread = replace(tried(calm(), MONDAY, MONDAY + days(4), channel=VISIT), last_contact_at=MONDAY - days(7))
    proposal = ask(thread, MONDAY + days(5), ContactSettings(rhythm_days=21))
    found = proposal.facts
    assert (found.days, found.without_contact, found.rhythm, found.rhythm_missed) == (7, 14, 21, False)
    assert (found.tried, found.tried_this_week) == (2, 2)


def test_an_empty_ladder_proposes_nothing() -> None:
    """No steps, no proposal, no error."""
    assert next_step(Ladder(()), Thread(MONDAY), ALL, MONDAY, WORK) is None


def test_somebody_who_never_works_still_loses_nothing() -> None:
    """Away for years: the step is due at once, and whoever sends decides when."""
    gone = WorkTime(COPENHAGEN, away=((date(2026, 1, 1), date(2030, 1, 1)),))
    assert ask(Thread(MONDAY), MONDAY, work=gone).step == "worry"
