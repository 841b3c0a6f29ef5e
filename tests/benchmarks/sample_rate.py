"""How fast invented weeks are written, at a size of one's choice: ``python -m tests.benchmarks.sample_rate``.

Each debrief is one transaction on an encrypted database on disk, walked answer by answer through the real use cases.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from bot.practice_sample import Filled, fill
from tests.integration.sample_kit import TOOLS, opened

UNTIL = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


async def _fill(folder: Path, weeks: int, mentors: int, teams: int) -> tuple[Filled, float]:
    db = await opened(folder)
    try:
        begun = perf_counter()
        filled = await fill(db, TOOLS, weeks=weeks, mentors=mentors, teams=teams, until=UNTIL)
        return filled, perf_counter() - begun
    finally:
        await db.close()


def main() -> None:
    """Print what was written and how fast."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("weeks", 8), ("mentors", 4), ("teams", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    size = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        filled, seconds = asyncio.run(_fill(Path(folder), size.weeks, size.mentors, size.teams))
    print(filled)
    print(f"{seconds:.1f} s: {filled.debriefs / seconds:.0f} debriefs/s, {filled.answers / seconds:.0f} answers/s")


if __name__ == "__main__":
    main()
