"""Print the guard's figures on the corpus, and each line that it missed or found something false in, by id."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from tests.corpus import load
from tests.corpus.measuring import KINDS, counted, tried


def main() -> None:
    """Print the table, then the ids."""
    console = Console()
    results = tried(load())
    figures = counted(results)
    table = Table("kind", "lines", "missed", "false", title=f"{len(results)} lines, {figures.traps} of them traps")
    for kind in KINDS:
        table.add_row(kind, *(str(counts[kind]) for counts in (figures.lines, figures.missed, figures.false)))
    console.print(table)
    console.print(f"traps in which something was found: {figures.sprung} of {figures.traps}")
    for result in results:
        for word, kinds in (("missed", result.missed), ("false", result.false)):
            if kinds:
                console.print(f"{word} {', '.join(sorted(kinds))}: {result.line.id}", markup=False, highlight=False)


if __name__ == "__main__":
    main()
