"""How far coders agree, beyond what chance would give. Pure; two coefficients, each from its first description.

Cohen, J. (1960), A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20(1), 37–46.
Krippendorff, K. (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why there is no coefficient."""

    NO_OVERLAP = "no_overlap"
    """No unit was looked at by two coders."""
    NO_VARIATION = "no_variation"
    """Everybody said the same of every unit: agreement is full, but chance would have given it too."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One coefficient. ``value`` None: there is none, and ``why`` says why. ``observed``: the share (0–1) of pairs of
    values that agree, None without any. ``units``: how many were looked at by two coders or more."""

    value: float | None
    why: Why | None
    observed: float | None
    units: int


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> Figure:
    """Cohen's kappa of two coders; ``pairs``: what each said of one unit after the other.

    Chance is taken from each coder's own distribution, as Cohen does. 1: full agreement; 0: as by chance.
    """
    joint = Counter(pairs)
    units = sum(joint.values())
    if units == 0:
        return Figure(None, Why.NO_OVERLAP, None, 0)
    first: Counter[Hashable] = Counter()
    second: Counter[Hashable] = Counter()
    for (one, other), count in joint.items():
        first[one] += count
        second[other] += count
    # In whole numbers as long as possible: "no variation" must not depend on a rounding.
    agreed = sum(count for (one, other), count in joint.items() if one == other)
    by_chance = sum(count * second[value] for value, count in first.items())
    observed = agreed / units
    if by_chance == units * units:
        return Figure(None, Why.NO_VARIATION, observed, units)
    return Figure((agreed * units - by_chance) / (units * units - by_chance), None, observed, units)


def krippendorff_alpha(units: Iterable[Sequence[Hashable | None]]) -> Figure:
    """Krippendorff's alpha for nominal data, any number of coders; ``units``: what was said of each, None for a gap.

    Units with fewer than two values say nothing about agreement and are left out, as Krippendorff does. 1: full
    agreement; 0: as by chance; below 0: disagreement by system.
    """
    paired = [said for unit in units if len(said := [value for value in unit if value is not None]) > 1]
    if not paired:
        return Figure(None, Why.NO_OVERLAP, None, 0)
    total = sum(len(said) for said in paired)
    values: Counter[Hashable] = Counter()
    disagreed = agreed = pairs = 0.0
    for said in paired:
        counts = Counter(said)
        values.update(counts)
        within = len(said) * (len(said) - 1)
        same = sum(count * (count - 1) for count in counts.values())
        disagreed += (within - same) / (len(said) - 1)
        agreed += same
        pairs += within
    expected = total * total - sum(count * count for count in values.values())
    if expected == 0:
        return Figure(None, Why.NO_VARIATION, agreed / pairs, len(paired))
    return Figure(1 - (total - 1) * disagreed / expected, None, agreed / pairs, len(paired))
