"""``python -m tests.benchmarks.week``: a team's weekly summary with five years stored, beside the same with one.

A million answers by default, once in twenty teams and once all in one; on the encrypted database. ``cold``: on a
connection just opened, which has decrypted nothing yet; ``warm``: on one that has computed it before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bot.dialogue.summary import WeeklySummary
from bot.service.week_figures import summary_of
from storage import people
from storage.database import Database
from storage.sqlite import open_sqlite
from tests.benchmarks.week_filling import KEY, WEEK, Model, fill, models
from tests.integration.week_figures_kit import TOOLS, at

WITHIN_MS = 300
GROWS_AT_MOST = 1.5
_NOW = at(WEEK.moved(1), 0, 8)


@dataclass(frozen=True)
class Found:
    """What was measured: medians in milliseconds. ``debriefs``: of the week itself."""

    teams: int
    years: int
    answers: int
    debriefs: int
    cold_ms: float
    warm_ms: float
    worst_ms: float


async def measure(folder: Path, answers: int, years: int, teams: int, kinds: list[Model], rounds: int) -> Found:
    """Fill a database and compute the summary of its last week."""
    path = folder / f"{teams}-{years}.db"
    stored = await fill(path, answers, years, teams, kinds)
    cold = []
    summary: WeeklySummary | None = None
    for _ in range(rounds):
        db = await open_sqlite(path, KEY, create=False)
        try:
            took, summary = await _once(db)
            cold.append(took)
        finally:
            await db.close()
    db = await open_sqlite(path, KEY, create=False)
    try:
        await _once(db)
        warm = [(await _once(db))[0] for _ in range(rounds)]
    finally:
        await db.close()
    path.unlink()
    assert summary is not None
    return Found(teams, years, stored, summary.debriefs[-1], median(cold), median(warm), max(*cold, *warm))


async def _once(db: Database) -> tuple[float, WeeklySummary]:
    async with db.transaction() as tx:
        team = next(one for one in await people.teams(tx) if one.name == "Team 0")
        began = time.perf_counter()
        summary = await summary_of(tx, TOOLS, team, WEEK, _NOW)
        return (time.perf_counter() - began) * 1000, summary


async def all_of(answers: int, teams: Sequence[int], rounds: int, folder: Path | None) -> list[Found]:
    """Five years and one, for each number of teams."""
    kinds = await models()
    found = []
    with TemporaryDirectory(prefix="eftertanke-week-", dir=folder) as name:
        for number in teams:
            for years in (1, 5):
                found.append(await measure(Path(name), answers * years // 5, years, number, kinds, rounds))
    return found


def measure_all(answers: int, rounds: int, folder: Path | None, teams: Sequence[int] = (20, 1)) -> list[Found]:
    """``all_of``, from where nothing is awaited."""
    return asyncio.run(all_of(answers, teams, rounds, folder))


def as_data(found: Sequence[Found]) -> dict[str, object]:
    """What was measured, and what was hoped for."""
    return {"rows": [asdict(one) for one in found], "expected": _expected(found)}


def _expected(found: Sequence[Found]) -> list[dict[str, object]]:
    slowest = max(max(one.cold_ms, one.warm_ms) for one in found)
    ratios = [ratio for _, ratio in _ratios(found)]
    return [
        {"what": f"one week within {WITHIN_MS} ms", "found": f"{slowest:.0f} ms", "met": slowest <= WITHIN_MS},
        {"what": f"five years at most {GROWS_AT_MOST:g} times one year", "found": f"{max(ratios):.2f}",
         "met": max(ratios) <= GROWS_AT_MOST},
    ]  # fmt: skip


def _ratios(found: Sequence[Found]) -> list[tuple[int, float]]:
    by_size = {(one.teams, one.years): one.cold_ms for one in found}
    return [(teams, by_size[teams, 5] / by_size[teams, 1]) for teams, years in by_size if years == 5]


def show(found: Sequence[Found]) -> None:
    """Print it."""
    for one in found:
        print(f"{one.answers:>9,} answers, {one.years} year{'s' if one.years > 1 else ' '}, {one.teams:>2} teams:"
              f" cold {one.cold_ms:6.1f} ms, warm {one.warm_ms:6.1f} ms, worst {one.worst_ms:6.1f} ms"
              f" ({one.debriefs} debriefs in the week)")  # fmt: skip
    for teams, ratio in _ratios(found):
        print(f"five years cost {ratio:.2f} times what one year costs ({teams} teams, cold)")
    for hoped in _expected(found):
        print(f"{'✓' if hoped['met'] else '✗'} expected {hoped['what']}: {hoped['found']}")


def main() -> int:
    """Measure and print; 1 when the goal was not met."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.week",
        description="Measure a team's weekly summary with five years stored, beside one year.",
        epilog="Example: python -m tests.benchmarks.week --answers 1000000 --teams 20,1 --rounds 9",
    )
    parser.add_argument("--answers", type=int, default=1_000_000, help="answers stored in five years (1000000)")
    parser.add_argument("--teams", default="20,1", help="into how many teams they are divided (20,1)")
    parser.add_argument("--rounds", type=int, default=9, help="how often each is measured; medians are told (9)")
    parser.add_argument("--folder", type=Path, help="where to put the databases meanwhile (the system's own)")
    parser.add_argument("--json", action="store_true", help="for a program to read")
    wanted = parser.parse_args()
    teams = [int(part) for part in wanted.teams.split(",")]
    found = measure_all(wanted.answers, wanted.rounds, wanted.folder, teams)
    if wanted.json:
        print(json.dumps(as_data(found), ensure_ascii=False, indent=1))
    else:
        show(found)
    return 0 if all(one["met"] for one in _expected(found)) else 1


if __name__ == "__main__":
    sys.exit(main())
