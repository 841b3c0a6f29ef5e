"""``python -m tests.faults``: the fault list in the size of every run, or with ``--release`` in that of a release."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.faults.list import ROWS
from tests.faults.release import Kept, pieces, run, version
from tests.faults.table import Line, lines, markdown

STATE = Path(".faults.jsonl")


def main(
    release: Annotated[bool, typer.Option("--release", help="The release sizes; goes on where it stopped.")] = False,
    rows: Annotated[str, typer.Option(help="Only these rows, such as 1,5.")] = "",
    minutes: Annotated[float | None, typer.Option(help="Begin nothing after so many minutes.")] = None,
    at_once: Annotated[int, typer.Option(min=1, help="So many pieces beside each other.")] = 1,
    state: Annotated[Path, typer.Option(help="Where outcomes are kept.")] = STATE,
    table: Annotated[Path | None, typer.Option(help="Write the table there, as Markdown.")] = None,
) -> None:
    """Run the fault list and print its table; exit code 1 when something did not hold or a twin was not found out."""
    chosen = {int(number) for number in rows.split(",") if number}
    if unknown := chosen - {row.number for row in ROWS}:
        raise typer.BadParameter(f"There is no row {min(unknown)}: take numbers from 1 to {len(ROWS)}.")
    wanted = [row for row in ROWS if not chosen or row.number in chosen]
    console = Console(highlight=False)
    kept = Kept(state if release else state.with_suffix(".every.jsonl"), version())
    until = None if minutes is None else time.monotonic() + 60 * minutes
    run(list(pieces(wanted, release=release)), kept, lambda said: console.print(said, markup=False), until, at_once)
    found = lines(wanted, kept.outcomes)
    console.print(_drawn(found))
    if table is not None:
        table.write_text(markdown(found, datetime.now(UTC).date().isoformat()), encoding="utf-8")
    if any(one.good is False or one.found is False for one in found):
        raise typer.Exit(1)


def _drawn(found: list[Line]) -> Table:
    drawn = Table("#", "what happens", "how much", "what was counted", "the twin", show_lines=True)
    for one in found:
        good = {True: "green", False: "red", None: "yellow"}[one.good]
        twin = {True: "red", False: "yellow", None: "yellow"}[one.found]
        drawn.add_row(
            str(one.number), one.fault, one.size, f"[{good}]{one.figure or '?'}", f"[{twin}]{one.twin or '?'}"
        )
    return drawn


if __name__ == "__main__":
    typer.run(main)
