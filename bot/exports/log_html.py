"""A contact log as one page of HTML: complete in itself, to be read on a screen or printed on A4."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from bot.exports.page_style import environment
from bot.service.contact_log_document import Cell, Document

_PAGE = """\
<!doctype html>
<html lang="{{ doc.language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{{ doc.title | plain }}</title>
<style>
{% set widest, soft_printed = "75rem", "#f2f2f2" %}
{% include "screen.css" +%}
table { border-collapse: collapse; width: 100%; margin: 2rem 0; }
caption { text-align: left; font-weight: 600; padding-bottom: .5rem; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .5rem; text-align: left; vertical-align: top;
  overflow-wrap: break-word; white-space: pre-line; }
thead th { background: var(--soft); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.short { white-space: nowrap; }
.scroll { overflow-x: auto; }
.summary { background: var(--soft); padding: .75rem 1rem; }
@page { size: A4 landscape; margin: 12mm; }
@media print { {% include "print.css" +%}
  thead { display: table-header-group; } tr { break-inside: avoid; } .scroll { overflow: visible; } }
</style>
</head>
<body>
<main>
<h1 dir="auto">{{ doc.title | plain }}</h1>
<p>{{ doc.made | plain }}</p>
<p class="summary">{{ doc.summary | plain }}</p>
{% for table in doc.tables %}
<div class="scroll" role="region" tabindex="0" aria-labelledby="table-{{ loop.index }}">
<table>
<caption id="table-{{ loop.index }}">{{ table.caption | plain }}</caption>
<thead>
<tr>{% for name in table.columns %}<th scope="col"{% if loop.index0 in table.numbers %} class="number"{% endif %}>\
{{ name | plain }}</th>{% endfor %}</tr>
</thead>
<tbody>
{% for row in table.rows %}
<tr>{% for cell in row %}{% if loop.first %}<th scope="row" class="short">{{ cell | plain }}</th>{% else %}\
<td class="{{ 'number' if loop.index0 in table.numbers else 'short' if (cell | plain | length) < 12 else 'text' }}"\
 dir="auto">{{ cell | plain }}</td>{% endif %}{% endfor %}</tr>
{% else %}
<tr><td colspan="{{ table.columns | length }}">{{ doc.empty | plain }}</td></tr>
{% endfor %}
</tbody>
</table>
</div>
{% endfor %}
{% for note in doc.notes %}
<p>{{ note | plain }}</p>
{% endfor %}
</main>
</body>
</html>
"""
# Marks that turn the direction of all that follows: dir="auto" shows right-to-left words as they should be shown.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def html_text(doc: Document) -> str:
    """The page. Whatever people wrote stands there as text; nothing is asked of any other place."""
    made = environment()
    made.filters["plain"] = lambda value: plain(value, decimal="," if doc.language == "da" else ".")
    return made.from_string(_PAGE).render(doc=doc)


def plain(value: Cell, *, decimal: str = ".") -> str:
    """A cell as readable text: no control characters, no marks that turn the direction of other people's words."""
    match value:
        case None:
            return ""
        case Decimal():
            return str(value).replace(".", decimal)
        case int():
            return str(value)
    kept = (char if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs") else " " for char in value)
    return "".join(char for char in kept if char not in _TURNS)
