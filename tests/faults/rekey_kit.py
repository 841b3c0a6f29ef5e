"""An installation that gets a new key, is killed meanwhile, and is looked at afterwards."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.cli import main
from storage import answers
from storage.database import Database, StorageError
from storage.keys import Key, read_key_file, write_key_file
from storage.opening import refuse_wrong_key
from storage.rekeying import copy_path
from storage.sqlite import open_sqlite
from storage.sqlite_connect import connect, opens
from storage.waiting_key import find_key, waiting_file
from tests.integration import storage_kit

DATABASE = "eftertanke.db"
LOCKED_OUT = "cannot be opened with the key file"
DAMAGED = "damaged"
LOST = "rows are lost or altered"
_CHANGED_BY_REKEY = frozenset({"audit", "backups"})  # which say that there was one


class Phase(StrEnum):
    """How far a change of key had come, as the files say."""

    BEFORE = "before the new key was kept"
    WAITING = "new key waiting"
    COPYING = "copying"
    REPLACED = "database replaced"
    PUT = "key file replaced"
    OVER = "over"


@dataclass(frozen=True)
class Installation:
    """A folder with ``data`` and the key beside it. ``value``: the key is in EFTERTANKE_KEY instead of a file."""

    folder: Path
    value: Key | None = None

    @property
    def database(self) -> Path:
        """The database file."""
        return self.folder / "data" / DATABASE

    @property
    def key_file(self) -> Path:
        """The key file, or where it would be."""
        return self.folder / "data.key"

    @property
    def environment(self) -> dict[str, str]:
        """What its commands are started with."""
        own = {"EFTERTANKE_DATA": str(self.folder / "data"), "COLUMNS": "200"}
        return own | ({"EFTERTANKE_KEY": self.value.words()} if self.value else {})

    def copied(self, folder: Path, *, value: bool) -> Installation:
        """Another one with the same data; with ``value`` its key is in the variable."""
        shutil.copytree(self.folder, folder)
        if not value:
            return Installation(folder)
        key = read_key_file(folder / "data.key")
        (folder / "data.key").unlink()
        return Installation(folder, key)

    def own_key(self) -> Key:
        """What variable or file says."""
        return self.value or read_key_file(self.key_file)

    def rekeyed(self, place: int = 0, *more: str, after: float | None = None) -> tuple[int, str, float]:
        """Run the command in a process that kills itself at ``place`` or is killed ``after`` so many seconds; its exit
        code, what it said, and its seconds."""
        command = [sys.executable, "-m", "tests.faults.rekey_child", str(place), *more]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("EFTERTANKE_")}
        with subprocess.Popen(
            command,
            env=environment | self.environment,
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "go\n"
            began = time.monotonic()
            if after is not None:
                time.sleep(after)
                process.kill()
            said = process.stdout.read()
            code = process.wait()
        return code, said, time.monotonic() - began

    def phase(self, old: Key) -> Phase:
        """How far it came."""
        waiting = waiting_file(self.key_file).exists()
        if not opens(self.database, old):
            put = self.value is None and self.key_file.exists() and self.own_key() != old
            return Phase.OVER if not waiting else Phase.PUT if put else Phase.REPLACED
        if not waiting:
            return Phase.BEFORE
        return Phase.COPYING if copy_path(self.database).exists() else Phase.WAITING

    def violations(self, before: Mapping[str, str]) -> list[str]:
        """What is wrong with it; ``before`` are the contents that must be there."""
        value = self.value.hex() if self.value else None
        try:
            key = find_key(value, self.key_file, self.database).key
            refuse_wrong_key(self.database, key)
        except StorageError:
            return [LOCKED_OUT]
        if not opens(self.database, key):
            return [LOCKED_OUT]
        try:
            asyncio.run(_verified(self.database, key))
        except StorageError:
            return [DAMAGED]
        return [] if contents(self.database, key) == before else [LOST]

    def command(self, *arguments: str) -> int:
        """Run a command in this process, whose environment must be this installation's."""
        return main(arguments)


async def _verified(database: Path, key: Key) -> None:
    db = await open_sqlite(database, key, create=False)
    try:
        await db.verify()
    finally:
        await db.close()


def contents(database: Path, key: Key) -> dict[str, str]:
    """Every table with how many rows it has and a hash of them all."""
    with closing(connect(database, key)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for table in tables:
            if table not in _CHANGED_BY_REKEY:
                rows = sorted(repr(row) for row in connection.execute(f"SELECT * FROM {table}"))  # noqa: S608 - own
                found[table] = f"{len(rows)} {hashlib.sha256(''.join(rows).encode()).hexdigest()}"
    return found


def made(folder: Path, megabytes: float) -> Installation:
    """An installation with so much in its database: debriefs with long invented answers."""
    (folder / "data").mkdir(parents=True, mode=0o700)
    it = Installation(folder)
    write_key_file(it.key_file, Key.new())

    async def fill() -> None:
        db = await open_sqlite(it.database, it.own_key(), create=True)
        try:
            await _filled(db, int(megabytes * 1_000_000 / 2_400))
        finally:
            await db.close()

    asyncio.run(fill())
    return it


async def _filled(db: Database, count: int) -> None:
    async with db.transaction() as tx:
        cast = await storage_kit.cast(tx)
        for number in range(count // 20):
            day = storage_kit.NOW.replace(year=2000 + number // 300)
            told = storage_kit.debrief(tx, cast.anna, status="saved", started=day)
            for question in range(20):
                text = f"{number}-{question} " + hashlib.sha256(f"{number} {question}".encode()).hexdigest() * 32
                answers.put_answer(tx, storage_kit.answer(told, f"q{question}", text), None)
