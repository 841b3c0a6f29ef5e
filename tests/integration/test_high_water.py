"""The high-water mark: it rises by itself, and what is missing of a database is noticed and told."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from storage import high_water
from storage.high_water import Mark, SpoiltMark
from storage.looking import looked_into
from storage.sqlite import SqliteDatabase, open_sqlite
from tests.integration.cli_kit import desk
from tests.integration.doctor_kit import Clinic, clinic, telegram
from tests.integration.storage_kit import KEY, NOW, OTHER_KEY, opened_file
from tests.integration.test_storage_faults import child

__all__ = ["clinic", "desk", "telegram"]

PATIENCE = 30.0  # seconds, for a slow machine
KILLED = """
    import os, signal
    from storage import high_water
    sys.addaudithook(lambda event, _: event == "os.rename" and os.kill(os.getpid(), signal.SIGKILL))
    high_water.write(path, high_water.Mark(1, high_water.real_now()), key)
"""


async def put(database: SqliteDatabase, *names: str) -> None:
    """A transaction for each name."""
    for name in names:
        async with database.transaction() as tx:
            tx.write("INSERT INTO teams VALUES (?, ?, 't')", name, name)


async def count(path: Path) -> int:
    """How many teams there are, asked by opening it."""
    database = await open_sqlite(path, KEY, create=False)
    try:
        async with database.transaction() as tx:
            row = await tx.one("SELECT count(*) AS n FROM teams")
            return int(row["n"]) if row else 0
    finally:
        await database.close()


async def earlier_copy(folder: Path) -> Path:
    """A database that was replaced by a copy of what it was two marks ago; the mark is the newest."""
    path, kept = folder / "e.db", folder / "kept"
    async with opened_file(folder) as database:
        await put(database, "one")
    shutil.copy(path, kept)
    for name in ("two", "three"):
        async with opened_file(folder) as database:
            await put(database, name)
    shutil.copy(kept, path)
    return path


def aged(file: Path, minutes: int) -> None:
    """Last written so many minutes ago."""
    then = (high_water.real_now() - timedelta(minutes=minutes)).timestamp()
    os.utime(file, (then, then))


def held(folder: Path) -> dict[str, bytes]:
    """What stands in the files of a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def test_the_mark_rises_by_itself_within_moments_of_a_commit(tmp_path: Path) -> None:
    """Nobody has to ask for it: the mark stands where the database is, and rises again with the next commit."""
    async with opened_file(tmp_path) as database:
        for name, wanted in (("one", 1), ("two", 2)):
            await put(database, name)
            until = asyncio.get_running_loop().time() + PATIENCE
            while (mark := high_water.read(tmp_path / "e.db", KEY)) is None or mark.count < wanted:
                assert asyncio.get_running_loop().time() < until
                await asyncio.sleep(0.05)
            assert mark.count == wanted
    assert high_water.read(tmp_path / "e.db", KEY) == mark, "there was nothing new when it was closed"
    assert high_water.path_of(tmp_path / "e.db").stat().st_mode & 0o777 == 0o600


async def test_closing_marks_what_was_committed_a_moment_ago(tmp_path: Path) -> None:
    """A command that lasts no second leaves its mark; one that only reads leaves none."""
    async with opened_file(tmp_path) as database:
        await put(database, "one")
    mark = high_water.read(tmp_path / "e.db", KEY)
    assert mark is not None and mark.count == 1
    assert await count(tmp_path / "e.db") == 1
    assert high_water.read(tmp_path / "e.db", KEY) == mark


async def test_an_older_copy_in_its_place_is_told_at_every_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It opens, says since when something is missing and what to do, and says so until somebody has seen to it."""
    path = await earlier_copy(tmp_path)
    for _ in range(2):
        caplog.clear()
        assert await count(path) == 1
        (said,) = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
        assert said.startswith(f"The database {path} has lost what was stored between 20")
        assert f"remove {high_water.losses_path(path)}" in said
    (loss,) = high_water.losses(path)
    assert loss.mark == 3 and loss.since is not None and loss.until is not None and loss.since < loss.until
    high_water.losses_path(path).unlink()
    caplog.clear()
    async with opened_file(tmp_path) as database:
        await put(database, "four")
    assert [one.mark for one in high_water.losses(path)] == [3], "nothing new was stored: it is missing still"


async def test_what_comes_after_a_loss_is_marked_above_it(tmp_path: Path) -> None:
    """The bot goes on, its mark lies above the old one, and a second loss is told beside the first."""
    path = await earlier_copy(tmp_path)
    shutil.copy(path, tmp_path / "kept again")
    async with opened_file(tmp_path) as database:
        await put(database, "four")
    mark = high_water.read(path, KEY)
    assert mark is not None and mark.count == 4
    high_water.losses_path(path).unlink()
    assert await count(path) == 2
    assert high_water.losses(path) == []
    shutil.copy(tmp_path / "kept again", path)
    assert await count(path) == 1
    assert [one.mark for one in high_water.losses(path)] == [4]


async def test_a_loss_that_cannot_be_noted_is_not_covered_up(tmp_path: Path) -> None:
    """While the note cannot be written the mark stays where it is, and the database works all the same."""
    path = await earlier_copy(tmp_path)
    high_water.losses_path(path).mkdir()  # nothing can be written there
    before = high_water.path_of(path).read_bytes()
    async with opened_file(tmp_path) as database:
        await put(database, "four")
    assert high_water.path_of(path).read_bytes() == before
    high_water.losses_path(path).rmdir()
    assert await count(path) == 2
    assert [one.mark for one in high_water.losses(path)] == [3]


@pytest.mark.parametrize("harm", [b"", b"\0" * 400, b"{}\n00\n", "håndskrevet".encode()])
async def test_a_spoilt_mark_is_told(tmp_path: Path, harm: bytes) -> None:
    """It opens; that nobody can tell what is missing is said once, and the next mark is a good one."""
    path = tmp_path / "e.db"
    async with opened_file(tmp_path) as database:
        await put(database, "one")
    high_water.path_of(path).write_bytes(harm)
    with pytest.raises(SpoiltMark):
        high_water.read(path, KEY)
    for name in ("two", "three"):
        async with opened_file(tmp_path) as database:
            await put(database, name)
    (loss,) = high_water.losses(path)
    assert loss.mark is None and "nobody can tell" in high_water.sentence(path, loss)
    mark = high_water.read(path, KEY)
    assert mark is not None and mark.count == 3


async def test_a_mark_of_another_key_is_no_mark_of_ours(tmp_path: Path) -> None:
    """Who has not the key can neither write a mark nor change one unseen."""
    high_water.write(tmp_path / "e.db", Mark(7, NOW), OTHER_KEY)
    with pytest.raises(SpoiltMark):
        high_water.read(tmp_path / "e.db", KEY)
    assert high_water.read(tmp_path / "e.db", OTHER_KEY) == Mark(7, NOW)


async def test_the_doctor_notices_and_changes_nothing(tmp_path: Path) -> None:
    """Looking tells the loss before anybody opens the database, and leaves every file as it is."""
    path = await earlier_copy(tmp_path)
    before = held(tmp_path)
    async with looked_into(path, KEY) as look:
        loss = await look.missing(NOW)
    assert loss is not None and loss.mark == 3 and loss.noticed == NOW
    assert held(tmp_path) == before


def test_doctor_tells_the_operator(clinic: Clinic) -> None:
    """An older copy in its place is bad, with the time and what to do; once somebody opened it too, until the note of
    it is removed; then all is well."""
    _, checks = clinic.examined()
    assert checks["high_water"]["status"] == "ok"
    kept = clinic.database.read_bytes()
    clinic.write(("INSERT INTO teams VALUES ('1', 'n', 't')",))
    clinic.database.write_bytes(kept)
    note = high_water.losses_path(clinic.database)
    clinic.finds("high_water", "bad", "has lost what was stored between", "UTC", f"remove {note}")
    assert not note.exists(), "it only looks"
    clinic.write(("INSERT INTO teams VALUES ('2', 'm', 't')",))
    clinic.finds("high_water", "bad", "has lost what was stored between", "UTC", f"remove {note}")
    note.chmod(0o644)
    clinic.finds("permissions", "bad", str(note))
    note.unlink()
    _, checks = clinic.examined()
    assert checks["high_water"]["status"] == "ok"


async def test_only_the_last_marks_are_remembered(tmp_path: Path) -> None:
    """However long the bot runs the file stays small; what it tells is in order, and ends below the mark."""
    async with opened_file(tmp_path) as database:
        for number in range(70):
            await put(database, str(number))
            await database.mark()
    mark = high_water.read(tmp_path / "e.db", KEY)
    assert mark is not None and mark.count == 70
    assert [number for number, _ in mark.earlier] == list(range(10, 70))
    assert sorted(at for _, at in mark.earlier) == [at for _, at in mark.earlier]
    assert high_water.path_of(tmp_path / "e.db").stat().st_size < 4_096


def test_what_a_killed_writer_left_is_removed_when_it_is_old(tmp_path: Path) -> None:
    """A mark half written stays while its writer might be alive, and goes with the next mark after that; what is not
    ours stays for good."""
    path = tmp_path / "e.db"
    process = child(KILLED, path)
    process.communicate()
    left = tmp_path / f"e.db.mark.new-{process.pid}"
    assert process.returncode == -signal.SIGKILL and list(held(tmp_path)) == [left.name]
    others = [tmp_path / name for name in ("e.db.mark.bak", "e.db.new-1", "other.db.mark.new-1")]
    for file in others:
        file.touch()
        aged(file, 600)
    for minutes, there in ((0, True), (9, True), (11, False)):
        if minutes:
            aged(left, minutes)
        high_water.write(path, Mark(minutes, NOW), KEY)
        assert left.exists() == there, minutes
        assert high_water.read(path, KEY) == Mark(minutes, NOW)
    assert set(held(tmp_path)) == {"e.db.mark", *(file.name for file in others)}


def test_a_leftover_that_cannot_be_removed_keeps_nobody_from_marking(tmp_path: Path) -> None:
    """The mark is written, and the leftovers beside it go."""
    path = tmp_path / "e.db"
    for number in range(20):
        left = tmp_path / f"e.db.mark.new-{number}"
        left.touch() if number % 2 else left.mkdir()  # a folder cannot be removed as a file is
        aged(left, 11)
    high_water.write(path, Mark(1, NOW), KEY)
    assert high_water.read(path, KEY) == Mark(1, NOW)
    left_over = {file.name for file in tmp_path.iterdir()} - {"e.db.mark"}
    assert left_over == {f"e.db.mark.new-{number}" for number in range(0, 20, 2)}
