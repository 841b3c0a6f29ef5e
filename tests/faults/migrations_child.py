"""The program's migrations on one database, as a process that kills itself before the PLACE-th thing it asks of SQLite.

Started by the test as ``python -m tests.faults.migrations_child DATABASE PLACE [weaker]``. 0: never; the last line says
how many there were. ``weaker``: the steps run without a transaction around them.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from storage.migrating import migrate, shipped_steps
from storage.sqlite_connect import Connection, connect
from tests.integration.storage_kit import KEY

_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK")


class Mortal:
    """A connection with an end: between any two statements, those that begin and commit included."""

    def __init__(self, connection: Connection, place: int, weaker: bool) -> None:
        self.asked = 0
        self._connection, self._place, self._weaker = connection, place, weaker

    def execute(self, sql: str, *rest: object) -> object:
        """One thing asked."""
        self.asked += 1
        if self.asked == self._place:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._weaker and sql.startswith(_TRANSACTION):
            sql = "SELECT 1"
        return self._connection.execute(sql, *rest)

    @property
    def in_transaction(self) -> bool:
        """As the connection says."""
        return bool(self._connection.in_transaction)


def run(path: Path, place: int, weaker: bool) -> None:
    """Bring it up to the newest schema."""
    mortal = Mortal(connect(path, KEY), place, weaker)
    sys.stdout.write("go\n")
    sys.stdout.flush()
    connection: Connection = mortal
    migrate(connection, path, shipped_steps())
    sys.stdout.write(f"{mortal.asked}\n")


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]), "weaker" in sys.argv)
