"""After a restore: nothing that was sent is sent again, and everybody is told once what they must know.

Between the backup and the restore the lost bot went on: it sent what was due, told leads of the week, nudged. The
restored database knows nothing of that. So everything that a running bot would do by now is done here, row by row as
the bot does it, and its messages are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue import retention
from bot.dialogue.calendar import local, say_when
from bot.dialogue.reminders import Reminder
from bot.dialogue.summary import Week, week_of
from bot.dialogue.weekly import due_at
from bot.dialogue.worktime import WorkTime
from bot.organisation_parts import WEEKDAYS
from bot.service import debrief, leaving, remind_lead
from bot.service.hours import works_of
from bot.service.remind_plan import TELL_LEAD
from bot.service.remind_steps import LADDER
from bot.service.replies import Remove, Say
from bot.service.tools import Tools
from storage import (
    audit,
    backup_rows,
    due,
    erasure_register,
    lead_calls,
    people,
    reflections,
    reminders,
    restoring,
    supervision,
    weekly,
)
from storage.database import Transaction
from storage.due import Sending
from storage.erasure_register import Entry
from storage.people import Person, Role

_AT_ONCE = 10_000
_ROUNDS = 10  # a reminder that was sent makes one for the lead, and that is all; ten is more than enough
_NUDGE_AFTER = timedelta(hours=1)
_CLOSE_AFTER = timedelta(days=7)
_AGAIN_AFTER = timedelta(days=7)
_NOT_AGAIN = (LADDER, TELL_LEAD, remind_lead.KIND)  # these have steps of their own
_SOON_WITHIN = timedelta(days=30)
_SAID = {Role.MENTOR: "restored.mentor", Role.LEAD: "restored.lead"}


async def settle(tx: Transaction, tools: Tools, backup_made_at: datetime, now: datetime) -> list[Say]:
    """Do what the lost bot did by ``now``, without a message; then drop every message that waits, and note the restore.

    Gives the one new message for each person who has not left. All of it is this transaction.
    """
    everybody = await people.people(tx)
    here = [one for one in everybody if one.left_at is None]
    await _silent_debriefs(tx, tools, now)
    await _reminders(tx, tools, now)
    await _leads(tx, tools, here, now)
    _warnings(tx, tools, here, now)
    restoring.drop_unsent(tx)
    restore_id = backup_rows.note_restore(tx, at=now, backup_made_at=backup_made_at)
    audit.note(tx, audit.OPERATOR, "restore", restore_id, now)
    return [_told(one, backup_made_at, now) for one in here]


async def leave_again(
    tx: Transaction, tools: Tools, entries: Sequence[Entry], now: datetime
) -> tuple[int, list[Remove]]:
    """Who left since the backup leaves once more, unless they came back before it was made; as of when they left.

    Gives how many, and what to take out of their chats: all else that goes with a leaving was said then. Who came back
    after the backup was made stays out too: of that nobody knows.
    """
    count, replies = 0, list[Remove]()
    for entry in entries:
        if entry.kind != "left":
            continue
        erasure_register.note(tx, entry)
        person = await people.person(tx, entry.subject)
        if person is None or person.left_at is not None or await restoring.joined_since(tx, person.id, entry.at):
            continue
        done = await leaving.leave(tx, tools, person, citizens_to=None, now=now)
        people.mark_left(tx, person.id, entry.at)
        replies += [one for one in done.replies if isinstance(one, Remove)]
        count += 1
    return count, replies


def _told(person: Person, made_at: datetime, now: datetime) -> Say:
    when = say_when(made_at, now, ZoneInfo(person.zone), person.language, True)
    return Say(person.chat_id, person.language, _SAID.get(person.role, "restored.other"), {"when": when})


async def _silent_debriefs(tx: Transaction, tools: Tools, now: datetime) -> None:
    """Who was silent for an hour was nudged, and what was silent for a week was closed."""
    for one in await reflections.quiet_since(tx, now - _NUDGE_AFTER):
        if one.touched_at <= now - _CLOSE_AFTER:
            await debrief.close(tx, tools, one, now)
        elif one.status == "open" and one.nudged_at is None:
            await debrief.nudge(tx, tools, one, now)


async def _reminders(tx: Transaction, tools: Tools, now: datetime) -> None:
    """What was due was sent, when it was to be sent: it stays on the list. So was what that led to for the leads."""
    await due.back_to_pending(tx, now, timedelta())
    for _ in range(_ROUNDS):
        for one in await restoring.sent_long_ago(tx, now - _AGAIN_AFTER, _NOT_AGAIN):
            restoring.sent_again(tx, one, now, _AGAIN_AFTER)
        await remind_lead.look(tx, tools, now)
        found = await due.claim_due(tx, now, _AT_ONCE)
        if not found:
            break
        await _mark_sent(tx, found, now)


async def _mark_sent(tx: Transaction, found: Sequence[Reminder], now: datetime) -> None:
    newest = {_about(one): one.id for one in sorted(found, key=lambda one: (one.wanted_at, one.id))}
    due.replaced(tx, [one.id for one in found if newest[_about(one)] != one.id], now)
    for one in found:
        if newest[_about(one)] == one.id:
            sent = await due.mark_sent(tx, [Sending(one.id, late=False)], one.send_at)
            if one.id in sent and one.kind == LADDER:
                reminders.replace_with(tx, one.series, one.id, now)


def _about(one: Reminder) -> str:
    """A contact thread as a whole, or this one thing: of a thread the newest reminder stands for all."""
    return one.series if one.thread_id is not None else one.id


async def _leads(tx: Transaction, tools: Tools, here: Sequence[Person], now: datetime) -> None:
    """Calls that nobody saw in time were told of, leads heard of wishes for supervision, and of the week."""
    for call in await lead_calls.waiting(tx, now - timedelta(minutes=tools.organisation.tell_lead_minutes)):
        await lead_calls.told_unseen(tx, call.id, now)
    for wish in await supervision.untold(tx, now - _SOON_WITHIN, now):
        supervision.told(tx, wish, now)
    leads = [one for one in here if one.role is Role.LEAD]
    works = await works_of(tx, tools, leads, now)
    for lead in leads:
        week = _newest_told(tools, works[lead.id], now)
        if week is not None:
            await weekly.claim(tx, lead.id, str(week), now, late=False)


def _newest_told(tools: Tools, work: WorkTime, now: datetime) -> Week | None:
    """The newest week of which a lead with these hours was to be told by now."""
    wanted = tools.organisation.weekly_summary
    for back in (1, 2):  # a day late in the week may be moved into the week after it
        week = week_of(local(now, work.zone).date()).moved(-back)
        try:
            at = due_at(week, WEEKDAYS.index(wanted.day), wanted.time, work)
        except ValueError:  # working time that is never open
            return None
        if at is not None and at <= now:
            return week
    return None


def _warnings(tx: Transaction, tools: Tools, here: Sequence[Person], now: datetime) -> None:
    """Everybody was warned of what will be deleted by age, if it was time for that."""
    for run_on, days in retention.warnings(local(now, ZoneInfo(tools.zone)).date()):
        for one in here:
            restoring.warned(tx, one.id, run_on, days, now)
