"""What was measured, as one table for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.children import Measured
from tests.benchmarks.rounds import AIOGRAM, AIOGRAM_WAL, OURS, PTB
from tests.benchmarks.starting import Start

AIOGRAM_AT_LEAST = 2.0
WITHIN = 0.20
START_AT_MOST = 1.0


def as_data(measured: Sequence[Measured], start: Start | None) -> dict[str, Any]:
    """Everything in plain values: rates in updates a second, times in milliseconds unless named otherwise."""
    return {
        "rows": [_row(side, measured) for side in measured],
        "start": None if start is None else _start(start),
        "expected": _expected(measured, start),
    }


def _row(side: Measured, measured: Sequence[Measured]) -> dict[str, Any]:
    late = side.latencies
    small = _first(measured, OURS)
    return {
        "name": side.name,
        "kind": side.kind,
        "people": side.people,
        "stored_before": side.stored,
        "a_second": round(median(side.rates)),
        "a_second_single": round(median(side.single_rates)),
        "times_aiogram": _ratio(side, _peer(measured, AIOGRAM, side.people)),
        "times_ptb": _ratio(side, _first(measured, PTB)),
        "against_smallest": _ratio(side, small) if side.kind == OURS else None,
        "p50_ms": round(late[len(late) // 2] * 1000, 2),
        "p99_ms": round(late[min(len(late) - 1, len(late) * 99 // 100)] * 1000, 2),
        "resident_mb": round(side.rounds[-1]["resident_mb"]),
        "sent": side.total("sent"),
        "stored": side.total("stored"),
        "rounds": len(side.rounds),
        "facts": side.facts,
    }


def _first(measured: Sequence[Measured], kind: str) -> Measured | None:
    return next((side for side in measured if side.kind == kind), None)


def _peer(measured: Sequence[Measured], kind: str, people: int) -> Measured | None:
    same = (side for side in measured if side.kind == kind and side.people == people)
    return next(same, None) or _first(measured, kind)


def _ratio(side: Measured, other: Measured | None) -> float | None:
    """The median of the rounds' own ratios: both halves of each were measured within a second or two."""
    if other is None or other is side:
        return None
    return round(median(a / b for a, b in zip(side.rates, other.rates, strict=True)), 3)


def _start(start: Start) -> dict[str, Any]:
    return {
        "median_seconds": round(start.median, 3),
        "seconds": [round(one, 3) for one in start.seconds],
        "import_ms": {name: round(ms, 1) for name, ms in list(start.imports.items())[:12]},
        "import_ms_in_all": round(sum(start.imports.values())),
    }


def _expected(measured: Sequence[Measured], start: Start | None) -> list[dict[str, Any]]:
    """What was hoped for, and whether it came true."""
    ours = [side for side in measured if side.kind == OURS]
    beside = [_ratio(side, _peer(measured, AIOGRAM, side.people)) for side in ours]
    sizes = [_ratio(side, ours[0]) for side in ours[1:]]
    found: list[dict[str, Any]] = []
    if ratios := [ratio for ratio in beside if ratio is not None]:
        found.append(
            {"what": f"at least {AIOGRAM_AT_LEAST:g} times aiogram with its storage", "found": f"{min(ratios):.2f}",
             "met": min(ratios) >= AIOGRAM_AT_LEAST}
        )  # fmt: skip
    if apart := [ratio - 1 for ratio in sizes if ratio is not None]:
        worst = max(apart, key=abs)
        found.append(
            {"what": f"within ±{WITHIN:.0%} across sizes", "found": f"{worst:+.0%}", "met": abs(worst) <= WITHIN}
        )
    if start is not None:
        found.append(
            {"what": f"first poll within {START_AT_MOST:g} s of the start", "found": f"{start.median:.2f} s",
             "met": start.median <= START_AT_MOST}
        )  # fmt: skip
    return found


def show(data: dict[str, Any], console: Console) -> None:
    """Print it."""
    console.print(_table(data["rows"]))
    if not any(row["kind"] in (AIOGRAM, AIOGRAM_WAL) for row in data["rows"]):
        console.print("aiogram is not installed: pip install '.[bench]' to measure beside it.")
    if data["start"]:
        slowest = ", ".join(f"{name} {ms:.0f}" for name, ms in data["start"]["import_ms"].items())
        console.print(
            f"Start to first poll: {data['start']['median_seconds']:.2f} s (median of "
            f"{', '.join(f'{one:.2f}' for one in data['start']['seconds'])}). Imports, in ms with their measuring: "
            f"{data['start']['import_ms_in_all']} in all; {slowest}."
        )
    for one in data["expected"]:
        console.print(f"{'✓' if one['met'] else '✗'} expected {one['what']}: {one['found']}")


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="One whole answer: update JSON in → effects committed, reply queued")
    table.add_column("what")
    for name in ("people", "stored\nbefore", "updates/s\nin batches", "updates/s\none by one", "× aiogram", "× PTB",
                 "vs first", "p50\nms", "p99\nms", "RSS\nMB", "answers sent\n/ found"):  # fmt: skip
        table.add_column(name, justify="right")
    for row in rows:
        apart = row["against_smallest"]
        table.add_row(
            row["name"], str(row["people"]), f"{row['stored_before']:,}", str(row["a_second"]),
            str(row["a_second_single"]), _times(row["times_aiogram"]), _times(row["times_ptb"]),
            "" if apart is None else f"{apart - 1:+.0%}", f"{row['p50_ms']:.2f}", f"{row['p99_ms']:.2f}",
            str(row["resident_mb"]),
            f"{row['sent']} / {'none kept' if row['kind'] == PTB else row['stored']}",
        )  # fmt: skip
    return table


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"
