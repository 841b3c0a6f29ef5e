"""While the key is being changed nobody may be about to open the database: they would work on the file that goes.

The lock is on the data folder itself, so nothing has to be written for it. The system gives it back when a process
ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.database import StorageBusy
from storage.sqlite_connect import BUSY_MS

_AGAIN = 0.02  # seconds


@contextmanager
def key_stays(database: Path) -> Iterator[None]:
    """Held while a database is being opened; once it is open SQLite's own lock keeps the key from being changed.

    Raises StorageBusy when the key is being changed for longer than we wait. Without the folder there is nothing to
    hold.
    """
    try:
        folder = os.open(database.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        yield
        return
    try:
        _take(folder, fcntl.LOCK_SH, "The database is getting a new key this moment; try again when that has ended.")
        yield
    finally:
        os.close(folder)


@contextmanager
def key_changes(database: Path) -> Iterator[None]:
    """Held while the key is being changed. Raises StorageBusy when somebody keeps opening the database."""
    folder = os.open(database.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _take(folder, fcntl.LOCK_EX, "Another command is opening the database; run `eftertanke rekey` when it is over.")
        yield
    finally:
        os.close(folder)


def _take(folder: int, kind: int, otherwise: str) -> None:
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            fcntl.flock(folder, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise StorageBusy(otherwise) from None
            time.sleep(_AGAIN)
        else:
            return
