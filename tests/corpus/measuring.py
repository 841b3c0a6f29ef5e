"""The guard against the corpus of invented lines: what it missed, and what it took for something that it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.guard import GUARD, Finding, Guard
from bot.guard_names import detector
from tests.corpus import Line

KINDS = ("cpr", "phone", "email", "address", "name")


@dataclass(frozen=True, slots=True)
class Result:
    """What the guard made of a line."""

    line: Line
    findings: tuple[Finding, ...]

    @property
    def missed(self) -> frozenset[str]:
        """The kinds that are there and were not found."""
        return self.line.kinds - self._found

    @property
    def false(self) -> frozenset[str]:
        """The kinds that were found and are not there."""
        return self._found - self.line.kinds

    @property
    def _found(self) -> frozenset[str]:
        return frozenset(finding.kind for finding in self.findings)


def tried(lines: Iterable[Line], guard: Guard = GUARD) -> list[Result]:
    """Let the guard look at each line, with the line's own list of names."""
    return [Result(line, tuple(Guard((*guard.detectors, detector(line.names))).find(line.text))) for line in lines]


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of lines: with each kind, missed and false by kind; traps, and those in which something was found."""

    lines: Counter[str]
    missed: Counter[str]
    false: Counter[str]
    traps: int
    sprung: int


def counted(results: Iterable[Result]) -> Figures:
    """Count what was missed and what was false."""
    results = list(results)
    return Figures(
        lines=Counter(kind for result in results for kind in result.line.kinds),
        missed=Counter(kind for result in results for kind in result.missed),
        false=Counter(kind for result in results for kind in result.false),
        traps=sum(result.line.trap for result in results),
        sprung=sum(result.line.trap and bool(result.findings) for result in results),
    )
