"""The ladder: what comes next when a citizen cannot be reached, when, and why.

Days are counted from the missed contact, which is day 0, by midnights in the thread's zone. Worry goes before days.
After that the latest step whose day has come is the one that is due: an attempt that was not made gives way to the next
one. Telling the lead or the caseworker, and the joint talk, never give way: they wait until done, the earliest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.dialogue import threads
from bot.dialogue.calendar import local, utc
from bot.dialogue.threads import WEEK, Channel, Result, Thread, day_of, standing
from bot.dialogue.worktime import WorkTime


class StepKind(StrEnum):
    """What a step asks of the mentor."""

    WORRY = "worry"
    ATTEMPT = "attempt"
    TELL_LEAD = "tell_lead"
    TELL_CASEWORKER = "tell_caseworker"
    JOINT_TALK = "joint_talk"


class Blocked(StrEnum):
    """What holds a step back for now: enough attempts this week, or a pause."""

    CAP = "cap"
    PAUSE = "pause"


class Reason(StrEnum):
    """Which sentence says why a step comes: its day has come, or the mentor is worried."""

    DAY = "why"
    WORRIED = "why_worried"


@dataclass(frozen=True, slots=True)
class Step:
    """A step from ``from_day`` on; after ``to_day`` it is late. For an attempt, ``channels`` in order of preference;
    ``each``: every one of them once, not just one of them; ``other_hour``: at another time of day than before."""

    id: str
    kind: StepKind
    from_day: int = 0
    to_day: int = 0
    channels: tuple[Channel, ...] = ()
    each: bool = False
    other_hour: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps in order. ``rhythm_days``: contact at least this often; ``cap_a_week``: attempts at most."""

    steps: tuple[Step, ...]
    rhythm_days: int = 7
    cap_a_week: int = 4


@dataclass(frozen=True, slots=True)
class ContactSettings:
    """What was agreed with one citizen: ``channels`` (empty: all of them), and where it differs from the ladder, the
    rhythm in days and the most attempts within a week."""

    channels: frozenset[Channel] = frozenset()
    rhythm_days: int | None = None
    cap_a_week: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The numbers behind a proposal, as they are when it is due. ``days``: since the missed contact;
    ``without_contact``: days since the last contact, or since the missed one where none is known; ``rhythm``: days;
    ``rhythm_missed``: there should have been contact by now; ``tried``: attempts in all, and within the last week."""

    days: int
    without_contact: int
    rhythm: int
    rhythm_missed: bool
    tried: int
    tried_this_week: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """The next step. ``due_at`` (UTC) lies in working time; it is now when the step is due, and later otherwise.

    ``since``: when it became due, or will; the same whenever one asks, until something is logged or changed.
    ``channels``: those agreed on, best first (attempts only). ``reason`` and ``facts``: why it comes. ``blocked_by``:
    why nothing comes before ``due_at``, when something held a step back; never set on what is due now. ``late``: its
    days are over. ``acute``: the mentor is worried, so acute help is shown at once, whatever the hour.
    """

    step: str
    kind: StepKind
    due_at: datetime
    since: datetime
    reason: Reason
    facts: Facts
    channels: tuple[Channel, ...] = ()
    blocked_by: Blocked | None = None
    late: bool = False
    acute: bool = False


def next_step(
    ladder: Ladder, thread: Thread, settings: ContactSettings, now: datetime, work: WorkTime
) -> Proposal | None:
    """What comes next, from ``now`` (aware) on; None when the thread has ended or the ladder has no more steps.

    What is announced for later is what comes then, unless something is logged or changed in between. ValueError when
    ``now`` is naive; nothing else is raised for a ladder that was checked.
    """
    if threads.ended_at(thread) is not None:
        return None
    case = _Case(ladder, thread, settings, work)
    turns = _turns(case)
    start = max(now, thread.opened_at)
    held: Blocked | None = None
    for moment in sorted({_open(start, work), *(turn for turn in turns if turn >= start)}):
        step = _due(case, moment)
        block = None if step is None else _hold(case, step, moment)
        if step is not None and block is None:
            return _propose(case, step, moment, turns, held)
        held = held or block
    return None


def is_alarmed(thread: Thread) -> bool:
    """The mentor is worried, and the lead has not been told since."""
    told, since = thread.lead_told_at, thread.worried_at
    return thread.worried is True and (told is None or (since is not None and told < since))


def facts(ladder: Ladder, thread: Thread, settings: ContactSettings, at: datetime) -> Facts:
    """The numbers as they are at ``at`` (aware)."""
    without = threads.days_without_contact(thread, at)
    rhythm = ladder.rhythm_days if settings.rhythm_days is None else settings.rhythm_days
    tried = len(standing(thread))
    week = threads.tried_within_a_week(thread, at)
    return Facts(max(0, day_of(thread, at)), without, rhythm, without >= rhythm, tried, week)


@dataclass(frozen=True, slots=True)
class _Case:
    ladder: Ladder
    thread: Thread
    settings: ContactSettings
    work: WorkTime


def _turns(case: _Case) -> list[datetime]:
    """Every instant in working time at which something can become due, whatever time it is now; earliest first."""
    thread = case.thread
    found = [thread.opened_at, *(_first_day(case, step) for step in case.ladder.steps)]
    found += [a.at + WEEK for a in standing(thread)]
    found += [at for at in (thread.paused_until, thread.worried_at) if at is not None]
    found += [_other_hour(case, step) for step in case.ladder.steps if step.other_hour]
    return sorted({_open(turn, case.work) for turn in found})


def _first_day(case: _Case, step: Step) -> datetime:
    """The first instant (UTC) of the day from which the step applies."""
    zone = ZoneInfo(case.thread.zone)
    return utc(local(case.thread.opened_at, zone).date() + timedelta(days=step.from_day), time(0), zone)


def _open(at: datetime, work: WorkTime) -> datetime:
    try:
        return work.next_open(at)
    except ValueError:  # away for years; whoever sends decides then, and the step is not lost here
        return at


def _other_hour(case: _Case, step: Step) -> datetime:
    """On the step's first working day, the full hour that is farthest on the clock from the attempts so far."""
    zone = case.work.zone
    first = _open(_first_day(case, step), case.work)
    day = local(first, zone).date()
    hours = [first, *(hour for h in range(24) if case.work.is_open(hour := utc(day, time(h), zone)))]
    tried = [_minute(local(a.at, zone)) for a in standing(case.thread)]
    return max(hours, key=lambda hour: min((abs(_minute(local(hour, zone)) - m) for m in tried), default=0))


def _minute(wall: datetime) -> int:
    return wall.hour * 60 + wall.minute


def _due(case: _Case, moment: datetime) -> Step | None:
    """The one step that is due at this moment, held back or not."""
    ladder, thread = case.ladder, case.thread
    if thread.worried is None and (question := _first(ladder, StepKind.WORRY)) is not None:
        return question
    if is_alarmed(thread) and (lead := _first(ladder, StepKind.TELL_LEAD)) is not None:
        return lead
    reached = [s for s in ladder.steps if s.from_day <= day_of(thread, moment) and _is_possible(s, case.settings)]
    owed = _owed(ladder, thread, reached)
    if owed is not None or not reached:
        return owed
    latest = reached[-1]
    if latest.kind is not StepKind.ATTEMPT or _is_tried(thread, case.settings, latest):
        return None
    return None if latest.other_hour and moment < _other_hour(case, latest) else latest


def _first(ladder: Ladder, kind: StepKind) -> Step | None:
    return next((step for step in ladder.steps if step.kind is kind), None)


def _is_possible(step: Step, settings: ContactSettings) -> bool:
    if step.kind is StepKind.ATTEMPT:
        return bool(_agreed(step, settings))
    return step.kind is not StepKind.WORRY


def _agreed(step: Step, settings: ContactSettings) -> tuple[Channel, ...]:
    return tuple(c for c in step.channels if not settings.channels or c in settings.channels)


def _owed(ladder: Ladder, thread: Thread, reached: list[Step]) -> Step | None:
    """The earliest step that never gives way and is not done; of several of its kind in a row, the latest."""
    owed = [s for s in reached if s.kind is not StepKind.ATTEMPT and not _is_done(ladder, thread, s)]
    row: list[Step] = []
    for step in owed:
        if row and step.kind is not row[0].kind:
            break
        row.append(step)
    return row[-1] if row else None


def _is_done(ladder: Ladder, thread: Thread, step: Step) -> bool:
    """Whether it was seen to, or a later one of its kind was, or whom it is about was told on its day or later: what
    was said before that day was about something else."""
    told = {StepKind.TELL_LEAD: thread.lead_told_at, StepKind.TELL_CASEWORKER: thread.caseworker_told_at}.get(step.kind)
    if told is not None and day_of(thread, told) >= step.from_day:
        return True
    later = ladder.steps[ladder.steps.index(step) :]
    return any(s.kind is step.kind and s.id in thread.answered for s in later)


def _is_tried(thread: Thread, settings: ContactSettings, step: Step) -> bool:
    left = _channels(thread, settings, step)
    return step.id in thread.answered or not left or (not step.each and bool(_used(thread, step) & {*left}))


def _used(thread: Thread, step: Step) -> set[Channel]:
    """Channels tried since the step's first day."""
    return {a.channel for a in standing(thread) if day_of(thread, a.at) >= step.from_day}


def _channels(thread: Thread, settings: ContactSettings, step: Step) -> tuple[Channel, ...]:
    """What to propose: agreed, not yet tried where each is to be, and what did not work last time last."""
    newest = {a.channel: a.result for a in standing(thread)}
    agreed = [c for c in _agreed(step, settings) if not (step.each and c in _used(thread, step))]
    return tuple(sorted(agreed, key=lambda c: newest.get(c) is Result.NOT_WORKING))


def _hold(case: _Case, step: Step, moment: datetime) -> Blocked | None:
    thread = case.thread
    if thread.paused_until is not None and moment < thread.paused_until and not is_alarmed(thread):
        return Blocked.PAUSE
    cap = case.ladder.cap_a_week if case.settings.cap_a_week is None else case.settings.cap_a_week
    if step.kind is StepKind.ATTEMPT and threads.tried_within_a_week(thread, moment) >= cap:
        return Blocked.CAP
    return None


def _propose(case: _Case, step: Step, moment: datetime, turns: list[datetime], held: Blocked | None) -> Proposal:
    thread = case.thread
    acute = step.kind is StepKind.TELL_LEAD and is_alarmed(thread)
    earlier = (turn for turn in turns if turn < moment and not (acute and turn < (thread.worried_at or turn)))
    since = next((turn for turn in earlier if _due(case, turn) == step and _hold(case, step, turn) is None), moment)
    return Proposal(
        step=step.id,
        kind=step.kind,
        due_at=moment,
        since=since,
        reason=Reason.WORRIED if acute else Reason.DAY,
        facts=facts(case.ladder, thread, case.settings, moment),
        channels=_channels(thread, case.settings, step),
        blocked_by=held,
        late=not acute and day_of(thread, moment) > step.to_day,
        acute=acute,
    )
