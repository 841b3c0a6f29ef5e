"""Opening the database file: every way it can be wrong has its own sentence, and none ends in a new empty database."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from storage import high_water, keycheck
from storage.database import (
    DamagedDatabase,
    NoDatabase,
    NotEncrypted,
    StorageError,
    StorageFull,
    StorageReadOnly,
    Unreadable,
    WrongKey,
)
from storage.key_lock import key_stays
from storage.keycheck import KeyCheck, Stage
from storage.keys import Key
from storage.migrating import Step, migrate
from storage.sqlite_connect import PAGE_BYTES, Connection, connect, opens
from storage.sqlite_errors import translated

_RESTORE = (
    "move the folder {folder} away, then restore a backup with `eftertanke restore FILE` "
    "(organisation.yaml comes back with it)"
)
_PLAIN = b"SQLite format 3\0"  # the first bytes of every unencrypted database (sqlite.org/fileformat.html §1.3.1)


def open_connection(path: Path, key: Key, steps: Sequence[Step], *, create: bool) -> Connection:
    """A connection to the migrated database; with ``create`` a missing one is made.

    Raises StorageErrors only. A wrong key changes no file.
    """
    with _files(path), translated(), key_stays(path):
        check = keycheck.read(path)
        known = check is not None and check.fits(key)
        if _content(path):
            _must_be_ours(path, key, check, known=known)
            _close_to_others(path)
        else:
            _begin(path, key, check, known=known, create=create)
        connection = connect(path, key)
        try:
            migrate(connection, path, steps)
            if check is None or not known or check.stage is not Stage.MADE:
                keycheck.settle_folder(path.parent)
                keycheck.write(path, KeyCheck.of(key, Stage.MADE))
            high_water.look(connection, path, key, high_water.real_now())
        except BaseException:
            connection.close()
            raise
        return connection


def refuse_wrong_key(path: Path, key: Key) -> None:
    """Raise what opening an existing database would say about this key and file; change nothing either way."""
    with _files(path), translated():
        check = keycheck.read(path)
        known = check is not None and check.fits(key)
        if _content(path):
            _must_be_ours(path, key, check, known=known)
        else:
            _begin(path, key, check, known=known, create=False)


def _content(path: Path) -> bool:
    """Is there anything in the file? An empty one is what a crash leaves while a database is being made."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def _must_be_ours(path: Path, key: Key, check: KeyCheck | None, *, known: bool) -> None:
    with path.open("rb") as stream:
        if stream.read(len(_PLAIN)) == _PLAIN:
            raise NotEncrypted(f"{path} is an ordinary SQLite file, not one of ours; give the right path.")
    if path.stat().st_size < PAGE_BYTES and not (known and check is not None and check.stage is Stage.BEGUN):
        # SQLite takes less than one page for an empty database, and every key fits that.
        raise DamagedDatabase(f"The database {path} is cut off; {_restoring(path)}.")
    changing = check is not None and check.coming is not None
    if known and not changing:
        # The key is right, so opening is safe: a write-ahead log is played back, and may even heal page 1.
        return
    if opens(path, key):
        return  # the check was lost or is broken, the key is right: the check is made anew
    if known:
        raise WrongKey(
            f"The key of {path} was being changed, and this is not the one that opens it now; "
            "run `eftertanke rekey` to finish, or use the words of the other recovery sheet."
        )
    if check is None:
        raise Unreadable(
            f"{path} does not open, and its key check is missing: either the key is wrong or the file is damaged; "
            f"try the key from the recovery sheet first; if that is not it, {_restoring(path)}."
        )
    raise WrongKey(f"{path} belongs to another key; use the one that setup made, or the words of the recovery sheet.")


def _begin(path: Path, key: Key, check: KeyCheck | None, *, known: bool, create: bool) -> None:
    if check is None and keycheck.path_of(path).exists():
        # Written whole or not at all: what cannot be read has been damaged, and may have told of a database.
        raise Unreadable(
            f"The database {path} is missing and its key check is damaged; {_restoring(path)}; "
            f"or remove {keycheck.path_of(path)} to start with nothing."
        )
    if check is not None and not known:
        raise WrongKey(
            f"The database {path} is missing and its key check belongs to another key; {_restoring(path)}; "
            f"or remove {keycheck.path_of(path)} to start with nothing."
        )
    if check is not None and check.stage is Stage.MADE:
        kind = DamagedDatabase if path.exists() else NoDatabase
        raise kind(
            f"The database {path} was here and is gone; {_restoring(path)}; "
            f"or remove {keycheck.path_of(path)} to start with nothing."
        )
    if not create:
        raise NoDatabase(f"There is no database {path}; run `eftertanke setup` first, or set EFTERTANKE_DATA.")
    if not path.parent.exists():
        path.parent.mkdir(parents=True, mode=0o700)
    if check is None:
        keycheck.write(path, KeyCheck.of(key, Stage.BEGUN))
    # SQLite gives a new file 0644 under the usual umask, and the write-ahead log what the database has.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def _restoring(path: Path) -> str:
    """What to do with a database that is lost, as a part of a sentence: a restore takes an empty folder only."""
    return _RESTORE.format(folder=path.parent)


def _close_to_others(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            file.chmod(0o600)


@contextmanager
def _files(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _file_error(path, error) from error


def _file_error(path: Path, error: OSError) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG):
        return StorageFull(f"The disk of {path.parent} is full or fails ({error.strerror}); make room or check it.")
    return StorageReadOnly(f"The files in {path.parent} cannot be used ({error.strerror}); give the bot's user access.")
