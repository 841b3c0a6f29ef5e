"""Runs the fault list piece by piece, keeps what came of each, and takes up again where it stopped."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from tests.faults.rows import Row

ROOT = Path(__file__).resolve().parents[2]
SEED = 70_000
_SHIPPED = ("bot", "storage", "prompts")


@dataclass(frozen=True)
class Piece:
    """One run of one test. ``seed`` and ``node`` name it; ``twin``: whether it must be found out."""

    row: int
    node: str
    seed: int
    twin: bool
    sizes: Mapping[str, int | str] = field(default_factory=dict)
    minutes: int = 10


@dataclass(frozen=True)
class Outcome:
    """What came of it. ``passed``: the test's own word; ``notes``: its figures; ``at``: UTC, in ISO form; ``said``: the
    end of what a failing one printed."""

    row: int
    node: str
    seed: int
    twin: bool
    passed: bool
    seconds: float
    at: str
    notes: list[dict[str, Any]]
    said: str = ""


def pieces(rows: Sequence[Row], *, release: bool) -> Iterator[Piece]:
    """Everything that is to be run: a piece of each part of each row, then the next piece of each, so that whoever
    stops early has something of all rows. Without ``release`` once each, in the size of every run."""
    parts = [(row, part, twin) for row in rows for twin in (False, True) for part in (row.twins if twin else row.parts)]
    most = max((part.pieces for _, part, _ in parts), default=0) if release else 1
    for number in range(most):
        for row, part, twin in parts:
            if number < part.pieces:
                sizes = part.sizes if release else {}
                yield Piece(row.number, part.node, SEED + number, twin, sizes, part.minutes)


class Kept:
    """Outcomes in a file, a line of JSON each. Those of another version of the program are put aside."""

    def __init__(self, path: Path, version: str) -> None:
        self._path, self.outcomes = path, list[Outcome]()
        if path.exists():
            first, *lines = path.read_text(encoding="utf-8").splitlines() or [""]
            if first == version:
                found = (Outcome(**json.loads(line)) for line in lines)
                self.outcomes = [*{(one.node, one.seed): one for one in found}.values()]  # the last word on each
                return
            path.rename(path.with_suffix(".old"))
        path.write_text(version + "\n", encoding="utf-8")

    def has(self, piece: Piece) -> bool:
        """Whether this piece has been run already and passed. One that failed is run again."""
        return any((one.node, one.seed, one.passed) == (piece.node, piece.seed, True) for one in self.outcomes)

    def add(self, outcome: Outcome) -> None:
        """Keep it at once: the run may be broken off."""
        self.outcomes = [one for one in self.outcomes if (one.node, one.seed) != (outcome.node, outcome.seed)]
        self.outcomes.append(outcome)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")


def version() -> str:
    """A hash of all that is shipped: figures of two versions do not belong into one table."""
    found = hashlib.sha256()
    for path in sorted(path for name in _SHIPPED for path in (ROOT / name).rglob("*") if path.is_file()):
        if "__pycache__" not in path.parts:
            found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def run(
    wanted: Sequence[Piece], kept: Kept, say: Callable[[str], None], until: float | None = None, at_once: int = 1
) -> None:
    """Run what has not been run yet, ``at_once`` pieces beside each other: most of their time they wait.
    ``until``: no piece is begun after this (seconds of ``time.monotonic``)."""
    left = [piece for piece in wanted if not kept.has(piece)]
    ready, done = iter(left), 0
    with ThreadPoolExecutor(at_once) as threads:
        running = set[Future[tuple[Piece, Outcome]]]()
        while True:
            over = until is not None and time.monotonic() > until
            running |= {threads.submit(_with, piece) for piece in islice(ready, 0 if over else at_once - len(running))}
            if not running:
                break
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                done += 1
                piece, outcome = future.result()
                kept.add(outcome)
                _tell(piece, outcome, f"{done}/{len(left)}", say)
    if done < len(left):
        say(f"The time is over; {len(left) - done} pieces are left for the next run.")


def _with(piece: Piece) -> tuple[Piece, Outcome]:
    return piece, _one(piece)


def _tell(piece: Piece, outcome: Outcome, place: str, say: Callable[[str], None]) -> None:
    say(
        f"{place} · row {piece.row}{' twin' if piece.twin else ''} · {piece.node.partition('::')[2]}"
        f" · seed {piece.seed} · {'passed' if outcome.passed else 'FAILED'} in {outcome.seconds:.0f} s"
    )
    if not outcome.passed:
        say(outcome.said)


def _one(piece: Piece) -> Outcome:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="eftertanke-faults-") as folder:
        notes = Path(folder) / "notes.jsonl"
        environment = {
            **os.environ,
            **{name: str(value) for name, value in piece.sizes.items()},
            "EFTERTANKE_TEST_SEED": str(piece.seed),
            "EFTERTANKE_TEST_NOTES": str(notes),
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", piece.node]
        command.append(f"--basetemp={folder}/tests")
        code, said = _tested(command, environment, 60.0 * piece.minutes)
        lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    return Outcome(
        row=piece.row,
        node=piece.node,
        seed=piece.seed,
        twin=piece.twin,
        passed=code == 0 and bool(lines),
        seconds=round(time.monotonic() - began, 1),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        notes=[note for note in map(json.loads, lines) if note["row"] == piece.row],
        said=said if code else "",
    )


def _tested(command: Sequence[str], environment: Mapping[str, str], seconds: float) -> tuple[int, str]:
    """The test's exit code and its last words. One that hangs is interrupted, so that it can tidy up."""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for wait, end in ((seconds, process.terminate), (30.0, process.kill)):
            try:
                said, _ = process.communicate(timeout=wait)
                return process.returncode, said[-1500:]
            except subprocess.TimeoutExpired:
                end()
        process.communicate()
        return 1, f"It took more than {seconds / 60:.0f} minutes."
