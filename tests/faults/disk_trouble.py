"""What a disk can do to the bot while mentors debrief: full, read-only, or held by another program."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

from storage.sqlite_connect import connect
from tests.faults.crowd import CrowdPhone
from tests.faults.troubles import Trouble

Way: TypeAlias = Callable[[CrowdPhone, random.Random], AbstractAsyncContextManager[None]]
"""For the length of the block nothing can be stored."""

WORST = "tenths of a second at most until it polled and answered again"
WAITING = "updates kept waiting"
UNMET = "troubles that nobody met"
SHORT = 0.5  # what is full or read-only refuses every write at once, and need not last as long as the lock
_PATIENCE = 120.0
_ROOM = 200_000  # bytes: less than the write-ahead log has grown to by then


@asynccontextmanager
async def full(phone: CrowdPhone, chance: random.Random) -> AsyncIterator[None]:
    """No file of the bot may be written beyond a place: nothing at all, or only the beginning of each. The system
    refuses as on a full disk, root too; the bot's own log is on the same disk."""
    pid = _pid(phone)
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (chance.choice((0, chance.randrange(_ROOM))), before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@asynccontextmanager
async def read_only(phone: CrowdPhone, chance: random.Random) -> AsyncIterator[None]:
    """SQLite says that the database is read-only. No system lets anybody make a disk so under files that are open for
    writing; ``tests.faults.disk_child`` lets SQLite itself refuse, with the error that it has for this."""
    pid = _pid(phone)
    os.kill(pid, signal.SIGUSR1)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGUSR2)


@asynccontextmanager
async def locked(phone: CrowdPhone, chance: random.Random) -> AsyncIterator[None]:
    """Another process, this one, is in the midst of a transaction and does not end it."""
    other = await asyncio.to_thread(connect, phone.database, phone.key)
    try:
        await asyncio.to_thread(other.execute, f"BEGIN {chance.choice(('IMMEDIATE', 'EXCLUSIVE'))}")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


WAYS: dict[str, Way] = {"full": full, "read-only": read_only, "locked": locked}


def disks(ways: Sequence[str], times: int, seconds: float) -> Trouble:
    """Each of the ways so often, the lock for so many seconds and the others for less; in between the mentors
    go on for a moment. It is noted how long the bot needs to be back by itself, each time."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        pid = _pid(phone)
        for way in [*ways] * times:
            await _something_done(phone)
            async with WAYS[way](phone, chance):
                await asyncio.sleep(seconds if way == "locked" else seconds * SHORT)
                phone.figures[WAITING] += len(phone.world.updates)
                phone.figures[UNMET] += not len(phone.world.updates)
            phone.figures[way] += 1
            tenths = round(10 * await _back(phone))
            phone.figures[WORST] = max(phone.figures[WORST], tenths)
            assert _pid(phone) == pid, "by itself means the same process"

    return trouble


async def _something_done(phone: CrowdPhone) -> None:
    """The bot has been at work since the last trouble."""
    done, until = phone.world.journal.last + 15, time.monotonic() + _PATIENCE
    while phone.world.journal.last < done:
        assert time.monotonic() < until, f"it does too little: {phone.last_words()}"
        await asyncio.sleep(0.05)


async def _back(phone: CrowdPhone) -> float:
    """Seconds until all that waited is confirmed and something was sent after that."""
    began, newest, confirmed = time.monotonic(), phone.world.ledger[-1].update_id, -1
    while confirmed < 0 or phone.world.journal.last <= confirmed:
        waiting = phone.world.updates.peek(1)
        if confirmed < 0 and (not waiting or waiting[0]["update_id"] > newest):
            confirmed = phone.world.journal.last
        assert time.monotonic() - began < _PATIENCE, f"it does not come back: {phone.last_words()}"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


def _pid(phone: CrowdPhone) -> int:
    pid = phone.plug.pid
    assert pid is not None, f"the bot is not on: {phone.last_words()}"
    return pid
