"""The database on PostgreSQL through psycopg: many workers, one truth.

Transactions are REPEATABLE READ: two that change the same row cannot both go through, the later one raises StorageBusy
and is tried again. Statements that nothing must be known of wait and travel together (pipeline mode), as in SQLite.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any

import psycopg
from psycopg import AsyncConnection, AsyncCursor, IsolationLevel
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from storage.ahead import AsksAhead
from storage.database import Row, StorageClosed, StorageError
from storage.keys import Key
from storage.postgres_connect import POOL, Connect, prepared_connection
from storage.postgres_errors import translated
from storage.postgres_migrating import migrate
from storage.postgres_sql import with_placeholders
from storage.sealing import MARK, Seal

_BATCH = 500
_names = count()
LONGEST_TURN = 300  # seconds
_HAS_LIMIT = 170_000
"""Since when the server ends a transaction that takes too long. Its limit for one that only waits is not enough: it is
not kept after statements that travelled together."""
_Connection = AsyncConnection[dict[str, Any]]


class _Reading:
    """Queries on one connection."""

    def __init__(self, connection: _Connection, seal: Seal) -> None:
        self._connection = connection
        self._seal = seal

    async def all(self, sql: str, *params: Any) -> list[Row]:
        with translated():
            cursor = await self._connection.execute(with_placeholders(sql), params)
            return self._opened(await cursor.fetchall())

    async def one(self, sql: str, *params: Any) -> Row | None:
        rows = await self.all(sql, *params)
        return rows[0] if rows else None

    async def several(self, *asked: tuple[Any, ...]) -> list[list[Row]]:
        with translated():
            async with self._connection.pipeline():
                cursors = [await self._connection.execute(with_placeholders(sql), params) for sql, *params in asked]
            return [self._opened(await cursor.fetchall()) for cursor in cursors]

    def _opened(self, rows: list[dict[str, Any]]) -> list[Row]:
        """The rows, fresh from the server, with what was sealed in them opened."""
        for row in rows:
            for name, value in row.items():
                if isinstance(value, str) and MARK in value:  # most were never sealed, and a turn reads hundreds
                    row[name] = self._seal.open(value)
        return list(rows)


class _Work(_Reading, AsksAhead):
    """One transaction. Statements wait here until something must be known."""

    only_free = " FOR UPDATE SKIP LOCKED"

    def __init__(self, connection: _Connection, seal: Seal) -> None:
        _Reading.__init__(self, connection, seal)
        AsksAhead.__init__(self)
        self._queue: list[tuple[str, tuple[Any, ...]]] = []
        self._over = False

    def write(self, sql: str, *params: Any) -> None:
        self.must_live()
        self._queue.append((sql, params))

    async def all(self, sql: str, *params: Any) -> list[Row]:
        cursor = await self._ask(sql, params)
        return self._opened(await cursor.fetchall())

    async def run(self, sql: str, *params: Any) -> int:
        return (await self._ask(sql, params)).rowcount

    async def several(self, *asked: tuple[Any, ...]) -> list[list[Row]]:
        self.must_live()
        if (ready := self._ahead.take(asked)) is not None:
            return ready
        queue, self._queue = self._queue, []
        self._over = True  # as in _sent
        with translated():
            async with self._connection.pipeline():
                for sql, params in queue:
                    await self._connection.execute(with_placeholders(sql), params)
                cursors = [await self._connection.execute(with_placeholders(sql), values) for sql, *values in asked]
            found = [self._opened(await cursor.fetchall()) for cursor in cursors]
        self._over = False
        return found

    async def flush(self) -> None:
        """Send what waits."""
        if self._queue:
            await self._sent()

    async def _ask(self, sql: str, params: tuple[Any, ...]) -> AsyncCursor[dict[str, Any]]:
        self.must_live()
        self._ahead.forget()
        self._queue.append((sql, params))
        return await self._sent()

    async def _sent(self) -> AsyncCursor[dict[str, Any]]:
        queue, self._queue = self._queue, []
        self._over = True  # stands when this raises: after a failed statement nothing may follow but rolling back
        with translated():
            if len(queue) == 1:
                cursor = await self._connection.execute(with_placeholders(queue[0][0]), queue[0][1])
            else:
                async with self._connection.pipeline():
                    for sql, params in queue:
                        cursor = await self._connection.execute(with_placeholders(sql), params)
        self._over = False
        return cursor

    def end(self) -> None:
        """Nothing may follow."""
        self._over = True

    def must_live(self) -> None:
        """Raises StorageClosed when it is over, or a statement has failed."""
        if self._over:
            raise StorageClosed("The transaction is over or has failed; begin a new one.")


class _View(_Reading):
    """One read-only transaction."""

    async def rows(self, sql: str, *params: Any) -> AsyncIterator[Row]:
        with translated():
            async with self._connection.cursor(f"view{next(_names)}") as cursor:
                cursor.itersize = _BATCH
                await cursor.execute(with_placeholders(sql), params)
                while batch := await cursor.fetchmany(_BATCH):
                    for row in self._opened(batch):
                        yield row


class PostgresDatabase:
    """A ``Database`` on a PostgreSQL server. Made by ``open_postgres``."""

    def __init__(self, pool: AsyncConnectionPool[_Connection], seal: Seal, connect: Connect) -> None:
        self._pool = pool
        self._seal = seal
        self.connect = connect
        """Opens a connection outside of the pool, for who must keep one: roles, and waiting for a wake-up."""
        self._holders: set[asyncio.Task[Any] | None] = set()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[_Work]:
        """See ``Database.transaction``; here several go on at a time. Raises StorageError; the retryable say so."""
        me = asyncio.current_task()
        if me is not None and me in self._holders:
            raise StorageError("A transaction was begun inside another; report this mistake.")
        with translated():
            async with self._pool.connection() as connection:
                work = _Work(connection, self._seal)
                if me is not None:
                    self._holders.add(me)
                try:
                    yield work
                    work.must_live()  # the server would take the commit of what has failed, and roll back silently
                    await work.flush()
                    await _to_its_end(connection.commit())
                except BaseException:
                    await _rolled_back(connection)
                    raise
                finally:
                    work.end()
                    self._holders.discard(me)

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[_View]:
        """See ``Database.snapshot``."""
        with translated():
            async with self._pool.connection() as connection:
                await connection.execute("SET TRANSACTION READ ONLY")
                if connection.info.server_version >= _HAS_LIMIT:
                    await connection.execute("SET LOCAL transaction_timeout = 0")  # an export takes its time
                try:
                    yield _View(connection, self._seal)
                finally:
                    await _rolled_back(connection)

    async def rewrite(self) -> None:
        """See ``Database.rewrite``: rows that were deleted make room for new ones. What is left of them in pages, in
        the server's log and in its backups is sealed where it was free text, and else the operator's to remove."""
        with translated():
            async with await self.connect() as connection:
                await connection.execute("VACUUM")

    async def empty_log(self) -> bool:
        """See ``Database.empty_log``: a server's log holds free text sealed only, and is the operator's to rotate."""
        return True

    async def close(self) -> None:
        """See ``Database.close``."""
        await self._pool.close()


async def _to_its_end(commit: Any) -> None:
    """Commit, whatever happens to this task meanwhile; when it was cancelled, that is raised afterwards."""
    task = asyncio.ensure_future(commit)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        task.exception()
        raise


async def _rolled_back(connection: _Connection) -> None:
    with suppress(psycopg.Error):  # a connection that is gone has rolled back by itself
        await connection.rollback()


async def open_postgres(url: str, key: Key, *, create: bool = True) -> PostgresDatabase:
    """Open the database that ``url`` names, migrated to the newest schema; with ``create`` also an empty one.

    Raises StorageErrors only: StorageGone, NoDatabase, NewerSchema, WrongKey, UnsafeSettings (a remote server without
    TLS, or an old one).
    """
    seal = Seal(key)
    connect = prepared_connection(url, seal)
    with translated():
        await migrate(connect, key, create=create)

        async def configure(connection: _Connection) -> None:
            await connect.prepare(connection)
            if connection.info.server_version >= _HAS_LIMIT:
                await connection.execute(f"SET transaction_timeout = '{LONGEST_TURN}s'")
                await connection.commit()
            await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)

        pool: AsyncConnectionPool[_Connection] = AsyncConnectionPool(
            connect.conninfo, kwargs={"row_factory": dict_row}, configure=configure, open=False, **POOL
        )
        await pool.open(wait=True)
    return PostgresDatabase(pool, seal, connect)
