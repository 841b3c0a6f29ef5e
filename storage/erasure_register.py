"""The list of what was erased on purpose and of who left, as lines of JSON outside the database, so that no restored
backup brings it back or lets anybody in again. Ids only: it tells nobody who or what that was.

A line is written and on the disk before the erasing or leaving is committed. Should the machine stop in between, the
worst that can come of it is that a restored backup lacks what somebody had wanted erased, or that who was to leave has.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias, cast

from storage.database import Reader, Transaction
from storage.ids import new_id
from storage.keycheck import settle_folder
from storage.times import moment, stamp

FILE = "erasures.jsonl"
Kind: TypeAlias = Literal["mentor", "citizen", "left"]
_KINDS = ("mentor", "citizen", "left")


@dataclass(frozen=True, slots=True)
class Entry:
    """One erasure, or one person who left. ``subject``: the id of the person or citizen; ``at`` in UTC."""

    id: str
    at: datetime
    kind: Kind
    subject: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What a file lists, each entry once, as written. ``skipped``: how many lines say nothing that can be read."""

    entries: tuple[Entry, ...]
    skipped: int


def made(kind: Kind, subject: str, now: datetime) -> Entry:
    """A new entry."""
    return Entry(new_id(now), now, kind, subject)


def paths(database: Path, backups: Path) -> tuple[Path, Path]:
    """Where the list is kept: beside the database, and among the backups."""
    return database.with_name(FILE), backups / FILE


def append(files: Iterable[Path], entry: Entry) -> None:
    """Add a line to each of these files, made at need (0600, their folder 0700), and wait until the disk has it.

    Raises OSError: then it is in none of them, and nothing may be erased yet. A line that a crash left unfinished is
    closed off first.
    """
    wanted = tuple(files)
    try:
        for file in wanted:
            if not file.parent.exists():
                file.parent.mkdir(parents=True, mode=0o700)
            with _opened(file, os.O_CREAT) as stream:
                size = stream.seek(0, os.SEEK_END)
                torn = size > 0 and os.pread(stream.fileno(), 1, size - 1) != b"\n"
                stream.write((b"\n" if torn else b"") + _line(entry))
                stream.flush()
                os.fsync(stream.fileno())
            settle_folder(file.parent)
    except OSError:
        take_back(wanted, entry)
        raise


def merge(files: Iterable[Path], entries: Collection[Entry]) -> None:
    """Add to each of these files, one after the other, those of the entries that it does not list yet, in their order.

    Raises OSError when a file cannot be read or written: what was added until then stays, and merging again adds the
    rest.
    """
    for file in files:
        known = {one.id for one in read(file)}
        for entry in entries:
            if entry.id not in known:
                append([file], entry)


def take_back(files: Iterable[Path], entry: Entry) -> None:
    """It did not happen after all: where this entry is the last line, it goes. Best effort."""
    line = _line(entry)
    for file in files:
        with suppress(OSError), _opened(file) as stream:
            size = stream.seek(0, os.SEEK_END)
            if size >= len(line) and os.pread(stream.fileno(), len(line), size - len(line)) == line:
                os.ftruncate(stream.fileno(), size - len(line))
                os.fsync(stream.fileno())


def _opened(file: Path, flags: int = 0) -> BinaryIO:
    return os.fdopen(os.open(file, os.O_RDWR | os.O_APPEND | flags, 0o600), "r+b")


def _line(entry: Entry) -> bytes:
    told = {"id": entry.id, "at": stamp(entry.at), "kind": entry.kind, "subject": entry.subject}
    return json.dumps(told).encode() + b"\n"


def look(file: Path) -> Listed:
    """What the file lists; nothing when there is no file. Raises OSError when it cannot be read.

    A torn line and one of a kind that this program does not know are passed over, and counted.
    """
    try:
        lines = [line for line in file.read_bytes().splitlines() if line.strip()]
    except FileNotFoundError:
        lines = []
    found = [_entry(line) for line in lines]
    entries = tuple({one.id: one for one in found if one is not None}.values())
    return Listed(entries, found.count(None))


def read(file: Path) -> list[Entry]:
    """The entries that ``look`` finds. Raises OSError."""
    return list(look(file).entries)


def _entry(line: bytes) -> Entry | None:
    try:
        data = json.loads(line)
        if data["kind"] not in _KINDS or not all(isinstance(data[name], str) for name in ("id", "at", "subject")):
            return None
        if not all(data[name].isascii() and data[name].isprintable() for name in ("id", "subject")):
            return None  # a damaged one: no database would take it
        return Entry(data["id"], moment(data["at"]), cast("Kind", data["kind"]), data["subject"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def note(tx: Transaction, entry: Entry) -> None:
    """Note it in the database, too (queued); noted twice, it is one."""
    tx.write(
        "INSERT INTO erasures (id, at, kind, subject) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        entry.id,
        stamp(entry.at),
        entry.kind,
        entry.subject,
    )


async def noted(tx: Reader) -> list[Entry]:
    """What the database notes as erased, the earliest first."""
    rows = await tx.all("SELECT id, at, kind, subject FROM erasures ORDER BY at, id")
    return [Entry(row["id"], moment(row["at"]), cast("Kind", row["kind"]), row["subject"]) for row in rows]
