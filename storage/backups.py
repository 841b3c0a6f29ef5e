"""Making a backup while others write: SQLite's online way, encrypted with a key of its own, verified before it counts.

It takes seconds: call it in a thread. The database inside also has the table ``backup_files``: the small files that
belong to the database (organisation.yaml, codebook.yaml), as they were.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlcipher3 import dbapi2

from storage import backup_file
from storage.backup_file import SALT_BYTES, Header, database_key
from storage.database import DamagedDatabase, StorageError, StorageFull, StorageReadOnly
from storage.keycheck import settle_folder
from storage.keys import Key
from storage.seals import broken_pages
from storage.sqlite_connect import Connection, connect, open_keyed
from storage.sqlite_errors import translated

FILES = "backup_files"
_STEP_PAGES = 512  # 2 MB: between two steps others get the processor, and stopping is asked for
_NO_ROOM = ("disk I/O error", "database or disk is full")


class BackupStopped(StorageError):  # noqa: N818 - named after what happened, as its siblings in storage.database
    """The program ends, so the backup under way was given up."""

    retryable = True


@dataclass(frozen=True, slots=True)
class Figures:
    """What tells two copies of a database apart: schema, rows of each table, newest audit row, highest numbers."""

    schema: int
    rows: Mapping[str, int]
    audit: tuple[int, str] | None
    newest: Mapping[str, int]

    @classmethod
    def of(cls, connection: Connection) -> Figures:
        """Those of the database that is open; the table of files does not count."""
        rows = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> ?", (FILES,)
        ).fetchall()
        tables = sorted(row[0] for row in rows)
        counts = {
            table: int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608 - its own names
            for table in tables
        }
        return cls(_schema(connection), counts, _audit_head(connection, counts), _newest(connection, counts))

    @classmethod
    def told_by(cls, header: Header) -> Figures:
        """Those that a header tells of."""
        return cls(header.schema, header.rows, header.audit, header.newest)


def _schema(connection: Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _audit_head(connection: Connection, tables: Mapping[str, int]) -> tuple[int, str] | None:
    if not tables.get("audit"):
        return None
    columns = {row[1] for row in connection.execute("PRAGMA table_info(audit)").fetchall()}
    if "hash" not in columns:  # a schema from before the chain
        return None
    row = connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return int(row[0]), str(row[1])


def _newest(connection: Connection, tables: Mapping[str, int]) -> dict[str, int]:
    found = {}
    for table in ("inbox", "outbox"):
        if table in tables:
            row = connection.execute(f"SELECT max(seq) FROM {table}").fetchone()  # noqa: S608 - constants
            found[table] = int(row[0] or 0)
    return found


def make(
    database: Path,
    key: Key,
    target: Path,
    *,
    along: Mapping[str, bytes],
    now: datetime,
    program: str,
    stop: Callable[[], bool] = lambda: False,
) -> Header:
    """Write a verified backup of ``database`` to the new file ``target``: whole, or not at all; gives its header.

    Everything that was committed when this is called is in it; writers go on meanwhile. ``along``: small files by name;
    ``program``: its version; ``stop`` is asked now and then whether to give up. The database must not be migrated
    meanwhile. Raises DamagedDatabase when a page of the database fails its seal (then no backup is made),
    BackupStopped, StorageFull, StorageReadOnly, FileExistsError when ``target`` is there already.
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    inside, whole = (target.with_name(f".{target.name}.{part}") for part in ("inside", "new"))
    try:
        with told_plainly(target.parent), translated():
            _forget(inside, whole)
            salt = secrets.token_bytes(SALT_BYTES)
            own = database_key(key, salt)
            figures = _copy(database, key, inside, own, along, stop)
            check_inside(inside, own, figures, stop)
            header = Header(
                made_at=now,
                schema=figures.schema,
                key=key.id,
                salt=salt,
                rows=figures.rows,
                audit=figures.audit,
                newest=figures.newest,
                program=program,
                size=inside.stat().st_size,
            )
            backup_file.write(whole, header, key, inside)
            if backup_file.unpack(whole, key, None) != header:  # as it stands in the file now, every byte
                raise DamagedDatabase("The backup was not written as it should be; check the disk and try again.")
            whole.replace(target)
            settle_folder(target.parent)
            return header
    finally:
        _forget(inside, whole)


def verify(file: Path, key: Key, work: Path) -> Header:
    """Open a backup as far as can be without restoring it: seal, key, every page, figures.

    ``work``: a private folder for a copy of the database inside (still encrypted), which is gone afterwards. Raises
    WrongKey, BadBackup, NewerSchema, DamagedDatabase, StorageFull, StorageReadOnly.
    """
    inside = work / f".{file.name}.inside"
    try:
        with told_plainly(work), translated():
            _forget(inside)
            header = backup_file.unpack(file, key, inside)
            check_inside(inside, database_key(key, header.salt), Figures.told_by(header))
            return header
    finally:
        _forget(inside)


def check_inside(path: Path, key: Key, figures: Figures, stop: Callable[[], bool] = lambda: False) -> None:
    """Read every page of a copy that nobody writes to, and compare it with ``figures``. Raises DamagedDatabase."""
    connection = open_keyed(path, key, "mode=ro", "immutable=1")
    try:
        for pragma in ("cipher_integrity_check", "quick_check", "foreign_key_check"):
            _unless(stop)
            found = connection.execute(f"PRAGMA {pragma}").fetchall()
            if [row for row in found if row[0] != "ok"]:
                raise DamagedDatabase("The copy of the database is not sound; the backup does not count.")
        _unless(stop)
        if Figures.of(connection) != figures:
            raise DamagedDatabase("The copy does not hold what the database held; the backup does not count.")
    finally:
        connection.close()


def new_empty(path: Path) -> None:
    """A new empty file, 0600: SQLite alone would make it 0644. Raises FileExistsError."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def copy_pages(source: Connection, target: Connection, stop: Callable[[], bool] = lambda: False) -> None:
    """All pages, from one key to the other; ``target`` is an empty database that is worth nothing until this ends.

    SQLite's backup raises nothing for a page whose seal is broken and writes zeros instead, under a good seal: whoever
    copies must have checked ``source`` before.
    """
    target.execute("PRAGMA journal_mode = OFF").fetchall()
    target.execute("PRAGMA synchronous = OFF").fetchall()
    try:
        source.backup(target, pages=_STEP_PAGES, progress=lambda *_: _unless(stop))
    except dbapi2.Error as error:
        # The binding gives no code here, only SQLite's own words for it (sqlite.org/c3ref/errcode.html).
        kind = StorageFull if str(error) in _NO_ROOM else StorageError
        raise kind(
            f"A copy of the database could not be written ({error}); make room on the disk, or check it."
        ) from None
    # The copy says of itself that it has a write-ahead log, as the original does: it must stand alone.
    target.execute("PRAGMA journal_mode = DELETE").fetchall()


def _copy(
    database: Path, key: Key, inside: Path, own: Key, along: Mapping[str, bytes], stop: Callable[[], bool]
) -> Figures:
    source = connect(database, key)
    try:
        source.execute("PRAGMA query_only = ON")
        source.execute("BEGIN")
        figures = Figures.of(source)  # the first read fixes the moment
        _must_be_sound(source, database, stop)
        new_empty(inside)
        target = open_keyed(inside, own, "mode=rw")
        try:
            copy_pages(source, target, stop)
            _add_files(target, along)
        finally:
            target.close()
    finally:
        source.close()
    with inside.open("rb") as stream:
        os.fsync(stream.fileno())
    return figures


def _must_be_sound(source: Connection, database: Path, stop: Callable[[], bool]) -> None:
    """Look at the seal of every page, and at the structure."""
    broken = broken_pages(source, database)
    _unless(stop)
    if broken or source.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise DamagedDatabase(
            "The database file is damaged, so no backup was made and older ones are kept; stop the bot, move the data "
            "folder away, then restore one with `eftertanke restore FILE`."
        )


def _add_files(target: Connection, along: Mapping[str, bytes]) -> None:
    target.execute(f"CREATE TABLE {FILES} (name TEXT PRIMARY KEY, content BLOB NOT NULL)")
    for name, content in along.items():
        target.execute(f"INSERT INTO {FILES} (name, content) VALUES (?, ?)", (name, content))  # noqa: S608 - a constant


def _unless(stop: Callable[[], bool]) -> None:
    if stop():
        raise BackupStopped("The backup was given up because the program ends; the next one comes by itself.")


def _forget(*files: Path) -> None:
    for file in files:
        for suffix in ("", "-journal", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                file.with_name(file.name + suffix).unlink()


@contextmanager
def told_plainly(folder: Path) -> Iterator[None]:
    """What the system refuses there is raised as StorageFull or StorageReadOnly, but for FileExistsError."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
            raise StorageFull(
                f"The disk of {folder} is full or fails ({error.strerror}); make room or check it."
            ) from error
        raise StorageReadOnly(
            f"The folder {folder} cannot be used ({error.strerror}); correct it or its rights."
        ) from error
