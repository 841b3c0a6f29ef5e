"""A bit that flips in a file on the disk, what is then done with the database, and what must not come of it."""

from __future__ import annotations

import asyncio
import hashlib
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlcipher3 import dbapi2

from bot.service.reading import GuideMissingError, Purpose, read
from storage import backups
from storage.backup_file import BadBackup
from storage.database import DamagedDatabase, NewerSchema, Unreadable, WrongKey
from storage.keys import Key
from storage.sqlite import open_sqlite
from storage.sqlite_connect import connect
from storage.sqlite_work import whole  # what is read as zeros is damage
from tests.integration.sample_kit import KEY, UNTIL, content

UNDETECTED = "undetected"
BACKED_UP = "a damaged database was backed up"
LOST = "a whole database cannot be read"
WRONG = "a wrong answer"
NEW = "a new empty database took its place"
TOUCHED = "the attempt changed a file"
DATABASE, NEWER = "eftertanke.db", "newer.backup"
_SAID = "what was said"
_FULLEST = "answers"  # there is no installation in use without a row in it
_ONE_READER = threading.Lock()  # guides are parsed by Python's ast, which in 3.11 fails in threads now and then
Contents = dict[str, str]


@dataclass(frozen=True)
class Flip:
    """One bit of a file. ``page``: counted from 0, for a file that has pages."""

    file: str
    offset: int
    bit: int
    page: int | None = None

    def __str__(self) -> str:
        where = "" if self.page is None else f" (page {self.page})"
        return f"bit {self.bit} of byte {self.offset}{where} in {self.file}"

    def hit(self, folder: Path) -> None:
        """Flip it."""
        path = folder / self.file
        held = bytearray(path.read_bytes())
        held[self.offset] ^= 1 << self.bit
        path.write_bytes(held)


def in_pages(file: str, pages: Sequence[int], size: int, chance: random.Random) -> list[Flip]:
    """One bit by chance in each of these pages."""
    return [Flip(file, page * size + chance.randrange(size), chance.randrange(8), page) for page in pages]


class Damage(Exception):  # noqa: N818 - named after what is wrong, as the program's own
    """Whoever was asked says that the file is damaged, or cannot be opened."""


class Kept(Protocol):
    """A way of keeping a database. Every act raises Damage where it says that something is wrong."""

    def open(self, database: Path) -> None:
        """Open it in the way that would also make a missing one."""

    def verify(self, database: Path) -> None:
        """Look at all of it."""

    def back_up(self, database: Path, target: Path) -> None:
        """Make a new backup."""

    def contents(self, database: Path) -> Contents:
        """What who uses it is told: tables, each in a hash, as far as they can be read."""


class Ours:
    """The program's own way."""

    def __init__(self, key: Key = KEY) -> None:
        self._key = key

    def open(self, database: Path) -> None:
        """As setup does."""
        with _damage():
            asyncio.run(self._open(database, verify=False))

    def verify(self, database: Path) -> None:
        """All seals and the structure."""
        with _damage():
            asyncio.run(self._open(database, verify=True))

    async def _open(self, database: Path, *, verify: bool) -> None:
        db = await open_sqlite(database, self._key, create=True)
        try:
            if verify:
                await db.verify()
        finally:
            await db.close()

    def back_up(self, database: Path, target: Path) -> None:
        """As every night."""
        with _damage():
            backups.make(database, self._key, target, along={}, now=UNTIL, program="test")

    def contents(self, database: Path) -> Contents:
        """Each table that can be read, and the debriefs as exports read them, by way of their indexes."""
        found: Contents = {}
        left = self._tables(database)
        while left:  # a connection that met a broken page tells nothing more
            with suppress(dbapi2.DatabaseError, DamagedDatabase), closing(connect(database, self._key)) as connection:
                while left:
                    table = left.pop()
                    found[table] = _hash(connection, table, lambda row: whole([row])[0])
        with suppress(Damage), _damage(), _ONE_READER:
            found[_SAID] = asyncio.run(self._said(database))
        return found

    def _tables(self, database: Path) -> list[str]:
        with suppress(dbapi2.DatabaseError), closing(connect(database, self._key)) as connection:
            return _tables(connection)
        return []

    async def _said(self, database: Path) -> str:
        db = await open_sqlite(database, self._key, create=False)
        try:
            async with db.snapshot() as snapshot:
                return content([one async for one in read(snapshot, Purpose.RECORD, revisions=True)])
        finally:
            await db.close()


class Plain:
    """The weaker twin: an ordinary SQLite file, as most bots keep theirs."""

    def open(self, database: Path) -> None:
        """Asking for anything says whether it is a database."""
        with _sqlite_damage(), closing(sqlite3.connect(database)) as connection:
            _tables(connection)

    def verify(self, database: Path) -> None:
        """SQLite's own check, which has no seals to look at."""
        with _sqlite_damage(), closing(sqlite3.connect(database)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise Damage

    def back_up(self, database: Path, target: Path) -> None:
        """SQLite's online backup."""
        try:
            with _sqlite_damage(), closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as to:
                source.backup(to)
        except Damage:
            target.unlink(missing_ok=True)
            raise

    def contents(self, database: Path) -> Contents:
        """Each table on a connection of its own."""
        found: Contents = {}
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as connection:
            tables = _tables(connection)
            for table in tables:
                with suppress(sqlite3.DatabaseError, UnicodeError):
                    found[table] = _hash(connection, table)
        return found


def plain_copy(database: Path, target: Path) -> None:
    """The same tables, indexes and rows in an ordinary file."""
    with closing(connect(database, KEY)) as connection:
        connection.execute("ATTACH DATABASE ? AS plain KEY ''", (str(target),))
        connection.execute("SELECT sqlcipher_export('plain')")
        connection.execute("DETACH DATABASE plain")


def _tables(connection: Any) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return sorted(str(name) for (name,) in found.fetchall())


def _hash(connection: Any, table: str, seen: Callable[[Any], Any] = tuple) -> str:
    """How many rows and a hash of them, each as ``seen`` by the program's own reader."""
    rows = sorted(repr(seen(row)) for row in connection.execute(f'SELECT * FROM "{table}"').fetchall())  # noqa: S608
    return f"{len(rows)} {hashlib.sha256(''.join(rows).encode()).hexdigest()}"


@contextmanager
def _damage() -> Iterator[None]:
    """Only what says so in plain words counts as having been found; any other exception is a mistake of the program."""
    try:
        yield
    except (DamagedDatabase, Unreadable, WrongKey, NewerSchema, BadBackup, GuideMissingError) as error:
        raise Damage from error


@contextmanager
def _sqlite_damage() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise Damage from error


def held(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but the lock, which holds nothing and says nothing."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith(".lock")}


def found_in_database(kept: Kept, folder: Path, whole: Contents) -> set[str]:
    """Violations when a bit of the database file of ``folder`` has flipped. ``whole``: what it held before."""
    database, before, found = folder / DATABASE, held(folder), set[str]()
    with suppress(Damage):
        kept.open(database)
    try:
        kept.verify(database)
        found.add(UNDETECTED)
    except Damage:
        pass
    with suppress(Damage):
        kept.back_up(database, folder / NEWER)
    found |= _answers(kept.contents(database), whole)
    after = held(folder)
    if after.pop(NEWER, None) is not None:
        found.add(BACKED_UP)
    if after != before:
        found.add(TOUCHED)
    return found


def found_in_check(kept: Kept, folder: Path, whole: Contents, check: str) -> set[str]:
    """The same for its key check: the key itself is good, so all must be there, and the check be put right."""
    database, before, found = folder / DATABASE, held(folder), set[str]()
    kept.open(database)
    told = kept.contents(database)
    found |= _answers(told, whole)
    if told.keys() != whole.keys():
        found.add(LOST)
    after = held(folder)
    if {**after, check: b""} != {**before, check: b""}:
        found.add(TOUCHED)
    return found


def _answers(told: Contents, whole: Contents) -> set[str]:
    """Whatever was told must be as it was before."""
    if all(whole.get(table) == what for table, what in told.items()):
        return set()
    return {NEW if told.get(_FULLEST, "").startswith("0 ") else WRONG}
