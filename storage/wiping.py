"""After something was erased: no old page of it in the write-ahead log, and none in the copies from before an update.

The log keeps pages as they were until it is emptied (https://sqlite.org/pragma.html#pragma_wal_checkpoint). It is
encrypted, which is no reason to keep them. What stays in the file itself is the business of ``storage.rewriting``.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from storage import erasing
from storage.database import Database
from storage.keycheck import settle_folder

_PAUSE = 0.25  # seconds
_COPY = re.compile(r"\.schema-\d{4}\.backup(\.new)?")


async def settle(db: Database, seconds: float = 0.0) -> bool:
    """Empty the write-ahead log. While somebody reads it cannot be done: try again for this long.

    False when a reader held it back all the time: call it again later. The running bot does so with its chores. Raises
    StorageError.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while not await db.empty_log():
        if loop.time() >= until:
            return False
        await asyncio.sleep(_PAUSE)
    return True


async def keep_empty(db: Database) -> None:
    """For the running bot, every now and then: what a reader held back when something was erased goes here, and what
    was noted of messages that were on their way meanwhile. Raises StorageError."""
    async with db.transaction() as tx:
        erasing.strays(tx)
    await settle(db)


def copies(database: Path) -> list[Path]:
    """The copies of the whole database that updates of the program left beside it."""
    beside = database.parent.glob(f"{database.name}.*")
    return sorted(one for one in beside if _COPY.fullmatch(one.name.removeprefix(database.name)))


def drop_copies(database: Path) -> int:
    """Remove those copies; how many there were. They hold what was erased since. Raises OSError."""
    there = copies(database)
    for one in there:
        one.unlink(missing_ok=True)
    if there:
        settle_folder(database.parent)
    return len(there)
