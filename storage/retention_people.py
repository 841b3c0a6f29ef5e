"""What retention remembers: runs that are done, who was told; and people of whom nothing is left but their name."""

from __future__ import annotations

from datetime import date, datetime

from storage.database import Reader, Row, Transaction
from storage.people import Person, person_of
from storage.times import stamp

NAMELESS = "–"
"""The name of who has left, when nothing of them is left. The row stays: exports number mentors in the order in which
they came, and nobody's number may change because somebody else is gone."""

_LOWEST = -(2**62)  # below every number that Telegram gives
_OWN = {
    "reflections": ("mentor_id",),
    "citizens": ("mentor_id",),
    "followups": ("mentor_id",),
    "contact_threads": ("mentor_id",),
    "contact_attempts": ("mentor_id",),
    "next_time_notes": ("mentor_id",),
    "lead_calls": ("mentor_id", "seen_by"),
    "lead_call_leads": ("lead_id",),
    "supervision_taken": ("lead_id",),
    "supervision_reads": ("reader_id",),
    "supervision_notices": ("lead_id",),
    "safety_spoken": ("lead_id",),
}
_NOTHING_OF = " AND ".join(
    f"NOT EXISTS (SELECT 1 FROM {table} AS x WHERE x.{column} = people.id)"  # noqa: S608 - constants
    for table, columns in _OWN.items()
    for column in columns
)
_ABOUT_THEM = (
    "consents", "person_hours", "away", "reminders", "asked", "weekly_sent", "weekly_wanted", "week_files",
    "guard_names", "retention_told", "my_data_asked",
)  # fmt: skip


async def done(tx: Reader) -> date | None:
    """The newest run (its local date) that deleted everything it had to; None when none ever did."""
    row = await tx.one("SELECT max(run_on) AS run_on FROM retention_runs")
    return None if row is None or row["run_on"] is None else date.fromisoformat(row["run_on"])


def note_done(tx: Transaction, run_on: date, now: datetime, *, debriefs: int, logs: int) -> None:
    """Everything that was to go in this run is gone (queued). The counts are of what was deleted since the program was
    last started."""
    tx.write(
        "INSERT INTO retention_runs (run_on, done_at, debriefs, logs) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (run_on) DO NOTHING",
        run_on.isoformat(),
        stamp(now),
        debriefs,
        logs,
    )


async def untold(tx: Reader, run_on: date, days: int) -> list[Person]:
    """Everybody who can be reached and was not yet told so many days ahead of this run, or fewer; by id."""
    rows = await tx.all(
        "SELECT * FROM people WHERE left_at IS NULL AND blocked_at IS NULL AND NOT EXISTS (SELECT 1 FROM retention_told"
        " AS t WHERE t.person_id = people.id AND t.run_on = ? AND t.days <= ?) ORDER BY id",
        run_on.isoformat(),
        days,
    )
    return [person_of(row) for row in rows]


async def tell(tx: Transaction, person_id: str, run_on: date, days: int, now: datetime) -> bool:
    """This person is told in this transaction. False when they were told before."""
    changed = await tx.run(
        "INSERT INTO retention_told (person_id, run_on, days, told_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (person_id, run_on, days) DO NOTHING",
        person_id,
        run_on.isoformat(),
        days,
        stamp(now),
    )
    return changed == 1


async def forget(tx: Transaction, before: datetime) -> int:
    """Who left before this time (UTC), and of whom nothing is left that is kept, becomes nameless. How many did."""
    rows = await tx.all(
        f"SELECT id FROM people WHERE left_at < ? AND telegram_id > 0 AND {_NOTHING_OF} ORDER BY id",  # noqa: S608 - constants
        stamp(before),
    )
    lowest = await tx.one("SELECT min(telegram_id) AS account, min(chat_id) AS chat FROM people")
    taken = () if lowest is None else (lowest["account"] or 0, lowest["chat"] or 0)
    free = min(_LOWEST, *taken)
    for number, row in enumerate(rows, start=1):
        _forget(tx, row, free - number)
    return len(rows)


def _forget(tx: Transaction, row: Row, number: int) -> None:
    """``number``: what stands for the account and the chat, which must be unique and no account's."""
    for table in _ABOUT_THEM:
        tx.write(f"DELETE FROM {table} WHERE person_id = ?", row["id"])  # noqa: S608 - constants
    tx.write("DELETE FROM cards WHERE chat_id = (SELECT chat_id FROM people WHERE id = ?)", row["id"])
    tx.write("DELETE FROM invites WHERE used_by = ?", row["id"])
    tx.write(
        "UPDATE people SET name = ?, telegram_id = ?, chat_id = ?, tidy = NULL, blocked_at = NULL WHERE id = ?",
        NAMELESS,
        number,
        number,
        row["id"],
    )
