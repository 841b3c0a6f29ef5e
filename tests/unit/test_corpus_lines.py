"""The corpus itself: whoever reads a figure measured with it must be able to trust what it holds."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from tests.corpus import Line, load

LINES = load()
LEAST = {"cpr": 60, "phone": 60, "email": 25, "address": 45, "name": 20}


def test_every_line_is_there_once() -> None:
    """No id and no text stands twice, so that a figure counts each line once."""
    assert len({line.id for line in LINES}) == len(LINES) >= 400
    assert len({(line.text, line.names) for line in LINES}) == len(LINES)


def test_half_of_the_lines_are_traps() -> None:
    """Finding everything must cost as much as finding nothing: the halves are equal within five in a hundred."""
    share = sum(line.trap for line in LINES) / len(LINES)
    assert 0.45 <= share <= 0.55
    assert sum(line.trap for line in LINES) >= 210


@pytest.mark.parametrize(("kind", "least"), LEAST.items())
def test_every_kind_has_enough_lines(kind: str, least: int) -> None:
    """Each kind has so many lines that one miss is not half of its figure."""
    assert Counter(one for line in LINES for one in line.kinds)[kind] >= least


def test_no_other_kinds() -> None:
    """A misspelt kind would never be looked for."""
    assert {kind for line in LINES for kind in line.kinds} == set(LEAST)


def test_names_come_with_their_list() -> None:
    """A name can only be found by the list of names, so each such line brings one; some traps do too."""
    assert all(line.names for line in LINES if "name" in line.kinds)
    assert sum(1 for line in LINES if line.trap and line.names) >= 10


def test_every_line_says_why() -> None:
    """A line which fails must tell its reader what it was meant to show."""
    assert all(line.why.strip() and line.text.strip() for line in LINES)


@pytest.mark.parametrize("line", [line for line in LINES if "cpr" in line.kinds], ids=lambda line: line.id)
def test_cpr_numbers_begin_with_a_date(line: Line) -> None:
    """What is meant to be a CPR number begins with a day that existed, or it would be fair to leave it alone."""
    digits = re.sub(r"\D", "", line.text)
    assert any(_is_day(digits[at : at + 6]) for at in range(len(digits) - 9))


def test_addresses_have_a_number() -> None:
    """A street without a number is nobody's home: every address has one, and some traps have a street without."""
    assert all(re.search(r"\d", line.text) for line in LINES if "address" in line.kinds)
    assert sum(line.id.startswith("trap-street") for line in LINES) >= 8


def _is_day(digits: str) -> bool:
    day, month, year = (int(digits[at : at + 2]) for at in (0, 2, 4))
    try:
        date(2000 + year, month, day)
    except ValueError:
        return False
    return True
