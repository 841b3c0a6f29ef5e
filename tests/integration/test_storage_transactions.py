"""Transactions: all or nothing, in order, one at a time; also when tasks are cancelled and statements fail."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from storage.database import BadValue, Conflict, Database, StorageBusy, StorageClosed, StorageError
from storage.sqlite import SqliteDatabase, open_sqlite
from tests.integration import engines
from tests.integration.storage_kit import KEY, opened, opened_file

SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) AS m FROM n"
SECRET = "flagermus-i-kælderen"


async def noted(database: Database) -> list[str]:
    """What stands in the table of guides, which serves as the place to write to: nothing hangs on it."""
    async with database.transaction() as tx:
        return [row["content"] for row in await tx.all("SELECT content FROM guides ORDER BY hash")]


def insert(number: int, content: str = "x") -> tuple[str, str, str]:
    """A statement with its values."""
    sql = "INSERT INTO guides (hash, guide, version, content, first_used_at) VALUES (?, 'g', 1, ?, 't')"
    return (sql, f"{number:04}", content)


async def test_queued_writes_run_in_order_before_the_next_read(tmp_path: Path) -> None:
    """A read sees everything queued before it, and later statements see earlier ones."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            tx.write(*insert(1, "one"))
            tx.write("UPDATE guides SET content = 'two' WHERE content = 'one'")
            tx.write("UPDATE guides SET content = 'three' WHERE content = 'two'")
            assert await tx.one("SELECT content FROM guides") == {"content": "three"}
            tx.write("UPDATE guides SET content = 'four' WHERE content = 'three'")
            assert await tx.run("UPDATE guides SET content = 'five' WHERE content = 'four'") == 1
            tx.write(*insert(2, "last"))
        assert await noted(database) == ["five", "last"]


async def test_rows_are_mappings_by_column(tmp_path: Path) -> None:
    """Reading by name works as with any mapping; no row is None; RETURNING gives rows and counts."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        assert await tx.one("SELECT 1 AS a, NULL AS b") == {"a": 1, "b": None}
        assert await tx.one("SELECT 1 WHERE 1 = 0") is None
        assert await tx.all("INSERT INTO teams VALUES ('1', 'n', 't'), ('2', 'm', 't') RETURNING id") == [
            {"id": "1"},
            {"id": "2"},
        ]
        assert await tx.run("UPDATE teams SET name = name || '!' RETURNING id") == 2


async def test_an_exception_takes_everything_back(tmp_path: Path) -> None:
    """What ran and what was still queued are both gone, and the next transaction works."""
    async with opened(tmp_path) as database:
        with pytest.raises(ZeroDivisionError):
            async with database.transaction() as tx:
                await tx.run(*insert(1))
                tx.write(*insert(2))
                _ = 1 / 0
        assert await noted(database) == []


async def test_a_failed_statement_ends_the_transaction(tmp_path: Path) -> None:
    """Catching the error inside does not save half of it: nothing more runs, and nothing is committed."""
    async with opened(tmp_path) as database:
        with pytest.raises(StorageClosed):
            async with database.transaction() as tx:
                await tx.run(*insert(1))
                with pytest.raises(Conflict):
                    await tx.run(*insert(1))
                await tx.run(*insert(2))
        with pytest.raises(StorageClosed):
            async with database.transaction() as tx:
                tx.write(*insert(1))
                with pytest.raises(Conflict):
                    await tx.run(*insert(1))
        assert await noted(database) == []


async def test_a_queued_write_that_fails_at_the_commit_takes_everything_back(tmp_path: Path) -> None:
    """The last of three fails: none is there."""
    async with opened(tmp_path) as database:
        with pytest.raises(Conflict):
            async with database.transaction() as tx:
                for number in (1, 2, 1):
                    tx.write(*insert(number))
        assert await noted(database) == []


async def test_errors_do_not_hold_what_was_stored(tmp_path: Path) -> None:
    """Conflicts, broken SQL and values no engine takes: neither the text nor what it was raised from shows a value."""
    async with opened(tmp_path) as database:
        for sql, value, kind in (
            (
                "INSERT INTO guides (hash, guide, version, content, first_used_at)"
                " SELECT '1', 'g', 1, ?, 't' UNION ALL SELECT '1', 'g', 1, 'b', 't'",
                SECRET,
                Conflict,
            ),
            ("SELECT nothing FROM nowhere WHERE a = ?", SECRET, StorageError),
            ("SELECT ?, ?", SECRET, StorageError),
            ("SELECT ?", SECRET + "\ud83d", BadValue),
            ("INSERT INTO strangers (chat_id, told_at) VALUES (?, 't')", 1 << 70, BadValue),
            ("SELECT CAST(x'ff' || ? AS TEXT)", SECRET, BadValue if engines.engine() == "postgres" else StorageError),
        ):
            with pytest.raises(kind) as caught:
                async with database.transaction() as tx:
                    await tx.all(sql, value)
            assert caught.value.__cause__ is None
            assert caught.value.__suppress_context__
            assert SECRET not in repr(caught.value)
            assert type(caught.value) is kind


@pytest.mark.sqlite_only  # a log of the library for files
async def test_debug_logs_hold_no_values(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """aiosqlite logs what it runs; our functions carry their values where it does not look. Nor is the key shown."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="aiosqlite")  # another test may have quietened it
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            tx.write(*insert(1, SECRET))
            await tx.one("SELECT * FROM guides WHERE content = ?", SECRET)
        with pytest.raises(Conflict):
            async with database.transaction() as tx:
                await tx.run(*insert(1, SECRET))
        async with database.snapshot() as view:
            assert [row["content"] async for row in view.rows("SELECT * FROM guides")] == [SECRET]
    assert "executing" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET.encode().decode("ascii", "backslashreplace") not in caplog.text
    assert KEY.hex() not in caplog.text


async def test_cancelling_in_the_middle_of_a_statement_rolls_back_and_releases(tmp_path: Path) -> None:
    """The next transaction does not meet the statement that was running, nor what came before it."""
    async with opened(tmp_path) as database:

        async def slow() -> None:
            async with database.transaction() as tx:
                await tx.run(*insert(1))
                await tx.one(SLOW)
                await tx.run(*insert(2))

        task = asyncio.create_task(slow())
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()  # impatience must not break it
        assert await noted(database) == []
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.sqlite_only  # elsewhere nobody waits for a turn
async def test_cancelling_while_waiting_for_the_turn_changes_nothing(tmp_path: Path) -> None:
    """Whoever waited and gave up is out of the queue; the one who worked goes on and commits."""
    async with opened(tmp_path) as database:

        async def wait() -> None:
            async with database.transaction() as tx:
                tx.write(*insert(2))

        async with database.transaction() as tx:
            tx.write(*insert(1, "kept"))
            task = asyncio.create_task(wait())
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await noted(database) == ["kept"]


async def test_cancelling_at_any_moment_leaves_all_or_nothing(tmp_path: Path) -> None:
    """Cancelled after 0 to 59 steps of the loop, a transaction of three rows left three or none, and the next works."""
    seen = set()
    async with opened(tmp_path) as database:
        for steps in range(60):
            task = asyncio.create_task(_three_rows(database, steps))
            for _ in range(steps):
                await asyncio.sleep(0.0001 if steps % 2 else 0)
            task.cancel()
            outcome = (await asyncio.gather(task, return_exceptions=True))[0]
            rows = await noted(database)
            mine = rows.count(str(steps))
            assert mine in (0, 3)
            assert outcome is not None or mine == 3
            seen.add(mine)
    assert seen == {0, 3}


async def _three_rows(database: Database, name: int) -> None:
    async with database.transaction() as tx:
        await tx.run(*insert(name * 10 + 1, str(name)))
        await tx.one("SELECT count(*) FROM guides")
        tx.write(*insert(name * 10 + 2, str(name)))
        tx.write(*insert(name * 10 + 3, str(name)))


async def test_transactions_take_turns(tmp_path: Path) -> None:
    """Fifty tasks that read a number and write it back plus one end at fifty."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            tx.write("INSERT INTO strangers (chat_id, told_at, tries) VALUES (1, 't', 0)")

        async def count() -> None:
            async with database.transaction() as tx:
                row = await tx.one("SELECT tries FROM strangers")
                assert row is not None
                await asyncio.sleep(0)
                tx.write("UPDATE strangers SET tries = ?", row["tries"] + 1)

        async def until_it_counts() -> None:
            try:
                await count()
            except StorageBusy:  # only where several go on at a time
                await until_it_counts()

        await asyncio.gather(*(until_it_counts() for _ in range(50)))
        async with database.transaction() as tx:
            assert await tx.one("SELECT tries FROM strangers") == {"tries": 50}


async def test_a_transaction_inside_another_is_refused(tmp_path: Path) -> None:
    """It would wait for itself for ever."""
    async with opened(tmp_path) as database:
        with pytest.raises(StorageError, match="inside another"):
            async with database.transaction(), database.transaction():
                pass
        assert await noted(database) == []


async def test_a_finished_transaction_takes_nothing_more(tmp_path: Path) -> None:
    """A late write is an error, not a write outside any transaction."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            tx.write(*insert(1, "kept"))
        with pytest.raises(StorageClosed):
            tx.write(*insert(2))
        with pytest.raises(StorageClosed):
            await tx.run(*insert(2))
        assert await noted(database) == ["kept"]


async def test_references_must_lead_somewhere(tmp_path: Path) -> None:
    """Foreign keys are enforced."""
    async with opened(tmp_path) as database:
        with pytest.raises(Conflict):
            async with database.transaction() as tx:
                tx.write("INSERT INTO consents (id, person_id, kind, given, at) VALUES ('1', 'nobody', 'use', 1, 't')")


@pytest.mark.sqlite_only  # a server has its connections back at once
async def test_closing_waits_and_may_be_repeated(tmp_path: Path) -> None:
    """What runs is committed first; afterwards everything says that the database is closed."""
    database: SqliteDatabase = await open_sqlite(tmp_path / "e.db", KEY, create=True)

    async def work() -> None:
        async with database.transaction() as tx:
            await tx.run(*insert(1, "kept"))
            await asyncio.sleep(0.05)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    await database.close()
    await database.close()
    await task
    with pytest.raises(StorageClosed):
        await noted(database)
    async with opened(tmp_path) as again:
        assert await noted(again) == ["kept"]


async def test_a_snapshot_stands_still_while_writers_go_on(tmp_path: Path) -> None:
    """A long reading sees one moment, in batches and in order, holds nobody up and cannot write."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            for number in range(1200):
                tx.write(*insert(number))
        async with database.snapshot() as view:
            seen: list[str] = []
            async for row in view.rows("SELECT hash FROM guides WHERE hash >= ? ORDER BY hash", "0100"):
                if len(seen) % 500 == 0:
                    async with database.transaction() as tx:
                        tx.write("DELETE FROM guides WHERE hash = (SELECT max(hash) FROM guides)")
                seen.append(row["hash"])
            assert seen == [f"{number:04}" for number in range(100, 1200)]
            assert await view.one("SELECT count(*) AS n FROM guides") == {"n": 1200}
            with pytest.raises(StorageError):
                await view.all("DELETE FROM guides")
        assert len(await noted(database)) == 1197


async def test_a_backup_is_whole_encrypted_and_private(tmp_path: Path) -> None:
    """The copy opens with the same key, holds what was committed, and is nobody else's to read."""
    async with opened_file(tmp_path) as database:
        async with database.transaction() as tx:
            tx.write(*insert(1, SECRET))
        copy = tmp_path / "copy" / "e.db"
        copy.parent.mkdir()
        for _ in range(2):
            await database.back_up(copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert SECRET.encode() not in copy.read_bytes()
    async with opened_file(copy.parent) as restored:
        assert await noted(restored) == [SECRET]
