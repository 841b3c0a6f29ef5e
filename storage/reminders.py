"""Reminders as rows: asked for, snoozed, finished, listed. How they are sent is in ``storage.due``.

A row is one occurrence: ``due_at`` is what was agreed and never changes, so that a snooze, which only delays the
sending, cannot move the series. A reminder that is wanted at another time lapses, and another row takes its place.
"""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.reminders import Reminder, Status
from storage.database import Reader, Row, Transaction
from storage.ids import new_id
from storage.times import moment, moment_or_none, stamp


def add(
    tx: Transaction,
    *,
    person_id: str,
    kind: str,
    series: str,
    due_at: datetime,
    send_at: datetime,
    now: datetime,
    deliberate: bool = False,
    private: bool = False,
    citizen_id: str | None = None,
    followup_id: str | None = None,
    thread_id: str | None = None,
) -> None:
    """Remind ``person_id`` of this (queued). ``send_at``: from ``sending_time``.

    Asked for again with the same ``series`` and ``due_at`` nothing is added, whatever became of the first; only one
    that had lapsed unsent comes back. With a ``followup_id`` or ``thread_id`` it is never sent once that is closed.
    """
    tx.write(
        "INSERT INTO reminders (id, person_id, citizen_id, followup_id, thread_id, kind, series_key, due_at,"
        " deliberate, private, status, send_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?)"
        " ON CONFLICT (series_key, due_at) DO UPDATE SET status = 'pending', person_id = excluded.person_id,"
        " citizen_id = excluded.citizen_id, deliberate = excluded.deliberate, private = excluded.private,"
        " send_at = excluded.send_at, snoozed_until = NULL, closed_at = NULL WHERE reminders.status = 'lapsed'",
        new_id(now),
        person_id,
        citizen_id,
        followup_id,
        thread_id,
        kind,
        series,
        stamp(due_at),
        int(deliberate),
        int(private),
        stamp(send_at),
        stamp(now),
    )


async def snooze(tx: Transaction, reminder_id: str, until: datetime, send_at: datetime, *, deliberate: bool) -> bool:
    """Send it again at ``until``; ``due_at`` stays, and with it the series' next. ``send_at``: from ``sending_time``.

    ``deliberate``: at exactly that time, whatever the hours. False when it is finished or on its way.
    """
    changed = await tx.run(
        "UPDATE reminders SET status = 'pending', snoozed_until = ?, send_at = ?, deliberate = ?"
        " WHERE id = ? AND status IN ('pending', 'sent')",
        stamp(until),
        stamp(send_at),
        int(deliberate),
        reminder_id,
    )
    return changed == 1


async def done(tx: Transaction, reminder_id: str, now: datetime) -> bool:
    """The person did it. False when it was finished before: a second tap changes nothing."""
    return await _close(tx, reminder_id, Status.DONE, now)


async def drop(tx: Transaction, reminder_id: str, now: datetime) -> bool:
    """The person does not want this one any more. False when it was finished before."""
    return await _close(tx, reminder_id, Status.DROPPED, now)


async def _close(tx: Transaction, reminder_id: str, status: Status, now: datetime) -> bool:
    changed = await tx.run(
        "UPDATE reminders SET status = ?, closed_at = ?, claimed_at = NULL"
        " WHERE id = ? AND status IN ('pending', 'claimed', 'sent')",
        status.value,
        stamp(now),
        reminder_id,
    )
    return changed == 1


def done_series(tx: Transaction, series: str, now: datetime) -> None:
    """What the series is about is done (queued): so is every unfinished reminder of it."""
    _close_series(tx, series, Status.DONE, now)


def drop_series(tx: Transaction, series: str, now: datetime) -> None:
    """The person said stop (queued): nothing of this series comes again, not even when it is asked for anew with the
    same due time."""
    _close_series(tx, series, Status.DROPPED, now)


def _close_series(tx: Transaction, series: str, status: Status, now: datetime) -> None:
    tx.write(
        "UPDATE reminders SET status = ?, closed_at = ?, claimed_at = NULL"
        " WHERE series_key = ? AND status IN ('pending', 'claimed', 'sent')",
        status.value,
        stamp(now),
        series,
    )


def allow_again(tx: Transaction, series: str, now: datetime) -> None:
    """The person goes on with what they had stopped (queued): what lies ahead may be asked for again."""
    tx.write(
        "UPDATE reminders SET status = 'lapsed' WHERE series_key = ? AND status = 'dropped' AND due_at > ?",
        series,
        stamp(now),
    )


def replace_with(tx: Transaction, series: str, by: str, now: datetime) -> None:
    """The reminder ``by`` of this series is sent (queued): it takes the place of those that were sent before."""
    tx.write(
        "UPDATE reminders SET status = 'replaced', closed_at = ? WHERE series_key = ? AND status = 'sent' AND id <> ?",
        stamp(now),
        series,
        by,
    )


def lapse_series(tx: Transaction, series: str, now: datetime, *, but: datetime | None = None) -> None:
    """What this was about has changed (queued): unsent reminders of the series lapse, except the one due at ``but``.

    What was sent already stays as it is, with its buttons.
    """
    tx.write(
        "UPDATE reminders SET status = 'lapsed', closed_at = ?, claimed_at = NULL"
        " WHERE series_key = ? AND status IN ('pending', 'claimed') AND due_at <> ?",
        stamp(now),
        series,
        "" if but is None else stamp(but),
    )


async def get(tx: Reader, reminder_id: str) -> Reminder | None:
    """The reminder with this id. The caller checks whose it is: a button can be forwarded."""
    row = await tx.one("SELECT * FROM reminders WHERE id = ?", reminder_id)
    return None if row is None else reminder_of(row)


async def of_series(tx: Reader, series: str) -> list[Reminder]:
    """Every reminder of a series ever, by due time."""
    rows = await tx.all("SELECT * FROM reminders WHERE series_key = ? ORDER BY due_at", series)
    return [reminder_of(row) for row in rows]


async def waiting_of(tx: Reader, person_id: str) -> list[Reminder]:
    """What is not sent yet for a person: to be moved when their hours or days away change."""
    rows = await tx.all(
        "SELECT * FROM reminders WHERE person_id = ? AND status = 'pending' ORDER BY send_at, id", person_id
    )
    return [reminder_of(row) for row in rows]


async def standing_of(tx: Reader, person_id: str) -> list[Reminder]:
    """Everything unfinished of a person, sent or not, by due time: what their list is made of."""
    rows = await tx.all(
        "SELECT * FROM reminders WHERE person_id = ? AND status IN ('pending', 'claimed', 'sent') ORDER BY due_at, id",
        person_id,
    )
    return [reminder_of(row) for row in rows]


def reminder_of(row: Row) -> Reminder:
    """The reminder in a row of ``reminders``."""
    return Reminder(
        id=row["id"],
        person_id=row["person_id"],
        kind=row["kind"],
        series=row["series_key"],
        due_at=moment(row["due_at"]),
        send_at=moment(row["send_at"]),
        deliberate=bool(row["deliberate"]),
        private=bool(row["private"]),
        status=Status(row["status"]),
        snoozed_until=moment_or_none(row["snoozed_until"]),
        sent_at=moment_or_none(row["sent_at"]),
        late=bool(row["late"]),
        card=row["card"],
        about=row["about"],
        citizen_id=row["citizen_id"],
        followup_id=row["followup_id"],
        thread_id=row["thread_id"],
    )
