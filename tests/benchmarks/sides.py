"""What is measured, seen from outside: a side takes updates, and can say what it has stored."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Protocol

from tests.benchmarks.crowd import Crowd, Sent

CARD = "<b>Hvordan gik det i dag?</b>"
"""What a peer answers with; ours draws its real card."""
LABELS = ("Som aftalt", "Kom ikke", "Flyttet", "Tilbage", "Spring over", "Senere")


class Side(Protocol):
    """One program under measurement, set up for a crowd."""

    facts: dict[str, Any]
    """What a reader of the table should know, such as the settings found in the database."""

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Handle raw updates, to the end of all their effects."""

    async def mark(self) -> int:
        """Where the stored answers end now."""

    async def stored(self, sent: Sequence[Sent], mark: int) -> int:
        """How many of the answers sent since ``mark`` stand in the store, each with what was said."""

    async def settle(self, crowd: Crowd, sent: Sequence[Sent]) -> None:
        """Bring everybody to their next question; not measured."""

    async def close(self) -> None:
        """End it."""


async def one_round(side: Side, crowd: Crowd, *, batches: int, size: int, single: int) -> dict[str, Any]:
    """Updates in batches, then one by one. Times in seconds; ``singles`` has one for each update."""
    took, sent_in_all, stored = 0.0, 0, 0
    for _ in range(batches):
        sent, mark = crowd.batch(size), await side.mark()
        took += await _timed(side, sent)
        sent_in_all += len(sent)
        stored += await side.stored(sent, mark)
        await side.settle(crowd, sent)
    alone, mark = crowd.batch(single), await side.mark()
    singles = [await _timed(side, [one]) for one in alone]
    stored += await side.stored(alone, mark)
    await side.settle(crowd, alone)
    return {
        "batched": sent_in_all,
        "batched_seconds": took,
        "singles": singles,
        "sent": sent_in_all + len(alone),
        "stored": stored,
    }


async def _timed(side: Side, sent: Sequence[Sent]) -> float:
    updates = [one.update for one in sent]
    started = time.perf_counter()
    await side.take(updates)
    return time.perf_counter() - started
