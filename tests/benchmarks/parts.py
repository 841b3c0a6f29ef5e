"""The parts of the table. Each runs in a process of its own: ``python -m tests.benchmarks.parts NAME`` with what it is
told as JSON on the standard input; its rows are the last line that it writes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.benchmarks.children import ROOT, environment
from tests.benchmarks.figures import BenchmarkError, Row, Wanted

Say = Callable[[str], None]
Part = Callable[[Wanted, Say], list[Row]]
NAMES = ("answer", "burst", "start", "reminders", "week", "export", "disk")


def measured(name: str, wanted: Wanted) -> list[Row]:
    """Measure one part in a process and a folder of its own; a row with an error when that fails in any way."""
    try:
        with TemporaryDirectory(prefix=f"eftertanke-{name}-", dir=wanted.folder) as folder:
            code, said = _asked(name, replace(wanted, folder=Path(folder)))
    except OSError as error:
        return [Row(name, name, error=f"the part could not be started ({type(error).__name__})")]
    try:
        return [Row.from_json(one) for one in json.loads(said.strip().splitlines()[-1])]
    except (IndexError, ValueError, TypeError):
        return [Row(name, name, error=f"the part ended with {code}; what it said stands above")]


def _asked(name: str, wanted: Wanted) -> tuple[int, str]:
    """Exit code and output of the part's process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.parts", name],
        cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        said, _ = process.communicate(json.dumps(asdict(wanted), default=str))
    finally:
        if process.poll() is None:  # this process is being ended: let the part end what it started
            process.terminate()
            process.wait()
    return process.returncode, said


def _part(name: str) -> Part:
    # Imported where it is used: the memory of one part must not hold the libraries of another.
    match name:
        case "answer":
            from tests.benchmarks.part_answers import answers

            return answers
        case "burst":
            from tests.benchmarks.part_burst import bursts

            return bursts
        case "disk":
            from tests.benchmarks.part_disk import disk

            return disk
    from tests.benchmarks import part_others

    others: Mapping[str, Part] = {
        "start": part_others.start,
        "reminders": part_others.reminders,
        "week": part_others.week,
        "export": part_others.export,
    }
    return others[name]


def main() -> int:
    """Measure the part that is named; rows as one line of JSON."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started goes in any case
    name, told = sys.argv[1], json.load(sys.stdin)
    told |= {"folder": Path(told["folder"]), "people": tuple(told["people"])}
    aside = Console(stderr=True, highlight=False)
    try:
        rows = _part(name)(Wanted(**told), lambda line: aside.print(f"{name}: {line}"))
    except BenchmarkError as error:
        rows = [Row(name, name, error=str(error))]
    sys.stdout.write("\n" + json.dumps([row.to_json() for row in rows], ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
