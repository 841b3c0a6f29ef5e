"""A process that works through the inbox as ``run`` does; only the sending, which is no part of a turn, stands still.

``child worker`` is one more such process on the same server. It says after each commit how many updates it carried out.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from telegram import Bot

from bot.app import Program, build_renderer
from bot.databases import sharing_of
from bot.organisation import Organisation
from bot.settings import load_settings
from bot.telegram.noted import Uncounted
from bot.telegram.worker import Worker
from storage.database import Database
from tests.benchmarks.nothing import TOKEN, Nowhere
from tests.benchmarks.places import open_at
from tests.benchmarks.walk import NOW, tools

_began = time.monotonic()


def now() -> datetime:
    """A clock that starts when the crowd's debriefs were begun, whatever the computer's says."""
    return NOW + timedelta(seconds=time.monotonic() - _began)


class _Counting(Uncounted):
    def __init__(self, turned: Callable[[int], None]) -> None:
        self._turned = turned

    def turned(self, seconds: float, count: int) -> None:
        """See ``Noted``; called after the commit."""
        self._turned(count)


class Working:
    """``Program`` with its own worker running, and on a server listening to what wakes it. ``turned`` is told after
    each commit how many updates were in it."""

    def __init__(self, database: Database, turned: Callable[[int], None]) -> None:
        settings = load_settings({})
        self.bot = Bot(TOKEN, request=Nowhere(), get_updates_request=Nowhere())
        self.program = Program(settings, database, self.bot, now, tools(), build_renderer(settings, Organisation()))
        wake = self.program.inbox_wake
        worker = Worker(
            database, self.program.handle, self.program.on_dead, now, wake, noted=_Counting(turned)
        )  # fmt: skip
        self._stop = asyncio.Event()
        self._tasks = [asyncio.create_task(worker.run(self._stop))]
        if (connect := sharing_of(database)) is not None:
            from bot.sharing import listen  # loads psycopg

            self._tasks.append(asyncio.create_task(listen(connect, {"inbox": wake}, self._stop)))

    async def close(self) -> None:
        """Let the worker finish."""
        self._stop.set()
        await asyncio.gather(*self._tasks)
        await self.bot.shutdown()


async def work_beside(database: str) -> None:
    """Work until the standard input ends; one number a line for each commit, and first a line that it is ready."""

    def told(count: int) -> None:
        sys.stdout.write(f"{count}\n")
        sys.stdout.flush()

    opened = await open_at(database, create=False)
    working = Working(opened, told)
    told(0)
    await asyncio.to_thread(sys.stdin.read)
    await working.close()
    await opened.close()


class Beside:
    """The other worker processes of a side, started and ended with it."""

    def __init__(self, processes: list[asyncio.subprocess.Process], told: Callable[[int], None]) -> None:
        self._processes = processes
        self._reading = [asyncio.create_task(_read(process, told)) for process in processes]

    @classmethod
    async def start(cls, count: int, walk: str, database: str, told: Callable[[int], None]) -> Beside:
        """Start so many and wait until each works."""
        command = [sys.executable, "-m", "tests.benchmarks.child", "worker", walk, "--database", database]
        pipe = asyncio.subprocess.PIPE
        processes = [
            await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe) for _ in range(count)
        ]  # fmt: skip
        for process in processes:
            assert process.stdout is not None
            await process.stdout.readline()
        return cls(processes, told)

    @property
    def pids(self) -> list[int]:
        """Of the processes."""
        return [process.pid for process in self._processes]

    async def close(self) -> None:
        """Let them finish what is at hand."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
        await asyncio.gather(*(process.wait() for process in self._processes), *self._reading)


async def _read(process: asyncio.subprocess.Process, told: Callable[[int], None]) -> None:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        told(int(line))
