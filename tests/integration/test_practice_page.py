"""The page in a real browser: seen, tapped, typed, by keyboard; skipped where no Chromium is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.practice.local import LocalPhone
from tests.integration.practice_browser import CHROMIUM, Browser
from tests.integration.practice_support import tiny_bot

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
LOG = "document.getElementById('log')"
SHOWN = "Boolean(document.getElementById('start')?.offsetParent)"


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalPhone]:
    """Give a phone with the tiny bot behind it."""
    with LocalPhone(tmp_path, tiny_bot) as phone:
        yield phone


@pytest.fixture
def page(local: LocalPhone, tmp_path: Path) -> Iterator[Browser]:
    """Give a browser that shows Anna's phone in a narrow window."""
    with Browser(tmp_path / "profile") as browser:
        browser.open(f"{local.page_url}#Anna")
        browser.wait(SHOWN)
        yield browser


def click(page: Browser, selector: str) -> None:
    """Click what the selector finds."""
    page.run(f"document.querySelector({selector!r}).click()")


def test_a_conversation_by_keyboard(page: Browser) -> None:
    """START, typing and tapping work by keyboard, focus stays on the edited card, and markup in a text stays text."""
    page.run("document.getElementById('start').focus()")
    page.key("Enter")
    page.wait(f"{LOG}.textContent.includes('Svar på /start')")
    page.wait("document.activeElement.id === 'text'")
    page.write("<b>{{7*7}}</b> <img src=x onerror=alert(1)> مرحبا 😀")
    page.key("Enter")
    page.wait(f"{LOG}.textContent.includes('Svar på <b>{{{{7*7}}}}</b> <img src=x onerror=alert(1)> مرحبا 😀')")
    assert page.run(f"{LOG}.querySelectorAll('.text b, .text img').length") == 0
    page.run("[...document.querySelectorAll('.key')].at(-1).focus()")
    page.key("Enter")
    page.wait(f"{LOG}.textContent.includes('Tal 1')")
    page.wait("document.activeElement.textContent === 'Tæl 1'")
    page.wait("document.getElementById('toasts').textContent.includes('Nu 1')")
    assert page.errors == []


def test_editing_deleting_and_the_plug_are_visible(page: Browser, local: LocalPhone) -> None:
    """An own message can be changed, a deleted one leaves a trace that can be hidden, the plug's state is in words."""
    click(page, "#start")
    page.wait(f"{LOG}.textContent.includes('Svar på /start')")
    page.run("document.getElementById('text').focus()")
    page.write("hej")
    page.key("Enter")
    page.wait("document.querySelectorAll('.pencil').length === 2")
    page.run("[...document.querySelectorAll('.pencil')].at(-1).click()")
    page.write(" rettet")
    page.key("Enter")
    page.wait(f"{LOG}.textContent.includes('hej rettet')")
    page.run(
        "fetch('api/remove', {method: 'POST', body: JSON.stringify({person: 'Anna', message_id:"
        " Number([...document.querySelectorAll('.message.own')].at(-1).dataset.id)})}).then(() => true)"
    )
    page.wait(f"{LOG}.textContent.includes('besked slettet fra chatten')")
    click(page, "#show-deleted")
    page.wait(f"!{LOG}.textContent.includes('slettet')")
    click(page, "#plug-button")
    page.wait("document.getElementById('plug-text').textContent === 'Stikket er trukket ud'")
    click(page, "#plug-button")
    page.wait("document.getElementById('plug-text').textContent === 'Botten er tændt og lytter'")
    assert page.errors == []


def test_narrow_window_language_and_clock(page: Browser) -> None:
    """At 360 px nothing is too wide, the sheet closes with Escape, the clock moves, English is one tap away."""
    page.open(page.run("location.href"), 360, 640)
    page.wait(SHOWN)
    click(page, "#room-open")
    page.wait("document.activeElement.id === 'room-close'")
    click(page, "#clock-keys button:nth-child(2)")
    page.wait("document.getElementById('clock-ahead').textContent.startsWith('Stillet 1 dag frem')")
    assert page.run("document.documentElement.scrollWidth") == 360
    page.key("Escape")
    page.wait("document.activeElement.id === 'room-open'")
    click(page, "#language")
    page.wait("document.documentElement.lang === 'en' && document.body.innerText.includes('invented citizens')")
    labels = page.run(
        "[...document.querySelectorAll('button, input, textarea')].filter(one => !one.textContent.trim()"
        " && !one.getAttribute('aria-label') && !one.labels?.length).map(one => one.id)"
    )
    assert labels == []
    assert page.errors == []
