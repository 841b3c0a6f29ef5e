"""Reminders: when one is to be sent, when it counts as late, what goes together.

Pure: now, the person's working time and the reminders are arguments. Instants are aware and in UTC. ``due_at`` is what
was agreed and never moves; a snooze only delays the sending, so that the series' next due stays where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from bot.dialogue.calendar import local
from bot.dialogue.worktime import WorkTime

HOLD = timedelta(hours=1)
"""How long an open debrief may keep a reminder waiting."""
LATE_AFTER = timedelta(minutes=75)
"""Longer than HOLD and a tick of the clock together: what politely waited for a debrief is not called late."""

_LOOK_AGAIN = timedelta(minutes=1)  # a debrief may end any moment; what waits for it is looked at this often
_BEFORE_CLOSING = timedelta(minutes=5)  # of waiting: room for the ticks and for Telegram's pace before quiet begins
_NEVER_OPEN = timedelta(days=1)


class Status(StrEnum):
    """PENDING: waits to be sent. CLAIMED: being sent now. SENT: lies in the chat with its buttons. DONE and DROPPED:
    by the person. LAPSED: what it was about changed before it was sent; it comes back if that changes back.
    REPLACED: a newer one of its series was sent."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    DONE = "done"
    DROPPED = "dropped"
    LAPSED = "lapsed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder. ``series``: what it belongs to, unique together with ``due_at``.

    ``deliberate``: the person asked for exactly this time, also outside working time. ``private``: never shown to
    anybody else, not even that it exists. ``send_at``: when it is looked at next. ``sent_at``: when it was last sent,
    and ``late`` whether it said so. ``card``: the name under which the sent message is known,
    and ``about`` what exactly it was about.
    """

    id: str
    person_id: str
    kind: str
    series: str
    due_at: datetime
    send_at: datetime
    deliberate: bool = False
    private: bool = False
    status: Status = Status.PENDING
    snoozed_until: datetime | None = None
    sent_at: datetime | None = None
    late: bool = False
    card: str | None = None
    about: str | None = None
    citizen_id: str | None = None
    followup_id: str | None = None
    thread_id: str | None = None

    @property
    def wanted_at(self) -> datetime:
        """When it is wanted, working time aside: when due, or when snoozed until, whichever is later."""
        return self.due_at if self.snoozed_until is None else max(self.due_at, self.snoozed_until)


@dataclass(frozen=True, slots=True)
class Line:
    """One reminder within a message; ``late``: it must say that it comes late."""

    reminder: Reminder
    late: bool


@dataclass(frozen=True, slots=True)
class Bundle:
    """One message to one person, a line for each reminder, what was wanted first above."""

    person_id: str
    private: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """What is to happen now with one person's due reminders: messages to send, when to look at the others again, and
    ids of those that a newer one of the same contact thread takes the place of."""

    send: tuple[Bundle, ...]
    wait: tuple[tuple[str, datetime], ...]
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DueList:
    """A person's list by local day: wanted on an earlier day, today, in the seven days after today; ``beyond``: more
    than that."""

    overdue: tuple[Reminder, ...]
    today: tuple[Reminder, ...]
    coming: tuple[Reminder, ...]
    beyond: int


def sending_time(due: datetime, snoozed_until: datetime | None, deliberate: bool, work: WorkTime) -> datetime:
    """When a reminder should go: exactly when wanted if ``deliberate``, otherwise when working time next is open.

    Raises ValueError when working time is not open within two years.
    """
    wanted = due if snoozed_until is None else max(due, snoozed_until)
    return work.next_open(wanted, deliberate=deliberate)


def intended_at(reminder: Reminder, work: WorkTime) -> datetime:
    """``sending_time`` of a reminder as the person's hours and days away are now. Raises ValueError likewise."""
    return sending_time(reminder.due_at, reminder.snoozed_until, reminder.deliberate, work)


def is_late(intended: datetime, now: datetime) -> bool:
    """Whether what should have gone at ``intended`` (see ``intended_at``; not the raw due time, which may be at night)
    goes so long after it that it must say so."""
    return now - intended > LATE_AFTER


def hold_while_debriefing(
    intended: datetime, now: datetime, debrief_open_since: datetime | None, work: WorkTime
) -> datetime | None:
    """Until when a reminder waits rather than break into the open debrief; None: it goes now.

    At most HOLD after ``intended``, never past the end of the working time, and only for a debrief younger than HOLD:
    one that was left lying must not delay reminders for days. Pass when it was last touched, or None without one.
    """
    if debrief_open_since is None:
        return None
    until = min(intended, debrief_open_since) + HOLD
    if work.is_open(now):
        until = min(until, work.open_until(now) - _BEFORE_CLOSING)
    return until if until > now else None


def plan_round(
    due: Iterable[Reminder], now: datetime, work: WorkTime, debrief_open_since: datetime | None = None
) -> Round:
    """What to do now with reminders of one person whose ``send_at`` has come.

    Hours and days away count as they are now, not as they were when the reminder was made; ``work`` must know of days
    away since the earliest ``wanted_at``, or whoever comes back from leave is told that everything is late. What was
    asked for at a deliberate time and missed it waits for working time like the rest: nobody asked for three at night.
    When several of one contact thread are due together, the newest says it all: nobody needs the same line twice.
    """
    send: list[Line] = []
    wait: list[tuple[str, datetime]] = []
    for reminder in due:
        try:
            intended = intended_at(reminder, work)
            late = is_late(intended, now)
            earliest = max(intended, work.next_open(now, deliberate=reminder.deliberate and not late))
        except ValueError:
            # One person's impossible hours must not keep everybody else's reminders from being sent.
            wait.append((reminder.id, now + _NEVER_OPEN))
            continue
        held = hold_while_debriefing(intended, now, debrief_open_since, work)
        if earliest > now:
            wait.append((reminder.id, earliest))
        elif held is not None:
            wait.append((reminder.id, min(held, now + _LOOK_AGAIN)))
        else:
            send.append(Line(reminder, late))
    newest = {_place(line): line for line in sorted(send, key=_first_wanted)}
    replaced = tuple(line.reminder.id for line in send if newest[_place(line)] is not line)
    return Round(bundle(newest.values()), tuple(wait), replaced)


def bundle(lines: Iterable[Line]) -> tuple[Bundle, ...]:
    """Messages for these lines: one a person; what is private goes in a message of its own, after the other."""
    together: dict[tuple[str, bool], list[Line]] = {}
    for line in lines:
        together.setdefault((line.reminder.person_id, line.reminder.private), []).append(line)
    return tuple(
        Bundle(person_id, private, tuple(sorted(together[person_id, private], key=_first_wanted)))
        for person_id, private in sorted(together)
    )


def _place(line: Line) -> str:
    """What the line is about: a contact thread as a whole, or this one thing."""
    return line.reminder.series if line.reminder.thread_id is not None else line.reminder.id


def _first_wanted(line: Line) -> tuple[datetime, str]:
    return line.reminder.wanted_at, line.reminder.id


def replanned(waiting: Iterable[Reminder], work: WorkTime) -> tuple[tuple[str, datetime], ...]:
    """New ``send_at`` for those pending reminders whose sending moves when a person's hours or days away change.

    Raises ValueError when working time is not open within two years: refuse such hours rather than store them.
    """
    moved = ((reminder, intended_at(reminder, work)) for reminder in waiting)
    return tuple((reminder.id, at) for reminder, at in moved if at != reminder.send_at)


def due_list(standing: Sequence[Reminder], now: datetime, zone: tzinfo) -> DueList:
    """A person's unfinished reminders by the local day they are wanted on, the earliest first."""
    today = local(now, zone).date()
    overdue: list[Reminder] = []
    of_today: list[Reminder] = []
    coming: list[Reminder] = []
    beyond = 0
    for reminder in sorted(standing, key=lambda one: (one.wanted_at, one.id)):
        ahead = (local(reminder.wanted_at, zone).date() - today).days
        if ahead <= 0:
            (overdue if ahead < 0 else of_today).append(reminder)
        elif ahead <= 7:
            coming.append(reminder)
        else:
            beyond += 1
    return DueList(tuple(overdue), tuple(of_today), tuple(coming), beyond)
