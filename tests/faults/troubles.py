"""What can happen to the bot while mentors debrief: the plug pulled, updates that come again, a server in trouble."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from bot.practice.faults import Fault
from bot.practice.limits import Json
from bot.practice.updates import UpdateQueue, Waiting
from tests.faults.crowd import CrowdPhone

Trouble: TypeAlias = Callable[[CrowdPhone, random.Random], Awaitable[None]]
"""Does harm to the bot while the mentors go on, and leaves it running."""


def nothing_until(messages: int) -> Trouble:
    """Let the mentors work in peace until they have written so many messages."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        until = time.monotonic() + 90
        while sum("message" in told.update for told in phone.world.ledger) < messages:
            assert time.monotonic() < until, "the mentors are too slow"
            await asyncio.sleep(0.1)

    return trouble


def kills(count: int) -> Trouble:
    """Pull the plug so often, each time at a moment drawn by lot, and put it back at once."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        asked = phone.world.polls - 1  # it listens already
        for _ in range(count):
            await _moment(phone, chance, asked)
            phone.figures["kills"] += 1
            phone.figures["kills with updates unconfirmed"] += bool(len(phone.world.updates))
            await phone.plug.kill()
            asked = phone.world.polls
            await phone.plug.start()

    return trouble


async def _moment(phone: CrowdPhone, chance: random.Random, asked: int) -> None:
    """Wait for it: while the bot starts, soon after it began to listen, or (mostly) in the middle of its work, which
    is counted in what it has done, so that a slow machine gets through as much as a fast one."""
    way = chance.random()
    if way < 0.12:
        await asyncio.sleep(chance.uniform(0, 0.6))
        return
    await phone.until_asked(asked)
    if way < 0.25:
        await asyncio.sleep(chance.uniform(0, 0.5))
        return
    done = phone.world.journal.last + chance.randint(1, 12)
    until = time.monotonic() + 20
    while phone.world.journal.last < done and time.monotonic() < until:
        await phone.feed.wait(phone.feed.version, 0.1)
    await asyncio.sleep(chance.uniform(0, 0.02))


def kills_at(sign: Path, count: int, every: int) -> Trouble:
    """The bot makes the file ``sign`` and waits until it is gone: pull the plug at every ``every``-th one."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        for number in range(1, count * every + 1):
            until = time.monotonic() + 30
            while not await asyncio.to_thread(sign.exists):
                assert time.monotonic() < until, "the bot has not made its sign"
                await asyncio.sleep(0.005)
            if number % every:
                await asyncio.to_thread(sign.unlink)
                continue
            await phone.plug.kill()
            phone.figures["kills"] += 1
            await asyncio.to_thread(sign.unlink)
            await phone.start_bot()
        sign.with_suffix(".over").touch()

    return trouble


class Repeating(UpdateQueue):
    """Updates as Telegram gives them on a bad day: what was confirmed comes again, an answer holds them in any order,
    and numbers begin anew. ``repeated``: how often one was given out that had been given out before."""

    def __init__(self, first: int, chance: random.Random) -> None:
        super().__init__(first)
        self._chance = chance
        self._confirmed: dict[int, Waiting] = {}
        self._handed: dict[int, Waiting] = {}
        self.repeated = 0

    def confirm(self, offset: int) -> int:
        """Forget what is below ``offset``, but for what comes again: only what was confirmed may, for an update whose
        number is above that of a new one would confirm that one too."""
        before = list(self._waiting)
        count = super().confirm(offset)
        self._confirmed |= {id(one): one for one in before[:count] if id(one) in self._handed}
        return count

    def peek(self, limit: int) -> list[Json]:
        """Give the first of those that wait, in any order."""
        batch = list(self._waiting)[:limit]
        for one in batch:
            self.repeated += id(one) in self._handed
            self._handed[id(one)] = one  # kept, so that no other gets its id
        self._chance.shuffle(batch)
        return [{"update_id": one.number, **one.payload} for one in batch]

    def again(self, most: int) -> None:
        """Put some of those confirmed before, at most so many, among those that wait, in any order."""
        known = list(self._confirmed.values())
        old = self._chance.sample(known, min(len(known), self._chance.randint(1, most)))
        waiting = list(self._waiting)
        for one in old:
            waiting.insert(self._chance.randint(0, len(waiting)), one)
        self._waiting.clear()
        self._waiting.extend(waiting)

    def jump(self, number: int) -> None:
        """The next update gets this number, which may be lower than any before; all earlier ones are forgotten."""
        self._next = number
        self._confirmed.clear()


_FEW, _MANY = 8, 200  # old ones at a time; two answers' worth at most, so that new ones need not wait long


def repeats(count: int, restarts: int) -> Trouble:
    """Give so many earlier updates again, in between the new ones; restart the bot so often, each time with numbers
    that begin anew somewhere else, higher and lower."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        queue = Repeating(100_001, chance)
        phone.world.updates = queue  # the one before has nothing left: the mentors begin with this
        for turn in range(restarts + 1):
            while queue.repeated < count * (turn + 1) // (restarts + 1):
                await asyncio.sleep(chance.uniform(0, 0.06))
                if len(queue) < _MANY:
                    queue.again(chance.choice((_FEW, _MANY, _MANY)))
                    phone.world.changed()
            if turn < restarts:
                await _begin_anew(phone, queue, (100_001, 2**40, 7)[turn % 3])
                phone.figures["new beginnings"] += 1
        phone.figures.update({"repeated": queue.repeated, "restarts": 2 * restarts})

    return trouble


async def _begin_anew(phone: CrowdPhone, queue: Repeating, number: int) -> None:
    """A restart in the midst of things, after which old ones come again; then another one, with new numbers.

    Telegram begins anew only after a week of silence: everybody is silent until all is confirmed and the bot is off.
    """
    await phone.plug.kill()
    queue.again(_FEW)
    await phone.start_bot()
    phone.go.clear()
    await phone.until_still()
    await phone.plug.kill()
    queue.jump(number)
    await phone.start_bot()
    phone.go.set()


WEATHER = ("429", "429-bare", "500", "502", "drop", "drop-before", "401", "404")
"""Kinds of ``bot.practice.faults.Fault`` after which the same call may succeed, and which can be met at any time."""
SLOWLY = {"delay": 12.0, "late": 12.0, "slow": 1.0}
"""Kinds in which one call hangs for longer than the bot waits for an answer, with their seconds."""
LASTING = 10.0  # seconds of the one that lasts
MANY = 10**6  # calls
PATIENCE = 30.0  # seconds until a trouble counts as met by nobody
_BACK = "seconds until it polled again"
TROUBLES, UNMET = "troubles", "troubles that nobody met"


def weather(kinds: Sequence[str], seconds: float) -> Trouble:
    """For about so many seconds each, every poll meets the kind of fault; then every other call does."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        for kind in kinds:
            for method in ("getupdates", ""):
                await _bad(phone, chance, kind, method, seconds * chance.uniform(0.4, 1.6))

    return trouble


def hanging_weather(kinds: Sequence[str], seconds: float, rounds: int) -> Trouble:
    """So many rounds of the same, and meanwhile single calls hang; in the end the token is unknown for ten seconds, and
    a poll hangs."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        for _ in range(rounds):
            for kind, lasts in SLOWLY.items():
                phone.faults.add(Fault(kind, seconds=lasts))
            await weather(kinds, seconds)(phone, chance)
        await _bad(phone, chance, chance.choice(("401", "404")), chance.choice(("getupdates", "")), LASTING)
        await _hanging_poll(phone)
        met = sum(count for (kind, _), count in phone.faults.taken.items() if kind in SLOWLY)
        phone.figures[TROUBLES] += met
        phone.figures[UNMET] += rounds * len(SLOWLY) + 1 - met

    return trouble


async def _bad(phone: CrowdPhone, chance: random.Random, kind: str, method: str, seconds: float) -> None:
    fault, until = Fault(kind, count=MANY, method=method), time.monotonic() + PATIENCE
    phone.faults.add(fault)
    await asyncio.sleep(seconds)
    while fault.count == MANY and time.monotonic() < until:
        await phone.feed.wait(phone.feed.version, 0.1)
    phone.faults.take_back(fault)
    phone.figures[UNMET if fault.count == MANY else TROUBLES] += 1
    asked, cleared = phone.world.polls, time.monotonic()
    await phone.until_asked(asked)
    phone.figures[_BACK] = max(phone.figures[_BACK], round(time.monotonic() - cleared))
    await asyncio.sleep(chance.uniform(0.2, 0.6))


async def _hanging_poll(phone: CrowdPhone) -> None:
    """A byte a second, and nothing else: every timeout of the connection is content with that."""
    fault, until = Fault("slow", method="getupdates", seconds=SLOWLY["slow"]), time.monotonic() + PATIENCE
    phone.faults.add(fault)
    while fault.count and time.monotonic() < until:
        await phone.feed.wait(phone.feed.version, 0.2)
    asked, began = phone.world.polls, time.monotonic()
    await phone.until_asked(asked + 1, seconds=45)
    phone.figures[_BACK] = max(phone.figures[_BACK], round(time.monotonic() - began))
