"""Writing a whole database anew, so that no page keeps a trace of what was deleted.

``VACUUM`` does it in memory here, since a temporary file would be in the clear: that takes as much memory as the file
is large. A large one is written anew beside itself instead, encrypted, checked, and copied back in one transaction.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from sqlcipher3 import dbapi2

from storage.database import DamagedDatabase, StorageError, StorageFull
from storage.keys import Key
from storage.sqlite_connect import Connection, open_keyed

IN_MEMORY = 256_000_000
"""Bytes up to which ``VACUUM`` may take its memory."""
_NO_ROOM = ("disk I/O error", "database or disk is full")


def beside(database: Path) -> Path:
    """Where it is written; what a crash left there is removed the next time, and with old copies (``wiping``)."""
    return database.with_name(database.name + ".anew")


def write(connection: Connection, database: Path, key: Key) -> None:
    """Do it, on a connection that is between two transactions; nobody may write meanwhile.

    Takes twice the room that the database has on the disk. Raises DamagedDatabase, StorageFull, SQLCipher's own
    errors; the database is then as it was.
    """
    if database.stat().st_size <= IN_MEMORY:
        connection.execute("VACUUM")
        return
    new = beside(database)
    try:
        new.unlink(missing_ok=True)
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # SQLite alone would make it 0644
        connection.execute("VACUUM INTO ?", (str(new),))  # reads every page: damage shows here
        with closing(open_keyed(new, key, "mode=ro", "immutable=1")) as source:
            # What is copied from a page with a broken seal is zeros under a good one: nothing broken may be there.
            if source.execute("PRAGMA cipher_integrity_check").fetchall():
                raise DamagedDatabase("The database could not be written anew; check the disk.")
            _copy_back(source, connection)
    finally:
        new.unlink(missing_ok=True)


def _copy_back(source: Connection, connection: Connection) -> None:
    try:
        source.backup(connection)
    except dbapi2.Error as error:
        # The binding gives no code here, only SQLite's own words for it (sqlite.org/c3ref/errcode.html).
        kind = StorageFull if str(error) in _NO_ROOM else StorageError
        raise kind(f"The database could not be written anew ({error}); make room on the disk, or check it.") from None
