"""The database on SQLCipher through aiosqlite: one writing connection, and few hops to its thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from storage import high_water
from storage.ahead import Ahead
from storage.database import DamagedDatabase, Row, StorageClosed, StorageError
from storage.high_water_keeper import Keeper
from storage.keys import Key
from storage.migrating import Step, back_up, shipped_steps
from storage.opening import open_connection
from storage.seals import damage
from storage.sqlite_connect import BUSY_MS, Connection, connect
from storage.sqlite_errors import DAMAGED, translated
from storage.sqlite_link import Link

_T = TypeVar("_T")
_BATCH = 500
_LOG_MS = 100


def _rows(cursor: Any) -> list[Row]:
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in _whole(cursor.fetchall())]


def _first(cursor: Any) -> Row | None:
    row = cursor.fetchone()
    names = [column[0] for column in cursor.description or ()]
    cursor.close()  # a statement left in the middle would hold the read lock past the commit
    return None if row is None else dict(zip(names, _whole([row])[0], strict=True))


def _whole(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """SQLCipher reads the last page of a long value as zeros when its seal is broken, and says so only to who asks
    next. No text is ever stored with NUL in it."""
    for row in rows:  # a turn reads hundreds of cells: a generator for each row would cost as much as the query
        for cell in row:
            if cell.__class__ is str and "\0" in cell:
                raise DamagedDatabase(DAMAGED)
    return rows


def _count(cursor: Any) -> int:
    cursor.fetchall()  # with RETURNING the count is only right once every row was read
    return int(cursor.rowcount)


class _Work:
    """One transaction. Statements wait here until something must be known; then all go in one hop."""

    only_free = ""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._queue: list[tuple[str, tuple[Any, ...]]] = []
        self._ahead = Ahead()
        self._begun = False
        self.wrote = False
        self._over = False

    async def all(self, sql: str, *params: Any) -> list[Row]:
        return await self._ask(sql, params, _rows)

    async def one(self, sql: str, *params: Any) -> Row | None:
        return await self._ask(sql, params, _first)

    async def several(self, *asked: tuple[Any, ...]) -> list[list[Row]]:
        self._must_live()
        if (found := self._ahead.take(asked)) is not None:
            return found
        self.wrote = self.wrote or not all(_only_reads(sql) for sql, *_ in asked)
        return await self._hop(lambda connection: _several(connection, asked))

    async def ahead(self, *asked: tuple[Any, ...]) -> None:
        self._ahead.keep(asked, await self.several(*asked))

    async def run(self, sql: str, *params: Any) -> int:
        return await self._ask(sql, params, _count)

    def write(self, sql: str, *params: Any) -> None:
        self._must_live()
        self._queue.append((sql, params))

    async def commit(self) -> None:
        self._must_live()
        if self.wrote or self._queue:
            await self._hop(_commit)
        elif self._begun:
            # It only read, so there is nothing to make durable: whatever comes next stands behind it in the queue.
            self._link.post(_commit)
        self._over = True

    async def roll_back(self) -> None:
        self._over = True
        self._queue.clear()
        if self._begun:
            await self._link.send(_roll_back)

    async def _ask(self, sql: str, params: tuple[Any, ...], read: Callable[[Any], _T]) -> _T:
        self._must_live()
        self._ahead.forget()
        self.wrote = self.wrote or not _only_reads(sql)
        return await self._hop(lambda connection: read(connection.execute(sql, params)))

    async def _hop(self, last: Callable[[Connection], _T]) -> _T:
        queue, self._queue = self._queue, []
        self.wrote = self.wrote or bool(queue)
        if not self._begun:
            # IMMEDIATE: the lock is waited for here, once, and no statement in the middle can find it taken.
            queue.insert(0, ("BEGIN IMMEDIATE", ()))
            self._begun = True

        def work(connection: Connection) -> _T:
            for statement, values in queue:
                connection.execute(statement, values)
            return last(connection)

        self._over = True  # stands when the hop raises: after a failed statement nothing may follow but rolling back
        answer = await self._link.send(work)
        self._over = False
        return answer

    def _must_live(self) -> None:
        if self._over:
            raise StorageClosed("The transaction is over or has failed; begin a new one.")


def _only_reads(sql: str) -> bool:
    return sql.lstrip()[:6].upper() == "SELECT"


def _several(connection: Connection, asked: Sequence[tuple[Any, ...]]) -> list[list[Row]]:
    return [_rows(connection.execute(sql, params)) for sql, *params in asked]


def _commit(connection: Connection) -> None:
    connection.execute("COMMIT")


def _roll_back(connection: Connection) -> None:
    if connection.in_transaction:  # a full disk or a failed commit may have rolled back already
        connection.execute("ROLLBACK")


class _View:
    """One read transaction on a connection of its own."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def all(self, sql: str, *params: Any) -> list[Row]:
        return await self._link.send(lambda connection: _rows(connection.execute(sql, params)))

    async def one(self, sql: str, *params: Any) -> Row | None:
        return await self._link.send(lambda connection: _first(connection.execute(sql, params)))

    async def several(self, *asked: tuple[Any, ...]) -> list[list[Row]]:
        return await self._link.send(lambda connection: _several(connection, asked))

    async def rows(self, sql: str, *params: Any) -> AsyncIterator[Row]:
        cursor = await self._link.send(lambda connection: connection.execute(sql, params))
        names = [column[0] for column in cursor.description or ()]
        while batch := await self._link.send(lambda _: cursor.fetchmany(_BATCH)):
            for row in _whole(batch):
                yield dict(zip(names, row, strict=True))


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
    async def transaction(self) -> AsyncGenerator[_Work]:
        """See ``Database.transaction``. Raises StorageError; the retryable ones say so."""
        me = asyncio.current_task()
        if me is not None and self._holder is me:
            raise StorageError("A transaction was begun inside another; report this mistake.")
        async with self._turn:
            self._holder = me
            work = _Work(self._link)
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
    async def snapshot(self) -> AsyncGenerator[_View]:
        """See ``Database.snapshot``. While one is open the write-ahead log grows: close it when the reading is done."""
        link = await Link.to(partial(_connect_for_reading, self._path, self._key))
        try:
            yield _View(link)
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
