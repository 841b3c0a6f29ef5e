"""Names that a person wants the guard to look for in what they type. For nobody else's eyes: they point to people."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.database import Reader, Transaction
from storage.ids import new_id
from storage.sealing import keyed, sealed
from storage.times import stamp


@dataclass(frozen=True, slots=True)
class GuardName:
    """One name on a person's list."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Watched:
    """What the guard of one chat must know: the person's language and the names on their list."""

    language: str
    names: tuple[str, ...]


def name_key(name: str) -> str:
    """What makes two names one: "jens  hansen" and "Jens Hansen" are, however å was typed."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def add(tx: Transaction, person_id: str, name: str, now: datetime) -> None:
    """Put a name on the person's list (queued); one that is there already stays as it is."""
    tx.write(
        "INSERT INTO guard_names (id, person_id, name, name_key, added_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (person_id, name_key) DO NOTHING",
        new_id(now),
        person_id,
        sealed(name),
        keyed(name_key(name)),
        stamp(now),
    )


async def of_person(tx: Reader, person_id: str) -> list[GuardName]:
    """The person's list, by name."""
    rows = await tx.all("SELECT id, name FROM guard_names WHERE person_id = ?", person_id)
    return sorted((GuardName(row["id"], row["name"]) for row in rows), key=lambda one: name_key(one.name))


async def remove(tx: Transaction, person_id: str, name_id: str) -> bool:
    """Take a name off the person's list; False when it is not on it."""
    return await tx.run("DELETE FROM guard_names WHERE id = ? AND person_id = ?", name_id, person_id) > 0


async def watched(tx: Reader) -> Mapping[int, Watched]:
    """Chat → what its guard must know, for everybody who is here."""
    people = await tx.all("SELECT id, chat_id, language FROM people WHERE left_at IS NULL ORDER BY id")
    names: dict[str, list[str]] = {}
    for row in await tx.all("SELECT person_id, name FROM guard_names ORDER BY person_id, id"):
        names.setdefault(row["person_id"], []).append(row["name"])
    return {row["chat_id"]: Watched(row["language"], tuple(names.get(row["id"], ()))) for row in people}
