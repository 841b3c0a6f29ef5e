"""What the ladder's tests share: the shipped ladder, an ordinary Monday, and somebody who does what is proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue import threads
from bot.dialogue.ladder import ContactSettings, Ladder, Proposal, StepKind, next_step
from bot.dialogue.threads import Attempt, Channel, Result, Thread
from bot.dialogue.worktime import WorkTime
from prompts.ladder import load_ladder

LOADED = load_ladder()
LADDER = LOADED.ladder
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
WORK = WorkTime(COPENHAGEN)
ALL = ContactSettings()
MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)  # 10.30 in Copenhagen; no holiday within the month


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant said on the wall clock of Copenhagen."""
    return datetime(year, month, day, hour, minute, tzinfo=COPENHAGEN).astimezone(UTC)


def attempt(number: int, at: datetime, channel: Channel = Channel.CALL, result: Result = Result.NO_ANSWER) -> Attempt:
    """An invented attempt."""
    return Attempt(f"a{number}", channel, result, at)


def calm(opened_at: datetime = MONDAY) -> Thread:
    """A thread whose mentor has said that they are not worried."""
    return threads.worry(Thread(opened_at), False, opened_at)


def tried(thread: Thread, *ats: datetime, channel: Channel = Channel.CALL) -> Thread:
    """The thread with unanswered attempts at these times."""
    for at in ats:
        thread = threads.log(thread, attempt(len(thread.attempts), at, channel))
    return thread


def ask(
    thread: Thread, now: datetime, settings: ContactSettings = ALL, work: WorkTime = WORK, ladder: Ladder = LADDER
) -> Proposal:
    """The next step, where there must be one."""
    proposal = next_step(ladder, thread, settings, now, work)
    assert proposal is not None
    return proposal


def do(thread: Thread, proposal: Proposal, result: Result = Result.NO_ANSWER, *, worried: bool = False) -> Thread:
    """Do what is proposed, when it is due."""
    at = proposal.due_at
    match proposal.kind:
        case StepKind.WORRY:
            return threads.worry(thread, worried, at)
        case StepKind.ATTEMPT:
            done = Attempt(f"done{len(thread.attempts)}", proposal.channels[0], result, at)
            return threads.log(thread, done)
        case StepKind.TELL_LEAD:
            return threads.tell_lead(thread, at)
        case StepKind.TELL_CASEWORKER:
            return threads.tell_caseworker(thread, at)
        case StepKind.JOINT_TALK:
            return threads.answer(thread, proposal.step)


def at_work(at: datetime, work: WorkTime = WORK) -> bool:
    """Within hours on a working day, by the calendar itself and not by the code that is tested."""
    wall = at.astimezone(work.zone)
    return wall.weekday() in work.weekdays and wall.date() not in work.holidays and work.start <= wall.time() < work.end


def days(number: int, hours: int = 0) -> timedelta:
    """That many times 24 hours, and some more."""
    return timedelta(days=number, hours=hours)


def holiday(*on: date) -> WorkTime:
    """Ordinary hours, with these days off."""
    return replace(WORK, holidays=frozenset(on))
