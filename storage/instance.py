"""One running bot for one database: two would answer everything twice."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.database import AlreadyRunning


@contextmanager
def single_instance(database: Path) -> Iterator[None]:
    """Hold the lock file ``<database>.lock`` for the length of the block. Commands that only look in do not need it.

    The system gives the lock back when the process ends, however it ends; the file stays, and means nothing by itself.
    Raises AlreadyRunning at once when another process holds it, FileNotFoundError when there is no such folder.
    """
    descriptor = os.open(database.with_name(database.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"Another bot already works on {database}; stop it before you start this one."
            ) from None
        yield
    finally:
        os.close(descriptor)
