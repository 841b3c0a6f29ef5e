"""Pictures and documents on the practice phone's page: seen, opened, kept; and nothing in them can run."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.practice.local import LocalPhone
from bot.telegram import delivery
from bot.telegram.requests import build_bot
from tests.integration.practice_browser import CHROMIUM, Browser
from tests.integration.practice_support import tiny_bot

LEA = 1003


def png(side: int) -> bytes:
    """A plain grey square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\x00" + b"\xb0" * side) * side)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PICTURE = png(1080)
REPORT = """<!doctype html><html lang="da"><meta charset="utf-8"><title>Uge 47</title>
<style>h1 { color: rgb(10, 20, 30) }</style><h1>Uge 47 – æøå</h1>
<script>document.title = 'kørt'</script><img src="http://127.0.0.1:9/x.png" alt=""></html>""".encode()
LOG = "document.getElementById('log')"


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalPhone]:
    """A phone on which Lea has been sent a picture and a report."""
    with LocalPhone(tmp_path, tiny_bot) as phone:
        asyncio.run(_send(phone))
        yield phone


async def _send(phone: LocalPhone) -> None:
    await phone.client.person("Lea").send("hej")
    bot = build_bot(phone.token, phone.api_url)
    keys = [[{"text": "Luk", "data": "!week:x:"}]]
    await delivery.send_photo(bot, LEA, delivery.File(PICTURE, "uge-2026-W47.png"), "<b>Uge 47 · Nord</b>", keys)
    await delivery.send_document(bot, LEA, delivery.File(REPORT, "uge-2026-W47.html"), "Rapporten", keys)
    await delivery.send_document(bot, LEA, delivery.File(b"a;b", "tal.csv"), "", keys)
    await bot.shutdown()


@pytest.fixture
def page(local: LocalPhone, tmp_path: Path) -> Iterator[Browser]:
    """Lea's phone in a narrow window."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with Browser(tmp_path / "profile") as browser:
        browser.open(f"{local.page_url}#Lea")
        browser.wait(f"{LOG}.querySelectorAll('.file-link').length === 2")
        yield browser


def test_a_picture_is_seen_and_opens_large(page: Browser) -> None:
    """It is shown whole, nearly as wide as the phone, with its caption and buttons; a tap opens it in a tab."""
    page.wait(f"{LOG}.querySelector('img.picture').complete")
    seen = page.run(
        f"(() => {{ const one = {LOG}.querySelector('img.picture'), box = one.getBoundingClientRect();"
        " return [one.naturalWidth, one.naturalHeight, box.width, box.height] })()"
    )
    assert seen[:2] == [1080, 1080]
    assert 300 <= seen[2] <= 390 and abs(seen[2] - seen[3]) < 2
    link = f"{LOG}.querySelector('a.picture-link')"
    assert page.run(f"{link}.target") == "_blank"
    assert page.run(f"{link}.getAttribute('aria-label')") == "Billede: uge-2026-W47.png. Åbn det stort"
    shown = page.run(
        f"[...{LOG}.querySelectorAll('.message.photo b, .message.photo .key')].map(one => one.textContent)"
    )
    assert shown == ["Uge 47 · Nord", "Luk"]
    assert page.run("document.documentElement.scrollWidth") == 390
    assert page.errors == []


def test_a_report_opens_and_can_be_kept(page: Browser, local: LocalPhone) -> None:
    """A page is opened as a page and can be saved under its name; any other file is saved."""
    links = page.run(
        f"[...{LOG}.querySelectorAll('a.file-link, a.file-save')]"
        ".map(one => [one.className, one.target, one.download, one.getAttribute('aria-label')])"
    )
    name = "uge-2026-W47.html"
    assert links == [
        ["file-link", "_blank", "", f"Åbn {name} ({len(REPORT)} B)"],
        ["file-save", "", name, f"Hent {name} ({len(REPORT)} B)"],
        ["file-link", "", "tal.csv", "Hent tal.csv (3 B)"],
    ]
    address = page.run(f"{LOG}.querySelector('a.file-link').href")
    page.open(address, 390)
    assert page.run("document.querySelector('h1').textContent") == "Uge 47 – æøå"
    assert page.run("getComputedStyle(document.querySelector('h1')).color") == "rgb(10, 20, 30)"


def test_nothing_in_a_report_runs_or_asks(page: Browser) -> None:
    """A script in it does not run, a picture from elsewhere is not asked for, and it has no origin to reach ours by."""
    page.open(page.run(f"{LOG}.querySelector('a.file-link').href"), 390)
    assert page.run("document.title") == "Uge 47"
    assert page.run("window.origin") == "null"
    assert page.run("document.images[0].naturalWidth") == 0
    assert any("Content Security Policy" in error or "sandbox" in error for error in page.errors)


def test_who_opens_it_without_the_page_gets_the_same_guard(local: LocalPhone) -> None:
    """The report is served with its own strict policy; everything else keeps that of the phone, and is saved."""
    with httpx.Client(base_url=local.page_url, trust_env=False) as http:
        state = http.get("api/state", params={"person": "Lea"}).json()
        ids = [one["file"]["id"] for one in state["chat"]["messages"] if one["file"]]
        found = [http.get(f"api/file/{one}").headers for one in ids]
    names = ("content-type", "content-security-policy", "content-disposition")
    assert [tuple(one.get(name, "").split(";")[0] for name in names) for one in found] == [
        ("image/png", "default-src 'none'", ""),
        ("text/html", "sandbox", ""),
        ("application/octet-stream", "default-src 'none'", "attachment"),
    ]
