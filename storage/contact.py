"""When there was contact with a citizen, how threads ended, and what a mentor does next time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.database import Reader, Row, Transaction
from storage.ids import new_id
from storage.people import Person, person_of
from storage.sealing import sealed
from storage.times import moment, stamp

_AT_ONCE = 500  # citizens asked for in one statement


class End(StrEnum):
    """CONTACT: the citizen was reached or met. ARCHIVED: ended without. MISTAKE: what opened it was said otherwise."""

    CONTACT = "contact"
    ARCHIVED = "archived"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class Told:
    """What a finished debrief says of its meeting: ``outcome`` is the choice, ``at`` when it was (UTC)."""

    citizen_id: str
    outcome: str
    at: datetime


async def told_by_debriefs(tx: Reader, citizen_ids: Sequence[str], *, outcome: str, when: str) -> list[Told]:
    """What finished debriefs say of their meetings with these citizens.

    ``outcome`` and ``when`` are the ids of the questions that ask what became of it and when it was; who was never
    asked for the time is taken to have met when the debrief began.
    """
    found: list[Told] = []
    for part in _parts(citizen_ids):
        rows = await tx.all(
            "SELECT r.citizen_id, r.started_at, o.value AS outcome, w.value AS told_at FROM reflections AS r"  # noqa: S608 - question marks only
            " JOIN answers AS o ON o.reflection_id = r.id AND o.question_id = ? AND o.superseded_at IS NULL"
            " LEFT JOIN answers AS w ON w.reflection_id = r.id AND w.question_id = ? AND w.superseded_at IS NULL"
            f" WHERE r.citizen_id IN ({_marks(part)}) AND r.finished_at IS NOT NULL",
            outcome,
            when,
            *part,
        )
        found += [_told(row) for row in rows]
    return found


def _told(row: Row) -> Told:
    said = json.loads(row["outcome"] or "{}").get("value")
    at = json.loads(row["told_at"] or "{}").get("at")
    return Told(row["citizen_id"], str(said), moment(at) if at else moment(row["started_at"]))


async def reached(tx: Reader, citizen_ids: Sequence[str]) -> dict[str, datetime]:
    """When each of these citizens was last reached: by an attempt that counts, or when a thread ended with contact."""
    latest: dict[str, datetime] = {}
    for part in _parts(citizen_ids):
        rows = await tx.all(
            "SELECT citizen_id, max(at) AS at FROM contact_attempts"  # noqa: S608 - question marks only
            f" WHERE citizen_id IN ({_marks(part)}) AND superseded_at IS NULL AND result = 'reached'"
            " GROUP BY citizen_id"
            " UNION ALL SELECT citizen_id, max(closed_at) AS at FROM contact_threads"
            f" WHERE citizen_id IN ({_marks(part)}) AND ended = 'contact' GROUP BY citizen_id",
            *part,
            *part,
        )
        for row in rows:
            at = moment(row["at"])
            latest[row["citizen_id"]] = max(at, latest.get(row["citizen_id"], at))
    return latest


async def unreminded(tx: Reader, limit: int) -> list[tuple[str, str]]:
    """Open threads that nobody will be reminded of: nothing waits, and the newest reminder was not stopped by the
    mentor; each with its mentor, who has not left. At most ``limit``."""
    rows = await tx.all(
        "SELECT t.id, t.mentor_id FROM contact_threads AS t JOIN people AS p ON p.id = t.mentor_id"
        " WHERE t.closed_at IS NULL AND p.left_at IS NULL AND NOT EXISTS (SELECT 1 FROM reminders AS r"
        " WHERE r.thread_id = t.id AND r.kind = 'ladder' AND r.status IN ('pending', 'claimed'))"
        " AND coalesce((SELECT r.status FROM reminders AS r WHERE r.thread_id = t.id AND r.kind = 'ladder'"
        " ORDER BY r.due_at DESC, r.id DESC LIMIT 1), 'sent') <> 'dropped' ORDER BY t.id LIMIT ?",
        limit,
    )
    return [(row["id"], row["mentor_id"]) for row in rows]


async def threads_of_reflection(tx: Reader, reflection_id: str) -> list[str]:
    """Ids of the threads a debrief opened, closed, or logged attempts in."""
    rows = await tx.all(
        "SELECT id FROM contact_threads WHERE opened_by = ? OR closed_by = ?"
        " OR id IN (SELECT thread_id FROM contact_attempts WHERE reflection_id = ?) ORDER BY id",
        reflection_id,
        reflection_id,
        reflection_id,
    )
    return [row["id"] for row in rows]


async def ended(tx: Reader, thread_id: str) -> End | None:
    """How the thread ended; None while it is open."""
    row = await tx.one("SELECT ended FROM contact_threads WHERE id = ?", thread_id)
    return None if row is None or row["ended"] is None else End(row["ended"])


def set_ended(tx: Transaction, thread_id: str, end: End) -> None:
    """How it ended (queued); to be said whenever a thread is closed."""
    tx.write("UPDATE contact_threads SET ended = ? WHERE id = ?", end.value, thread_id)


async def reopen(tx: Transaction, thread_id: str) -> bool:
    """What closed it was taken back. False when it is open, or the citizen has another open thread by now."""
    changed = await tx.run(
        "UPDATE contact_threads SET closed_at = NULL, closed_by = NULL, ended = NULL"
        " WHERE id = ? AND closed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM contact_threads AS other"
        " WHERE other.citizen_id = contact_threads.citizen_id AND other.closed_at IS NULL)",
        thread_id,
    )
    return changed == 1


def move_start(tx: Transaction, thread_id: str, at: datetime) -> None:
    """The missed contact was at another time than first said (queued)."""
    tx.write("UPDATE contact_threads SET opened_at = ? WHERE id = ?", stamp(at), thread_id)


def lapse_all_but(tx: Transaction, series: str, dues: Sequence[datetime], now: datetime) -> None:
    """Unsent reminders of the series lapse, except those due at these times (queued)."""
    spared = f" AND due_at NOT IN ({_marks(dues)})" if dues else ""
    tx.write(
        "UPDATE reminders SET status = 'lapsed', closed_at = ?, claimed_at = NULL"  # noqa: S608 - question marks only
        " WHERE series_key = ? AND status IN ('pending', 'claimed')" + spared,
        stamp(now),
        series,
        *(stamp(due) for due in dues),
    )


def note_next_time(
    tx: Transaction, *, citizen_id: str, thread_id: str, mentor_id: str, text: str, now: datetime
) -> None:
    """What the mentor wants to do next time (queued); an earlier note stays, and counts no more."""
    tx.write(
        "INSERT INTO next_time_notes (id, citizen_id, thread_id, mentor_id, text, written_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        new_id(now),
        citizen_id,
        thread_id,
        mentor_id,
        sealed(text),
        stamp(now),
    )


async def next_time(tx: Reader, citizen_id: str, mentor_id: str) -> str | None:
    """What this mentor last wanted to do next time with the citizen. Never anybody else's."""
    row = await tx.one(
        "SELECT text FROM next_time_notes WHERE citizen_id = ? AND mentor_id = ? ORDER BY id DESC LIMIT 1",
        citizen_id,
        mentor_id,
    )
    return None if row is None else str(row["text"])


async def mentors_of(tx: Reader, team_id: str, *, but: str) -> list[Person]:
    """The other mentors of a team who have not left, by name."""
    rows = await tx.all(
        "SELECT * FROM people WHERE team_id = ? AND role = 'mentor' AND left_at IS NULL AND id <> ? ORDER BY name, id",
        team_id,
        but,
    )
    return [person_of(row) for row in rows]


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    wanted = list(dict.fromkeys(ids))
    return (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))


def _marks(part: Sequence[object]) -> str:
    return ", ".join("?" * len(part))
