"""The week by itself: which leads are to be told, which weeks they were told of, and what is to be drawn of a week.

Told exactly once: ``claim`` and the message to send are one commit, and a week can be claimed once for each person.
Drawn exactly once: a wish goes away (``made``) in the transaction that queues the picture or report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.database import Reader, Transaction
from storage.ids import new_id
from storage.people import Person, person_of
from storage.times import moment, stamp


class Drawn(StrEnum):
    """What can be made of a week."""

    PICTURE = "picture"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Listener:
    """A lead who is told of each week; nothing that was to be told before ``since`` (UTC) is told any more.

    ``told``: the newest week they were told of, "" when there is none.
    """

    person: Person
    since: datetime
    told: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture or report that is to be made. ``week``: as in "2026-W47"; ``attempts``: how often it failed."""

    id: str
    person_id: str
    week: str
    kind: Drawn
    asked_at: datetime
    attempts: int


async def listeners(tx: Reader) -> list[Listener]:
    """The leads who want to be told and can be reached, of every team that has a mentor, by id."""
    rows = await tx.all(
        "SELECT p.*, w.since, (SELECT max(week) FROM weekly_sent AS s WHERE s.person_id = p.id) AS told"
        " FROM people AS p LEFT JOIN weekly_wanted AS w ON w.person_id = p.id"
        " WHERE p.role = 'lead' AND p.left_at IS NULL AND p.blocked_at IS NULL AND COALESCE(w.wanted, 1) = 1"
        " AND EXISTS (SELECT 1 FROM people AS m"
        " WHERE m.team_id = p.team_id AND m.role = 'mentor' AND m.left_at IS NULL)"
        " ORDER BY p.id"
    )
    return [
        Listener(person_of(row), moment(max(row["created_at"], row["since"] or "")), row["told"] or "") for row in rows
    ]


async def claim(tx: Transaction, person_id: str, week: str, now: datetime, *, late: bool) -> bool:
    """This person is told of this week in this transaction. False when they were told of it, or of a later one."""
    changed = await tx.run(
        "INSERT INTO weekly_sent (person_id, week, sent_at, late) SELECT ?, ?, ?, ?"
        " WHERE NOT EXISTS (SELECT 1 FROM weekly_sent WHERE person_id = ? AND week >= ?)"
        " ON CONFLICT (person_id, week) DO NOTHING",
        person_id,
        week,
        stamp(now),
        int(late),
        person_id,
        week,
    )
    return changed == 1


async def told(tx: Reader, person_id: str) -> list[tuple[str, datetime, bool]]:
    """Week, when (UTC), and whether it was late, of everything this person was told by itself; the first one first."""
    rows = await tx.all("SELECT week, sent_at, late FROM weekly_sent WHERE person_id = ? ORDER BY week", person_id)
    return [(row["week"], moment(row["sent_at"]), bool(row["late"])) for row in rows]


async def wants(tx: Reader, person_id: str) -> bool:
    """Whether this person wants to be told by itself: yes, unless they said no."""
    row = await tx.one("SELECT wanted FROM weekly_wanted WHERE person_id = ?", person_id)
    return row is None or bool(row["wanted"])


def set_wanted(tx: Transaction, person_id: str, wanted: bool, now: datetime) -> None:
    """From now on this person wants to be told, or not (queued)."""
    tx.write(
        "INSERT INTO weekly_wanted (person_id, wanted, since) VALUES (?, ?, ?)"
        " ON CONFLICT (person_id) DO UPDATE SET wanted = excluded.wanted, since = excluded.since",
        person_id,
        int(wanted),
        stamp(now),
    )


def ask(tx: Transaction, person_id: str, week: str, kind: Drawn, now: datetime) -> None:
    """Make this for this person (queued). Asked for twice before it is made, it is made once."""
    tx.write(
        "INSERT INTO week_files (id, person_id, week, kind, asked_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (person_id, week, kind) DO NOTHING",
        new_id(now),
        person_id,
        week,
        kind.value,
        stamp(now),
    )


async def next_wish(tx: Reader, now: datetime) -> Wish | None:
    """What is to be made first: of what may be tried now, the one asked for longest ago."""
    row = await tx.one(
        "SELECT * FROM week_files WHERE not_before IS NULL OR not_before <= ? ORDER BY id LIMIT 1", stamp(now)
    )
    if row is None:
        return None
    asked = moment(row["asked_at"])
    return Wish(row["id"], row["person_id"], row["week"], Drawn(row["kind"]), asked, row["attempts"])


async def made(tx: Transaction, wish_id: str) -> bool:
    """It is made, and queued in this transaction. False when somebody else did: then queue nothing."""
    return await tx.run("DELETE FROM week_files WHERE id = ?", wish_id) == 1


def failed(tx: Transaction, wish_id: str, not_before: datetime) -> None:
    """Making it failed; try again at ``not_before`` at the earliest (queued)."""
    tx.write("UPDATE week_files SET attempts = attempts + 1, not_before = ? WHERE id = ?", stamp(not_before), wish_id)


async def shown_before(tx: Reader, card: str, before: datetime, chat_id: int | None = None) -> list[tuple[int, int]]:
    """Chat and message of every card of this name, in ``chat_id`` or in all chats, that was sent before this time."""
    where, values = ("", ()) if chat_id is None else (" AND chat_id = ?", (chat_id,))
    rows = await tx.all(
        f"SELECT chat_id, message_id FROM cards WHERE card = ? AND shown_at < ?{where} ORDER BY chat_id",  # noqa: S608 - a constant
        card,
        stamp(before),
        *values,
    )
    return [(row["chat_id"], row["message_id"]) for row in rows]
