"""Every row as one table: on a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.benchmarks.figures import Row

_HEADS = ("what", "people", "answers\nstored", "figure", "beside", "p50\nms", "p99\nms", "MB at start\n/ after / peak",
          "goal")  # fmt: skip
_LEFT = frozenset({"what", "beside", "goal"})
_RED = "bold red"


def show(rows: Sequence[Row], title: str, console: Console) -> None:
    """Print it; what failed is red."""
    table = Table(title=title, title_justify="left")
    for head in _HEADS:
        table.add_column(head, justify="left" if head in _LEFT else "right")
    before = rows[0].part if rows else ""
    for row in rows:
        if row.part != before:
            table.add_section()
        before = row.part
        style = _RED if row.error else "dim" if "missing" in row.details else None
        table.add_row(*(Text(cell) for cell in cells(row)), style=style)
    console.print(table)


def markdown(rows: Sequence[Row], title: str) -> str:
    """The same table for a page."""
    lines = [f"*{title}*", "", _line([head.replace("\n", " ") for head in _HEADS])]
    lines.append("|" + "|".join(" --- " if head in _LEFT else " ---: " for head in _HEADS) + "|")
    lines += [_line([cell.replace("|", "\\|") for cell in cells(row)]) for row in rows]
    return "\n".join(lines) + "\n"


def _line(parts: Sequence[str]) -> str:
    return "| " + " | ".join(parts) + " |"


def cells(row: Row) -> tuple[str, ...]:
    """One text for each column."""
    if why := row.error or row.details.get("missing", ""):
        return (row.name, _count(row.people), _count(row.stored), f"{'FAILED' if row.error else 'not measured'}: {why}",
                "", "", "", "", "")  # fmt: skip
    beside = ", ".join(f"{ratio:.2f} × {name}" for name, ratio in row.ratios.items())
    held = (f"{row.memory[name]:.0f}" if name in row.memory else "–" for name in ("start", "after", "peak"))
    memory = " / ".join(held) if row.memory else ""
    goal = "" if row.met is None else f"{'✓' if row.met else '✗'} {row.goal}"
    return (row.name, _count(row.people), _count(row.stored), f"{_figure(row.figure)} {row.unit}", beside,
            _ms(row.p50_ms), _ms(row.p99_ms), memory, goal)  # fmt: skip


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _figure(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _ms(number: float | None) -> str:
    return "" if number is None else f"{number:.1f}"
