"""Deleted means gone: the file is written anew without what was deleted, and the write-ahead log is emptied.

``secure_delete`` overwrites a row where it stands when it is deleted. Where a page was split or filled anew before
that, a copy of the row may have stayed behind in the page's free space, which nobody overwrites: of 2,000 deleted rows
about ten could still be read from the decrypted file. Only writing every page anew leaves nothing.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from storage import wiping
from storage.database import Database
from storage.sqlite import SqliteDatabase

_READERS = 1.0  # seconds that those who read the whole database have to end


async def settle(db: Database, seconds: float = _READERS) -> bool:
    """Write the database anew, and empty its log; turns wait meanwhile, some seconds for a hundred megabytes.

    It takes as much memory, and as much room on the disk, as the database has. Those who read have ``seconds`` to end.
    False when the log could not be emptied since they did not: do it again later. Raises StorageErrors; the database is
    whole in any case.
    """
    await db.rewrite()
    return await wiping.settle(db, seconds)


async def drop_copies(db: Database, before: datetime) -> int:
    """Remove the copies of the whole database that updates of the program left beside it before this time (aware): they
    hold what was deleted since. How many there were. Younger ones stay, to go back to. Raises OSError."""
    if not isinstance(db, SqliteDatabase):
        return 0
    path = db.path

    def drop() -> int:
        old = [one for one in wiping.copies(path) if one.stat().st_mtime < before.timestamp()]
        for one in old:
            one.unlink(missing_ok=True)
        return len(old)

    return await asyncio.to_thread(drop)
