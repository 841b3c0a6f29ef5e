"""What is written of an export beside the reading: two CSV files and a workbook from the same rows, and transcripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

from bot.exports import tables_codebook, tables_long, tables_wide, xlsx
from bot.exports.tables import Cell, Column, Csv
from bot.exports.transcripts import Page, Transcripts

Rows: TypeAlias = tuple[list[list[Cell]], list[Cell], Page | None]
"""Of one reflection: its rows for the long table, its row for the wide one, and its transcript where one is written."""
_NAMES = {"da": ("Svar", "Refleksioner", "Kodebog"), "en": ("Answers", "Reflections", "Codebook")}


@dataclass(frozen=True)
class Plan:
    """Which files, and what stands in them besides the rows; plain data that travels between processes."""

    folder: Path
    csv: bool
    xlsx: bool
    transcripts: bool
    separator: str
    language: str
    wide: Sequence[Column]
    codebook: Sequence[Sequence[Cell]]


@contextmanager
def files(plan: Plan) -> Iterator[Callable[[list[Rows]], None]]:
    """Open the files and give what takes rows, many reflections at a time. Raises OSError."""
    with ExitStack() as stack:
        sinks: list[Callable[[list[list[Cell]], list[list[Cell]]], None]] = []
        if plan.csv:
            sinks.append(_csv(stack, plan))
        if plan.xlsx:
            sinks.append(_workbook(stack, plan))
        texts = Transcripts(plan.folder) if plan.transcripts else None

        def give(batch: list[Rows]) -> None:
            answers = [row for rows, _, _ in batch for row in rows]
            reflections = [row for _, row, _ in batch]
            for sink in sinks:
                sink(answers, reflections)
            for _, _, page in batch:
                if texts is not None and page is not None:
                    texts.add_page(page)

        yield give


def _csv(stack: ExitStack, plan: Plan) -> Callable[[list[list[Cell]], list[list[Cell]]], None]:
    long, wide = (
        stack.enter_context(Csv(plan.folder / file, columns, separator=plan.separator))
        for file, columns in ((tables_long.FILE, tables_long.COLUMNS), (tables_wide.FILE, plan.wide))
    )

    def give(answers: list[list[Cell]], reflections: list[list[Cell]]) -> None:
        long.add(answers)
        wide.add(reflections)

    return give


def _workbook(stack: ExitStack, plan: Plan) -> Callable[[list[list[Cell]], list[list[Cell]]], None]:
    names = _NAMES.get(plan.language, _NAMES["da"])
    columns = tables_long.COLUMNS
    places = [place for place, column in enumerate(columns) if column.name in tables_long.IN_SHEET]
    shown = itemgetter(*places)
    sheets = [
        (names[0], [columns[place].name for place in places]),
        (names[1], [column.name for column in plan.wide]),
        (names[2], [column.name for column in tables_codebook.COLUMNS]),
    ]
    book = stack.enter_context(xlsx.Workbook(plan.folder / xlsx.FILE, sheets))
    book.add(2, plan.codebook)

    def give(answers: list[list[Cell]], reflections: list[list[Cell]]) -> None:
        book.add(0, map(shown, answers))
        book.add(1, reflections)

    return give
