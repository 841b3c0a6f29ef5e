"""Whatever is logged, corrected, paused or slept through: the ladder keeps to what was agreed and forgets nobody."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue import threads
from bot.dialogue.ladder import ContactSettings, Proposal, StepKind, next_step
from bot.dialogue.threads import Attempt, Channel, Result, Thread
from bot.dialogue.worktime import WorkTime
from tests.unit.ladder_kit import COPENHAGEN, LADDER, at_work, do

ORDER = [step.id for step in LADDER.steps]
UNANSWERED = [result for result in Result if result is not Result.REACHED]
HOLIDAYS = frozenset({date(2026, 4, 2), date(2026, 4, 3), date(2026, 4, 6), date(2026, 10, 26), date(2026, 11, 9)})

# Around both clock changes, and on days in between.
openings = st.one_of(
    st.datetimes(datetime(2026, 3, 20), datetime(2026, 4, 3)),  # noqa: DTZ001 - made aware below
    st.datetimes(datetime(2026, 10, 16), datetime(2026, 10, 30)),  # noqa: DTZ001 - made aware below
).map(lambda at: at.replace(tzinfo=UTC))
works = st.builds(
    lambda weekdays, hours, off: WorkTime(COPENHAGEN, weekdays, hours[0], hours[1], off),
    st.one_of(st.just(frozenset(range(5))), st.frozensets(st.integers(0, 6), min_size=1)),
    st.sampled_from([(time(8), time(17)), (time(7, 30), time(15, 15)), (time(1), time(5)), (time(22), time(23, 59))]),
    st.sampled_from([frozenset(), HOLIDAYS]),
)
agreements = st.builds(
    ContactSettings,
    st.frozensets(st.sampled_from(Channel)),
    st.one_of(st.none(), st.integers(1, 40)),
    st.one_of(st.none(), st.integers(1, 6)),
)
moves = st.one_of(
    st.tuples(st.just("log"), st.sampled_from(Channel), st.sampled_from(UNANSWERED), st.integers(-72, 0)),
    st.tuples(st.just("do")),
    st.tuples(st.just("do")),
    st.tuples(st.just("wait"), st.integers(0, 24 * 12)),
    st.tuples(st.just("wait"), st.integers(0, 24 * 12)),
    st.tuples(st.just("correct"), st.integers(0, 9), st.sampled_from(Channel), st.integers(-72, 0)),
    st.tuples(st.just("take back"), st.integers(0, 9)),
    st.tuples(st.just("pause"), st.integers(-24, 24 * 20)),
    st.tuples(st.just("go on")),
    st.tuples(st.just("worry"), st.booleans()),
    st.tuples(st.just("lead")),
    st.tuples(st.just("answer"), st.sampled_from([*(s for s in ORDER if s not in ("lead", "caseworker")), "no step"])),
)
ends = st.tuples(st.sampled_from(["reached", "met", "close"]))


def move(
    thread: Thread, now: datetime, what: tuple[Any, ...], number: int, proposal: Proposal | None
) -> tuple[Thread, datetime]:
    """The thread and the time after a move."""
    match what:
        case ("log", Channel() as channel, Result() as result, int(hours)):
            made = Attempt(f"a{number}", channel, result, now + timedelta(hours=hours))
            return threads.log(thread, made), now
        case ("do",) if proposal is not None and proposal.due_at <= now:
            return do(thread, proposal), now
        case ("wait", int(hours)):
            return thread, now + timedelta(hours=hours)
        case ("correct", int(which), Channel() as channel, int(hours)):
            right = Attempt(f"a{number}", channel, Result.NO_ANSWER, now + timedelta(hours=hours))
            return threads.correct(thread, f"a{which}", right), now
        case ("take back", int(which)):
            return threads.correct(thread, f"a{which}", None), now
        case ("pause", int(hours)):
            return threads.pause(thread, now + timedelta(hours=hours)), now
        case ("go on",):
            return threads.pause(thread, None), now
        case ("worry", bool(yes)):
            return threads.worry(thread, yes, now), now
        case ("lead",):
            return threads.tell_lead(thread, now), now
        case ("answer", str(step)):
            return threads.answer(thread, step), now
        case ("reached",):
            return threads.log(thread, Attempt(f"a{number}", Channel.CALL, Result.REACHED, now)), now
        case ("met",):
            return threads.contact_happened(thread, now), now
        case ("close",):
            return threads.close(thread, now), now
    return thread, now


def played(
    opened: datetime, agreed: ContactSettings, work: WorkTime, what: list[tuple[Any, ...]]
) -> list[tuple[Thread, datetime, Proposal | None]]:
    """Every thread on the way, with its time and what was proposed."""
    thread, now = Thread(opened), opened
    found: list[tuple[Thread, datetime, Proposal | None]] = []
    for number, one in enumerate([("wait", 0), *what]):
        thread, now = move(thread, now, one, number, found[-1][2] if found else None)
        found.append((thread, now, next_step(LADDER, thread, agreed, now, work)))
    return found


@settings(max_examples=150, deadline=None)
@given(openings, agreements, works, st.lists(moves, max_size=12))
def test_what_is_proposed_may_be_done(
    opened: datetime, agreed: ContactSettings, work: WorkTime, what: list[tuple[Any, ...]]
) -> None:
    """Working time, agreed channels and the cap hold in every state; what is blocked is never due."""
    cap = LADDER.cap_a_week if agreed.cap_a_week is None else agreed.cap_a_week
    for thread, now, proposal in played(opened, agreed, work, what):
        if proposal is None:
            continue
        assert proposal.due_at >= now
        assert proposal.due_at.tzinfo is UTC
        assert at_work(proposal.due_at, work)
        assert proposal.blocked_by is None or proposal.due_at > now
        assert proposal.since <= proposal.due_at
        assert (proposal.channels != ()) is (proposal.kind is StepKind.ATTEMPT)
        assert not agreed.channels or set(proposal.channels) <= agreed.channels
        assert thread.paused_until is None or proposal.acute or proposal.due_at >= thread.paused_until
        if proposal.kind is StepKind.ATTEMPT:
            made = [a for a in thread.attempts if not a.corrected]
            week = [a for a in made if proposal.due_at - timedelta(days=7) < a.at]
            assert len(week) < cap


@settings(max_examples=100, deadline=None)
@given(openings, agreements, works, st.lists(moves, max_size=12), st.integers(0, 24 * 60))
def test_what_is_announced_is_what_comes(
    opened: datetime, agreed: ContactSettings, work: WorkTime, what: list[tuple[Any, ...]], hours: int
) -> None:
    """Asked again at that time it is the same, nothing having happened; until then it is announced unchanged."""
    thread, now, proposal = played(opened, agreed, work, what)[-1]
    if proposal is None:
        assert next_step(LADDER, thread, agreed, now + timedelta(hours=hours), work) is None
        return
    assert next_step(LADDER, thread, agreed, proposal.due_at, work) == replace(proposal, blocked_by=None)
    between = min(now + timedelta(hours=hours), proposal.due_at)
    again = next_step(LADDER, thread, agreed, between, work)
    assert again is not None
    assert (again.step, again.due_at, again.since) == (proposal.step, proposal.due_at, proposal.since)


@settings(max_examples=100, deadline=None)
@given(openings, agreements, works, st.lists(moves, max_size=12), st.lists(st.integers(0, 200), max_size=8))
def test_time_alone_never_leads_back(
    opened: datetime, agreed: ContactSettings, work: WorkTime, what: list[tuple[Any, ...]], waits: list[int]
) -> None:
    """Whoever only waits is led to the same step or a later one, and a step that stays became due at the same time."""
    thread, now, proposal = played(opened, agreed, work, what)[-1]
    for hours in waits:
        now += timedelta(hours=hours)
        later = next_step(LADDER, thread, agreed, now, work)
        assert (later is None) is (proposal is None)
        if proposal is not None and later is not None:
            assert ORDER.index(later.step) >= ORDER.index(proposal.step)
            assert later.step != proposal.step or later.since == proposal.since
        proposal = later


@settings(max_examples=100, deadline=None)
@given(openings, agreements, works, st.lists(moves, max_size=12), st.integers(0, 24 * 90))
def test_nobody_is_forgotten(
    opened: datetime, agreed: ContactSettings, work: WorkTime, what: list[tuple[Any, ...]], asleep: int
) -> None:
    """After anything and any sleep, doing what is proposed leads once up the rest of the ladder, all talks included."""
    thread, now, _ = played(opened, agreed, work, what)[-1]
    now += timedelta(hours=asleep)
    seen: list[str] = []
    while (proposal := next_step(LADDER, thread, agreed, now, work)) is not None:
        now = proposal.due_at
        if not proposal.acute:
            seen.append(proposal.step)
        thread = do(thread, proposal)
        assert len(seen) < 12
    assert [ORDER.index(step) for step in seen] == sorted(ORDER.index(step) for step in seen)
    assert len(seen) == len(set(seen)) + max(0, seen.count("first_try") - 1)
    assert thread.lead_told_at is not None
    assert threads.day_of(thread, thread.lead_told_at) >= 7
    assert thread.caseworker_told_at is not None
    assert "joint_talk" in thread.answered


@settings(max_examples=100, deadline=None)
@given(openings, agreements, works, st.lists(moves, max_size=8), ends, st.lists(moves, max_size=6))
def test_after_contact_there_is_silence(
    opened: datetime, agreed: ContactSettings, work: WorkTime, before: list[Any], end: Any, after: list[Any]
) -> None:
    """Once they were reached, nothing that is logged or said later brings a proposal, however long one waits."""
    seen = played(opened, agreed, work, [*before, end, *after])
    end_at = len(before) + 1
    corrected = {a.id for a in seen[-1][0].attempts if a.corrected}
    for thread, now, proposal in seen[end_at:]:
        if f"a{end_at}" not in corrected:
            assert proposal is None
            assert next_step(LADDER, thread, agreed, now + timedelta(days=200), work) is None


@settings(max_examples=100, deadline=None)
@given(openings, agreements, works, st.lists(moves, max_size=14))
def test_nothing_logged_ever_disappears(
    opened: datetime, agreed: ContactSettings, work: WorkTime, what: list[tuple[Any, ...]]
) -> None:
    """Every attempt stays as it was logged; only its mark can change, and only once."""
    seen = played(opened, agreed, work, what)
    for (one, _, _), (other, _, _) in itertools.pairwise(seen):
        for old, new in zip(one.attempts, other.attempts, strict=False):
            assert replace(old, corrected=new.corrected) == new
            assert new.corrected or not old.corrected
        assert len(other.attempts) >= len(one.attempts)
