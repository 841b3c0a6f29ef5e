"""Ticks. The clock wakes us and holds no data: what is due stands in tables, and each tick looks there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)

_LOOK_EVERY = 5.0  # seconds of the loop's own clock, which a moved wall clock does not touch
_DRAIN = 4.0  # seconds: a whole stop shall take five at most


@dataclass(frozen=True, slots=True)
class Tick:
    """``run`` is called at the start and then every ``every`` seconds, never twice at a time."""

    name: str
    every: float
    run: Callable[[], Awaitable[None]]


class Clock:
    """Runs ticks on APScheduler, inside the running event loop. A tick that fails is logged and comes again."""

    def __init__(self, ticks: Sequence[Tick]) -> None:
        self._ticks = tuple(ticks)
        self._busy: set[asyncio.Task[Any]] = set()
        self._watch: asyncio.Task[None] | None = None
        # Without misfire_grace_time=None, what is over a second late is dropped without a word.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until ``stop`` is set."""
        self.start()
        try:
            await stop.wait()
        finally:
            await self.stop()

    def start(self) -> None:
        """Begin; the first round comes at once. Needs the running event loop."""
        for tick in self._ticks:
            self._scheduler.add_job(
                self._run, "interval", seconds=tick.every, args=[tick], id=tick.name, next_run_time=datetime.now(UTC)
            )
        self._scheduler.start()
        self._watch = asyncio.create_task(self._keep_on())

    async def stop(self) -> None:
        """Start no tick any more, and wait at most 5 s for those that run."""
        if self._watch is None:
            return
        self._watch.cancel()
        with suppress(asyncio.CancelledError):
            await self._watch
        self._watch = None
        self._scheduler.pause()
        if self._busy:
            await asyncio.wait(self._busy, timeout=_DRAIN)
        self._scheduler.shutdown(wait=False)

    async def _run(self, tick: Tick) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._busy.add(task)
        try:
            await tick.run()
        except Exception as error:
            log.warning("The tick %s failed with %s and will come again.", tick.name, type(error).__name__)
        finally:
            if task is not None:
                self._busy.discard(task)

    async def _keep_on(self) -> None:
        """Bring ticks back that a wall clock set backwards has pushed away: APScheduler would wait all those hours."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            now = datetime.now(UTC)
            for tick in self._ticks:
                job = self._scheduler.get_job(tick.name)
                if job is not None and job.next_run_time - now > timedelta(seconds=tick.every + 1):
                    job.modify(next_run_time=now)
