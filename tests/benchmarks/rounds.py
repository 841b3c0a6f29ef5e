"""All sides in one run: prepared, then asked in turn round after round, so that a slow moment meets all alike."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.children import Child, Measured
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.figures import Wanted
from tests.benchmarks.filling import fill
from tests.benchmarks.stands import Walk
from tests.benchmarks.walk import record
from tests.integration.engines import Server

OURS, POSTGRES, PTB, PICKLE, AIOGRAM, AIOGRAM_WAL = "ours", "postgres", "ptb", "ptb-pickle", "aiogram", "aiogram-wal"
NAMES = {
    OURS: "Eftertanke, SQLite encrypted",
    POSTGRES: "Eftertanke, PostgreSQL",
    PTB: "PTB, stores nothing",
    PICKLE: "PTB + pickle",
    AIOGRAM: "aiogram, SQLite storage",
    AIOGRAM_WAL: "aiogram, SQLite storage in WAL",
}
_SLOW_BATCH = 40  # of who takes more than a second for a hundred
_SINGLE = 30
_A_ROUND = 1_000  # answers of ours in a round: in batches as large as the smallest crowd, so that sizes are alike


def sides(wanted: Wanted) -> list[Measured]:
    """What is measured. Ours at every size, with many earlier answers in the middle one, and there with 1, 2 and 4
    processes on a server; the others at sizes that they can bear."""
    few, middle, many = wanted.people[0], wanted.people[min(1, len(wanted.people) - 1)], wanted.people[-1]
    found = [Measured(NAMES[OURS], OURS, people) for people in wanted.people]
    found.append(Measured(NAMES[OURS], OURS, middle, wanted.stored))
    if wanted.postgres is not None:
        at = [(few, 0, 1), (many, 0, 1), (middle, wanted.stored, 1)] if not wanted.quick else []
        at += [(middle, 0, workers) for workers in ((1, 2) if wanted.quick else (1, 2, 4))]
        found += [
            Measured(f"{NAMES[POSTGRES]}, {workers} process{'es' if workers > 1 else ''}", POSTGRES, people, stored,
                     workers)
            for people, stored, workers in sorted(dict.fromkeys(at))
        ]  # fmt: skip
    others = [(PTB, few), (PICKLE, few)] + ([] if wanted.quick else [(PICKLE, middle)])
    if aiogram_is_here():
        others += [(AIOGRAM, few)]
        others += [] if wanted.quick else [(AIOGRAM, middle), (AIOGRAM, many), (AIOGRAM_WAL, few)]
    found += [Measured(NAMES[kind], kind, people) for kind, people in dict.fromkeys(others)]
    for side in found:
        side.batch = _batch(side, wanted, middle)
    return found


def _batch(side: Measured, wanted: Wanted, middle: int) -> int:
    """How many come in at once. Where processes share the work there must be enough for all of them."""
    if wanted.quick:
        return 20
    if side.kind == PICKLE and side.people > wanted.people[0]:
        return _SLOW_BATCH
    shared = side.kind == POSTGRES and (side.people, side.stored) == (middle, 0)
    return min(side.people, _A_ROUND if shared else wanted.people[0])


def aiogram_is_here() -> bool:
    """Whether the extra ``bench`` is installed."""
    return all(find_spec(name) is not None for name in ("aiogram", "aiogram_sqlite_storage"))


def measure(wanted: Wanted, say: Callable[[str], None]) -> list[Measured]:
    """Prepare in ``wanted.folder`` and measure. Raises BenchmarkError."""
    walk = asyncio.run(record(wanted.folder))
    file = wanted.folder / "walk.json"
    walk.save(file)
    server = None if wanted.postgres is None else Server(wanted.postgres)
    measured = sides(wanted)
    try:
        with ExitStack() as stack:
            where = [_prepared(side, number, walk, wanted, server, say) for number, side in enumerate(measured)]
            children = [Child(side, file, at) for side, at in zip(measured, where, strict=True)]
            for child in children:
                stack.enter_context(child)
            say("measuring …")
            _rounds(children, wanted)
    finally:
        if server is not None:
            server.drop_all()
    return measured


def _prepared(
    side: Measured, number: int, walk: Walk, wanted: Wanted, server: Server | None, say: Callable[[str], None]
) -> Path | str:
    """The side's database, filled; for a server one is filled for each size, and copied for each side."""
    say(f"preparing {side.name}, {side.people:,} people, {side.stored:,} stored answers …")
    if side.kind == POSTGRES:
        assert server is not None
        return _copied(server, side, number, walk)
    file = wanted.folder / f"{number}-{side.kind}.db"
    if side.kind == OURS:
        asyncio.run(fill(file, Crowd(walk, side.people), side.stored))
    return file


def _copied(server: Server, side: Measured, number: int, walk: Walk) -> str:
    name = f"filled_{side.people}_{side.stored}"
    new = not any(made.endswith(name) for made in server.made)
    template = server.database(name, empty=True)
    if new:
        asyncio.run(fill(template, Crowd(walk, side.people), side.stored))
    server.template = next(made for made in server.made if made.endswith(name))
    return server.database(f"side_{number}")


def _rounds(children: Sequence[Child], wanted: Wanted) -> None:
    order = random.Random(3)
    single = 5 if wanted.quick else _SINGLE
    for child in children:  # warm-up: imports, caches, templates
        child.ask(batches=1, size=min(child.side.batch, 100), single=5)
    until = time.monotonic() + (0 if wanted.quick else wanted.seconds)
    while not children[0].side.rounds or time.monotonic() < until:
        for child in order.sample(children, len(children)):
            side = child.side
            many = side.kind in (OURS, POSTGRES) and not wanted.quick
            batches = max(1, _A_ROUND // side.batch) if many else 1
            side.rounds.append(child.ask(batches=batches, size=side.batch, single=single))
