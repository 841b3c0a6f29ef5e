"""A large database is written anew beside itself: the same content, whole whenever it is killed, nothing left over."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from storage import anew, wiping
from storage.database import StorageError
from storage.sqlite_connect import Connection, connect
from tests.integration.storage_kit import KEY, cast, opened

KILLS = 12
_CHILD = """
import sys
from pathlib import Path
from storage import anew
from storage.keys import Key
from storage.sqlite_connect import connect
anew.IN_MEMORY = 0
path, key = Path(sys.argv[1]), Key(bytes.fromhex(sys.argv[2]))
connection = connect(path, key)
sys.stdout.write("ready\\n")
sys.stdout.flush()
while True:
    anew.write(connection, path, key)
"""


async def _begun(folder: Path) -> None:
    async with opened(folder) as db, db.transaction() as tx:
        await cast(tx)


def _filled(folder: Path) -> Path:
    """Some megabytes, half of them deleted again."""
    asyncio.run(_begun(folder))
    path = folder / "e.db"
    with closing(connect(path, KEY)) as connection:
        connection.execute("CREATE TABLE invented (number INTEGER PRIMARY KEY, text TEXT)")
        connection.execute("BEGIN")
        rows = [(number, f"invented {number} " * 40) for number in range(6_000)]
        connection.executemany("INSERT INTO invented VALUES (?, ?)", rows)
        connection.execute("COMMIT")
        connection.execute("DELETE FROM invented WHERE number % 2")
    return path


def _contents(connection: Connection) -> list[object]:
    found: list[object] = [connection.execute(f"PRAGMA {name}").fetchone() for name in ("user_version", "quick_check")]
    found += connection.execute("PRAGMA cipher_integrity_check").fetchall()
    return [*found, connection.execute("SELECT count(*), sum(length(text)), max(text) FROM invented").fetchone()]


def test_the_same_is_there_and_nothing_is_left_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file shrinks, holds the same, and who reads meanwhile reads on; a copy that a crash left is removed."""
    monkeypatch.setattr(anew, "IN_MEMORY", 0)
    path = _filled(tmp_path)
    anew.beside(path).write_bytes(b"half a copy")
    assert wiping.copies(path) == [anew.beside(path)]
    with closing(connect(path, KEY)) as connection, closing(connect(path, KEY)) as reader:
        connection.execute("PRAGMA application_id = 77")
        before, size = _contents(connection), path.stat().st_size
        rows = reader.execute("SELECT number FROM invented")
        assert rows.fetchone() == (0,)
        anew.write(connection, path, KEY)
        assert len(rows.fetchall()) == 2_999
        assert _contents(connection) == before == _contents(reader)
        assert connection.execute("PRAGMA application_id").fetchone() == (77,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert path.stat().st_size < 0.7 * size
    assert not anew.beside(path).exists()


def test_killed_at_any_moment_it_is_whole(tmp_path: Path) -> None:
    """The old content or the new, which is the same; and the next one ends."""
    path = _filled(tmp_path)
    chance = random.Random(20260)
    with closing(connect(path, KEY)) as connection:
        before = _contents(connection)
    for _ in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(path), KEY.hex()],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
        )
        try:
            assert child.stdout is not None and child.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0, 0.4))
        finally:
            child.kill()
            child.communicate()
        with closing(connect(path, KEY)) as connection:
            assert _contents(connection) == before


def test_a_broken_page_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page whose seal is broken is refused, and the file stays as it is."""
    monkeypatch.setattr(anew, "IN_MEMORY", 0)
    path = _filled(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with closing(connect(path, KEY)) as connection, pytest.raises((StorageError, dbapi2.Error)):
        anew.write(connection, path, KEY)
    assert path.read_bytes() == bytes(content) and not anew.beside(path).exists()
