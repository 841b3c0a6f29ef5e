"""The disk is full, another process holds the file, processes die: nothing is lost, and work goes on afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.database import AlreadyRunning, StorageBusy, StorageFull
from storage.instance import single_instance
from storage.sqlite import open_sqlite
from storage.sqlite_connect import connect
from tests.integration.storage_kit import KEY, opened_file

OPEN = f"""
import asyncio, sys, time
from pathlib import Path
from storage.instance import single_instance
from storage.keys import Key
from storage.sqlite import open_sqlite
path, key = Path(sys.argv[1]), Key.from_text("{KEY.hex()}")
"""


def child(program: str, path: Path) -> subprocess.Popen[str]:
    """A Python process of our own, with the database's path as its argument."""
    return subprocess.Popen(
        [sys.executable, "-c", OPEN + textwrap.dedent(program), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    """No file of this process may grow past ``size`` bytes: writing fails as on a full disk, for root too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("way", ["no room in the database", "no room on the disk"])
async def test_a_full_disk_keeps_nothing_of_the_transaction_and_passes(tmp_path: Path, way: str) -> None:
    """The error is retryable; with room again the same transaction succeeds on the same connection."""
    big = "INSERT INTO teams (id, name, created_at) VALUES (?, ?, 't')"
    async with opened_file(tmp_path) as database:
        async with database.transaction() as tx:
            tx.write(big, "before", "before")

        async def fill() -> None:
            async with database.transaction() as tx:
                for number in range(300):
                    tx.write(big, str(number), str(number) * 2000)

        for _ in range(3):
            with pytest.raises(StorageFull) as caught:
                if way == "no room on the disk":
                    with file_limit((tmp_path / "e.db-wal").stat().st_size + 20_000):
                        await fill()
                else:
                    async with database.transaction() as tx:
                        await tx.one("PRAGMA max_page_count = 100")
                    await fill()
            assert caught.value.retryable
            async with database.transaction() as tx:
                assert await tx.all("SELECT id FROM teams") == [{"id": "before"}]
        async with database.transaction() as tx:
            await tx.one("PRAGMA max_page_count = 1000000")
        await fill()
        async with database.transaction() as tx:
            assert await tx.one("SELECT count(*) AS n FROM teams") == {"n": 301}
        await database.verify()


async def test_another_process_in_the_way_is_busy_and_passes(tmp_path: Path) -> None:
    """After the time it waits, the error is retryable; when the other is gone, work goes on by itself."""
    async with opened_file(tmp_path) as database:
        async with database.transaction() as tx:
            await tx.one("PRAGMA busy_timeout = 300")  # instead of five seconds: the test need not wait so long
        other = connect(tmp_path / "e.db", KEY)
        other.execute("BEGIN IMMEDIATE")
        async with database.snapshot() as view:  # readers are not in anybody's way
            assert await view.one("SELECT count(*) AS n FROM teams") == {"n": 0}
        with pytest.raises(StorageBusy) as caught:
            async with database.transaction() as tx:
                tx.write("INSERT INTO teams VALUES ('1', 'n', 't')")
        assert caught.value.retryable
        other.execute("ROLLBACK")
        other.close()
        async with database.transaction() as tx:
            tx.write("INSERT INTO teams VALUES ('1', 'n', 't')")


async def test_the_event_loop_runs_on_while_the_database_waits(tmp_path: Path) -> None:
    """Waiting for another process blocks the connection's thread, never the loop."""
    async with opened_file(tmp_path) as database:
        other = connect(tmp_path / "e.db", KEY)
        other.execute("BEGIN IMMEDIATE")

        async def write() -> None:
            async with database.transaction() as tx:
                tx.write("INSERT INTO teams VALUES ('1', 'n', 't')")

        task = asyncio.create_task(write())
        longest, last = 0.0, time.monotonic()
        for _ in range(20):
            await asyncio.sleep(0.01)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        assert not task.done()
        assert longest < 0.15
        other.execute("ROLLBACK")
        other.close()
        await task


async def test_a_second_process_may_look_and_write_too(tmp_path: Path) -> None:
    """A command line beside the running bot commits, and the bot sees it."""
    async with opened_file(tmp_path) as database:
        process = child(
            """
            async def main():
                database = await open_sqlite(path, key, create=False)
                async with database.transaction() as tx:
                    tx.write("INSERT INTO teams VALUES ('1', 'from outside', 't')")
                await database.close()
            asyncio.run(main())
            """,
            tmp_path / "e.db",
        )
        assert await asyncio.to_thread(process.wait, 30) == 0
        process.communicate()
        async with database.transaction() as tx:
            assert await tx.one("SELECT name FROM teams") == {"name": "from outside"}


async def test_opening_can_be_given_up(tmp_path: Path) -> None:
    """Cancelled at any moment, opening leaves no thread behind, and the database opens afterwards."""
    before = set(threading.enumerate())
    for steps in range(12):
        task = asyncio.create_task(open_sqlite(tmp_path / "e.db", KEY, create=True))
        for _ in range(steps):
            await asyncio.sleep(0.0003)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await (await task).close()
    async with opened_file(tmp_path) as database:
        await database.verify()
    for thread in set(threading.enumerate()) - before:
        await asyncio.to_thread(thread.join, 5)
    left = {thread for thread in set(threading.enumerate()) - before if "worker_thread" in thread.name}
    assert not left


def test_one_bot_at_a_time(tmp_path: Path) -> None:
    """While one holds the lock a second is told so at once; a killed one leaves no lock behind."""
    path = tmp_path / "e.db"
    process = child(
        """
        with single_instance(path):
            print("held", flush=True)
            time.sleep(60)
        """,
        path,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        began = time.monotonic()
        with pytest.raises(AlreadyRunning, match="stop it"), single_instance(path):
            pass
        assert time.monotonic() - began < 1
    finally:
        process.kill()
        process.communicate()
    with single_instance(path):
        assert path.with_name("e.db.lock").stat().st_mode & 0o777 == 0o600
    with single_instance(path):
        pass


def test_an_unclosed_database_does_not_keep_the_process(tmp_path: Path) -> None:
    """A program that forgets to close still ends."""
    process = child(
        """
        async def main():
            global database
            database = await open_sqlite(path, key, create=True)
            async with database.transaction() as tx:
                tx.write("INSERT INTO teams VALUES ('1', 'n', 't')")
        asyncio.run(main())
        """,
        tmp_path / "e.db",
    )
    try:
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("kill_after", [0.0, 0.05, 0.15])
async def test_a_killed_writer_loses_nothing_it_had_committed(tmp_path: Path, kill_after: float) -> None:
    """Every number that was printed after its commit is there, with both its rows; no half transaction is."""
    path = tmp_path / "e.db"
    process = child(
        """
        async def main():
            database = await open_sqlite(path, key, create=True)
            print("ready", flush=True)
            for number in range(100000):
                async with database.transaction() as tx:
                    await tx.run("INSERT INTO teams VALUES (?, ?, 't')", f"a{number}", f"a{number}")
                    tx.write("INSERT INTO teams VALUES (?, ?, 't')", f"b{number}", f"b{number}")
                print(number, flush=True)
        asyncio.run(main())
        """,
        path,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    await asyncio.sleep(kill_after)
    process.send_signal(signal.SIGKILL)
    # Not communicate(): what readline() took in beyond the first line stays in the stream's own buffer.
    printed = process.stdout.read()
    process.wait()
    promised = {line for line in printed.split("\n")[:-1] if line}
    database = await open_sqlite(path, KEY, create=False)
    async with database.transaction() as tx:
        ids = {row["id"] for row in await tx.all("SELECT id FROM teams")}
    await database.verify()
    await database.close()
    assert {f"{letter}{number}" for number in promised for letter in "ab"} <= ids
    assert {one[1:] for one in ids if one[0] == "a"} == {one[1:] for one in ids if one[0] == "b"}
    assert len(ids) // 2 - len(promised) in (0, 1)
