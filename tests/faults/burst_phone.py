"""A phone for a burst: everybody's updates and reminders fall due while the bot is off, and come all at once.

The debriefs are begun beforehand, at the pace of a practice; then the bot is started as it is for Telegram, with its
real pace. That knows no moved clock: it is now there, and the reminders were asked for by the minute, whatever the
hour is.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bot.organisation import Organisation
from bot.practice.journal import Entry
from bot.practice.plug import Launch, Plug
from bot.service import remind_plan
from bot.service.tools import Tools
from bot.workdays import danish_holidays
from storage import followups, people
from tests.faults import stored
from tests.faults.crowd import ROOT, THE_PROGRAM, CrowdPhone
from tests.faults.stored import Stored
from tests.faults.storm import GUIDE

PATIENCE = 60.0  # seconds without any sign of life


MARK = re.compile(r"sag-\d+-\d+")
_MORE = re.compile(r"… og (\d+) til")


def told_of(entries: Sequence[Entry]) -> Counter[int]:
    """How many reminders were told, by chat: a message has a dozen lines, and says how many more there are."""
    told: Counter[int] = Counter()
    for entry in entries:
        if entry.method == "sendMessage" and entry.chat_id is not None and (lines := MARK.findall(entry.text)):
            told[entry.chat_id] += len(lines) + sum(map(int, _MORE.findall(entry.text)))
    return told


class BurstPhone(CrowdPhone):
    """So many ``writers``, who send updates, and as many readers, who get reminders. ``command``: of the bot in the
    burst."""

    def __init__(self, folder: Path, writers: int, command: Sequence[str] = THE_PROGRAM) -> None:
        super().__init__(folder, 2 * writers)
        self.world.clock.offset = timedelta()
        env = self._environment(folder / "clock_offset")
        (folder / "clock_offset").write_text("0", encoding="ascii")
        self._before = self.plug
        del env["EFTERTANKE_CLOCK_OFFSET_FILE"]
        # Not out of a loaded process: how much memory it takes is asked.
        self._during = Plug(Launch(command, env, ROOT), self.log, self.feed.bump)
        self.writers, self.readers = self.mentors[:writers], self.mentors[writers:]

    async def __aenter__(self) -> BurstPhone:
        await super().__aenter__()
        return self

    async def begun(self) -> Stored:
        """Everybody who writes has begun a debrief; the bot is off again. What is stored then."""
        await self.start_bot()
        for person in self.writers:
            self.hands.send(person, "/debrief")
        await self.quiet(2.0)
        await self.stop_bots()
        self.plug = self._during
        return await stored.read(self)

    async def remind(self, each: int) -> list[str]:
        """Give every reader so many reminders that are due now, while the bot is off; their texts."""
        now = self.world.now()
        tools = Tools(GUIDE, Organisation(), danish_holidays)
        texts: list[str] = []
        db = await self.open()
        async with db.transaction() as tx:
            for reader in self.readers:
                person = await people.person_by_chat(tx, reader.id)
                assert person is not None
                own = [f"sag-{reader.id}-{n}" for n in range(each)]
                made = [
                    followups.add_own(
                        tx, mentor_id=person.id, citizen_id=None, kind=remind_plan.OWN, text=text, due_at=now,
                        due_has_time=True, now=now,
                    )
                    for text in own
                ]  # fmt: skip
                await remind_plan.sync(tx, tools, person, made, now)
                texts += own
            await tx.run("UPDATE reminders SET deliberate = 1, send_at = due_at")
        await db.close()
        return texts

    async def quiet(self, seconds: float) -> None:
        """Wait until all updates are fetched and the bot has done nothing for so long. Raises AssertionError when they
        are not fetched."""
        last, since = -1, time.monotonic()
        while len(self.world.updates) or time.monotonic() - since < seconds:
            if self.world.journal.last != last:
                last, since = self.world.journal.last, time.monotonic()
            assert time.monotonic() - since < PATIENCE, f"nothing moves: {self.last_words()}"
            await asyncio.sleep(0.05)

    async def told(self, mark: int, count: int) -> None:
        """Wait until so many reminders were told after entry ``mark``, or nothing is sent any more for a good while."""
        last, since = mark, time.monotonic()
        while told_of(self.world.journal.after(mark)).total() < count and time.monotonic() - since < PATIENCE:
            if self.world.journal.last != last:
                last, since = self.world.journal.last, time.monotonic()
            await asyncio.sleep(0.3)

    async def untold(self) -> int:
        """How many reminders the database does not hold for sent; the bot must be off."""
        db = await self.open()
        async with db.snapshot() as tx:
            row = await tx.one("SELECT count(*) AS n FROM reminders WHERE status <> 'sent'")
        await db.close()
        return int((row or {"n": -1})["n"])

    def peak(self) -> int:
        """The most memory the bot ever held, in megabytes (the kernel's high-water mark of its resident set)."""
        status = Path(f"/proc/{self.plug.pid}/status").read_text(encoding="ascii")
        (found,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
        return int(found) // 1024
