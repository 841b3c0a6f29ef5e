"""Signs of life: the bot leaves word of its last good poll, once a minute, and others can see that it runs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import build_renderer
from bot.housekeeping import Housekeeping
from bot.organisation import Organisation
from bot.settings import load_settings
from storage import signs
from storage.database import Database
from storage.instance import single_instance
from tests.integration.cli_kit import TOOLS
from tests.integration.doctor_kit import Clinic, clinic, desk, telegram
from tests.integration.storage_kit import opened

__all__ = ["clinic", "desk", "telegram"]
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class Chores:
    """Housekeeping whose clock and last poll a test moves."""

    def __init__(self, db: Database) -> None:
        self.db, self.now, self.ago = db, NOW, 0.0
        self.polled: float | None = None
        renderer = build_renderer(load_settings({}), Organisation())
        self.chores = Housekeeping(db, TOOLS, renderer, lambda: self.now, lambda: None, lambda: self.polled)

    async def run(self, polled: float | None, **later: float) -> datetime | None:
        """One round so much later; ``polled`` is how many seconds ago a poll worked. Gives what then stands there."""
        self.now += timedelta(**later)
        self.polled = polled
        await self.chores.run()
        async with self.db.transaction() as tx:
            return await signs.last(tx, signs.POLL)


async def test_no_poll_no_sign(tmp_path: Path) -> None:
    """Before the first poll that works, nothing is said."""
    async with opened(tmp_path) as db:
        assert await Chores(db).run(None) is None


async def test_once_a_minute(tmp_path: Path) -> None:
    """The time of the last good poll is written, and the next not before a minute has passed."""
    async with opened(tmp_path) as db:
        chores = Chores(db)
        assert await chores.run(5) == NOW - timedelta(seconds=5)
        assert await chores.run(5, seconds=50) == NOW - timedelta(seconds=5)
        assert await chores.run(5, seconds=10) == NOW + timedelta(seconds=55)


async def test_a_poller_in_trouble_is_not_seen(tmp_path: Path) -> None:
    """While no poll works, the sign stays where it was, however often the chores run."""
    async with opened(tmp_path) as db:
        chores = Chores(db)
        first = await chores.run(0)
        for minute in range(1, 10):
            assert await chores.run(60.0 * minute, minutes=1) == first


async def test_a_clock_that_was_set_back(tmp_path: Path) -> None:
    """A sign from a future that never came is replaced."""
    async with opened(tmp_path) as db:
        chores = Chores(db)
        await chores.run(0)
        assert await chores.run(0, hours=-5) == NOW - timedelta(hours=5)


def test_who_holds_the_lock(tmp_path: Path) -> None:
    """A bot at work is seen by its lock; looking makes no file, and a lock file alone means nothing."""
    database = tmp_path / "e.db"
    assert not signs.at_work(database)
    assert list(tmp_path.iterdir()) == []
    with single_instance(database):
        assert signs.at_work(database)
    assert not signs.at_work(database)
    with single_instance(database):
        assert signs.at_work(database), "looking must not have taken the lock away"


def test_a_real_bot_leaves_its_sign(clinic: Clinic, tmp_path: Path) -> None:
    """`eftertanke run` beside `eftertanke doctor`: the poll is seen, and nothing is bad."""
    clinic.write(("DELETE FROM signs_of_life",))
    (tmp_path / "offset").write_text("0", encoding="ascii")
    clinic.desk.env(EFTERTANKE_CLOCK_OFFSET_FILE=str(tmp_path / "offset"))  # the chores then come twice a second
    bot = subprocess.Popen([sys.executable, "-m", "bot", "run"], env=dict(os.environ), stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 30
        while (found := clinic.examined())[1]["poll"]["status"] != "ok":
            assert time.monotonic() < until and bot.poll() is None, found
            time.sleep(0.3)
        assert found[0] == 0, found
    finally:
        bot.terminate()
        bot.communicate(timeout=20)
    assert bot.returncode == 0


async def test_the_lock_of_another_task(tmp_path: Path) -> None:
    """Many who look at the same time never see each other as a bot."""
    database = tmp_path / "e.db"
    with single_instance(database):
        pass
    seen = await asyncio.gather(*(asyncio.to_thread(signs.at_work, database) for _ in range(50)))
    assert not any(seen)
