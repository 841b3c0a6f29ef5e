"""One row of the table, as plain data that travels between processes, and what a part is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.children import BenchmarkError


@dataclass(frozen=True)
class Wanted:
    """What a part shall measure. ``folder``: for its own databases. ``postgres``: the server's maintenance database;
    None where there is none, and ``without`` says why. ``debriefs``: of a mentor in a year."""

    folder: Path
    quick: bool = False
    people: tuple[int, ...] = (100, 5_000, 50_000)
    stored: int = 1_000_000
    seconds: float = 150
    starts: int = 5
    burst: int = 10_000
    debriefs: int = 220
    postgres: str | None = None
    without: str = ""


@dataclass(frozen=True)
class Row:
    """What was measured. ``ratios``: beside what → how many times. Memory in MB. ``error``: one sentence; then there is
    no figure. ``met``: None where nothing is wanted."""

    part: str
    name: str
    figure: float | None = None
    unit: str = ""
    people: int | None = None
    stored: int | None = None
    ratios: Mapping[str, float] = field(default_factory=dict)
    p50_ms: float | None = None
    p99_ms: float | None = None
    memory: Mapping[str, float] = field(default_factory=dict)
    goal: str = ""
    met: bool | None = None
    error: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded to what can be measured."""
        return {name: _rounded(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Row:
        """What ``to_json`` gave."""
        return cls(**told)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}") if abs(value) < 1_000 else round(value)
    if isinstance(value, Mapping):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value


def missing(part: str, name: str, why: str) -> Row:
    """A row for what could not be measured here, without being a failure: an extra that is not installed."""
    return Row(part, name, details={"missing": why})


__all__ = ["BenchmarkError", "Row", "Wanted", "missing"]
