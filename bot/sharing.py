"""Several processes on one PostgreSQL database: who does what only one may do, and how they wake each other.

Updates are worked on by every process. Polling, sending (Telegram counts messages a bot, so the pace must be kept in
one place) and the clock's ticks are roles: each is held by one process at a time, through an advisory lock that the
server gives back the moment its holder's connection ends, however that comes about.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

import psycopg
from psycopg import AsyncConnection

from bot.telegram.waiting import BackOff, any_set
from storage.postgres_connect import Connect

log = logging.getLogger(__name__)

CHANNEL = "eftertanke"
_TRY_EVERY = 0.5  # seconds: how long a role may stay empty
_LOOK_EVERY = 1.0  # seconds between looks whether the connection, and with it the role, is still ours
_PATIENCE = 5.0
_SILENT = 30
_LANDS: Mapping[str, float] = {"send": 1.0}
"""Seconds that a role waits when it is taken over: what the one before had on its way to Telegram when it was killed
must be there before anything newer, or an older card would be drawn over it."""
Run: TypeAlias = Callable[[asyncio.Event], Awaitable[None]]
"""Works until the event it is given is set."""


async def in_role(connect: Connect, name: str, run: Run, stop: asyncio.Event) -> None:
    """Wait for the role ``name``, then ``run`` until ``stop`` is set or the role is lost, and wait for it again."""
    pauses = BackOff(0.2, 5.0)
    while not stop.is_set():
        try:
            async with await connect() as connection:
                pauses.reset()
                # A holder that stopped without dying (a paused machine) must not keep the role: the server ends it.
                await connection.execute(f"SET idle_session_timeout = '{_SILENT}s'")
                if await _wait_for(connection, name, stop):
                    log.info("This process has the role %s.", name)
                    await any_set(stop, timeout=_LANDS.get(name, 0.0))
                    await _while_held(connection, run, stop)
        except (psycopg.Error, OSError) as error:
            log.warning("The role %s is lost (%s) and is asked for again.", name, type(error).__name__)
            await any_set(stop, timeout=pauses.next())


async def listen(connect: Connect, wakes: Mapping[str, asyncio.Event], stop: asyncio.Event) -> None:
    """Set the event of a table whenever any process has put something in it. After a lost connection all are set once:
    nobody knows what was missed."""
    pauses = BackOff(0.2, 5.0)
    while not stop.is_set():
        try:
            async with await connect() as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                pauses.reset()
                _set_all(wakes)
                await _told(connection, wakes, stop)
        except (psycopg.Error, OSError) as error:
            log.warning("Waking each other is interrupted (%s); work goes on more slowly.", type(error).__name__)
            await any_set(stop, timeout=pauses.next())


async def _told(connection: AsyncConnection[Any], wakes: Mapping[str, asyncio.Event], stop: asyncio.Event) -> None:
    while not stop.is_set():
        async for told in connection.notifies(timeout=_LOOK_EVERY):
            if told.payload in wakes:
                wakes[told.payload].set()
            if stop.is_set():
                return
        async with asyncio.timeout(_PATIENCE):
            await connection.execute("SELECT 1")


def _set_all(wakes: Mapping[str, asyncio.Event]) -> None:
    for wake in wakes.values():
        wake.set()


def role_number(name: str) -> int:
    """The number of the advisory lock that stands for a role."""
    return int.from_bytes(hashlib.sha256(f"eftertanke role {name}".encode()).digest()[:8], "big", signed=True)


async def _wait_for(connection: AsyncConnection[Any], name: str, stop: asyncio.Event) -> bool:
    number = role_number(name)
    while not stop.is_set():
        row = await (await connection.execute("SELECT pg_try_advisory_lock(%s) AS ours", (number,))).fetchone()
        if row is not None and row["ours"]:
            return True
        await any_set(stop, timeout=_TRY_EVERY)
    return False


async def _while_held(connection: AsyncConnection[Any], run: Run, stop: asyncio.Event) -> None:
    """Run beside the connection that holds the role; end it as soon as that is gone."""
    over = asyncio.Event()
    work = asyncio.ensure_future(run(over))
    try:
        while not stop.is_set() and not work.done():
            await asyncio.wait({work, stopped := asyncio.ensure_future(stop.wait())}, timeout=_LOOK_EVERY,
                               return_when=asyncio.FIRST_COMPLETED)  # fmt: skip
            stopped.cancel()
            await _still_there(connection, over)
    finally:
        over.set()
        with suppress(asyncio.CancelledError):
            await work


async def _still_there(connection: AsyncConnection[Any], over: asyncio.Event) -> None:
    """Ask the server for a sign of life; without one ``over`` is set at once, since cancelling can take long.

    Raises psycopg's errors.
    """
    ping = asyncio.ensure_future(connection.execute("SELECT 1"))
    done, _ = await asyncio.wait({ping}, timeout=_PATIENCE)
    if not done:
        over.set()
        ping.cancel()
        raise psycopg.OperationalError("the server does not answer")
    ping.result()
