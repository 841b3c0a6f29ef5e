"""From follow-ups to reminders: which rows there must be, and keeping them in step.

Where only a day was said, the due time is that day's midnight: working time opens after it, whatever a person's hours
are when it is sent, and what was agreed stays the same row when the hours change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.dialogue import followups as derived
from bot.dialogue.calendar import is_working_day, local, utc
from bot.dialogue.guide import Guide
from bot.dialogue.reminders import Status, sending_time
from bot.dialogue.state import State
from bot.dialogue.worktime import MONDAY_TO_FRIDAY, WorkTime
from bot.service.hours import work_of
from bot.service.remind_read import task_line, timed_line
from bot.service.tools import Tools
from storage import followups, reminders
from storage.answers import Standing
from storage.database import Transaction
from storage.followups import Followup, FollowupStatus, Wanted
from storage.people import Person

OWN = "own"
TASK = "task"
TELL_LEAD = derived.SAFETY_LEAD
NEXT_CONTACT = "next_contact"
_HEARING = "hearing"
_NEXT_MORNING = frozenset({"record_entry", "tell_caseworker", "talk_with_lead", _HEARING})
_SOON = {"move_appointment": timedelta(minutes=30), TELL_LEAD: timedelta(hours=1)}
_DAYS_BEFORE_HEARING = 2
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """One reminder that there must be. ``deliberate``: asked for at a time outside working time."""

    series: str
    due_at: datetime
    deliberate: bool = False


def wanted(guide: Guide, state: State, rows: Mapping[str, Standing], zone: tzinfo, language: str) -> tuple[Wanted, ...]:
    """What a debrief's answers leave to be done, with the dates that agreed tasks say. Dates are read as seen from when
    the line was answered, so that "torsdag" stays the same day."""
    return tuple(_dated(due, rows, zone, language) for due in derived.leaves(guide, state))


def _dated(due: derived.Due, rows: Mapping[str, Standing], zone: tzinfo, language: str) -> Wanted:
    row = rows.get(due.question)
    text = task_line(due.text, language) if due.kind == TASK and due.text else due.text
    if due.kind == TASK and due.at is None and text and row is not None:
        read = timed_line(text, row.answered_at, zone, language)
        if read is not None:
            return Wanted(due.kind, due.question, due.item, read.text, read.at, read.has_time)
    return Wanted(due.kind, due.question, due.item, text, due.at, due.has_time)


def series_of(followup_id: str) -> str:
    """The series of a follow-up's own day."""
    return f"followup:{followup_id}"


def _before(followup_id: str) -> str:
    return f"followup:{followup_id}:before"


def wishes(one: Followup, work: WorkTime, holidays: frozenset[date]) -> tuple[Wish, ...]:
    """The reminders that an open follow-up must have; none without a date, unless its kind has a usual one.

    They depend on what was said and when, not on the present moment: asked for again they are the same.
    """
    zone = work.zone
    made = local(one.created_at, zone).date()
    if one.due_at is None:
        at = _usual(one, made, zone)
        return () if at is None else (Wish(series_of(one.id), at),)
    day = local(one.due_at, zone).date()
    if one.due_has_time or day <= made:
        due = Wish(series_of(one.id), one.due_at, one.due_has_time and not work.is_open(one.due_at))
    else:
        due = Wish(series_of(one.id), _midnight(day, zone))
    early = _working_days_before(day, holidays) if one.kind == _HEARING else made
    return (Wish(_before(one.id), _midnight(early, zone)), due) if early > made else (due,)


def _usual(one: Followup, made: date, zone: tzinfo) -> datetime | None:
    if one.kind in _NEXT_MORNING:
        return _midnight(made + _DAY, zone)
    if one.kind in _SOON:
        return one.created_at + _SOON[one.kind]
    return None


def _midnight(day: date, zone: tzinfo) -> datetime:
    return utc(day, time.min, zone)


def _working_days_before(day: date, holidays: frozenset[date]) -> date:
    left = _DAYS_BEFORE_HEARING
    while left:
        day -= _DAY
        left -= is_working_day(day, holidays, MONDAY_TO_FRIDAY)
    return day


async def after_debrief(tx: Transaction, tools: Tools, person: Person, reflection_id: str, now: datetime) -> None:
    """A debrief has ended, or was changed after its end: its follow-ups have the reminders they must have."""
    await sync(tx, tools, person, await followups.of_reflection(tx, reflection_id), now)


async def sync(tx: Transaction, tools: Tools, person: Person, ones: Iterable[Followup], now: datetime) -> None:
    """Make the reminders of these follow-ups those that they must have now. What was sent already stays."""
    found = list(ones)
    if not found:
        return
    work, holidays = await work_of(tx, tools, person, now), tools.holidays(now)
    for one in found:
        if one.status is FollowupStatus.OPEN:
            _keep_up(tx, person, one, wishes(one, work, holidays), work, now)
        else:
            end(tx, one, one.status, now)


def _keep_up(
    tx: Transaction, person: Person, one: Followup, wanted: Sequence[Wish], work: WorkTime, now: datetime
) -> None:
    there = {wish.series: wish for wish in wanted}
    for series in (series_of(one.id), _before(one.id)):
        wish = there.get(series)
        reminders.lapse_series(tx, series, now, but=wish.due_at if wish else None)
        if wish is not None:
            reminders.add(
                tx,
                person_id=person.id,
                kind=one.kind,
                series=series,
                due_at=wish.due_at,
                send_at=sending_time(wish.due_at, None, wish.deliberate, work),
                now=now,
                deliberate=wish.deliberate,
                citizen_id=one.citizen_id,
                followup_id=one.id,
            )


def end(tx: Transaction, one: Followup, how: FollowupStatus, now: datetime) -> None:
    """The follow-up is over: no reminder of it is sent any more (queued)."""
    for series in (series_of(one.id), _before(one.id)):
        match how:
            case FollowupStatus.DONE:
                reminders.done_series(tx, series, now)
            case FollowupStatus.DROPPED:
                reminders.drop_series(tx, series, now)
            case _:
                reminders.lapse_series(tx, series, now)


async def close(tx: Transaction, one: Followup, how: FollowupStatus, now: datetime) -> bool:
    """Done or dropped by the mentor, and so are its reminders. False when it was not open any more."""
    closed = await followups.close(tx, one.id, how, now)
    if closed:
        end(tx, one, how, now)
    return closed


def is_today(at: datetime | None, person: Person, now: datetime) -> bool:
    """Whether ``at`` is on the person's present day: a day alone then means the hour that is left of it."""
    zone = ZoneInfo(person.zone)
    return at is not None and local(at, zone).date() == local(now, zone).date()


async def change(
    tx: Transaction,
    tools: Tools,
    person: Person,
    one: Followup,
    now: datetime,
    *,
    text: str | None,
    due_at: datetime | None,
    due_has_time: bool,
) -> Followup:
    """The mentor wants it otherwise; the follow-up as it is now comes back, perhaps under another id.

    One that a debrief left is dropped and taken over: the debrief would make its own anew whenever it is changed.
    """
    due_has_time = due_has_time or is_today(due_at, person, now)
    if one.reflection_id is None:
        followups.change_own(tx, one.id, text=text, due_at=due_at, due_has_time=due_has_time)
        if due_at != one.due_at:
            for old in await reminders.of_series(tx, series_of(one.id)):
                if old.status is Status.SENT:
                    await reminders.drop(tx, old.id, now)
        changed = await followups.get(tx, one.id) or one
    else:
        await close(tx, one, FollowupStatus.DROPPED, now)
        changed = followups.add_own(
            tx,
            mentor_id=person.id,
            citizen_id=one.citizen_id,
            kind=one.kind,
            text=text,
            due_at=due_at,
            due_has_time=due_has_time,
            now=now,
        )
    await sync(tx, tools, person, [changed], now)
    return changed
