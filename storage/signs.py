"""Signs of life, for who looks from outside: when something last worked, and whether a bot is at work."""

from __future__ import annotations

import fcntl
import os
from datetime import datetime
from pathlib import Path

from storage.database import Reader, Transaction
from storage.times import moment, moment_or_none, stamp

POLL = "poll"  # Telegram answered, and what came was stored


def seen(tx: Transaction, name: str, now: datetime) -> None:
    """It worked at this time (queued)."""
    tx.write(
        "INSERT INTO signs_of_life (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
        name,
        stamp(now),
    )


def forget(tx: Transaction, beginning: str) -> None:
    """The signs whose names begin so go (queued)."""
    tx.write("DELETE FROM signs_of_life WHERE substr(name, 1, ?) = ?", len(beginning), beginning)


async def last(reader: Reader, name: str) -> datetime | None:
    """When it last worked, in UTC; None: never."""
    row = await reader.one("SELECT at FROM signs_of_life WHERE name = ?", name)
    return None if row is None else moment(row["at"])


def at_work(database: Path) -> bool:
    """Does a process hold this database's lock (see ``storage.instance``)? Makes no file.

    To find out, the lock is shared for an instant: nothing else can ask whether a lock of this kind is held.
    """
    try:
        descriptor = os.open(database.with_name(database.name + ".lock"), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


async def dead_letters(reader: Reader) -> tuple[int, datetime | None]:
    """How many updates failed for good, and when the newest of them came in."""
    row = await reader.one("SELECT count(*) AS many, max(received_at) AS newest FROM inbox WHERE status = 'dead'")
    return (0, None) if row is None else (int(row["many"]), moment_or_none(row["newest"]))
