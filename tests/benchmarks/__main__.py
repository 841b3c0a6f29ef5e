"""``python -m tests.benchmarks``: all in one run, one table at the end. It ends by itself and leaves nothing behind."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.benchmarks.children import BenchmarkError
from tests.benchmarks.report import as_data, show
from tests.benchmarks.rounds import Size, measure
from tests.benchmarks.starting import measure_start
from tests.benchmarks.week import as_data as week_data
from tests.benchmarks.week import measure_all
from tests.benchmarks.week import show as show_week

_QUICK = Size(people=(20, 60), stored=2_000, seconds=0, batches=1, batch=20, single=5)


def main() -> int:
    """Measure and print; 1 when an answer was sent and not found, or when something could not be measured."""
    wanted = _options()
    size = _QUICK if wanted.quick else Size(wanted.people, wanted.stored, wanted.seconds)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the folder and the processes go in any case
    aside = Console(stderr=True, highlight=False)
    with TemporaryDirectory(prefix="eftertanke-benchmarks-", dir=wanted.folder) as name:
        folder = Path(name)
        try:
            measured = measure(size, folder, aside.print)
            aside.print("starting the bot …")
            start = measure_start(folder, 1 if wanted.quick else wanted.starts)
            aside.print("filling years for the weekly summary …")
            weeks = measure_all(4_000 if wanted.quick else wanted.stored, 2 if wanted.quick else 9, folder)
        except BenchmarkError as error:
            aside.print(f"Not measured: {error}")
            return 1
    data = as_data(measured, start) | {"week": week_data(weeks)}
    if wanted.json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    else:
        show(data, Console(highlight=False, width=None if sys.stdout.isatty() else 160))
        show_week(weeks)
    return 0 if all(side.total("sent") == side.total("stored") for side in measured) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure one whole answer beside PTB and aiogram, the start to the first poll, a weekly summary.",
        epilog="Example: python -m tests.benchmarks --people 100,5000 --stored 1000000 --seconds 60",
    )
    parser.add_argument("--people", type=_numbers, default=(100, 5_000), help="sizes of the crowd (100,5000)")
    parser.add_argument("--stored", type=int, default=1_000_000, help="earlier answers at the last size (1000000)")
    parser.add_argument("--seconds", type=float, default=60, help="how long to measure, without preparing (60)")
    parser.add_argument("--starts", type=int, default=5, help="how often to start the bot (5)")
    parser.add_argument("--folder", type=Path, help="where to put the databases meanwhile (the system's own)")
    parser.add_argument("--quick", action="store_true", help="a few updates of everything: does it still run?")
    parser.add_argument("--json", action="store_true", help="for a program to read")
    return parser.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    found = tuple(int(part) for part in text.split(","))
    if not found or min(found) < 1:
        raise argparse.ArgumentTypeError("give numbers of people such as 100,5000")
    return found


if __name__ == "__main__":
    sys.exit(main())
