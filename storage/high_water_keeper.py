"""Lets the high-water mark rise soon after a commit, and not more often than that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from storage.database import StorageError

log = logging.getLogger(__name__)

SECONDS = 1.0
_AGAIN = 5.0  # seconds, when it could not be written: a full disk is told of elsewhere


class Keeper:
    """``rise`` moves the mark to where the database is. Used from one event loop."""

    def __init__(self, rise: Callable[[], Awaitable[None]]) -> None:
        self._rise = rise
        self._behind = False
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._said = False

    def committed(self) -> None:
        """Something new is durable: the mark is to rise within a second."""
        self._behind = True
        self._wait(SECONDS)

    async def catch_up(self) -> None:
        """Let the mark rise now, if anything was committed since it last rose. Raises StorageError, OSError."""
        if not self._behind:
            return
        self._behind = False
        try:
            await self._rise()
        except BaseException:
            self._behind = True
            raise

    async def end(self) -> None:
        """For the last time, as far as it can be done: nothing keeps a database from being closed."""
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None:
            await asyncio.wait({self._task})
        with suppress(StorageError, OSError):
            await self.catch_up()

    def _wait(self, seconds: float) -> None:
        if self._timer is None and self._task is None and not self._ended:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._begin)

    def _begin(self) -> None:
        self._timer = None
        self._task = asyncio.create_task(self._once())

    async def _once(self) -> None:
        pause = SECONDS
        try:
            await self.catch_up()
            self._said = False
        except (StorageError, OSError) as error:
            pause = _AGAIN
            if not self._said:
                log.warning("The high-water mark cannot be moved (%s); it is tried again.", type(error).__name__)
                self._said = True
        finally:
            self._task = None
        if self._behind:
            self._wait(pause)
