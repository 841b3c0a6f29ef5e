"""Backups, drills and restores as rows: what was tried, when, and how it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.database import Reader, Transaction
from storage.ids import new_id
from storage.times import moment, moment_or_none, stamp, stamp_or_none


class MadeBy(StrEnum):
    """Who wished for a backup."""

    CLOCK = "clock"
    OPERATOR = "operator"
    SETUP = "setup"
    REKEY = "rekey"


_IN_WORDS = {
    "BadBackup": "the file is no backup, or it is damaged or cut off",
    "DamagedDatabase": "the database, or its copy, is damaged",
    "FileExistsError": "something else lies where it was to go",
    "FileNotFoundError": "a file or folder was missing",
    "NewerSchema": "a newer version of the program made it",
    "NotADirectoryError": "something else lies where it was to go",
    "OrganisationError": "organisation.yaml has a mistake",
    "PermissionError": "access to a file or folder was refused",
    "StorageBusy": "another program held the database",
    "StorageFull": "the disk was full, or failed",
    "StorageReadOnly": "a folder could not be written to",
    "WrongKey": "it belongs to another recovery sheet",
}


def in_words(problem: str) -> str:
    """A ``problem`` for an operator, as a part of a sentence: never a class name."""
    return _IN_WORDS.get(problem, "something unexpected happened, and the log says more")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, or tried. ``file``: its name without folders; ``problem``: a class name. Times in UTC."""

    id: str
    made_at: datetime
    made_by: MadeBy
    file: str
    bytes: int
    verified_at: datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Drill:
    """Restoring was tried, into nowhere. ``problem``: a class name; None when everything was there."""

    at: datetime
    backup_made_at: datetime
    problem: str | None


def note_backup(
    tx: Transaction,
    *,
    made_at: datetime,
    made_by: MadeBy,
    file: str,
    size: int,
    verified_at: datetime | None,
    problem: str | None = None,
) -> str:
    """A backup was made and verified, or failed (queued); gives the row's id."""
    made = new_id(made_at)
    tx.write(
        "INSERT INTO backups (id, made_at, made_by, file, bytes, verified_at, problem) VALUES (?, ?, ?, ?, ?, ?, ?)",
        made,
        stamp(made_at),
        made_by.value,
        file,
        size,
        stamp_or_none(verified_at),
        problem,
    )
    return made


async def newest_backup(tx: Reader, *, verified: bool, by: Sequence[MadeBy] = tuple(MadeBy)) -> Backup | None:
    """The newest backup made ``by`` one of these that was verified; without ``verified``, the newest that was tried."""
    only = " AND verified_at IS NOT NULL" if verified else ""
    row = await tx.one(
        f"SELECT * FROM backups WHERE made_by IN ({', '.join('?' * len(by))}){only}"  # noqa: S608 - constants
        " ORDER BY made_at DESC, id DESC LIMIT 1",
        *(one.value for one in by),
    )
    if row is None:
        return None
    return Backup(
        id=row["id"],
        made_at=moment(row["made_at"]),
        made_by=MadeBy(row["made_by"]),
        file=row["file"],
        bytes=row["bytes"],
        verified_at=moment_or_none(row["verified_at"]),
        problem=row["problem"],
    )


def note_drill(tx: Transaction, *, at: datetime, backup_made_at: datetime, problem: str | None) -> None:
    """Restoring was tried (queued)."""
    tx.write(
        "INSERT INTO drills (id, at, backup_made_at, problem) VALUES (?, ?, ?, ?)",
        new_id(at),
        stamp(at),
        stamp(backup_made_at),
        problem,
    )


async def newest_drill(tx: Reader) -> Drill | None:
    """The newest drill, however it went."""
    row = await tx.one("SELECT * FROM drills ORDER BY at DESC, id DESC LIMIT 1")
    return None if row is None else Drill(moment(row["at"]), moment(row["backup_made_at"]), row["problem"])


def note_restore(tx: Transaction, *, at: datetime, backup_made_at: datetime) -> str:
    """This database came out of a backup (queued); gives the row's id."""
    made = new_id(at)
    tx.write("INSERT INTO restores (id, at, backup_made_at) VALUES (?, ?, ?)", made, stamp(at), stamp(backup_made_at))
    return made


async def restored_at(tx: Reader) -> datetime | None:
    """When this database last came out of a backup (UTC); None when it never did."""
    row = await tx.one("SELECT max(at) AS at FROM restores")
    return None if row is None else moment_or_none(row["at"])
