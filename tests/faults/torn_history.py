"""A history of transactions whose rows belong together, and a ledger of where each stood in the write-ahead log."""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from storage import audit, inbox, signs
from storage.database import Transaction
from storage.keys import Key
from storage.sqlite import SqliteDatabase, open_sqlite
from storage.sqlite_connect import PAGE_BYTES, connect

KEY = Key(bytes(range(7, 39)))
NAME = "e.db"
LOG, CHECK, MARK = f"{NAME}-wal", f"{NAME}.check", f"{NAME}.mark"
HEADER, FRAME = 32, 24 + PAGE_BYTES  # of the write-ahead log, in bytes (sqlite.org/fileformat2.html §4)
BEGAN = datetime(2026, 11, 23, 8, tzinfo=UTC)
ACTION, SIGN = "invented", "history"
_FRAMES = struct.Struct("=I")  # the last frame in use, as the wal-index has it (sqlite.org/walformat.html §2.1)
_FRAMES_AT = 16

Write: TypeAlias = Callable[[SqliteDatabase, int, int], Awaitable[None]]
"""Writes the rows of this number, so long."""


@dataclass
class History:
    """What was written, as its writer knows it. ``frames``: by number of a transaction whose commit has returned, how
    many frames of the log it needs, counted from the log's beginning; 0: it stands in the file. ``marked``: the last
    number that was acknowledged before the high-water mark was moved. ``in_use``: how many frames of the log are in the
    end; what lies behind them is left of an earlier round. ``files``: what lay there at the end."""

    frames: dict[int, int] = field(default_factory=dict)
    marked: int = 0
    in_use: int = 0
    files: dict[str, bytes] = field(default_factory=dict)


async def one_go(database: SqliteDatabase, number: int, size: int) -> None:
    """What belongs together in one transaction."""
    async with database.transaction() as tx:
        for write in _parts(number, size):
            write(tx)


async def part_by_part(database: SqliteDatabase, number: int, size: int) -> None:
    """The twin's way: each part in a transaction of its own."""
    for write in _parts(number, size):
        async with database.transaction() as tx:
            write(tx)


def _parts(number: int, size: int) -> list[Callable[[Transaction], None]]:
    now = moment_of(number)
    update = inbox.Incoming(number, f"hash-{number}", number % 7, f"opdigtet {number} " * size)
    return [
        lambda tx: inbox.add(tx, [update], now),
        lambda tx: audit.note(tx, audit.OPERATOR, ACTION, str(number), now),
        lambda tx: tx.write("INSERT INTO teams VALUES (?, ?, 't')", str(number), f"Hold {number}"),
        lambda tx: signs.seen(tx, SIGN, now),
    ]


def moment_of(number: int) -> datetime:
    """When the transaction of this number says that it was written."""
    return BEGAN + timedelta(seconds=number)


async def write_history(
    folder: Path, chance: random.Random, transactions: int, *, anew_after: int = 0, write: Write = one_go
) -> History:
    """Write it, and keep the files as they lie at its end, with the database open: as when the plug is pulled.

    The first ``anew_after`` transactions are moved into the file, and with the mark that follows the log begins anew:
    their frames are written over one by one, and the last of them stay behind its new end.
    """
    history, path = History(), folder / NAME
    await asyncio.to_thread(folder.mkdir)
    database = await open_sqlite(path, KEY, create=True)
    try:
        for number in range(1, transactions + 1):
            await write(database, number, chance.choice((1, 1, 20, 200, 700)))
            history.frames[number] = _frames(path)
            if number == anew_after:
                _move_into_file(path)
                history.frames = dict.fromkeys(history.frames, 0)
            if number == anew_after or chance.random() < 0.15:
                await database.mark()
                history.marked = number
        history.in_use = _frames(path)
        history.files = {name: (folder / name).read_bytes() for name in (NAME, LOG, CHECK, MARK)}
    finally:
        await database.close()
    return history


def _move_into_file(path: Path) -> None:
    with closing(connect(path, KEY)) as connection:
        busy, frames, moved = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
    assert not busy and frames == moved


def _frames(path: Path) -> int:
    held = path.with_name(f"{path.name}-shm").read_bytes()
    return int(_FRAMES.unpack_from(held, _FRAMES_AT)[0])
