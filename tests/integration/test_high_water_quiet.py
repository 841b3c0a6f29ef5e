"""The high-water mark tells nothing that is not so: after a kill, a new key, a restore, and what is done on purpose."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from storage import high_water
from storage.high_water import Mark
from storage.rekeying import change_key
from storage.sqlite_connect import connect
from tests.integration.storage_kit import KEY, NOW, OTHER_KEY, opened_file
from tests.integration.test_high_water import count, held, put
from tests.integration.test_storage_faults import child

WRITER = """
    async def main():
        database = await open_sqlite(path, key, create=True)
        async with database.transaction() as tx:
            first = (await tx.one("SELECT count(*) AS n FROM teams"))["n"]
        for number in range(first + 1, first + 100000):
            async with database.transaction() as tx:
                tx.write("INSERT INTO teams VALUES (?, ?, 't')", str(number), str(number))
            await database.mark()
            print(number, flush=True)
    asyncio.run(main())
"""


async def test_a_killed_program_has_lost_nothing_and_nothing_is_told(tmp_path: Path) -> None:
    """Killed between the commit and the mark, in the midst of either, or anywhere else: what it said it had stored is
    there, and the mark is never above the database."""
    marks = set[int]()
    for number in range(6):
        process = child(WRITER, tmp_path / "e.db")
        assert process.stdout is not None
        for _ in range(2 + 9 * number):
            assert await asyncio.to_thread(process.stdout.readline)
        process.kill()
        printed = process.stdout.read()
        process.communicate()
        assert high_water.losses(tmp_path / "e.db") == []
        there = await count(tmp_path / "e.db")
        assert high_water.losses(tmp_path / "e.db") == []
        promised = [int(line) for line in printed.split("\n")[:-1] if line]
        assert there >= max(promised, default=0)
        mark = high_water.read(tmp_path / "e.db", KEY)
        marks.add(mark.count if mark else 0)
    assert len(marks) > 3


async def test_a_new_key_takes_the_mark_along(tmp_path: Path) -> None:
    """After a change of key nothing is told, and a loss after it is noticed."""
    path = tmp_path / "e.db"
    async with opened_file(tmp_path) as database:
        await put(database, "one")
    change_key(path, KEY, OTHER_KEY)
    shutil.copy(path, tmp_path / "kept")
    async with opened_file(tmp_path, OTHER_KEY) as database:
        assert high_water.losses(path) == []
        await put(database, "two")
    mark = high_water.read(path, OTHER_KEY)
    assert mark is not None and mark.count == 2
    shutil.copy(tmp_path / "kept", path)
    async with opened_file(tmp_path, OTHER_KEY):
        assert [one.mark for one in high_water.losses(path)] == [2]


async def test_either_key_fits_while_the_key_is_changed(tmp_path: Path) -> None:
    """Killed at any moment of it, whichever key opens the database fits the mark; without a mark there is none."""
    high_water.carry_over(tmp_path / "e.db", KEY, OTHER_KEY)
    assert held(tmp_path) == {}
    high_water.write(tmp_path / "e.db", Mark(7, NOW), KEY)
    high_water.carry_over(tmp_path / "e.db", KEY, OTHER_KEY)
    for key in (KEY, OTHER_KEY):
        assert high_water.read(tmp_path / "e.db", key) == Mark(7, NOW)


@pytest.mark.parametrize("own", [True, False])
async def test_a_restored_database_comes_with_its_own_mark(tmp_path: Path, own: bool) -> None:
    """Older on purpose is no loss, whether or not the restored one has a mark; one after it is noticed again."""
    path, work = tmp_path / "e.db", tmp_path / "work" / "e.db"
    high_water.write(path, Mark(9, NOW), KEY)
    async with opened_file(work.parent) as database:
        await put(database, "one")
    if not own:
        high_water.path_of(work).unlink()
    high_water.hand_over(work, path)
    for ending in ("", ".check"):
        work.with_name(f"e.db{ending}").rename(path.with_name(f"e.db{ending}"))
    assert await count(path) == 1 and high_water.losses(path) == []
    shutil.copy(path, tmp_path / "kept")
    async with opened_file(tmp_path) as database:
        await put(database, "two")
    shutil.copy(tmp_path / "kept", path)
    assert await count(path) == 1 and len(high_water.losses(path)) == 1


async def test_nothing_is_told_after_what_is_done_on_purpose(tmp_path: Path) -> None:
    """Deleting, writing the file anew and emptying its log lose nothing; the mark never goes down."""
    path, last = tmp_path / "e.db", 0
    for _ in range(3):
        async with opened_file(tmp_path) as database:
            await put(database, "one", "two")
            async with database.transaction() as tx:
                tx.write("DELETE FROM teams")
            await database.rewrite()
            assert await database.empty_log()
        mark = high_water.read(path, KEY)
        assert mark is not None and mark.count > last
        last = mark.count
    assert await count(path) == 0
    assert high_water.losses(path) == []


async def test_two_programs_at_once_leave_one_mark(tmp_path: Path) -> None:
    """The bot and a command beside it count on from each other."""
    async with opened_file(tmp_path) as bot:
        await put(bot, "one")
        await bot.mark()
        async with opened_file(tmp_path) as command:
            await put(command, "two")
        await put(bot, "three")
    mark = high_water.read(tmp_path / "e.db", KEY)
    assert mark is not None and mark.count == 3
    assert await count(tmp_path / "e.db") == 3 and high_water.losses(tmp_path / "e.db") == []


async def test_a_locked_database_is_marked_later_and_closes_at_once(tmp_path: Path) -> None:
    """Another program in the way keeps neither turns nor closing waiting for the mark."""
    async with opened_file(tmp_path) as database:
        await put(database, "one")
        other = connect(tmp_path / "e.db", KEY)
        other.execute("BEGIN IMMEDIATE")
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 4, "it waits a tenth of a second, not the usual five"
    assert high_water.read(tmp_path / "e.db", KEY) is None
    other.execute("ROLLBACK")
    other.close()
    assert await count(tmp_path / "e.db") == 1 and high_water.losses(tmp_path / "e.db") == []
