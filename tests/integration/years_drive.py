"""Drives the program through simulated years: a bot that sleeps, is killed, and whose clock jumps."""

from __future__ import annotations

import heapq
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bot.dialogue.reminders import replanned
from storage import due, remind_cards, reminders
from storage.sqlite import SqliteDatabase, open_sqlite
from storage.times import moment
from tests.integration.storage_kit import KEY
from tests.integration.years_audit import ZONE, Sent
from tests.integration.years_people import DAY, MINUTE, START, People, Size
from tests.integration.years_program import Killed, Program

TICK = 15  # seconds
PLACES = ("uncommitted", "claimed", "committed")

Trouble = Callable[[datetime], Awaitable[None]]
"""What befalls the program."""


class Drive(People):
    """One run. ``troubles``: (when, order, what befalls the program then)."""

    def __init__(self, path: Path, size: Size, seed: int, kind: type[Program] = Program) -> None:
        super().__init__(size, seed, kind)
        self.path = path
        self.troubles: list[tuple[datetime, int, Trouble]] = []
        self.ticks = 0
        self.db: SqliteDatabase
        self.now = START

    async def run(self) -> list[Sent]:
        """All the years; what was queued, read from the outbox."""
        await self.open()
        try:
            async with self.db.transaction() as tx:
                await self.enrol(tx)
            self.get_into_trouble()
            while self.now < self.end:
                await self.step()
            async with self.db.transaction() as tx:
                rows = await tx.all("SELECT payload, created_at FROM outbox ORDER BY seq")
        finally:
            await self.db.close()
        return [
            Sent(moment(row["created_at"]), series, moment(at), late)
            for row in rows
            for series, at, late in json.loads(row["payload"])
        ]

    async def open(self) -> None:
        """Start, as after a restart."""
        self.db = await open_sqlite(self.path / "e.db", KEY, create=True)
        await self.program.start(self.db, self.now)

    def get_into_trouble(self) -> None:
        """What will befall the program, and when."""
        size = self.size
        for count, happens in ((size.sleeps, self.sleep), (size.kills, self.kill), (size.jumps, self.jump)):
            for _ in range(count * size.years):
                self.order += 1
                heapq.heappush(self.troubles, (self.some_time(), self.order, happens))

    async def step(self) -> None:
        """What people do until something is due, then the tick; trouble whenever its time has come."""
        trouble = self.troubles[0][0] if self.troubles else self.end
        async with self.db.transaction() as tx:
            while True:
                first = await due.next_due(tx)
                tick = min(self.end if first is None else _next_tick(max(first, self.now)), trouble)
                if not self.events or self.events[0][0] > tick:
                    break
                at, _, what = heapq.heappop(self.events)
                self.now = max(self.now, at)
                await what(tx, self.now)
        self.now = max(self.now, tick)
        if tick < trouble:
            await self.tick(tick)
        elif self.troubles:
            await heapq.heappop(self.troubles)[2](self.now)

    async def tick(self, now: datetime) -> None:
        """One tick; whoever is killed in it starts again."""
        self.ticks += 1
        try:
            await self.program.tick(self.db, now)
        except Killed:
            self.ledger.trouble.append((now, now + 10 * MINUTE))
            await self.db.close()
            await self.open()

    async def sleep(self, now: datetime) -> None:
        """The bot is down for up to three days; nothing happens meanwhile, and everything waits for it."""
        wakes = now + self.random.choice([timedelta(hours=2), DAY, 3 * DAY])
        self.ledger.trouble.append((now, wakes + MINUTE))
        await self.db.close()
        self.now = wakes
        await self.open()

    async def kill(self, now: datetime) -> None:
        """The next round that has something to do is killed somewhere."""
        self.program.kill = self.random.choice(PLACES)

    async def jump(self, now: datetime) -> None:
        """The clock is hours slow for a tick, or days fast for one at night; set right, everything is planned anew."""
        wall = now.astimezone(ZONE)
        night = datetime.combine(wall.date(), time(3, 30), ZONE).astimezone(UTC) + DAY
        if self.random.random() < 0.5:
            await self.tick(now - self.random.randint(1, 30) * timedelta(hours=1))
        else:
            self.order += 1
            heapq.heappush(self.troubles, (night, self.order, self.fast))

    async def fast(self, now: datetime) -> None:
        """Three days fast in the night, for one tick."""
        await self.tick(now + 3 * DAY)
        async with self.db.transaction() as tx:
            await due.back_to_pending(tx, now, timedelta(0))
            waiting = await remind_cards.people_ahead(tx, now)
            for person_id, work in (await self.program.works(tx, waiting, now)).items():
                due.look_again(tx, replanned(await reminders.waiting_of(tx, person_id), work))


def _next_tick(at: datetime) -> datetime:
    """The tick at or after this moment."""
    seconds = -(-at.timestamp() // TICK) * TICK
    return datetime.fromtimestamp(seconds, UTC)
