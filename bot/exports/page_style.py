"""The look that the pages have in common which are handed out as one file: the contact log and the copy of one's data.

A page includes ``screen.css`` first and ``print.css`` inside its own ``@media print``; what is its own stands around
them. Before that it sets ``widest`` (how wide its text may be on a screen) and ``soft_printed`` (the soft ground on
paper); a page that forgot one is not drawn.
"""

from __future__ import annotations

from jinja2 import DictLoader, Environment, StrictUndefined

_SCREEN = """\
:root { color-scheme: light dark; --ink: #1d2327; --paper: #fff; --line: #767d84; --soft: #eef1f3; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaec; --paper: #16191c; --line: #8a9299; --soft: #242a2f; } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: {{ widest }}; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
"""
# Paper is white whatever the screen was: the dark colours must not follow onto it.
_PRINT = """\
:root { color-scheme: light; --ink: #000; --paper: #fff; --soft: {{ soft_printed }}; }
  body { font-size: 9pt; margin: 0; max-width: none; padding: 0; }
"""


def environment() -> Environment:
    """Where such a page is drawn: everything is escaped, a missing value is an error, both style sheets are there."""
    return Environment(
        loader=DictLoader({"screen.css": _SCREEN, "print.css": _PRINT}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
