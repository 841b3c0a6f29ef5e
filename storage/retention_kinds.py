"""What goes by age, table by table, beside the debriefs themselves; and what never does, with the reason.

A table that is not in ``KINDS`` has nobody who thought of it: a test asks for every table of the schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from storage.database import Reader, Transaction
from storage.times import stamp


class Kept(StrEnum):
    """How long. ANSWERS and LOG: so many months, each. PERSON: until nothing else is left of a person who has left.
    ELSEWHERE: by chores, within days. STAYS: it says nothing of what anybody wrote."""

    ANSWERS = "answers"
    LOG = "log"
    AUDIT = "audit"
    PERSON = "person"
    ELSEWHERE = "elsewhere"
    STAYS = "stays"


KINDS: Mapping[str, Kept] = MappingProxyType(
    {
        "answers": Kept.ANSWERS,  # those for the log: LOG
        "asked": Kept.ANSWERS,
        "audit": Kept.AUDIT,
        "away": Kept.ANSWERS,
        "backups": Kept.STAYS,  # names of files; the files go by their rotation
        "cards": Kept.ANSWERS,
        "chat_messages": Kept.ANSWERS,  # they leave the chat within two days; this is for those that stay
        "citizens": Kept.LOG,  # once nothing is left about them, and nobody has used the name as long
        "coding_imports": Kept.ANSWERS,
        "codings": Kept.ANSWERS,
        "consents": Kept.PERSON,
        "contact_attempts": Kept.LOG,
        "contact_threads": Kept.LOG,
        "drills": Kept.STAYS,
        "enrolments": Kept.ANSWERS,
        "erasures": Kept.STAYS,  # ids, so that no backup brings anybody back
        "followups": Kept.ANSWERS,  # that the case record was written, or a hearing seen to: LOG
        "guard_names": Kept.PERSON,
        "guides": Kept.STAYS,
        "inbox": Kept.ANSWERS,  # what is done goes within two days; this is for what could not be carried out
        "invite_tries": Kept.ELSEWHERE,
        "invites": Kept.ANSWERS,  # those that were used: PERSON
        "lead_call_leads": Kept.ANSWERS,
        "lead_calls": Kept.ANSWERS,
        "my_data_asked": Kept.ANSWERS,
        "next_time_notes": Kept.ANSWERS,
        "outbox": Kept.ANSWERS,  # what is sent goes within two days; this is for who blocks the bot
        "people": Kept.PERSON,
        "person_hours": Kept.PERSON,
        "reflections": Kept.ANSWERS,  # those with something in the log: LOG
        "reminders": Kept.ANSWERS,
        "restores": Kept.STAYS,
        "retention_runs": Kept.STAYS,
        "retention_told": Kept.ANSWERS,
        "safety_spoken": Kept.ANSWERS,
        "shares": Kept.ANSWERS,
        "signs_of_life": Kept.STAYS,
        "strangers": Kept.ELSEWHERE,
        "supervision_notices": Kept.ANSWERS,
        "supervision_reads": Kept.ANSWERS,
        "supervision_taken": Kept.ANSWERS,
        "teams": Kept.STAYS,
        "week_files": Kept.ANSWERS,
        "weekly_sent": Kept.ANSWERS,
        "weekly_wanted": Kept.PERSON,
    }
)


@dataclass(frozen=True, slots=True)
class _Aged:
    """Rows of ``table`` for which ``where`` holds; each ? in it is the moment up to which they go."""

    table: str
    where: str


# In this order: what refers to something goes before it.
_BESIDE: Sequence[_Aged] = (
    _Aged("next_time_notes", "written_at < ?"),
    _Aged("reminders", "due_at < ? AND send_at < ? AND COALESCE(sent_at, '') < ? AND COALESCE(snoozed_until, '') < ?"),
    _Aged(
        "reminders",
        "followup_id IN (SELECT f.id FROM followups AS f WHERE f.reflection_id IS NULL AND f.created_at < ?"
        " AND COALESCE(f.closed_at, f.due_at, f.created_at) < ?)",
    ),
    # A mentor's own reminders: by when they were done, or were to be.
    _Aged(
        "followups",
        "reflection_id IS NULL AND created_at < ? AND COALESCE(closed_at, due_at, created_at) < ?",
    ),
    _Aged("lead_call_leads", "call_id IN (SELECT id FROM lead_calls WHERE asked_at < ?)"),
    _Aged("lead_calls", "asked_at < ?"),
    _Aged("chat_messages", "typed_at < ?"),
    _Aged("inbox", "status = 'dead' AND received_at < ?"),
    _Aged("outbox", "status = 'pending' AND created_at < ?"),
    _Aged("asked", "at < ?"),
    _Aged("week_files", "asked_at < ?"),
    _Aged("my_data_asked", "asked_at < ?"),
    _Aged("weekly_sent", "sent_at < ?"),
    _Aged("enrolments", "updated_at < ?"),
    _Aged("invites", "used_by IS NULL AND expires_at < ?"),
    _Aged("coding_imports", "imported_at < ? AND id NOT IN (SELECT import_id FROM codings)"),
)
_BY_DAY: Sequence[_Aged] = (_Aged("away", "until_day < ?"), _Aged("retention_told", "run_on < ?"))


def beside(tx: Transaction, answers: datetime, day: date) -> None:
    """Delete what is older than ``answers`` (UTC; ``day``: its local date) and hangs on no debrief (queued)."""
    for aged, value in (*((one, stamp(answers)) for one in _BESIDE), *((one, day.isoformat()) for one in _BY_DAY)):
        tx.write(f"DELETE FROM {aged.table} WHERE {aged.where}", *[value] * aged.where.count("?"))  # noqa: S608 - constants
    # Worry, and how the ladder was climbed, are not for the log.
    tx.write(
        "UPDATE contact_threads SET worried = NULL, state = '{}'"
        " WHERE closed_at < ? AND (worried IS NOT NULL OR state <> '{}')",
        stamp(answers),
    )


# An open thread counts as old once nothing has happened in it for as long.
_OLD_THREADS = (
    "SELECT t.id FROM contact_threads AS t WHERE t.closed_at < ? OR (t.closed_at IS NULL AND t.opened_at < ?"
    " AND NOT EXISTS (SELECT 1 FROM contact_attempts AS a WHERE a.thread_id = t.id AND a.at >= ?)"
    " AND NOT EXISTS (SELECT 1 FROM reminders AS r WHERE r.thread_id = t.id AND r.due_at >= ?)) LIMIT ?"
)


async def old_threads(tx: Reader, log: datetime, limit: int) -> list[str]:
    """Contact threads that ended before this time (UTC)."""
    at = stamp(log)
    return [row["id"] for row in await tx.all(_OLD_THREADS, at, at, at, at, limit)]


def remove_threads(tx: Transaction, ids: Sequence[str]) -> None:
    """Delete contact threads (at most 500) with all that was logged in them (queued)."""
    marks = ", ".join("?" * len(ids))
    for table in ("reminders", "next_time_notes", "contact_attempts"):
        tx.write(f"DELETE FROM {table} WHERE thread_id IN ({marks})", *ids)  # noqa: S608 - constants, question marks
    tx.write(f"DELETE FROM contact_threads WHERE id IN ({marks})", *ids)  # noqa: S608 - question marks only


_NOTHING_ABOUT = " AND ".join(
    f"NOT EXISTS (SELECT 1 FROM {table} AS x WHERE x.citizen_id = citizens.id)"  # noqa: S608 - constants
    for table in (
        "reflections", "followups", "contact_threads", "contact_attempts", "reminders", "next_time_notes", "lead_calls",
    )
)  # fmt: skip


def log_beside(tx: Transaction, log: datetime) -> None:
    """Delete attempts older than this (UTC) in threads that go on, and citizens of whom nothing is left (queued)."""
    tx.write("DELETE FROM contact_attempts WHERE at < ?", stamp(log))
    tx.write(
        f"DELETE FROM citizens WHERE used_at < ? AND created_at < ? AND {_NOTHING_ABOUT}",  # noqa: S608 - constants
        stamp(log),
        stamp(log),
    )
