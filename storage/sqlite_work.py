"""One transaction and one reading on a connection of SQLCipher, each with few hops to its thread."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

from storage.ahead import AsksAhead
from storage.database import DamagedDatabase, Row, StorageClosed
from storage.sqlite_connect import Connection
from storage.sqlite_errors import DAMAGED
from storage.sqlite_link import Link

_T = TypeVar("_T")
_BATCH = 500


def _rows(cursor: Any) -> list[Row]:
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in whole(cursor.fetchall())]


def _first(cursor: Any) -> Row | None:
    row = cursor.fetchone()
    names = [column[0] for column in cursor.description or ()]
    cursor.close()  # a statement left in the middle would hold the read lock past the commit
    return None if row is None else dict(zip(names, whole([row])[0], strict=True))


def whole(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
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


class Work(AsksAhead):
    """One transaction. Statements wait here until something must be known; then all go in one hop."""

    only_free = ""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link
        self._queue: list[tuple[str, tuple[Any, ...]]] = []
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


class View:
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
            for row in whole(batch):
                yield dict(zip(names, row, strict=True))
