"""``datapackage.json``: what is in the tables, for programs (https://specs.frictionlessdata.io/data-package/)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.exports.tables import BETWEEN, Column

FILE = "datapackage.json"

_GUARD = (
    "A leading apostrophe stands before texts that a spreadsheet would calculate (those beginning with = + - @, a tab "
    "or a line end, or with spaces or apostrophes and then one of these); take one away to get the text as it was."
)


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file. ``key``: the columns that name a row."""

    file: str
    title: str
    columns: Sequence[Column]
    key: tuple[str, ...] = ()


def datapackage(tables: Sequence[Table], *, separator: str, about: Mapping[str, Any]) -> str:
    """The text of the file; ``about``: purpose and filters, told as they were asked for."""
    told = {
        "profile": "tabular-data-package",
        "name": "eftertanke-export",
        "title": "Eftertanke",
        "description": _GUARD,
        "eftertanke": dict(about),
        "resources": [_resource(table, separator) for table in tables],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _resource(table: Table, separator: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    return {
        "profile": "tabular-data-resource",
        "name": table.file.removesuffix(".csv").replace("_", "-"),
        "path": table.file,
        "title": table.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": separator, "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {"name": column.name, "type": column.type.value, "title": column.da}
    told["description"] = column.en + (f" ({BETWEEN} between several)" if column.name == "codes" else "")
    return told
