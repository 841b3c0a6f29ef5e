"""Waiting for what comes first, and for longer from time to time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


async def any_set(*events: asyncio.Event, timeout: float | None) -> None:  # noqa: ASYNC109 - running out is no error
    """Wait until one of ``events`` is set, or ``timeout`` seconds have passed (None: for ever)."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()


@dataclass
class BackOff:
    """Pauses that double from ``first`` to ``longest`` seconds, until ``reset``."""

    first: float
    longest: float
    count: int = 0

    def next(self) -> float:
        """Give the next pause in seconds."""
        pause = pause_after(self.count, self.first, self.longest)
        self.count += 1
        return pause

    def reset(self) -> None:
        """Begin anew: it works again."""
        self.count = 0


def pause_after(failures: int, first: float, longest: float) -> float:
    """Give the pause in seconds after so many failures: ``first`` doubled as often, at most ``longest``."""
    return float(min(longest, first * 2 ** min(failures, 30)))
