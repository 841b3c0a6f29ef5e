"""A connection in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

import aiosqlite

from storage.database import StorageClosed
from storage.sqlite_connect import Connection
from storage.sqlite_errors import translated

_T = TypeVar("_T")


class Link(aiosqlite.Connection):
    """A connection in a thread of its own, to which whole functions are sent.

    aiosqlite sends every statement by itself; a hop to the thread and back costs more than a small statement. Its queue
    ``_tx`` takes any function, and this is the one place that puts some there. (Its ``_execute`` would do the same, but
    a cancelled task could not wait for the end of what is running.) Functions are sent without arguments: aiosqlite
    logs the repr of what it runs, and so would log what mentors wrote.
    """

    def __init__(self, connector: Callable[[], Connection]) -> None:
        super().__init__(lambda: connector(), 64)
        self._thread.daemon = True  # a connection that nobody closed must not keep the process alive
        self._stopped: asyncio.Future[Any] | None = None

    @classmethod
    async def to(cls, connector: Callable[[], Connection]) -> Link:
        """Connect. When that fails or the task is cancelled, no thread and no open file is left behind."""
        link = cls(connector)
        task = asyncio.ensure_future(link)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})
            if task.exception() is None:
                await link.close()
            await link._ended()
            raise
        except Exception:
            await link._ended()
            raise
        return link

    async def _ended(self) -> None:
        if self._stopped is not None:
            await self._stopped  # or else the thread would speak to a loop that may be gone by then

    def stop(self) -> asyncio.Future[Any] | None:
        self._stopped = super().stop()
        return self._stopped

    def post(self, work: Callable[[Connection], object]) -> None:
        """Let ``work`` run after all that was sent before, and wait for nothing. A failure shows in what comes next."""
        connection = self._connection
        if self._running and connection is not None:
            answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
            answer.add_done_callback(lambda done: done.exception())  # looked at, so that asyncio does not complain
            self._tx.put_nowait((answer, lambda: work(connection)))

    async def send(self, work: Callable[[Connection], _T]) -> _T:
        """Run ``work`` in the thread, to its end whatever happens to this task.

        When the task is cancelled meanwhile, that is raised afterwards: whoever goes on never meets a statement that
        is still running.
        """
        if not self._running or self._connection is None:
            raise StorageClosed("The database was closed; start the bot again.")
        connection = self._connection

        def run() -> _T:
            with translated():
                return work(connection)

        loop = asyncio.get_running_loop()
        answer: asyncio.Future[_T] = loop.create_future()
        self._tx.put_nowait((answer, run))
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            while not answer.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait({answer})
            answer.exception()  # looked at, so that asyncio does not complain that nobody did
            raise
