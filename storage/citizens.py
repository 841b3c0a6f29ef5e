"""Citizens under their pseudonyms."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.database import Reader, Row, Transaction
from storage.times import moment, moment_or_none, stamp, stamp_or_none

_AT_ONCE = 500  # names asked for in one statement


@dataclass(frozen=True, slots=True)
class Citizen:
    """A citizen as a mentor calls them. Times in UTC; ``archived_at``: no longer offered."""

    id: str
    team_id: str
    mentor_id: str
    pseudonym: str
    used_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a typed text finds. ``exact``: the mentor's own citizen of that very name, also an archived one.
    ``matches``: the mentor's own citizens that contain the text. ``taken``: somebody else in the team has the name."""

    exact: Citizen | None
    matches: tuple[Citizen, ...]
    taken: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is agreed about contact with a citizen. ``rhythm_days``: contact at least this often; ``channels``: the
    ladder's words, empty for all of them; ``weekly_cap``: attempts a week at most. None: as the ladder says."""

    rhythm_days: int | None
    channels: tuple[str, ...]
    weekly_cap: int | None


def pseudonym_key(text: str) -> str:
    """What must be unique in a team: "Stjerne ", "stjerne" and "STJERNE" are one, however å was typed."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _citizen(row: Row) -> Citizen:
    return Citizen(
        row["id"],
        row["team_id"],
        row["mentor_id"],
        row["pseudonym"],
        moment(row["used_at"]),
        moment_or_none(row["archived_at"]),
    )


async def get(tx: Reader, citizen_id: str) -> Citizen | None:
    """The citizen with this id."""
    row = await tx.one("SELECT * FROM citizens WHERE id = ?", citizen_id)
    return None if row is None else _citizen(row)


async def recent(tx: Reader, mentor_id: str, limit: int) -> list[Citizen]:
    """The mentor's citizens, the one last used first."""
    rows = await tx.all(
        "SELECT * FROM citizens WHERE mentor_id = ? AND archived_at IS NULL ORDER BY used_at DESC, id DESC LIMIT ?",
        mentor_id,
        limit,
    )
    return [_citizen(row) for row in rows]


async def archived_of(tx: Reader, mentor_id: str, limit: int) -> list[Citizen]:
    """The mentor's citizens who are offered no longer, the one archived last first."""
    rows = await tx.all(
        "SELECT * FROM citizens WHERE mentor_id = ? AND archived_at IS NOT NULL ORDER BY archived_at DESC, id LIMIT ?",
        mentor_id,
        limit,
    )
    return [_citizen(row) for row in rows]


async def agreed(tx: Reader, citizen_ids: Sequence[str]) -> dict[str, Agreed]:
    """What is agreed about contact with these citizens; unknown ids are missing."""
    found: dict[str, Agreed] = {}
    wanted = list(dict.fromkeys(citizen_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows = await tx.all(f"SELECT id, rhythm_days, channels, weekly_cap FROM citizens WHERE id IN ({marks})", *part)  # noqa: S608 - question marks only
        for row in rows:
            channels = tuple(json.loads(row["channels"])) if row["channels"] else ()
            found[row["id"]] = Agreed(row["rhythm_days"], channels, row["weekly_cap"])
    return found


async def count(tx: Reader, mentor_id: str) -> int:
    """How many citizens the mentor has, archived ones left out."""
    row = await tx.one("SELECT count(*) AS n FROM citizens WHERE mentor_id = ? AND archived_at IS NULL", mentor_id)
    return 0 if row is None else int(row["n"])


async def find(tx: Reader, mentor_id: str, team_id: str, text: str, limit: int) -> Found:
    """Look for a typed pseudonym: the very name in the whole team, parts of it among the mentor's own."""
    key = pseudonym_key(text)
    rows = await tx.all(
        "SELECT * FROM citizens WHERE (team_id = ? AND pseudonym_key = ?)"
        " OR (mentor_id = ? AND archived_at IS NULL AND pseudonym_key LIKE ? ESCAPE '!')"
        " ORDER BY used_at DESC, id DESC",
        team_id,
        key,
        mentor_id,
        "%" + key.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%",
    )
    found = [(_citizen(row), row["pseudonym_key"] == key and row["team_id"] == team_id) for row in rows]
    exact = next((citizen for citizen, same in found if same and citizen.mentor_id == mentor_id), None)
    own = [citizen for citizen, _ in found if citizen.mentor_id == mentor_id and citizen.archived_at is None]
    taken = any(same and citizen.mentor_id != mentor_id for citizen, same in found)
    return Found(exact, tuple(own[:limit]), taken)


def add(tx: Transaction, *, id: str, team_id: str, mentor_id: str, pseudonym: str, now: datetime) -> Citizen:
    """Add a citizen (queued). The transaction fails with Conflict when the team has the pseudonym already."""
    shown = " ".join(unicodedata.normalize("NFC", pseudonym).split())
    tx.write(
        "INSERT INTO citizens (id, team_id, mentor_id, pseudonym, pseudonym_key, created_at, used_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        id,
        team_id,
        mentor_id,
        shown,
        pseudonym_key(pseudonym),
        stamp(now),
        stamp(now),
    )
    return Citizen(id, team_id, mentor_id, shown, now, None)


def touch(tx: Transaction, citizen_id: str, now: datetime) -> None:
    """This citizen was chosen now: first among the recent ones (queued)."""
    tx.write("UPDATE citizens SET used_at = ? WHERE id = ?", stamp(now), citizen_id)


def archive(tx: Transaction, citizen_id: str, at: datetime | None) -> None:
    """Offer this citizen no longer; None: offer them again (queued)."""
    tx.write("UPDATE citizens SET archived_at = ? WHERE id = ?", stamp_or_none(at), citizen_id)


def rename(tx: Transaction, citizen_id: str, pseudonym: str) -> None:
    """Call the citizen something else (queued). The transaction fails with Conflict when the team has it already."""
    shown = " ".join(unicodedata.normalize("NFC", pseudonym).split())
    tx.write(
        "UPDATE citizens SET pseudonym = ?, pseudonym_key = ? WHERE id = ?", shown, pseudonym_key(pseudonym), citizen_id
    )


def pass_on(tx: Transaction, citizen_id: str, mentor_id: str, now: datetime) -> None:
    """Another mentor of the team has this citizen now (queued). What was answered before stays with whoever did."""
    tx.write("UPDATE citizens SET mentor_id = ?, used_at = ? WHERE id = ?", mentor_id, stamp(now), citizen_id)


def set_rhythm(tx: Transaction, citizen_id: str, days: int | None) -> None:
    """Contact at least this often, in days from 1; None as the ladder says (queued)."""
    tx.write("UPDATE citizens SET rhythm_days = ? WHERE id = ?", days, citizen_id)


def set_channels(tx: Transaction, citizen_id: str, channels: Iterable[str]) -> None:
    """The channels agreed with the citizen, the ladder's words; none means all of them (queued)."""
    kept = sorted(set(channels))
    tx.write("UPDATE citizens SET channels = ? WHERE id = ?", json.dumps(kept) if kept else None, citizen_id)


def set_cap(tx: Transaction, citizen_id: str, attempts: int | None) -> None:
    """Attempts a week at most, from 1; None as the ladder says (queued)."""
    tx.write("UPDATE citizens SET weekly_cap = ? WHERE id = ?", attempts, citizen_id)


async def names_by_id(tx: Reader, ids: Sequence[str]) -> dict[str, str]:
    """The pseudonyms of these citizens; unknown ids are missing."""
    names: dict[str, str] = {}
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows = await tx.all(f"SELECT id, pseudonym FROM citizens WHERE id IN ({marks})", *part)  # noqa: S608 - question marks only
        names.update((row["id"], row["pseudonym"]) for row in rows)
    return names
