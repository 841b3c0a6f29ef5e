"""The look that the contact log and the copy of one's data have in common."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError

from bot.exports import log_html, my_data_html
from bot.exports.page_style import environment
from bot.service.contact_log_document import Document, Table
from bot.service.my_copy import Copy

ODD = "</style>{{ 7 * 7 }}{% include 'print.css' %}"
WIDTH = re.compile(r"max-width: (\d+rem);")
SOFT = re.compile(r"--soft: (#[0-9a-f]+); }\n  body { font-size")


def _styles() -> tuple[str, str]:
    table = Table(ODD, ("Dag",), frozenset(), ((ODD,),))
    log = log_html.html_text(Document("da", ODD, ODD, ODD, (table,), (ODD,), ODD))
    mine = my_data_html.html_text(Copy("da", ODD, (ODD,), datetime(2026, 11, 25, tzinfo=UTC), (), ODD, ODD, ODD))
    for page in (log, mine):
        assert page.count("<style>") == page.count("</style>") == 1
        assert "49" not in page
    first, second = (page.split("<style>\n")[1].split("</style>")[0] for page in (log, mine))
    return first, second


def test_both_pages_look_alike_and_differ_where_they_say_so() -> None:
    """The sheet begins alike but for the width; each has its own width and its own soft ground on paper."""
    log, mine = _styles()
    begins = [WIDTH.sub("max-width: ;", one).split("h1 {")[0] for one in (log, mine)]
    assert begins[0] == begins[1] and "prefers-color-scheme: dark" in begins[0]
    assert [WIDTH.findall(one) for one in (log, mine)] == [["75rem"], ["50rem"]]
    assert [SOFT.findall(one) for one in (log, mine)] == [["#f2f2f2"], ["#fff"]]


def test_a_whole_sheet() -> None:
    """Every brace that is opened is closed, and what is drawn on paper comes after what is drawn on a dark screen."""
    for style in _styles():
        assert style.count("{") == style.count("}") > 10
        depth = 0
        for char in style:
            depth += (char == "{") - (char == "}")
            assert 0 <= depth <= 3
        assert style.index("prefers-color-scheme: dark") < style.index("@media print") < style.index("--ink: #000")


@pytest.mark.parametrize("sheet", ["screen.css", "print.css"])
def test_a_page_that_forgets_what_is_its_own_is_not_drawn(sheet: str) -> None:
    """Without its width or its soft ground a page is an error, not a page without a style."""
    with pytest.raises(UndefinedError):
        environment().from_string(f'<style>{{% include "{sheet}" %}}</style>').render()
