# ruff: noqa: N818 - these errors are named after what is wrong; "Error" after each would only be noise
"""What the rest of the program knows about the database: transactions, rows and errors. No engine shows through.

SQL is written in the subset that SQLite (from 3.35) and PostgreSQL (from 14) both understand, with ``?`` for values.
Functions of this package that take a transaction follow one rule: an ``async`` one asks the database now; a plain one
queues its writes, which then travel together with the next read or the commit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar, Protocol, TypeAlias

Row: TypeAlias = Mapping[str, Any]


class Reader(Protocol):
    """Something that rows can be read from: a transaction or a snapshot."""

    async def all(self, sql: str, *params: Any) -> list[Row]:
        """Every row of a query."""
        ...

    async def one(self, sql: str, *params: Any) -> Row | None:
        """The first row of a query, or None."""
        ...

    async def several(self, *asked: tuple[Any, ...]) -> list[list[Row]]:
        """Every row of several queries asked together, each given as ``(sql, *params)``: one way to the database and
        back instead of many."""
        ...


class Transaction(Reader, Protocol):
    """Everything or nothing. After a failed statement it can only be rolled back, in every engine alike."""

    @property
    def only_free(self) -> str:
        """What to put after a ``SELECT`` that takes rows to work on: another worker's rows are left out, and these are
        ours until the end of the transaction. Empty where there is one writer only."""
        ...

    def write(self, sql: str, *params: Any) -> None:
        """Queue a statement. Queued ones run in order before the next ``all``, ``one`` or ``run``, or commit."""
        ...

    async def run(self, sql: str, *params: Any) -> int:
        """Run a statement now; how many rows it changed."""
        ...

    async def ahead(self, *asked: tuple[Any, ...]) -> None:
        """Ask now, in one go, what ``several`` will ask in the same words later in this transaction. The answers hold
        through queued writes, each for one asking, until anything else is asked or run: so only for turns that, as
        long as they ask for nothing else, change nothing but what is their own."""
        ...

    @property
    def aside(self) -> Reader:
        """Asks as the transaction does, and what was asked ahead stands: for who changes nothing but what is their own,
        whatever the answer."""
        ...


class Snapshot(Reader, Protocol):
    """The database as it stood at one moment, for long reading; writers go on meanwhile."""

    def rows(self, sql: str, *params: Any) -> AsyncIterator[Row]:
        """The rows of a query, fetched in batches: a table of any size fits into memory."""
        ...


class Database(Protocol):
    """A place for transactions."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Commits at the end of the block; rolls back when the block raises or its task is cancelled.

        One at a time; the others wait. Must not be nested. A task that is cancelled while the commit is under way
        learns of it only after the commit has ended.
        """
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """A consistent view for reading only."""
        ...

    async def rewrite(self) -> None:
        """Write everything anew, so that no page keeps a trace of what was deleted. Everybody waits meanwhile."""
        ...

    async def empty_log(self) -> bool:
        """See to it that what was deleted is in no log of the engine. False when that has to wait: call it again."""
        ...

    async def close(self) -> None:
        """Close after the running transaction has ended. Closing twice is no mistake."""
        ...


class StorageError(Exception):
    """Something about the database that the operator must know: one sentence that says what to do.

    Never holds a value that somebody stored. ``retryable``: the same transaction may succeed later by itself.
    """

    retryable: ClassVar[bool] = False


class NoDatabase(StorageError):
    """There is no database file where one was expected."""


class KeyMissing(StorageError):
    """No key was given."""


class BadKey(StorageError):
    """What was given as the key is not one."""


class KeyReadableByOthers(StorageError):
    """The key file's mode lets others read it."""


class WrongKey(StorageError):
    """The database belongs to another key."""


class DamagedDatabase(StorageError):
    """The key is right, the file is not."""


class Unreadable(StorageError):
    """Wrong key or damaged file: without the key check nobody can say which."""


class NotEncrypted(StorageError):
    """The file is an ordinary SQLite database."""


class NewerSchema(StorageError):
    """The database was written by a newer version of the program."""


class BadMigration(StorageError):
    """The shipped migrations do not fit together, or leave broken references."""


class UnsafeSettings(StorageError):
    """The engine did not take a setting that durability or privacy depends on."""


class AlreadyRunning(StorageError):
    """Another bot works on the same database."""


class StorageClosed(StorageError):
    """Used after it was closed, or after the transaction had failed."""


class Conflict(StorageError):
    """A rule of the schema was broken: something that must be unique exists already, or a reference leads nowhere."""


class BadValue(StorageError):
    """No engine can store this: half an emoji (a lone surrogate), or a number over 64 bits."""


class StorageFull(StorageError):
    """The disk is full or fails to write; nothing of the transaction was kept."""

    retryable = True


class StorageReadOnly(StorageError):
    """The database or its folder cannot be written to."""

    retryable = True


class StorageGone(StorageError):
    """The database server does not answer."""

    retryable = True


class StorageBusy(StorageError):
    """Another process holds the database."""

    retryable = True
