"""``reflections.xlsx``: answers, reflections and codebook as sheets; memory does not grow with the rows.

XlsxWriter makes everything but the rows: styles, widths, headers, filters. The rows are streamed in between as
SpreadsheetML (ECMA-376, part 1, 18.3.1), since its own row writer takes six times as long, which would make the
workbook slower than all the rest of an export together, and takes a text from ``<r>`` to ``</r>`` for mark-up. Every
text is an inline string here: there is no type by which a cell could become a formula or a link.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from bot.exports.tables import Cell

FILE = "reflections.xlsx"
LONGEST_CELL = 32_767
"""UTF-16 units, what a cell can hold (Excel specifications and limits); an emoji is two or more."""
MOST_ROWS = 1_048_576
"""Of a sheet, its header among them."""
CUT = " […]"
"""Ends a text that was too long for a cell."""

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the format has no zone. Same input, same bytes: no time of export
_DAY_ONE = (1980, 1, 1, 0, 0, 0)  # the first that ZIP knows
_CHARACTERS = {"text": 60, "label": 30, "question": 24, "definition": 60}
_LEVEL = 3  # half as fast again as the usual 6, and 4 % larger
_END = b"</sheetData>"
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
_JOINING = re.compile("[\u200d\ufe0e\ufe0f\u20e3\u0300-\u036f\U0001f3fb-\U0001f3ff]")
_ESCAPED = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)")  # would be read as a character (18.18.92, ST_Xstring)


class Workbook:
    """A new workbook (0600) with these sheets, each a name and its header. Use as a context: it is there when the block
    ends well. ``left_out`` counts rows for which a sheet had no room."""

    def __init__(self, file: Path, sheets: Sequence[tuple[str, Sequence[str]]]) -> None:
        self.left_out = 0
        self._file, self._sheets = file, sheets
        self._stack = ExitStack()
        self._spools: list[IO[bytes]] = [self._stack.enter_context(_spool(file.parent)) for _ in sheets]
        self._letters = [[_letters(place) for place in range(len(header))] for _, header in sheets]
        self._rows = [1] * len(sheets)

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._stack:
            if kind is None:
                self._finish()

    def add(self, place: int, rows: Iterable[Sequence[Cell]]) -> None:
        """Write rows into a sheet, by its place; texts have been cleaned (``transcript.clean``)."""
        letters, line = self._letters[place], self._rows[place]
        written: list[str] = []
        for row in rows:
            if line == MOST_ROWS:
                self.left_out += 1
                continue
            line += 1
            written.append(f'<row r="{line}">')
            for letter, cell in zip(letters, row, strict=True):
                if cell is None or cell == "":
                    continue
                if isinstance(cell, str):
                    written.append(
                        f'<c r="{letter}{line}" t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>'
                    )
                elif cell is True or cell is False:
                    written.append(f'<c r="{letter}{line}" t="b"><v>{cell:d}</v></c>')
                else:
                    written.append(f'<c r="{letter}{line}"><v>{cell}</v></c>')
            written.append("</row>")
        self._rows[place] = line
        self._spools[place].write("".join(written).encode())

    def _finish(self) -> None:
        """Put the rows into the workbook."""
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with (
            os.fdopen(descriptor, "w+b") as stream,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
            zipfile.ZipFile(io.BytesIO(self._around())) as around,
        ):
            for member in around.namelist():
                content = around.read(member)
                place = _place(member)
                with archive.open(_member(member), "w", force_zip64=place is not None) as target:
                    if place is None:
                        target.write(content)
                        continue
                    before, end, after = content.partition(_END)
                    whole = f'<dimension ref="A1:{self._letters[place][-1]}{self._rows[place]}"/>'.encode()
                    target.write(_DIMENSION.sub(whole, before))
                    self._spools[place].seek(0)
                    shutil.copyfileobj(self._spools[place], target, 1 << 20)
                    target.write(end + after)

    def _around(self) -> bytes:
        """The workbook with headers and without rows."""
        import xlsxwriter

        made = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book: Any = xlsxwriter.Workbook(made, options)
        book.set_properties({"created": _MADE, "title": "Eftertanke"})
        bold = book.add_format({"bold": True, "bottom": 1})
        for (name, header), rows in zip(self._sheets, self._rows, strict=True):
            sheet = book.add_worksheet(name)
            for place, column in enumerate(header):
                sheet.set_column(place, place, _CHARACTERS.get(column.rsplit("_", 1)[-1], 13))
                sheet.write_string(0, place, column, bold)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(1, rows - 1), max(0, len(header) - 1))
        book.close()
        return made.getvalue()


def _spool(folder: Path) -> IO[bytes]:
    """An unnamed file beside the workbook, not in a folder for everybody."""
    return tempfile.TemporaryFile(dir=folder, buffering=1 << 18)


def fitting(text: str) -> str:
    """The text as a cell holds it: cut where it is too long, never inside a pair of UTF-16 units or a joined emoji."""
    if len(text) * 2 <= LONGEST_CELL or len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL:
        return text
    room = (LONGEST_CELL - len(CUT)) * 2
    cut = text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore")
    while cut and (_JOINING.match(text[len(cut)]) or cut[-1] == "\u200d"):
        cut = cut[:-1]
    return cut + CUT


def _place(member: str) -> int | None:
    found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", member)
    return int(found[1]) - 1 if found else None


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DAY_ONE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # the same on every system
    return info


def _letters(place: int) -> str:
    """A, B … Z, AA …"""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _text(text: str) -> str:
    if len(text) > 16_000:
        text = fitting(text)
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return _ESCAPED.sub("_x005F_x", text) if "_x" in text else text
