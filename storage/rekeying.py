"""A new key for the database: a verified copy under it takes the place of the file, in one step.

SQLCipher's own ``PRAGMA rekey`` rewrites the file where it lies. That survives a kill too, but in between the first
page can be under the new key while the journal still brings back the old one, so that nobody can say by looking which
key it is. Here the file is whole and under exactly one key at every moment, and nothing is replaced before it was
verified.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import closing
from pathlib import Path

from sqlcipher3 import dbapi2

from storage import high_water, keycheck
from storage.backups import copy_pages, new_empty
from storage.database import DamagedDatabase, StorageBusy, StorageFull
from storage.key_lock import key_changes
from storage.keycheck import KeyCheck, Stage
from storage.keys import Key
from storage.sqlite_connect import Connection, open_keyed, opens
from storage.sqlite_errors import translated

_CHUNK = 1 << 20
_PATIENCE = 5.0  # seconds for a command that is just ending
_AGAIN = 0.02


def copy_path(database: Path) -> Path:
    """Where the copy under the new key is made; what lies there otherwise is left of a change that was broken off."""
    return database.with_name(database.name + ".rekey")


def must_fit_on_disk(database: Path) -> None:
    """Raise StorageFull when there is no room for a second copy of the database and its write-ahead log."""
    needed = sum(file.stat().st_size for file in _files(database) if file.exists())
    if shutil.disk_usage(database.parent).free < needed * 2:
        raise StorageFull(
            f"The new key needs {needed * 2 // 1_000_000 + 1} MB of free space in {database.parent}; make room first."
        )


def _files(database: Path) -> tuple[Path, Path]:
    return database, database.with_name(database.name + "-wal")


def change_key(database: Path, old: Key, new: Key) -> None:
    """Put the database under a new key. Whenever this ends, or is killed, one of both opens all of it.

    Both keys must be safe elsewhere before. Nobody else may have the database open: raises StorageBusy then. Raises
    DamagedDatabase when what it holds does not arrive whole, other StorageErrors, OSError; nothing has changed then.
    """
    with key_changes(database), translated():
        copy = copy_path(database)
        _away(copy)
        with database.open("r+b") as before, closing(_alone(database, old)) as source:
            try:
                _copy(source, copy, new)
                _verify(copy, new, _counts(source))
            except BaseException:
                _away(copy)
                raise
            keycheck.write(database, KeyCheck.of(old, Stage.MADE, coming=new))
            high_water.carry_over(database, old, new)
            copy.replace(database)
            keycheck.settle_folder(database.parent)
            source.close()
            _wipe(before.fileno())
        settle(database, new)


def settle(database: Path, key: Key) -> None:
    """Let the key check know this key alone, and take away what a broken-off change may have left.

    ``key`` must open the database.
    """
    check = keycheck.read(database)
    if opens(database, key) and (check is None or check.coming is not None or not check.fits(key)):
        keycheck.write(database, KeyCheck.of(key, Stage.MADE))
    _away(copy_path(database))


def _alone(database: Path, key: Key) -> Connection:
    """A connection beside which there is no other, and no write-ahead log: all is in the one file."""
    connection = open_keyed(database, key, "mode=rw")
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        until = time.monotonic() + _PATIENCE
        while not _log_away(connection):
            if time.monotonic() >= until:
                raise StorageBusy(
                    "Another command works with the database; wait for it to end, then run `eftertanke rekey` again."
                )
            time.sleep(_AGAIN)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _log_away(connection: Connection) -> bool:
    """Nobody else is connected, and the write-ahead log is in the file. SQLite does not wait for this by itself."""
    try:
        return bool(connection.execute("PRAGMA journal_mode = DELETE").fetchall() == [("delete",)])
    except dbapi2.OperationalError as error:
        if error.sqlite_errorcode != dbapi2.SQLITE_BUSY:
            raise
        return False


def _copy(source: Connection, copy: Path, key: Key) -> None:
    """Every page, free ones too, under the new key, on disk when this returns."""
    # Copying a page whose seal is broken gives zeros under a good seal, without a word.
    if source.execute("PRAGMA cipher_integrity_check").fetchall():
        raise DamagedDatabase(
            "The database file is damaged, so the key was not changed; move the data folder away, then restore a "
            "backup with `eftertanke restore FILE`."
        )
    new_empty(copy)
    with closing(open_keyed(copy, key, "mode=rw")) as target:
        copy_pages(source, target)
    with copy.open("rb") as stream:
        os.fsync(stream.fileno())


def _verify(copy: Path, key: Key, counts: dict[str, int]) -> None:
    with closing(open_keyed(copy, key, "mode=ro", "immutable=1")) as connection:
        whole = (
            not connection.execute("PRAGMA cipher_integrity_check").fetchall()
            and connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            and not connection.execute("PRAGMA foreign_key_check").fetchall()
            and _counts(connection) == counts
        )
    if not whole:
        raise DamagedDatabase(
            "The copy under the new key is not whole, so the old key stays; run `eftertanke doctor`, then try again."
        )


def _counts(connection: Connection) -> dict[str, int]:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - the schema's own names
        for (name,) in tables
    }


def _wipe(descriptor: int) -> None:
    """Overwrite a file that has no name any more: it is all under the old key. (A hard link to it would be kept.)"""
    state = os.fstat(descriptor)
    if state.st_nlink:
        return
    for place in range(0, state.st_size, _CHUNK):
        os.pwrite(descriptor, bytes(min(_CHUNK, state.st_size - place)), place)
    os.fsync(descriptor)


def _away(copy: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)
