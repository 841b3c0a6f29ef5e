"""``python -m tests.benchmarks.exporting``: 100,000 answers as a whole export, from the encrypted database to files.

Everything is on: project, tables, workbook, JSON Lines and transcripts. Measured in a process of its own, with the one
it starts: seconds from opening the database to the folder that has appeared, and the most memory both ever held
together.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.children import ROOT, BenchmarkError, environment

ANSWERS_A_SECOND = 10_000
MEGABYTES = 300
_FORMS = ("jsonl", "csv", "xlsx", "qdpx", "transcripts")


async def fill_for_export(database: Path, answers: int, people_: int) -> None:
    """A database with that many answers of saved debriefs, by mentors who agreed to coding."""
    from storage import people
    from storage.people import Consent
    from storage.sqlite import open_sqlite
    from tests.benchmarks.crowd import Crowd
    from tests.benchmarks.filling import fill
    from tests.benchmarks.walk import KEY, NOW, record

    await fill(database, Crowd(await record(database.parent), people_), answers)
    opened = await open_sqlite(database, KEY, create=False)
    try:
        async with opened.transaction() as tx:
            for person in await people.people(tx):
                people.consent(tx, person.id, Consent.CODING, True, NOW)
    finally:
        await opened.close()


async def export_once(database: Path, target: Path, forms: list[str]) -> dict[str, Any]:
    """One export, timed."""
    from bot.exports.codings_place import codings_reader
    from bot.exports.folder import new_folder
    from bot.exports.whole import Form, Wish, write_whole
    from prompts import load_codebook
    from storage.sqlite import open_sqlite
    from tests.benchmarks.walk import KEY

    began = time.perf_counter()
    opened = await open_sqlite(database, KEY, create=False)
    try:
        with new_folder(target) as folder:
            async with opened.snapshot() as snapshot:
                wish = Wish(forms=frozenset(map(Form, forms)))
                result = await write_whole(folder, snapshot, wish, load_codebook(), codings=codings_reader(snapshot))
    finally:
        await opened.close()
    seconds = time.perf_counter() - began
    return {"answers": result.answers, "reflections": result.reflections, "seconds": seconds}


def measured(database: Path, target: Path, forms: list[str]) -> dict[str, Any]:
    """One export in a process of its own, with the memory of it and its children watched from outside."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.exporting", "--child", str(database), str(target), *forms],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    most = 0.0
    try:
        while child.poll() is None:
            most = max(most, _held(child.pid))
            time.sleep(0.02)
        said = child.stdout.read() if child.stdout else ""
    finally:
        child.kill()
        child.wait()
    if child.returncode:
        raise BenchmarkError("the export failed; what it said stands above.")
    found: dict[str, Any] = json.loads(said)
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    return found | {"memory_mb": most, "megabytes": size / 1e6}


def _held(pid: int) -> float:
    """Megabytes that a process and those it started have in memory now; what they share is counted twice."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        children = []
    total = 0
    for one in (pid, *map(int, children)):
        try:
            status = Path(f"/proc/{one}/status").read_text(encoding="utf-8")
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)
    return total / 1024


def main() -> int:
    """Measure and print; 1 when it is too slow, too large, or something is missing."""
    if "--child" in sys.argv:
        database, target, *forms = sys.argv[sys.argv.index("--child") + 1 :]
        print(json.dumps(asyncio.run(export_once(Path(database), Path(target), forms))))
        return 0
    wanted = _options()
    try:
        found = _rounds(wanted)
    except BenchmarkError as error:
        print(f"Not measured: {error}")
        return 1
    seconds, memory = median(one["seconds"] for one in found), max(one["memory_mb"] for one in found)
    answers = min(one["answers"] for one in found)
    told = {"answers": answers, "answers_a_second": answers / seconds, "memory_mb": memory, "rounds": found}
    met = answers / seconds >= ANSWERS_A_SECOND and memory <= MEGABYTES
    if wanted.json:
        print(json.dumps(told, indent=1))
    else:
        for one in found:
            print(f"{one['answers']:>8,} answers in {one['seconds']:6.2f} s, at most {one['memory_mb']:5.0f} MB,"
                  f" {one['megabytes']:.0f} MB written")  # fmt: skip
        print(f"{'✓' if met else '✗'} {answers / seconds:,.0f} answers/s (median) in {memory:.0f} MB;"
              f" wanted are {ANSWERS_A_SECOND:,} in {MEGABYTES} MB")  # fmt: skip
    return 0 if answers >= wanted.answers and (met or wanted.quick) else 1


def _rounds(wanted: argparse.Namespace) -> list[dict[str, Any]]:
    with TemporaryDirectory(prefix="eftertanke-exporting-", dir=wanted.folder) as name:
        database = Path(name) / "e.db"
        asyncio.run(fill_for_export(database, wanted.answers, wanted.people))
        # What earlier rounds wrote stays until the end: a file system is slow to reuse what was just removed.
        return [measured(database, Path(name) / f"export-{number}", wanted.forms) for number in range(wanted.rounds)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.exporting",
        description="Export many answers with everything on; time and memory of the whole process and its helper.",
        epilog="Example: python -m tests.benchmarks.exporting --answers 100000 --rounds 3",
    )
    parser.add_argument("--answers", type=int, default=100_000, help="how many there are (100000)")
    parser.add_argument("--people", type=int, default=20, help="of how many mentors (20)")
    parser.add_argument("--rounds", type=int, default=3, help="how often it is measured; the median is told (3)")
    parser.add_argument("--forms", nargs="+", choices=_FORMS, default=list(_FORMS), help="what to write (everything)")
    parser.add_argument("--folder", type=Path, help="where to put everything meanwhile (the system's own)")
    parser.add_argument("--quick", action="store_true", help="2,000 answers once: does it still run?")
    parser.add_argument("--json", action="store_true", help="for a program to read")
    wanted = parser.parse_args()
    if wanted.quick:
        wanted.answers, wanted.rounds = 2_000, 1
    return wanted


if __name__ == "__main__":
    sys.exit(main())
