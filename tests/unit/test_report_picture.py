"""The week as a picture: a PNG of the right size, the same each time, without what may not be shown."""

from __future__ import annotations

import struct
import subprocess
import sys
from dataclasses import replace

import pytest

from bot.dialogue.summary import Count, Distribution, WeeklySummary
from bot.reports.picture import png
from bot.reports.sheet import broken, drawable, fitted, wide
from tests.unit.week_report_kit import CONTACT, STRAIN, ago, empty, full, labels, large, messages


def picture(summary: WeeklySummary, language: str = "da") -> bytes:
    """The picture of a week."""
    return png(summary, labels(language), messages(language))


def size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels (PNG, https://www.w3.org/TR/png-3/#11IHDR)."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("summary", [empty(), full(), large()])
def test_it_is_a_png_for_a_phone(summary: WeeklySummary, language: str) -> None:
    """1080 pixels wide, from square to two thirds, and small enough to send at once."""
    data = picture(summary, language)
    width, height = size(data)
    assert width == 1080
    assert 1080 <= height <= 1680
    assert len(data) < 300_000


def test_the_same_week_gives_the_same_bytes() -> None:
    """Nothing of the time or the machine is in it; another week gives another picture."""
    assert picture(full()) == picture(full())
    assert picture(full()) != picture(replace(full(), contacts=(*full().contacts[:-1], 3)))


def test_what_is_left_out_does_not_change_the_picture() -> None:
    """Whatever numbers came with a distribution that is not shown, the picture is the same as with none."""
    hidden = replace(CONTACT, shown=(False,) * 8)
    nothing = Distribution("contact_quality", tuple(Count(c.choice, (0,) * 8) for c in CONTACT.counts), (False,) * 8)
    assert picture(replace(full(), distributions=(hidden,))) == picture(replace(full(), distributions=(nothing,)))
    assert picture(replace(full(), distributions=(hidden,))) != picture(full())


def test_names_and_pseudonyms_are_not_in_it() -> None:
    """It may be seen over a shoulder: the same week with other people is the same picture."""
    week = full()
    others = replace(
        week,
        supervision=(),
        overdue=(),
        without_contact=tuple(replace(one, mentor="Eva", pseudonym="X1") for one in week.without_contact),
    )
    assert picture(others) == picture(week)


def test_any_team_name_and_a_week_that_is_not_over_can_be_drawn() -> None:
    """Dollar signs are no formula, an emoji no hollow box, and a long name no overflow."""
    for team in ("$x_1$ & Co", "Nord 🌊🦊", "Ø" * 90, "🌊"):
        assert size(picture(replace(full(), team=team, at=ago(2))))[0] == 1080
    assert drawable("Nord 🌊 Æblegård") == "Nord Æblegård"
    assert wide(fitted("Ø" * 90, 36, 400), 36) <= 400
    assert all(wide(line, 31, False) <= 500 for line in broken("et ord og et til " * 20, 31, 500))


def test_strain_that_comes_first_does_not_displace_the_contact() -> None:
    """Contact and participation are drawn before other distributions, in whatever order they come."""
    one = replace(full(), distributions=(CONTACT, STRAIN))
    assert picture(one) == picture(replace(full(), distributions=(STRAIN, CONTACT)))


def test_who_draws_nothing_does_not_wait_for_matplotlib() -> None:
    """Importing the module does not import the drawing library, which takes most of a second."""
    code = "import sys, bot.reports.picture; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
