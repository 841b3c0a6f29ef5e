"""The table of a fault run: row, size, figure, twin, as a terminal shows it and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.release import Outcome
from tests.faults.rows import Row

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_GREATEST = ("longest", "worst", "most", "slowest", "peak", "at once")
"""Words of a clause whose number is no sum: of several pieces the greatest counts."""


@dataclass(frozen=True)
class Line:
    """One row of the table. ``size``: what was done, and of how much; ``good``: whether everything held; ``found``:
    whether every twin was found out (None: none has been run)."""

    number: int
    fault: str
    size: str
    figure: str
    good: bool | None
    twin: str
    found: bool | None


def lines(rows: Sequence[Row], outcomes: Sequence[Outcome]) -> list[Line]:
    """One line a row, also of those that have not been run."""
    return [_line(row, [one for one in outcomes if one.row == row.number]) for row in rows]


def _line(row: Row, outcomes: Sequence[Outcome]) -> Line:
    # The first part's unit comes first, whichever piece ended first.
    order = {part.node: place for place, part in enumerate((*row.parts, *row.twins))}
    outcomes = sorted(outcomes, key=lambda one: (order.get(one.node, len(order)), one.seed))
    real, twins = ([one for one in outcomes if one.twin == twin] for twin in (False, True))
    done = _by_unit(outcomes, twin=False)
    sizes = [f"{sum(size for size, _ in found):,} {unit}" for unit, found in done.items()]
    if row.wanted is not None and sizes:
        sizes[0] = sizes[0].replace(" ", f" of {row.wanted:,} ", 1)
    figures = [summed([figure for _, figure in found]) for found in done.values()]
    named = [summed([figure for _, figure in found]) for found in _by_unit(outcomes, twin=True).values()]
    return Line(
        number=row.number,
        fault=row.fault,
        size="; ".join(sizes) or "not run",
        figure="; ".join(dict.fromkeys(figures)),
        good=all(one.passed for one in real) if real else None,
        twin="; ".join(dict.fromkeys(named)),
        found=all(one.passed for one in twins) if twins else None,
    )


def _by_unit(outcomes: Sequence[Outcome], *, twin: bool) -> dict[str, list[tuple[int, str]]]:
    """Sizes and figures by unit. A twin may stand in the same test as what it is the twin of."""
    found: dict[str, list[tuple[int, str]]] = {}
    for note in (note for one in outcomes for note in one.notes if note["twin"] == twin):
        found.setdefault(note["unit"], []).append((note["size"], _counts(note["figure"])))
    return found


def _counts(figure: str) -> str:
    """What was counted, without what was only looked at."""
    return figure.partition(" · ")[0].partition("; ")[0].strip()


def summed(figures: Sequence[str]) -> str:
    """Several pieces' figures as one: numbers that stand at the same place of the same words are added, or the greatest
    is taken. Where the words differ, the pieces' figures stand one after the other, each once."""
    clauses = [figure.split(", ") for figure in figures]
    shapes = {tuple(_NUMBER.sub("#", clause) for clause in parts) for parts in clauses}
    if len(shapes) != 1:
        return "; ".join(dict.fromkeys(figures))
    return ", ".join(_one(list(same)) for same in zip(*clauses, strict=True))


def _one(same: list[str]) -> str:
    """One clause of several pieces."""
    columns = list(zip(*(_NUMBER.findall(clause) for clause in same), strict=True))
    add = max if any(word in same[0] for word in _GREATEST) else sum
    totals = iter([add(float(number) if "." in number else int(number) for number in column) for column in columns])
    return _NUMBER.sub(lambda _: f"{round(next(totals), 2):,}", same[0])


def markdown(found: Sequence[Line], day: str) -> str:
    """The table for the README, with its date (ISO)."""
    head = [
        f"As of {day}:",
        "",
        "| # | what happens | how much | what was counted | the twin |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(_row(one) for one in found)]) + "\n"


def _row(one: Line) -> str:
    good = {True: "🟢 ", False: "🔴 ", None: ""}[one.good]
    found = {True: "🔴 ", False: "not found out: ", None: ""}[one.found]
    cells = (str(one.number), one.fault, one.size, good + one.figure, found + one.twin)
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"
