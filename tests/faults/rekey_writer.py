"""A command that writes one row after the other, each with a connection of its own, while the key is being changed.

Started by the test as ``python -m tests.faults.rekey_writer DATABASE KEY_FILE``; prints the number of each row once it
is committed, and after the last one how often it had to try again.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from storage.database import StorageBusy, WrongKey
from storage.sqlite import open_sqlite
from storage.waiting_key import find_key


async def _write(database: Path, key_file: Path, number: int) -> None:
    db = await open_sqlite(database, find_key(None, key_file, database).key, create=False)
    try:
        async with db.transaction() as tx:
            tx.write("INSERT INTO strangers (chat_id, told_at) VALUES (?, '2026-11-23')", number)
    finally:
        await db.close()


async def _run(database: Path, key_file: Path) -> None:
    number = again = 0
    while not database.with_name("stop").exists():
        try:
            await _write(database, key_file, number)
        except (StorageBusy, WrongKey):
            again += 1
            continue
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        number += 1
    sys.stdout.write(f"{again}\n")


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1]), Path(sys.argv[2])))
