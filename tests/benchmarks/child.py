"""One measured program in a process of its own, asked line by line: a JSON request in, a JSON answer out."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.crowd import Crowd
from tests.benchmarks.memory import resident_mb
from tests.benchmarks.sides import Side, one_round
from tests.benchmarks.stands import Walk


def main() -> None:
    """A side that serves (``ours``, ``postgres``, ``ptb``, …), or ``worker``: one more process of a side."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    parser = argparse.ArgumentParser()
    parser.add_argument("what")
    parser.add_argument("walk", type=Path)
    parser.add_argument("--database", default="", help="a file, or for postgres a connection string")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--workers", type=int, default=1)
    asyncio.run(_run(parser.parse_args()))


async def _run(wanted: argparse.Namespace) -> None:
    if wanted.what == "worker":
        from tests.benchmarks.working import work_beside

        await work_beside(wanted.database)
        return
    crowd = Crowd(Walk.read(wanted.walk), wanted.people)
    side = await _open(wanted, crowd)
    try:
        await _serve(side, crowd)
    finally:
        await side.close()


async def _open(wanted: argparse.Namespace, crowd: Crowd) -> Side:
    # Imported where it is used: the memory of one side must not hold the libraries of another.
    match wanted.what:
        case "ours" | "postgres":
            from tests.benchmarks.ours import Ours

            where = Path(wanted.database) if wanted.what == "ours" else wanted.database
            return await Ours.open(where, crowd, workers=wanted.workers, walk=str(wanted.walk))
        case "ptb":
            from tests.benchmarks.peer_ptb import PtbNothing

            return await PtbNothing.open()
        case "ptb-pickle":
            from tests.benchmarks.peer_ptb_pickle import PtbPickle

            return await PtbPickle.open(Path(wanted.database), crowd)
        case "aiogram" | "aiogram-wal":
            from tests.benchmarks.peer_aiogram import AiogramStored

            return AiogramStored(Path(wanted.database), crowd, journal="wal" if wanted.what == "aiogram-wal" else "")
    raise SystemExit(f"there is no side {wanted.what}")


async def _serve(side: Side, crowd: Crowd) -> None:
    """Answer requests until the standard input ends."""
    _say({"ready": True, "facts": side.facts, "resident_mb": _memory(side)})
    while line := await asyncio.to_thread(sys.stdin.readline):
        answer = await one_round(side, crowd, **json.loads(line))
        _say(answer | {"resident_mb": _memory(side)})


def _memory(side: Side) -> list[float]:
    """Megabytes of each process of the side, this one first."""
    found: list[float] = getattr(side, "memory_mb", None) or [resident_mb()]
    return found


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
