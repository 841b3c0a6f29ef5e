"""What the tables of an export have in common: columns, cells, and CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, TypeAlias

from bot.exports.transcript import clean

Cell: TypeAlias = str | int | bool | None
Row: TypeAlias = Sequence[Cell]

BETWEEN = "|"
"""Stands between several values in one cell: no id of a choice or a code has it."""

_BEGINNINGS = "=+-@\t\r\n＝＋－＠"  # OWASP, "CSV Injection", with the full-width forms that some spreadsheets take too
# Spaces in front do not keep every program from calculating it.
_FORMULA = re.compile(rf"['\s]*[{re.escape(_BEGINNINGS)}]")
_GUARDED = re.compile(rf"'['\s]*[{re.escape(_BEGINNINGS)}]")


class Type(StrEnum):
    """What a column holds, in the words of Table Schema (https://specs.frictionlessdata.io/table-schema/)."""

    TEXT = "string"
    NUMBER = "integer"
    YES_NO = "boolean"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``free``: people wrote it, so that a CSV guards it; ``of``: the question it is about."""

    name: str
    da: str
    en: str
    type: Type = Type.TEXT
    free: bool = False
    of: str = ""


def guarded(text: str) -> str:
    """The text as a CSV tells it: what a spreadsheet would calculate gets a ``'`` in front; ``unguarded`` takes it
    away again, and no other text is changed by either."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text that ``guarded`` was given."""
    return text[1:] if _GUARDED.match(text) else text


def joined(values: Iterable[str]) -> str:
    """Several values as one cell."""
    return BETWEEN.join(values)


class Csv:
    """A new CSV file (0600, RFC 4180), a row at a time. Use as a context.

    ``separator`` ";" is for a spreadsheet of a country that writes decimals with a comma: such a file begins with a
    byte order mark, without which Excel reads it in the computer's old code page. R, Python and others take "," and
    none. ``bom``: with the mark in any case.
    """

    def __init__(
        self, file: Path, columns: Sequence[Column], *, separator: str = ",", bom: bool = False, header: bool = True
    ) -> None:
        encoding = "utf-8-sig" if bom or separator != "," else "utf-8"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._stream: IO[str] = os.fdopen(descriptor, "w", encoding=encoding, newline="", buffering=1 << 17)
        self._writer = csv.writer(self._stream, delimiter=separator, lineterminator="\r\n")
        self._free = [place for place, column in enumerate(columns) if column.free]
        self._yes_no = [place for place, column in enumerate(columns) if column.type is Type.YES_NO]
        if header:
            self._writer.writerow([column.name for column in columns])

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows; texts have been cleaned (``transcript.clean``)."""
        self._writer.writerows(map(self._told, rows))

    def _told(self, row: Row) -> list[Cell]:
        told = list(row)
        for place in self._free:
            text = told[place]
            if isinstance(text, str):
                told[place] = guarded(text)
        for place in self._yes_no:
            told[place] = _YES_NO[told[place]]
        return told

    def __enter__(self) -> Csv:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stream.close()


_YES_NO: dict[Cell, str] = {True: "true", False: "false", None: ""}


def free(text: str | None) -> str | None:
    """What a person wrote, cleaned for a table; None stays None."""
    return None if text is None else clean(text)
