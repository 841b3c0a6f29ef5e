"""Ticks come, whatever happens in them or to the wall clock."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot import clock
from bot.clock import Clock, Tick


async def test_ticks_come_at_once_and_again() -> None:
    """The first round is at the start; a tick that fails comes again; a slow one never runs twice at a time."""
    counts = {"good": 0, "bad": 0, "slow": 0}

    async def good() -> None:
        counts["good"] += 1

    async def bad() -> None:
        counts["bad"] += 1
        raise ValueError

    async def slow() -> None:
        counts["slow"] += 1
        await asyncio.sleep(0.5)

    ticking = Clock([Tick("good", 0.05, good), Tick("bad", 0.05, bad), Tick("slow", 0.05, slow)])
    ticking.start()
    await asyncio.sleep(0.4)
    assert counts["good"] >= 3
    assert counts["bad"] >= 3
    assert counts["slow"] == 1
    await ticking.stop()


async def test_stopping_waits_for_what_runs() -> None:
    """A tick that runs when the clock is stopped ends first, and none begins after."""
    begun, ended = asyncio.Event(), 0

    async def work() -> None:
        nonlocal ended
        begun.set()
        await asyncio.sleep(0.3)
        ended += 1

    ticking = Clock([Tick("work", 0.05, work)])
    ticking.start()
    await asyncio.wait_for(begun.wait(), 2)
    await ticking.stop()
    assert ended == 1
    await asyncio.sleep(0.2)
    assert ended == 1
    await ticking.stop()


async def test_a_wall_clock_set_back_does_not_stop_the_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick whose next time lies hours ahead, because the clock was set back, is brought back soon."""
    monkeypatch.setattr(clock, "_LOOK_EVERY", 0.05)
    count = 0

    async def work() -> None:
        nonlocal count
        count += 1

    ticking = Clock([Tick("work", 0.05, work)])
    ticking.start()
    await asyncio.sleep(0.2)
    ticking._scheduler.get_job("work").modify(next_run_time=datetime.now(UTC) + timedelta(hours=3))
    before = count
    await asyncio.sleep(0.4)
    assert count >= before + 2
    await ticking.stop()


async def test_what_is_overdue_runs_once() -> None:
    """After the event loop stood still past a round, that round comes, late but once."""
    count = 0

    async def work() -> None:
        nonlocal count
        count += 1

    ticking = Clock([Tick("work", 2.0, work)])
    ticking.start()
    await asyncio.sleep(0.2)
    assert count == 1
    time.sleep(3.5)  # noqa: ASYNC251 - a blocked loop is what is tried; 1.7 s late is beyond APScheduler's own limit
    await asyncio.sleep(0.1)
    assert count == 2
    await ticking.stop()
