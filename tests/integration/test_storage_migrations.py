"""Migrations: whole or not at all, once, backed up before; and a migrated database equals a fresh one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from storage.database import BadMigration, StorageError
from storage.migrating import Step, backup_path, migrate, shipped_steps, statements
from storage.sqlite import SqliteDatabase, open_sqlite
from storage.sqlite_connect import Connection, connect
from tests.integration.storage_kit import KEY, cast

INVENTED = [
    Step(1, "CREATE TABLE birds (id TEXT PRIMARY KEY, name TEXT NOT NULL);"),
    Step(
        2, "CREATE TABLE nests (id TEXT PRIMARY KEY, bird TEXT REFERENCES birds (id));\nCREATE INDEX n ON nests (bird);"
    ),
    Step(
        3,
        """
        -- a table rebuilt under others' references; this comment has a ; in it
        CREATE TABLE birds_new (id TEXT PRIMARY KEY, name TEXT NOT NULL, song TEXT NOT NULL DEFAULT ';');
        INSERT INTO birds_new (id, name) SELECT id, name FROM birds;
        DROP TABLE birds;
        ALTER TABLE birds_new RENAME TO birds;
        """,
    ),
]
FILL = ("INSERT INTO birds (id, name) VALUES ('1', 'solsort')", "INSERT INTO nests (id, bird) VALUES ('1', '1')")


async def at(folder: Path, steps: Sequence[Step]) -> SqliteDatabase:
    """The database of a folder, migrated to the last of these steps."""
    return await open_sqlite(folder / "e.db", KEY, create=True, steps=steps)


async def schema(database: SqliteDatabase) -> list[object]:
    """What the schema is, without the ids of pages."""
    async with database.transaction() as tx:
        return [dict(row) for row in await tx.all("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name")]


def test_the_shipped_migrations_are_there_without_gaps() -> None:
    """They are read as package data, numbered from one, and none is empty."""
    steps = shipped_steps()
    assert [step.version for step in steps] == list(range(1, len(steps) + 1))
    assert all(len(list(statements(step.sql))) > 0 for step in steps)


@pytest.mark.parametrize("steps", [INVENTED, shipped_steps()], ids=["invented", "shipped"])
async def test_migrated_equals_fresh(tmp_path: Path, steps: list[Step]) -> None:
    """Stopping after any step and going on later leads to the schema of a database made in one go."""
    fresh = await at(tmp_path / "fresh", steps)
    expected = await schema(fresh)
    await fresh.close()
    assert len(expected) > 2
    for stop in range(1, len(steps) + 1):
        folder = tmp_path / str(stop)
        await (await at(folder, steps[:stop])).close()
        migrated = await at(folder, steps)
        assert await schema(migrated) == expected
        await migrated.close()


async def test_data_lives_through_a_rebuilt_table(tmp_path: Path) -> None:
    """Rows and the references to them are there after a table was dropped and made anew."""
    old = await at(tmp_path, INVENTED[:2])
    async with old.transaction() as tx:
        for sql in FILL:
            tx.write(sql)
    await old.close()
    new = await at(tmp_path, INVENTED)
    async with new.transaction() as tx:
        assert await tx.all("SELECT b.name, b.song FROM nests AS n JOIN birds AS b ON b.id = n.bird") == [
            {"name": "solsort", "song": ";"}
        ]
    with pytest.raises(StorageError):  # foreign keys are on again
        async with new.transaction() as tx:
            tx.write("INSERT INTO nests (id, bird) VALUES ('2', 'none')")
    await new.close()


async def test_running_again_changes_nothing(tmp_path: Path) -> None:
    """A migrated database has no step left to take, keeps its rows, and gets no backup at every start."""
    database = await open_sqlite(tmp_path / "e.db", KEY, create=True)
    async with database.transaction() as tx:
        await cast(tx)
    await database.close()
    connection = connect(tmp_path / "e.db", KEY)
    assert migrate(connection, tmp_path / "e.db", shipped_steps()) == 0
    assert connection.execute("SELECT count(*) FROM people").fetchone() == (4,)
    connection.close()
    assert not any(backup_path(tmp_path / "e.db", step.version).exists() for step in shipped_steps())


async def test_a_backup_of_the_old_schema_is_left_beside(tmp_path: Path) -> None:
    """It is private, encrypted under the same key, and opens as it was before."""
    await (await at(tmp_path, INVENTED[:2])).close()
    await (await at(tmp_path, INVENTED)).close()
    copy = backup_path(tmp_path / "e.db", 2)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert not copy.read_bytes().startswith(b"SQLite format 3")
    connection = connect(copy, KEY)
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.close()


async def test_a_failing_step_leaves_the_schema_before_it(tmp_path: Path) -> None:
    """The half that had run is taken back; with the step mended the next start finishes."""
    await (await at(tmp_path, INVENTED[:1])).close()
    broken = [INVENTED[0], Step(2, INVENTED[1].sql + "\nINSERT INTO nowhere VALUES (1);"), INVENTED[2]]
    for _ in range(2):
        with pytest.raises(StorageError):
            await at(tmp_path, broken)
        connection = connect(tmp_path / "e.db", KEY)
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'nests'").fetchone() == (0,)
        connection.close()
    mended = await at(tmp_path, INVENTED)
    assert len(await schema(mended)) > 2
    await mended.close()


async def test_a_step_that_breaks_references_is_taken_back(tmp_path: Path) -> None:
    """Foreign keys are off while tables are rebuilt, so they are checked as a whole before the commit."""
    old = await at(tmp_path, INVENTED)
    async with old.transaction() as tx:
        for sql in FILL:
            tx.write(sql)
    await old.close()
    with pytest.raises(BadMigration, match="broken references"):
        await at(tmp_path, [*INVENTED, Step(4, "DELETE FROM birds;")])
    again = await at(tmp_path, INVENTED)
    async with again.transaction() as tx:
        assert await tx.one("SELECT name FROM birds") == {"name": "solsort"}
    await again.close()


KILLED = f"""
import os, signal, sys
from pathlib import Path
from storage.keys import Key
from storage.migrating import migrate
from storage.sqlite_connect import connect
from tests.integration.test_storage_migrations import INVENTED, with_death_at
path = Path(sys.argv[1])
connection = connect(path, Key.from_text("{KEY.hex()}"))
connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
migrate(connection, path, with_death_at(int(sys.argv[2])))
"""


def with_death_at(place: int) -> list[Step]:
    """The invented steps, with the process killing itself before the statement of this number."""
    steps, number = [], 0
    for step in INVENTED:
        parts = []
        for statement in statements(step.sql):
            if number == place:
                parts.append("SELECT die();\n")
            parts.append(statement)
            number += 1
        steps.append(Step(step.version, "".join(parts)))
    return steps


async def test_killed_anywhere_the_next_start_finishes(tmp_path: Path) -> None:
    """SIGKILL before each statement of steps two and three: rows are kept, and the schema is that of a fresh one."""
    fresh = await at(tmp_path / "fresh", INVENTED)
    expected = await schema(fresh)
    await fresh.close()
    total = sum(len(list(statements(step.sql))) for step in INVENTED)
    for place in range(1, total):
        folder = tmp_path / str(place)
        old = await at(folder, INVENTED[:1])
        async with old.transaction() as tx:
            tx.write(FILL[0])
        await old.close()
        killed = subprocess.run(  # noqa: ASYNC221 - nothing else runs in this test
            [sys.executable, "-c", KILLED, str(folder / "e.db"), str(place)],
            cwd=Path(__file__).parents[2],
            check=False,
            capture_output=True,
            text=True,
        )
        assert killed.returncode == -9, killed.stderr
        rerun = await at(folder, INVENTED)
        assert await schema(rerun) == expected
        async with rerun.transaction() as tx:
            assert await tx.one("SELECT name FROM birds") == {"name": "solsort"}
        await rerun.verify()
        await rerun.close()


async def test_two_programs_that_migrate_at_once_do_it_once(tmp_path: Path) -> None:
    """The version is asked again under the lock: who comes second finds nothing left to do."""
    await (await at(tmp_path, INVENTED[:1])).close()
    path = tmp_path / "e.db"
    first, second = connect(path, KEY), connect(path, KEY)

    class Late:
        """The second program's connection: just before its first BEGIN the first program does everything."""

        def __init__(self) -> None:
            self.ready = False

        def execute(self, sql: str, *rest: object) -> object:
            if sql == "BEGIN IMMEDIATE" and not self.ready:
                self.ready = True
                assert migrate(first, path, INVENTED) == 2
            return second.execute(sql, *rest)

        @property
        def in_transaction(self) -> bool:
            return bool(second.in_transaction)

    late: Connection = Late()
    assert migrate(late, path, INVENTED) == 0
    assert late.ready
    first.close()
    second.close()


def test_a_script_that_ends_in_the_middle_is_refused() -> None:
    """A forgotten semicolon must not drop the last statement without a word."""
    with pytest.raises(BadMigration):
        list(statements("CREATE TABLE a (b);\nCREATE TABLE c (d)\n-- the end\n"))
