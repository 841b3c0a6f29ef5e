"""The real program, on a database that can be made read-only from outside: SIGUSR1 makes it so, SIGUSR2 ends it.

Started as a process by the test. SQLite refuses each write itself (``PRAGMA query_only``, on the one connection that
writes), at once, also in the middle of a transaction.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from functools import partial

from bot import app
from bot.cli import main
from bot.databases import open_database
from bot.settings import Settings
from storage.database import Database
from storage.sqlite import SqliteDatabase

_under_way: set[asyncio.Task[object]] = set()


async def switched(settings: Settings, *, create: bool = False) -> Database:
    """Open it as the program does, and listen for the signals."""
    db = await open_database(settings, create=create)
    assert isinstance(db, SqliteDatabase)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, partial(_switch, db, "ON"))
    loop.add_signal_handler(signal.SIGUSR2, partial(_switch, db, "OFF"))
    return db


def _switch(db: SqliteDatabase, to: str) -> None:
    """Not in a transaction: read-only, none can be begun any more."""
    task: asyncio.Task[object] = asyncio.ensure_future(
        db._link.send(lambda connection: connection.execute(f"PRAGMA query_only = {to}").fetchall())
    )
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


if __name__ == "__main__":
    app.open_database = switched  # type: ignore[attr-defined]  # where the program looks it up
    sys.exit(main(["run"]))
