"""Invented lines which measure the guard: how many identifiers it finds, how many ordinary words it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

LINES = Path(__file__).with_name("guard_lines.yaml")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as a mentor might type it: `kinds` must be found (none: a trap); `names` is the list kept meanwhile."""

    id: str
    text: str
    kinds: frozenset[str]
    why: str
    names: tuple[str, ...]

    @property
    def trap(self) -> bool:
        """Whether nothing may be found in it."""
        return not self.kinds


def load(path: Path = LINES) -> tuple[Line, ...]:
    """Every line of the corpus in the order of the file. Raises KeyError or TypeError for a row of another shape."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(_line(row) for row in rows)


def _line(row: Mapping[str, object]) -> Line:
    kinds, names = row["kinds"], row.get("names", [])
    if not isinstance(kinds, list) or not isinstance(names, list) or set(row) - {"id", "text", "kinds", "why", "names"}:
        raise TypeError(f"{row.get('id')} is not a line of the corpus")
    return Line(str(row["id"]), str(row["text"]), frozenset(kinds), str(row["why"]), tuple(names))
