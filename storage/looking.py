"""Looking into a database without changing anything: no migration, no key check made anew, no file left behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from storage import high_water
from storage.high_water import Mark, SpoiltMark
from storage.key_lock import key_stays
from storage.keys import Key
from storage.migrating import shipped_steps
from storage.opening import refuse_wrong_key
from storage.seals import damage
from storage.sqlite_connect import Connection, open_keyed
from storage.sqlite_errors import translated
from storage.sqlite_link import Link
from storage.sqlite_work import View


@dataclass(frozen=True)
class Look:
    """``view``: for reading. ``version``: the schema the file has; ``newest``: the one this program knows."""

    view: View
    version: int
    newest: int
    _link: Link
    _path: Path
    _mark: Mark | SpoiltMark | OSError | None

    async def missing(self, now: datetime) -> high_water.Loss | None:
        """What the high-water mark knows of and the file does not. Raises OSError."""
        mark = self._mark
        if isinstance(mark, OSError):
            raise mark
        return await self._link.send(lambda connection: high_water.compared(connection, mark, now))

    async def broken(self) -> int:
        """In how many places the file is damaged: seals of its pages and structure. Reads all of it: seconds a GB."""
        return await self._link.send(lambda connection: damage(connection, self._path))


@asynccontextmanager
async def looked_into(path: Path, key: Key) -> AsyncIterator[Look]:
    """The database as it stands at one moment. Raises StorageErrors: what opening it would say about key and file."""
    refuse_wrong_key(path, key)
    mark = _mark(path, key)  # before the moment at which the database is looked at: it rises with every commit
    link = await Link.to(partial(_connect, path, key))
    try:
        view = View(link)
        row = await view.one("PRAGMA user_version")
        yield Look(view, int(row["user_version"]) if row else 0, shipped_steps()[-1].version, link, path, mark)
    finally:
        await link.close()


def _mark(path: Path, key: Key) -> Mark | SpoiltMark | OSError | None:
    try:
        return high_water.seen(path, key)
    except OSError as error:
        return error


def _connect(path: Path, key: Key) -> Connection:
    """A file with a write-ahead log is in use, or was killed in use: SQLite's own locks are needed to read it right. A
    file without one holds everything, and is read as it lies: opened otherwise it would be given an empty log."""
    wal = path.with_name(path.name + "-wal")
    options = ("mode=ro",) if wal.exists() else ("mode=ro", "immutable=1")
    with translated(), key_stays(path):
        connection = open_keyed(path, key, *options)
        try:
            connection.execute("PRAGMA temp_store = MEMORY")  # a temporary file would be in the clear
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # only a read fixes the moment
        except BaseException:
            connection.close()
            raise
        return connection
