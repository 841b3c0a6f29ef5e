"""The report in a real browser: nothing is fetched, nothing overflows, an ordinary week fits on two sheets."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.summary import WeeklySummary
from bot.reports.page import write
from tests.integration.practice_browser import CHROMIUM, Browser
from tests.unit.week_report_kit import empty, full, labels, large, messages

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
WEEKS = {"empty": empty, "full": full, "large": large}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What sticks out of the window, unless it lies in a box that scrolls by itself or is there for screen readers alone.
OUTSIDE = """[...document.querySelectorAll('body *')].filter(one =>
    !one.closest('.table') && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML)"""
LAST_WEEK_HIDDEN = """[...document.querySelectorAll('td.this')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.left < 0 || box.right > innerWidth + 1 || box.width < 5;
}).length"""


class Watching(Browser):
    """A browser that also notes what is asked for."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        super().__init__(folder)
        self.command("Network.enable")

    def _note(self, message: dict[str, Any]) -> None:
        super()._note(message)
        if message.get("method") == "Network.requestWillBeSent":
            self.asked.append(message["params"]["request"]["url"])

    def scheme(self, name: str, media: str = "screen") -> None:
        """Show pages in light or dark, on a screen or on paper."""
        scheme = {"name": "prefers-color-scheme", "value": name}
        self.command("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def sheets(self) -> int:
        """How many sheets it prints on, without background colours; from a dark screen."""
        self.scheme("dark", "print")
        pdf = self.command("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"]
        return len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(pdf)))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watching]:
    """One browser for all of them."""
    one = Watching(tmp_path_factory.mktemp("profile"))
    with one:
        yield one


def written(folder: Path, name: str, language: str = "da") -> str:
    """The address of the report of a week."""
    week: WeeklySummary = WEEKS[name]()
    file = folder / f"{name}_{language}.html"
    file.write_text(write(week, labels(language), messages(language)), encoding="utf-8")
    return file.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("name", WEEKS)
def test_it_fits_and_fetches_nothing(browser: Watching, tmp_path: Path, name: str, width: int, scheme: str) -> None:
    """No sideways scrolling, nothing outside the window, the week's own numbers in sight, no request, no complaint."""
    browser.asked.clear()
    browser.errors.clear()
    browser.scheme(scheme)
    address = written(tmp_path, name)
    browser.open(address, width, 900)
    assert browser.run(WIDER) == 0
    assert browser.run(OUTSIDE) == []
    assert browser.run(LAST_WEEK_HIDDEN) == 0
    assert {one for one in browser.asked if not one.startswith("data:")} <= {address, "about:blank"}
    assert address in browser.asked
    assert browser.errors == []


def test_dark_is_dark_and_light_is_light(browser: Watching, tmp_path: Path) -> None:
    """The page follows the reader's choice."""
    seen = {}
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        browser.open(written(tmp_path, "full"), 768, 900)
        seen[scheme] = browser.run("getComputedStyle(document.body).backgroundColor")
    assert seen == {"light": "rgb(252, 251, 248)", "dark": "rgb(20, 24, 28)"}


@pytest.mark.parametrize("language", ["da", "en"])
def test_an_ordinary_week_prints_on_two_sheets(browser: Watching, tmp_path: Path, language: str) -> None:
    """Two sides of A4 for a team of four, one for an empty week."""
    browser.open(written(tmp_path, "full", language), 1280, 900)
    assert browser.sheets() <= 2
    browser.open(written(tmp_path, "empty", language), 1280, 900)
    assert browser.sheets() == 1


def test_a_screen_reader_finds_its_way(browser: Watching, tmp_path: Path) -> None:
    """Each part is a region named by its heading, each chart an image with a name and a description."""
    browser.scheme("light")
    browser.open(written(tmp_path, "full"), 768, 900)
    nodes = browser.command("Accessibility.getFullAXTree")["nodes"]

    def named(role: str) -> list[str]:
        return [
            one["name"]["value"] for one in nodes if one.get("role", {}).get("value") == role and not one["ignored"]
        ]

    assert "Det vigtigste først" in named("region")
    assert "Supervision" in named("region")
    assert {"Kontakter", "De aftalte møder"} <= {*named("image"), *named("img")}
    assert "Tallene uge for uge" in named("table")
    told = [one.get("description", {}).get("value", "") for one in nodes]
    assert any("Uge 40: 11; uge 41: 13;" in text for text in told)
