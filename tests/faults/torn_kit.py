"""Damage to a write-ahead log, ways of opening what is left, and the auditor."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlcipher3 import dbapi2

from storage import high_water
from storage.database import StorageError
from storage.sqlite import open_sqlite
from storage.sqlite_connect import connect, open_keyed
from storage.times import moment
from tests.faults.torn_history import ACTION, FRAME, HEADER, KEY, LOG, NAME, SIGN, History, moment_of

LOST, HALF, UNREPORTED, UNOPENED, WOLF = "lost", "half", "unreported", "did not open", "cried wolf"
KINDS = (LOST, HALF, UNREPORTED, UNOPENED, WOLF)
_QUESTIONS = (
    "SELECT update_id FROM inbox",
    f"SELECT CAST(subject AS INTEGER) FROM audit WHERE action = '{ACTION}'",  # noqa: S608 - a constant
    "SELECT CAST(id AS INTEGER) FROM teams",
)
_LATEST = f"SELECT at FROM signs_of_life WHERE name = '{SIGN}'"  # noqa: S608 - a constant


@dataclass(frozen=True)
class Damage:
    """What the log is like afterwards; None: it is not there. ``whole``: how many of its frames lie before the first
    harm."""

    what: str
    log: bytes | None
    whole: int


@dataclass(frozen=True)
class Found:
    """What who opens it is told. ``parts``: the numbers that each table knows; ``latest``: the newest by the one row
    that every transaction changes; ``reported``: whether it is said that something is missing."""

    parts: tuple[frozenset[int], ...]
    latest: int
    reported: bool


class Way(Protocol):
    """A way of opening it."""

    async def look(self, folder: Path) -> Found:
        """Open, read, close. Raises StorageError or SQLCipher's own errors when that cannot be done."""


class Ours:
    """As the program does."""

    async def look(self, folder: Path) -> Found:
        """Also where a missing database would be made."""
        database = await open_sqlite(folder / NAME, KEY, create=True)
        try:
            async with database.snapshot() as view:
                rows = [await view.all(sql) for sql in _QUESTIONS]
                latest = await view.one(_LATEST)
        finally:
            await database.close()
        parts = tuple(frozenset(int(*row.values()) for row in part) for part in rows)
        reported = bool(high_water.losses(folder / NAME))
        return Found(parts, _number(latest["at"] if latest else None), reported)


class WithoutMark:
    """The twin's way: all of SQLite's own care, and nobody who looks at the mark."""

    async def look(self, folder: Path) -> Found:
        """Open it with every setting of the program's."""
        return _read(connect(folder / NAME, KEY))


class WithoutLog:
    """The twin's way: the file alone, as a copy that leaves the log behind has it."""

    async def look(self, folder: Path) -> Found:
        """Open it as if there were no log."""
        return _read(open_keyed(folder / NAME, KEY, "mode=ro", "immutable=1"))


def _read(opened: Any) -> Found:
    with closing(opened) as connection:
        parts = tuple(frozenset(one for (one,) in connection.execute(sql).fetchall()) for sql in _QUESTIONS)
        latest = connection.execute(_LATEST).fetchone()
    return Found(parts, _number(latest[0] if latest else None), reported=False)


def _number(at: str | None) -> int:
    return 0 if at is None else round((moment(at) - moment_of(0)).total_seconds())


def _lay_out(history: History, damage: Damage, folder: Path) -> None:
    folder.mkdir()
    for name, content in (history.files | {LOG: damage.log}).items():
        if content is not None:
            (folder / name).write_bytes(content)


async def audit(history: History, damage: Damage, folder: Path, way: Way) -> list[str]:
    """Put the damaged copy into ``folder``, open it, and name what must not be, each as ``kind: what``."""
    await asyncio.to_thread(_lay_out, history, damage, folder)
    try:
        found = await way.look(folder)
    except (StorageError, dbapi2.Error, sqlite3.Error) as error:
        return [f"{UNOPENED}: {damage.what}: {type(error).__name__}"]
    return [f"{what} after {damage.what}" for what in _wrong(history, damage, found)]


def _wrong(history: History, damage: Damage, found: Found) -> Iterator[str]:
    there = frozenset[int]().union(*found.parts)
    must = {number for number, frames in history.frames.items() if frames <= damage.whole}
    if gone := must - there:
        yield f"{LOST}: {len(gone)} transactions from {min(gone)} on, which lie before the harm"
    if there != set(range(1, len(there) + 1)):
        yield f"{LOST}: {max(there)} is there, and not all that came before it"
    if any(part != there for part in found.parts) or found.latest != max(there, default=0):
        yield f"{HALF}: {[len(part) for part in found.parts]} rows, the newest {found.latest}"
    missing = history.frames.keys() - there
    if not found.reported and any(number <= history.marked for number in missing):
        yield f"{UNREPORTED}: {len(missing)} transactions, the oldest {min(missing)}, marked up to {history.marked}"
    if found.reported and damage.whole >= history.in_use:
        yield f"{WOLF}: nothing in use was harmed"


def cuts(history: History) -> list[Damage]:
    """The log ends at every border of two frames, a byte before it and a byte after."""
    log = history.files[LOG]
    places = [place for border in range(HEADER, len(log) + 1, FRAME) for place in (border - 1, border, border + 1)]
    return [Damage(f"a cut at {at} of {len(log)}", log[:at], _whole(at)) for at in places if at < len(log)]


def harms(history: History, chance: random.Random) -> Iterator[Damage]:
    """Everything else that can happen to a log, at every frame in use by lot, without an end."""
    log = history.files[LOG]
    yield Damage("no log at all", None, 0)
    yield Damage("an empty log", b"", 0)
    yield Damage("a log of zeros", bytes(len(log)), 0)
    yield Damage("garbage at the end", log + chance.randbytes(3 * FRAME + 5), len(log) // FRAME)
    yield Damage("a header of garbage", chance.randbytes(HEADER) + log[HEADER:], 0)
    while True:
        frame = chance.randrange(history.in_use)
        begin = HEADER + frame * FRAME
        at = begin + chance.randrange(FRAME)
        many = chance.choice((1, 16, 5_000))
        yield Damage(f"{many} bytes of garbage at {at}", _over(log, at, chance.randbytes(many)), frame)
        yield Damage(f"frame {frame} of zeros", _over(log, begin, bytes(FRAME)), frame)
        flipped = bytes([log[at] ^ 1 << chance.randrange(8)])
        yield Damage(f"a bit at {at} flipped", _over(log, at, flipped), frame)
        yield Damage(f"garbage from {at} on", log[:at] + chance.randbytes(len(log) - at), frame)
        yield Damage(f"a cut at {at} and garbage", log[:at] + chance.randbytes(chance.randrange(1, 9_000)), frame)
        other = HEADER + chance.randrange(history.in_use) * FRAME
        if other != begin:
            swapped = _over(log, begin, log[other : other + FRAME])
            yield Damage(f"frame {frame} is another one", swapped, frame)


def _over(log: bytes, at: int, new: bytes) -> bytes:
    """Never the same bytes by chance: what is harmed is harmed."""
    new = new[: len(log) - at]
    if log[at : at + len(new)] == new:
        new = bytes([new[0] ^ 1]) + new[1:]
    return log[:at] + new + log[at + len(new) :]


def _whole(at: int) -> int:
    return max(0, at - HEADER) // FRAME
