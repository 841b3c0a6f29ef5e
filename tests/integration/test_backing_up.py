"""The backup of the day: at its time, once, also after the bot was off; and what happens when it fails."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.backing_up import BackingUp, due_since
from bot.organisation_parts import Backup
from bot.settings import Settings, load_settings
from storage import backup_rows
from storage.backup_rows import MadeBy
from storage.sqlite import SqliteDatabase, open_sqlite
from tests.integration.storage_kit import KEY

EVENING = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)  # 22.00 in Copenhagen
WANTED = Backup.model_validate({"time": "03:00", "daily": 3, "weekly": 1})


@dataclass
class Nights:
    """A database and the tick that backs it up; ``now`` is moved by the tests."""

    db: SqliteDatabase
    settings: Settings
    now: datetime = EVENING
    tick: BackingUp = field(init=False)

    def __post_init__(self) -> None:
        self.started()

    def started(self) -> None:
        """As after a start of the bot."""
        self.tick = BackingUp(self.db, self.settings, KEY, lambda: self.now, WANTED)

    def files(self) -> list[str]:
        """What lies in the backup folder."""
        folder = self.settings.backups
        return sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []

    async def at(self, when: datetime) -> list[str]:
        """Move the clock there and tick."""
        self.now = when
        await self.tick.run()
        return self.files()


@asynccontextmanager
async def nights(folder: Path) -> AsyncIterator[Nights]:
    """An empty organisation, whose first backup was made at set-up."""
    settings = load_settings({"EFTERTANKE_DATA": str(folder / "data")})
    db = await open_sqlite(settings.database, KEY, create=True)
    try:
        async with db.transaction() as tx:
            backup_rows.note_backup(tx, made_at=EVENING, made_by=MadeBy.SETUP, file="x", size=1, verified_at=EVENING)
        yield Nights(db, settings)
    finally:
        await db.close()


def test_due_at_the_local_time() -> None:
    """Three o'clock in Copenhagen, in winter and in summer."""
    settings = load_settings({"EFTERTANKE_DATA": "data"})
    assert due_since(datetime(2026, 1, 5, 2, 0, tzinfo=UTC), WANTED, settings) == datetime(2026, 1, 5, 2, tzinfo=UTC)
    assert due_since(datetime(2026, 1, 5, 1, 59, tzinfo=UTC), WANTED, settings) == datetime(2026, 1, 4, 2, tzinfo=UTC)
    assert due_since(datetime(2026, 7, 5, 12, 0, tzinfo=UTC), WANTED, settings) == datetime(2026, 7, 5, 1, tzinfo=UTC)


async def test_once_a_day_at_its_time(tmp_path: Path) -> None:
    """Not before three at night, then once, and again the night after; the row says that it was verified."""
    async with nights(tmp_path) as here:
        assert await here.at(EVENING + timedelta(hours=4, minutes=59)) == []
        first = "eftertanke-2026-11-24-030010.backup"
        assert await here.at(EVENING + timedelta(hours=5, seconds=10)) == [first]
        assert await here.at(EVENING + timedelta(hours=5, seconds=25)) == [first]
        here.started()
        assert await here.at(EVENING + timedelta(hours=20)) == [first]
        assert len(await here.at(EVENING + timedelta(hours=29, minutes=1))) == 2
        async with here.db.transaction() as tx:
            newest = await backup_rows.newest_backup(tx, verified=True)
        assert newest is not None
        assert (newest.made_by, newest.made_at, newest.problem) == (MadeBy.CLOCK, here.now, None)


async def test_after_a_stop_it_is_made_at_once(tmp_path: Path) -> None:
    """The bot was off at three, for days: the first tick makes one, not one for each night."""
    async with nights(tmp_path) as here:
        assert len(await here.at(EVENING + timedelta(days=4))) == 1


async def test_the_first_start_after_a_restore_makes_one(tmp_path: Path) -> None:
    """A backup that was made earlier the same day, on another machine, does not count; the one that is made does, and
    the night's comes as always."""
    async with nights(tmp_path) as here:
        async with here.db.transaction() as tx:
            backup_rows.note_restore(tx, at=EVENING + timedelta(minutes=5), backup_made_at=EVENING)
        assert len(await here.at(EVENING + timedelta(minutes=6))) == 1
        assert len(await here.at(EVENING + timedelta(minutes=30))) == 1
        assert len(await here.at(EVENING + timedelta(hours=5))) == 2


async def test_the_one_that_rekey_made_counts(tmp_path: Path) -> None:
    """It lies in the same folder: no second one is made for the same night."""
    async with nights(tmp_path) as here:
        at = EVENING + timedelta(hours=5)
        async with here.db.transaction() as tx:
            backup_rows.note_backup(tx, made_at=at, made_by=MadeBy.REKEY, file="y", size=1, verified_at=at)
        assert await here.at(at + timedelta(minutes=1)) == []


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("BadBackup", "cut off"),
        ("StorageFull", "full"),
        ("FileExistsError", "something else lies"),
        ("ZeroDivisionError", "unexpected"),
    ],
)
def test_a_problem_in_words(problem: str, words: str) -> None:
    """An operator reads no class name, whatever went wrong."""
    assert words in backup_rows.in_words(problem)
    assert problem not in backup_rows.in_words(problem)


async def test_old_ones_make_room_and_the_list_of_erasures_stays(tmp_path: Path) -> None:
    """Three days and one week are kept; what is not a backup of ours is left alone, but for what a killed one left."""
    async with nights(tmp_path) as here:
        here.settings.backups.mkdir(mode=0o700)
        for name in ("erasures.jsonl", "note.txt", ".eftertanke-2026-11-20-030000.backup.inside"):
            (here.settings.backups / name).write_bytes(b"")
        for day in range(1, 13):
            files = await here.at(EVENING + timedelta(days=day, hours=6))
        assert files == [
            "eftertanke-2026-12-03-040000.backup",
            "eftertanke-2026-12-04-040000.backup",
            "eftertanke-2026-12-05-040000.backup",
            "eftertanke-2026-12-06-040000.backup",
            "erasures.jsonl",
            "note.txt",
        ]


async def test_a_failure_is_told_and_tried_again_after_an_hour(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """By class name in log and table; the bot goes on, and when the trouble is over the backup is made."""
    async with nights(tmp_path) as here:
        here.settings.backups.write_bytes(b"a file where the folder should be")
        with caplog.at_level(logging.ERROR):
            await here.at(EVENING + timedelta(hours=5))
        assert caplog.messages == ["The backup of the day was not made: FileExistsError."]
        async with here.db.transaction() as tx:
            tried = await backup_rows.newest_backup(tx, verified=False)
        assert tried is not None
        assert (tried.problem, tried.verified_at, tried.bytes) == ("FileExistsError", None, 0)
        here.settings.backups.unlink()
        assert await here.at(EVENING + timedelta(hours=5, minutes=59)) == []
        assert len(await here.at(EVENING + timedelta(hours=6))) == 1


async def test_the_loop_is_not_held_up(tmp_path: Path) -> None:
    """While a backup of some megabytes is made, everything else in the program runs on."""
    async with nights(tmp_path) as here:
        async with here.db.transaction() as tx:
            for number in range(20_000):
                tx.write("INSERT INTO teams (id, name, created_at) VALUES (?, ?, 't')", str(number), str(number) * 60)
        making = asyncio.create_task(here.at(EVENING + timedelta(hours=5)))
        longest, turns = 0.0, 0
        while not making.done():
            began = time.monotonic()
            await asyncio.sleep(0.001)
            longest, turns = max(longest, time.monotonic() - began), turns + 1
        assert len(await making) == 1
        assert turns > 20
        assert longest < 0.25


async def test_a_bot_that_ends_does_not_wait(tmp_path: Path) -> None:
    """The backup under way is given up, leaves nothing, and is no failure: it is made after the next start."""
    async with nights(tmp_path) as here:
        making = asyncio.create_task(here.at(EVENING + timedelta(hours=5)))
        here.tick.stop()
        assert await making == []
        async with here.db.transaction() as tx:
            tried = await backup_rows.newest_backup(tx, verified=False)
        assert tried is not None
        assert tried.made_by is MadeBy.SETUP
        here.started()
        assert len(await here.at(EVENING + timedelta(hours=5, minutes=1))) == 1
