"""A table as CSV (RFC 4180) for spreadsheets: no cell becomes a formula, whatever people wrote.

https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import io
import unicodedata
from decimal import Decimal

from bot.service.contact_log_document import Cell, Table

BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "'")


def csv_text(table: Table, *, semicolon: bool = False) -> str:
    """The table with its headings. ``semicolon``: for a Danish Excel, with ; between cells and , in numbers."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if semicolon else ",", lineterminator="\r\n")
    writer.writerow([safe(one) for one in table.columns])
    for place, row in enumerate(table.rows):
        first = table.times[place] if table.times else row[0]
        writer.writerow([_cell(one, semicolon) for one in (first, *row[1:])])
    return out.getvalue()


def _cell(value: Cell, semicolon: bool) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return str(value).replace(".", ",") if semicolon else str(value)
        case int():
            return str(value)
    return safe(value)


def safe(text: str) -> str:
    """Text that no spreadsheet runs: a leading ' says that it is text. Control characters become spaces."""
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") and char != "\n" else char for char in text)
    return f"'{kept}" if kept.lstrip().startswith(_FORMULA) else kept
