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
    """``record WALK``, ``fill WALK DB``, or a side (``ours``, ``ptb``, ``aiogram``, ``aiogram-wal``) that serves."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    parser = argparse.ArgumentParser()
    parser.add_argument("what")
    parser.add_argument("walk", type=Path)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--stored", type=int, default=0)
    asyncio.run(_run(parser.parse_args()))


async def _run(wanted: argparse.Namespace) -> None:
    if wanted.what == "record":
        from tests.benchmarks.walk import record

        (await record(wanted.walk.parent)).save(wanted.walk)
        return
    crowd = Crowd(Walk.read(wanted.walk), wanted.people)
    if wanted.what == "fill":
        from tests.benchmarks.filling import fill

        await fill(wanted.database, crowd, wanted.stored)
        return
    side = await _open(wanted, crowd)
    try:
        await _serve(side, crowd)
    finally:
        await side.close()


async def _open(wanted: argparse.Namespace, crowd: Crowd) -> Side:
    # Imported where it is used: the memory of one side must not hold the libraries of another.
    match wanted.what:
        case "ours":
            from tests.benchmarks.ours import Ours

            return await Ours.open(wanted.database, crowd)
        case "ptb":
            from tests.benchmarks.peer_ptb import PtbNothing

            return await PtbNothing.open()
        case "aiogram" | "aiogram-wal":
            from tests.benchmarks.peer_aiogram import AiogramStored

            return AiogramStored(wanted.database, crowd, journal="wal" if wanted.what == "aiogram-wal" else "")
    raise SystemExit(f"there is no side {wanted.what}")


async def _serve(side: Side, crowd: Crowd) -> None:
    """Answer requests until the standard input ends."""
    _say({"ready": True, "facts": side.facts})
    while line := await asyncio.to_thread(sys.stdin.readline):
        answer = await one_round(side, crowd, **json.loads(line))
        _say(answer | {"resident_mb": resident_mb()})


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
