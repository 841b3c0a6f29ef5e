"""``python -m tests.benchmarks``: everything in one run, one table at the end. It ends by itself and leaves nothing.

Each part runs in a process of its own, so that memory is that part's, and one that fails does not lose the others.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from tests.benchmarks.figures import Row, Wanted
from tests.benchmarks.parts import NAMES, measured
from tests.benchmarks.table import markdown, show
from tests.integration import engines


def main() -> int:
    """Measure and print; 1 when a part failed, or an answer was sent and not found. A missed goal is no failure."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that folder, server and processes go in any case
    aside = Console(stderr=True, highlight=False)
    begun = time.monotonic()
    rows: list[Row] = []
    with TemporaryDirectory(prefix="eftertanke-benchmarks-", dir=options.folder) as name:
        wanted = _with_server(_wanted(options, Path(name)))
        if wanted.postgres is None:
            aside.print(f"Without PostgreSQL: {wanted.without}.")
        # A quick run tells nothing about speed, so it may be quick.
        with ThreadPoolExecutor(2 if options.quick else 1) as pool:
            for found in pool.map(lambda part: measured(part, wanted), options.only or NAMES):
                rows += found
    title = _title(time.monotonic() - begun)
    show(rows, title, Console(highlight=False, width=None if sys.stdout.isatty() else 180, stderr=options.json == "-"))
    _written(options, rows, title)
    return 1 if any(row.error for row in rows) else 0


def _written(options: argparse.Namespace, rows: Sequence[Row], title: str) -> None:
    if options.json:
        told = {"machine": _machine(), "title": title, "rows": [row.to_json() for row in rows]}
        text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        if options.json == "-":
            sys.stdout.write(text)
        else:
            Path(options.json).write_text(text, encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(markdown(rows, title), encoding="utf-8")


def _wanted(options: argparse.Namespace, folder: Path) -> Wanted:
    size = Wanted(folder, debriefs=options.debriefs)
    if options.quick:
        return replace(size, quick=True, people=(20, 60), stored=2_000, starts=1, burst=60)
    return replace(size, people=options.people, stored=options.stored, seconds=options.seconds, burst=options.burst)


def _with_server(wanted: Wanted) -> Wanted:
    """A server for all parts, ended with this process: ``EFTERTANKE_TEST_POSTGRES``, or one that is started."""
    found = engines._started()
    if isinstance(found, str):
        return replace(wanted, without=f"{found}: pip install '.[test]'")
    return replace(wanted, postgres=found.url)


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _machine() -> dict[str, Any]:
    return {
        "cores": _cores(),
        "python": platform.python_version(),
        "system": platform.system(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def _title(seconds: float) -> str:
    here, cores = _machine(), _cores()
    return (
        f"{here['date']}, {cores} core{'s' if cores > 1 else ''}, Python {here['python']}, {here['system']},"
        f" {seconds / 60:.1f} minutes. An answer: update JSON in → effects committed, reply queued."
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure answers beside PTB and aiogram, on SQLite and PostgreSQL; a burst, start, reminders, week,"
        " export, disk. One table.",
        epilog="Example: python -m tests.benchmarks --only answer disk --json figures.json --markdown table.md",
    )
    usual = Wanted(Path())
    parser.add_argument(
        "--only", nargs="+", choices=NAMES, metavar="NAME", help=f"parts to measure: {', '.join(NAMES)}"
    )
    parser.add_argument("--people", type=_numbers, default=usual.people, help="sizes of the crowd (100,5000,50000)")
    parser.add_argument("--stored", type=int, default=usual.stored, help="earlier answers at the middle size (1000000)")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="how long answers are measured (150)")
    parser.add_argument("--burst", type=int, default=usual.burst, help="updates that come in at once (10000)")
    parser.add_argument("--debriefs", type=int, default=usual.debriefs,
                        help="of a mentor in a year, for the disk (5 a week × 44 weeks = 220)")  # fmt: skip
    parser.add_argument("--folder", type=Path, help="where to put the databases meanwhile (the system's own)")
    parser.add_argument("--quick", action="store_true", help="a little of everything: does it still run?")
    parser.add_argument("--json", metavar="FILE", help="write the figures for a program; - for standard output")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table for a page")
    return parser.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    found = tuple(int(part) for part in text.split(","))
    if not found or min(found) < 1:
        raise argparse.ArgumentTypeError("give numbers of people such as 100,5000")
    return tuple(sorted(found))


if __name__ == "__main__":
    sys.exit(main())
