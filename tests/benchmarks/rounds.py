"""All sides in one run: prepared, then asked in turn round after round, so that a slow moment meets all alike."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.children import Child, Measured, run_child

OURS, PTB, AIOGRAM, AIOGRAM_WAL = "ours", "ptb", "aiogram", "aiogram-wal"
NAMES = {
    OURS: "Eftertanke, encrypted, FULL",
    PTB: "PTB, stores nothing",
    AIOGRAM: "aiogram, SQLite storage",
    AIOGRAM_WAL: "aiogram, SQLite storage in WAL",
}


@dataclass(frozen=True)
class Size:
    """How much is measured. ``batches`` of ``batch`` updates and ``single`` ones a round; ``seconds`` in all."""

    people: tuple[int, ...]
    stored: int
    seconds: float
    batches: int = 2
    batch: int = 100
    single: int = 40


def sides(size: Size) -> list[Measured]:
    """What is measured: ours at every size, the others at the smallest, aiogram also at the largest crowd."""
    few, many = min(size.people), max(size.people)
    ours = [(OURS, people, 0) for people in size.people] + [(OURS, many, size.stored)]
    others = [(PTB, few, 0)]
    if aiogram_is_here():
        others += [(AIOGRAM, few, 0), (AIOGRAM, many, 0), (AIOGRAM_WAL, few, 0)]
    found = dict.fromkeys([*ours, *others])
    return [Measured(NAMES[kind], kind, people, stored) for kind, people, stored in found]


def aiogram_is_here() -> bool:
    """Whether the extra ``bench`` is installed."""
    return all(find_spec(name) is not None for name in ("aiogram", "aiogram_sqlite_storage"))


def measure(size: Size, folder: Path, say: Callable[[str], None]) -> list[Measured]:
    """Prepare in ``folder`` and measure. Raises BenchmarkError."""
    walk = folder / "walk.json"
    run_child("record", str(walk))
    wanted = sides(size)
    with ExitStack() as stack:
        children = []
        for number, side in enumerate(wanted):
            say(f"preparing {side.name}, {side.people} people, {side.stored} stored answers …")
            database = folder / f"{number}-{side.kind}.db" if side.kind != PTB else None
            if side.kind == OURS:
                run_child(
                    "fill", str(walk), "--database", str(database),
                    "--people", str(side.people), "--stored", str(side.stored),
                )  # fmt: skip
            children.append(stack.enter_context(Child(side, walk, database)))
        say("measuring …")
        _rounds(children, size)
    return wanted


def _rounds(children: Sequence[Child], size: Size) -> None:
    order = random.Random(3)
    for child in children:  # warm-up: imports, caches, templates
        child.ask(batches=1, size=min(size.batch, child.side.people), single=5)
    until = time.monotonic() + size.seconds
    while not children[0].side.rounds or time.monotonic() < until:
        for child in order.sample(children, len(children)):
            child.side.rounds.append(child.ask(batches=size.batches, size=size.batch, single=size.single))
