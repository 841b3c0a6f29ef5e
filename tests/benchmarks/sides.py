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
    finished: list[tuple[float, int]]
    """When how many updates were carried out to the end, by ``time.perf_counter``; whoever reads it empties it."""

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
    """Updates in batches, then one by one. Times in seconds; ``singles`` has one for each update, ``waited`` the 50th
    and 99th of a hundred of a batch, all of which came in at once."""
    took, sent_in_all, stored = 0.0, 0, 0
    waited: list[float] = []
    for _ in range(batches):
        sent, mark = crowd.batch(size), await side.mark()
        side.finished.clear()
        begun = time.perf_counter()
        took += await _timed(side, sent)
        waited += [at - begun for at, count in side.finished for _ in range(count)]
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
        "waited": [share_of(waited, 50), share_of(waited, 99)],
        "singles": singles,
        "sent": sent_in_all + len(alone),
        "stored": stored,
    }


def share_of(seconds: Sequence[float], hundredths: int) -> float:
    """The value that so many of a hundred do not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * hundredths // 100)]


async def _timed(side: Side, sent: Sequence[Sent]) -> float:
    updates = [one.update for one in sent]
    started = time.perf_counter()
    await side.take(updates)
    return time.perf_counter() - started
