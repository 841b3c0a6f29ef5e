"""The database on SQLCipher through aiosqlite: one writing connection, and few hops to its thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from storage import high_water
from storage.database import DamagedDatabase, StorageError
from storage.high_water_keeper import Keeper
from storage.keys import Key
from storage.migrating import Step, back_up, shipped_steps
from storage.opening import open_connection
from storage.seals import damage
from storage.sqlite_connect import BUSY_MS, Connection, connect
from storage.sqlite_errors import translated
from storage.sqlite_link import Link
from storage.sqlite_work import View, Work

_LOG_MS = 100


class SqliteDatabase:
    """A ``Database`` on one encrypted file. Made by ``open_sqlite``."""

    def __init__(self, link: Link, path: Path, key: Key) -> None:
        self._link = link
        self._path = path
        self._key = key
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None
        self._water = Keeper(self._rise)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Work]:
        """See ``Database.transaction``. Raises StorageError; the retryable ones say so."""
        me = asyncio.current_task()
        if me is not None and self._holder is me:
            raise StorageError("A transaction was begun inside another; report this mistake.")
        async with self._turn:
            self._holder = me
            work = Work(self._link)
            try:
                yield work
                await work.commit()
            except BaseException:
                await work.roll_back()
                raise
            finally:
                self._holder = None
                if work.wrote:  # who is cancelled while the commit is under way learns of it after the commit
                    self._water.committed()

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[View]:
        """See ``Database.snapshot``. While one is open the write-ahead log grows: close it when the reading is done."""
        link = await Link.to(partial(_connect_for_reading, self._path, self._key))
        try:
            yield View(link)
        finally:
            await link.close()

    async def verify(self) -> None:
        """Read every page of the file and check its seal and structure. Raises DamagedDatabase. Slow: seconds a GB."""
        link = await Link.to(partial(_connect_for_reading, self._path, self._key))
        try:
            await link.send(lambda connection: _verify(connection, self._path))
        finally:
            await link.close()

    async def back_up(self, target: Path) -> None:
        """Write a consistent copy, encrypted under the same key, 0600, whole or not at all; replaces an older one."""
        async with self._turn:
            await self._link.send(lambda connection: back_up(connection, target))

    @property
    def path(self) -> Path:
        """The database file."""
        return self._path

    async def rewrite(self) -> None:
        """See ``Database.rewrite``. Takes as much memory and room on the disk as the database has."""
        async with self._turn:
            await self._link.send(lambda connection: connection.execute("VACUUM"))

    async def empty_log(self) -> bool:
        """Move everything from the write-ahead log into the file and cut the log to nothing, so that no page from
        before an erasure stays in it. False when somebody who reads holds it back; nothing is lost then."""
        async with self._turn:
            return await self._link.send(_empty_log)

    async def mark(self) -> None:
        """Let the high-water mark rise now instead of within a second. Raises StorageError, OSError."""
        await self._water.catch_up()

    async def _rise(self) -> None:
        async with self._turn:
            await self._link.send(
                lambda connection: high_water.rise(connection, self._path, self._key, high_water.real_now())
            )

    async def close(self) -> None:
        """See ``Database.close``."""
        await self._water.end()
        async with self._turn:
            await self._link.close()


def _empty_log(connection: Connection) -> bool:
    # It would wait for readers as long as any statement waits for a lock, with every turn behind it.
    connection.execute(f"PRAGMA busy_timeout = {_LOG_MS}").fetchall()
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}").fetchall()
    return not busy


def _connect_for_reading(path: Path, key: Key) -> Connection:
    with translated():
        connection = connect(path, key)
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # only a read fixes the moment
        except BaseException:
            connection.close()
            raise
        return connection


def _verify(connection: Connection, path: Path) -> None:
    if broken := damage(connection, path):
        raise DamagedDatabase(
            f"The database file is damaged in at least {broken} {'place' if broken == 1 else 'places'}; "
            "stop the bot, move the data folder away, restore a backup."
        )


async def open_sqlite(path: Path, key: Key, *, create: bool, steps: Sequence[Step] | None = None) -> SqliteDatabase:
    """Open the encrypted database file, migrated to the newest schema; with ``create`` make it when it is missing.

    ``steps`` are the migrations to apply: the program's own unless told otherwise. Raises StorageErrors only:
    NoDatabase, WrongKey, DamagedDatabase, Unreadable, NotEncrypted, NewerSchema, UnsafeSettings, BadMigration,
    StorageFull, StorageReadOnly, StorageBusy.
    """
    wanted = shipped_steps() if steps is None else steps
    link = await Link.to(partial(open_connection, path, key, wanted, create=create))
    return SqliteDatabase(link, path, key)
