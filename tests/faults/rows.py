"""The fault list: what happens, what must hold, and how big a release run of it is.

A release run is cut into pieces of some minutes, each with a seed of its own, so that it can be broken off and
taken up again. ``node``: which test; ``sizes``: variables that make one piece as big as it is; ``pieces``: how many.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FAULTS = "tests/faults/"


@dataclass(frozen=True)
class Part:
    """One test that belongs to a row."""

    node: str
    pieces: int = 1
    sizes: Mapping[str, int | str] = field(default_factory=dict)
    minutes: int = 10
    """After so long a piece is given up, and counts as failed."""


@dataclass(frozen=True)
class Row:
    """``fault`` and ``holds`` in few words; ``wanted``: the release size, as a number of the first part's unit (None:
    all there are). ``twins``: the same with one part weaker, which the auditor must name."""

    number: int
    fault: str
    holds: str
    wanted: int | None
    parts: tuple[Part, ...]
    twins: tuple[Part, ...]


def part(file: str, test: str, pieces: int = 1, minutes: int = 10, **sizes: int | str) -> Part:
    """A test of a file in this folder; ``sizes`` without the ``EFTERTANKE_TEST_`` that the variables begin with."""
    named = {f"EFTERTANKE_TEST_{name.upper()}": value for name, value in sizes.items()}
    return Part(f"{FAULTS}test_{file}.py::test_{test}", pieces, named, minutes)
