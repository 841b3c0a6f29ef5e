"""The measured programs as processes of their own, asked in turn, and ended by whoever started them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]
_PATIENCE = 10.0


class BenchmarkError(Exception):
    """A measurement could not be made; one sentence that says why."""


def environment() -> dict[str, str]:
    """The environment without settings of a bot that may be at home on this computer."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EFTERTANKE_")}


@dataclass
class Measured:
    """One side: what it is, and all that its rounds gave. ``batch``: the most updates that come in at once."""

    name: str
    kind: str
    people: int
    stored: int = 0
    workers: int = 1
    batch: int = 100
    facts: dict[str, Any] = field(default_factory=dict)
    started_mb: list[float] = field(default_factory=list)
    rounds: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        """Updates a second in batches, round by round."""
        return [one["batched"] / one["batched_seconds"] for one in self.rounds]

    @property
    def single_rates(self) -> list[float]:
        """Updates a second one by one, round by round."""
        return [len(one["singles"]) / sum(one["singles"]) for one in self.rounds]

    @property
    def latencies(self) -> list[float]:
        """Seconds from an update to all its effects, when nothing else is waiting."""
        return sorted(second for one in self.rounds for second in one["singles"])

    def waited(self, which: int) -> float:
        """Seconds for an update that came in with a whole batch: 0 for the median, 1 for the 99th of a hundred."""
        return float(median(one["waited"][which] for one in self.rounds))

    def total(self, what: str) -> int:
        """``sent`` or ``stored`` over all rounds."""
        return sum(one[what] for one in self.rounds)


class Child:
    """A side's process. Use as a context: at the end it has gone."""

    def __init__(self, side: Measured, walk: Path, database: Path | str) -> None:
        self.side = side
        command = [sys.executable, "-m", "tests.benchmarks.child", side.kind, str(walk), "--people", str(side.people),
                   "--workers", str(side.workers), "--database", str(database)]  # fmt: skip
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Child:
        answer = self._answer()
        self.side.facts, self.side.started_mb = answer["facts"], answer["resident_mb"]
        return self

    def ask(self, **wanted: int) -> dict[str, Any]:
        """One round. Raises BenchmarkError when the process ended instead."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(wanted) + "\n")
            self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise BenchmarkError(f"{self.side.name} ended by itself; what it said stands above.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        with suppress(BrokenPipeError):
            self._process.communicate(timeout=_PATIENCE) if self._process.poll() is None else None
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
