"""A whole answer, from the update's JSON to the committed effects and the queued reply, beside the peers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from tests.benchmarks.children import Measured
from tests.benchmarks.figures import Row, Wanted, missing
from tests.benchmarks.rounds import AIOGRAM, OURS, PICKLE, POSTGRES, PTB, aiogram_is_here, measure
from tests.benchmarks.sides import share_of

AIOGRAM_AT_LEAST = 2.0
SIZES_WITHIN = 0.20
_PART = "answer"


def answers(wanted: Wanted, say: Callable[[str], None]) -> list[Row]:
    """One row a side. Raises BenchmarkError."""
    measured = measure(wanted, say)
    rows = [_row(side, measured) for side in measured]
    if wanted.postgres is None:
        rows.append(missing(_PART, "Eftertanke, PostgreSQL", wanted.without))
    if not aiogram_is_here():
        rows.append(missing(_PART, "aiogram, SQLite storage", "not installed: pip install '.[bench]'"))
    return rows


def _row(side: Measured, measured: Sequence[Measured]) -> Row:
    sent, stored = side.total("sent"), side.total("stored")
    late = side.latencies
    ratios = _ratios(side, measured)
    goal, met = _goal(side, ratios)
    lost = "" if sent == stored else f"{sent - stored} of {sent} answers were not found as they were sent"
    return Row(
        _PART, side.name, median(side.rates), "answers/s", side.people, side.stored, ratios,
        share_of(late, 50) * 1000, share_of(late, 99) * 1000,
        {"start": sum(side.started_mb), "after": sum(side.rounds[-1]["resident_mb"])},
        goal, met, lost,
        {
            "kind": side.kind, "processes": side.workers, "batch": side.batch, "rounds": len(side.rounds),
            "answers_a_second_one_by_one": median(side.single_rates),
            "p50_ms_in_a_batch": side.waited(0) * 1000, "p99_ms_in_a_batch": side.waited(1) * 1000,
            "sent": sent, "stored": stored, "memory_mb_each": side.rounds[-1]["resident_mb"], "facts": side.facts,
        },
    )  # fmt: skip


def _ratios(side: Measured, measured: Sequence[Measured]) -> dict[str, float]:
    """Beside the same crowd where there is one, else beside the smallest."""
    if side.kind not in (OURS, POSTGRES):
        return _named({"ours": _beside(side, measured, OURS)})
    first = next(one for one in measured if one.kind == side.kind)
    return _named(
        {
            "aiogram": _beside(side, measured, AIOGRAM),
            "PTB+pickle": _beside(side, measured, PICKLE),
            "PTB that stores nothing": _beside(side, measured, PTB),
            "SQLite": _beside(side, measured, OURS) if side.kind == POSTGRES else None,
            "1 process": _beside(side, measured, POSTGRES) if side.workers > 1 else None,
            f"{first.people:,} people": _ratio(side, first) if side.workers == 1 else None,
        }
    )


def _named(found: dict[str, float | None]) -> dict[str, float]:
    return {name: ratio for name, ratio in found.items() if ratio is not None}


def _beside(side: Measured, measured: Sequence[Measured], kind: str) -> float | None:
    of_kind = [one for one in measured if one.kind == kind and one.workers == 1]
    alike = sorted(of_kind, key=lambda one: (one.people != side.people, one.stored != side.stored))
    return _ratio(side, alike[0]) if alike else None


def _ratio(side: Measured, other: Measured) -> float | None:
    """The median of the rounds' own ratios: both halves of each were measured within seconds."""
    if other is side:
        return None
    return median(a / b for a, b in zip(side.rates, other.rates, strict=True))


def _goal(side: Measured, ratios: dict[str, float]) -> tuple[str, bool | None]:
    if side.kind != OURS or "aiogram" not in ratios:
        return "", None
    met, goal = ratios["aiogram"] >= AIOGRAM_AT_LEAST, f"≥ {AIOGRAM_AT_LEAST:g} × aiogram"
    sizes = [ratio for name, ratio in ratios.items() if name.endswith("people")]
    if sizes:
        goal += f", at most {SIZES_WITHIN:.0%} slower than with few people"
        met = met and sizes[0] >= 1 - SIZES_WITHIN
    return goal, met
