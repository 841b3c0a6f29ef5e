"""Teams, people and what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage import audit
from storage.database import Reader, Row, Transaction
from storage.ids import new_id
from storage.times import moment, moment_or_none, stamp, stamp_or_none


class Role(StrEnum):
    """What a person is to the program."""

    MENTOR = "mentor"
    LEAD = "lead"
    ADMIN = "admin"
    CODER = "coder"


class Tidy(StrEnum):
    """When a mentor's typed messages are removed from the chat."""

    AT_ONCE = "at_once"
    AT_END = "at_end"
    NEVER = "never"


class Consent(StrEnum):
    """What a person is asked to agree to: using the bot at all, and having answers coded."""

    USE = "use"
    CODING = "coding"


@dataclass(frozen=True, slots=True)
class Team:
    """A team of mentors with its lead."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody enrolled. ``tidy`` None: as the organisation says. ``zone``: IANA name. Times in UTC."""

    id: str
    telegram_id: int
    chat_id: int
    name: str
    role: Role
    team_id: str | None
    language: str
    zone: str
    tidy: Tidy | None
    blocked_at: datetime | None
    left_at: datetime | None


def person_of(row: Row) -> Person:
    """The person in a row of ``people``."""
    return Person(
        id=row["id"],
        telegram_id=row["telegram_id"],
        chat_id=row["chat_id"],
        name=row["name"],
        role=Role(row["role"]),
        team_id=row["team_id"],
        language=row["language"],
        zone=row["zone"],
        tidy=None if row["tidy"] is None else Tidy(row["tidy"]),
        blocked_at=moment_or_none(row["blocked_at"]),
        left_at=moment_or_none(row["left_at"]),
    )


async def team_named(tx: Transaction, name: str, now: datetime) -> Team:
    """The team of this name; made when there is none."""
    tx.write(
        "INSERT INTO teams (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING",
        new_id(now),
        name,
        stamp(now),
    )
    rows = await tx.all("SELECT id, name FROM teams WHERE name = ?", name)
    return Team(rows[0]["id"], rows[0]["name"])


async def teams(tx: Reader) -> list[Team]:
    """All teams by name."""
    return [Team(row["id"], row["name"]) for row in await tx.all("SELECT id, name FROM teams ORDER BY name, id")]


async def person_by_chat(tx: Reader, chat_id: int) -> Person | None:
    """Who talks in this chat; also somebody who has left."""
    row = await tx.one("SELECT * FROM people WHERE chat_id = ?", chat_id)
    return None if row is None else person_of(row)


async def person_by_telegram(tx: Reader, telegram_id: int) -> Person | None:
    """Who has this Telegram account; also somebody who has left."""
    row = await tx.one("SELECT * FROM people WHERE telegram_id = ?", telegram_id)
    return None if row is None else person_of(row)


async def person(tx: Reader, person_id: str) -> Person | None:
    """The person with this id."""
    row = await tx.one("SELECT * FROM people WHERE id = ?", person_id)
    return None if row is None else person_of(row)


async def people(tx: Reader) -> list[Person]:
    """Everybody ever enrolled, by name."""
    return [person_of(row) for row in await tx.all("SELECT * FROM people ORDER BY name, id")]


async def joined(tx: Reader) -> dict[str, datetime]:
    """Person id → when they joined (UTC), the first one first."""
    rows = await tx.all("SELECT id, created_at FROM people ORDER BY created_at, id")
    return {row["id"]: moment(row["created_at"]) for row in rows}


async def leads_of(tx: Reader, team_id: str) -> list[Person]:
    """The leads of a team who have not left; those who blocked the bot are among them."""
    rows = await tx.all(
        "SELECT * FROM people WHERE team_id = ? AND role = 'lead' AND left_at IS NULL ORDER BY name, id", team_id
    )
    return [person_of(row) for row in rows]


def add_person(
    tx: Transaction,
    *,
    telegram_id: int,
    chat_id: int,
    name: str,
    role: Role,
    team_id: str | None,
    language: str,
    zone: str,
    now: datetime,
) -> Person:
    """Enrol somebody (queued). The transaction fails with Conflict when the account or the chat is enrolled already."""
    made = Person(new_id(now), telegram_id, chat_id, name, role, team_id, language, zone, None, None, None)
    tx.write(
        "INSERT INTO people (id, telegram_id, chat_id, name, role, team_id, language, zone, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        made.id,
        telegram_id,
        chat_id,
        name,
        role.value,
        team_id,
        language,
        zone,
        stamp(now),
    )
    return made


def rejoin(tx: Transaction, person_id: str, *, name: str, role: Role, team_id: str | None) -> None:
    """Take somebody in again who had left and now followed a new invitation (queued)."""
    tx.write(
        "UPDATE people SET name = ?, role = ?, team_id = ?, left_at = NULL, blocked_at = NULL WHERE id = ?",
        name,
        role.value,
        team_id,
        person_id,
    )


def set_language(tx: Transaction, person_id: str, language: str) -> None:
    """The language the bot speaks with this person (queued)."""
    tx.write("UPDATE people SET language = ? WHERE id = ?", language, person_id)


def set_tidy(tx: Transaction, person_id: str, tidy: Tidy | None) -> None:
    """When typed messages are removed; None: as the organisation says (queued)."""
    tx.write("UPDATE people SET tidy = ? WHERE id = ?", None if tidy is None else tidy.value, person_id)


def set_blocked(tx: Transaction, person_id: str, at: datetime | None) -> None:
    """Since when this person blocks the bot; None: no longer (queued). Messages to them wait meanwhile."""
    tx.write("UPDATE people SET blocked_at = ? WHERE id = ?", stamp_or_none(at), person_id)


def mark_left(tx: Transaction, person_id: str, now: datetime) -> None:
    """This person has left; what they answered stays (queued)."""
    tx.write("UPDATE people SET left_at = ? WHERE id = ?", stamp(now), person_id)


def consent(tx: Transaction, person_id: str, kind: Consent, given: bool, now: datetime) -> None:
    """Note a yes or a no (queued); earlier ones stay on record. Whether answers may be coded decides who else reads
    them: that stands in the audit, too."""
    tx.write(
        "INSERT INTO consents (id, person_id, kind, given, at) VALUES (?, ?, ?, ?, ?)",
        new_id(now),
        person_id,
        kind.value,
        int(given),
        stamp(now),
    )
    if kind is Consent.CODING:
        audit.note(tx, person_id, "consent", f"{kind.value}/{'yes' if given else 'no'}", now)


async def latest_consents(tx: Reader, person_id: str) -> dict[Consent, bool]:
    """What this person last said to each kind; a kind they were never asked about is missing."""
    rows = await tx.all("SELECT kind, given FROM consents WHERE person_id = ? ORDER BY id", person_id)
    return {Consent(row["kind"]): bool(row["given"]) for row in rows}
