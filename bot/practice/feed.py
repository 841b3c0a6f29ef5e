"""Waking those who wait: long polls of the bot, of the page, and of tests."""

from __future__ import annotations

import asyncio


class Feed:
    """A version number that grows with every change, and a way to wait for it. Belongs to one event loop."""

    def __init__(self) -> None:
        self.version = 0
        self.closed = False
        self._waiting: set[asyncio.Future[None]] = set()

    def bump(self) -> None:
        """Count a change and wake everybody."""
        self.version += 1
        self._wake()

    def close(self) -> None:
        """Let everybody go: the server is stopping."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, since: int, seconds: float) -> bool:
        """Wait until the version is above `since`, at most `seconds`; tell whether it is."""
        if self.version > since or self.closed or seconds <= 0:
            return self.version > since
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(future)
        return self.version > since
