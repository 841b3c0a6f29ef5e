"""The control API: who may use it, and what the page and the tests see."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot.practice.local import LocalPhone
from bot.practice.server import PAGE
from tests.integration.practice_support import tiny_bot


@pytest_asyncio.fixture
async def local(tmp_path: Path) -> AsyncIterator[LocalPhone]:
    """Give a phone with the tiny bot behind it."""
    async with LocalPhone(tmp_path, tiny_bot) as phone:
        yield phone


async def test_only_this_page_may_use_it(local: LocalPhone) -> None:
    """Another host name, another page's origin or a wrong secret is refused; the bot's API too for other hosts."""
    async with httpx.AsyncClient() as http:
        page, state = local.page_url, f"{local.page_url}api/state"
        assert (await http.get(state)).status_code == 200
        assert (await http.get(state, headers={"Host": "evil.example"})).status_code == 403
        assert (await http.get(state, headers={"Origin": "http://evil.example"})).status_code == 403
        assert (await http.get(state, headers={"Origin": f"http://127.0.0.1:{local.port}"})).status_code == 200
        assert (await http.get(f"http://127.0.0.1:{local.port}/practice/guess/api/state")).status_code == 403
        foreign = await http.get(f"{local.api_url}{local.token}/getMe", headers={"Host": f"evil.example:{local.port}"})
        assert foreign.status_code == 403
        index = await http.get(page)
    policy = index.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert index.headers["referrer-policy"] == "no-referrer" and index.headers["x-content-type-options"] == "nosniff"


async def test_the_page_needs_nothing_from_outside(local: LocalPhone) -> None:
    """Every file of the page is served, names no other host, and has no inline script or style."""
    files = sorted(path for path in PAGE.iterdir() if path.is_file())
    assert {"index.html", "style.css", "app.js"} <= {path.name for path in files}
    async with httpx.AsyncClient() as http:
        for path in files:
            answer = await http.get(local.page_url + path.name)
            assert answer.status_code == 200, path.name
            text = answer.text.replace("http://www.w3.org/2000/svg", "").replace("https://t.me/", "")
            assert "http://" not in text and "https://" not in text, path.name
    index = (PAGE / "index.html").read_text(encoding="utf-8")
    assert "style=" not in index and "onclick" not in index
    scripts = [path.read_text(encoding="utf-8") for path in files if path.suffix == ".js"]
    assert len(scripts) >= 3
    assert not any(
        word in script for script in scripts for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(")
    )


async def test_mistakes_are_sentences(local: LocalPhone) -> None:
    """Wrong requests get a status and one sentence, and change nothing."""
    async with httpx.AsyncClient(base_url=f"{local.page_url}api/") as http:
        for path, body, status in (
            ("send", {"person": "Ingen", "text": "x"}, 409),
            ("send", {"person": "Anna", "text": "  "}, 409),
            ("send", {}, 400),
            ("press", {"person": "Anna", "message_id": 99, "row": 0, "column": 0}, 409),
            ("start", {"person": "Anna", "code": "ikke tilladt"}, 409),
            ("clock", {"seconds": -5}, 409),
            ("attach", {"person": "Anna", "kind": "elephant"}, 409),
            ("plug", {"action": "eat"}, 409),
        ):
            answer = await http.post(path, json=body)
            assert answer.status_code == status, path
            assert answer.json()["ok"] is False and answer.json()["error"]
        assert (await http.post("send", content=b"[")).status_code == 400
    assert await local.client.journal() == []


async def test_events_tell_of_changes(local: LocalPhone) -> None:
    """The live stream sends a new version when something happens."""
    async with (
        httpx.AsyncClient(timeout=10) as http,
        http.stream("GET", f"{local.page_url}api/events") as stream,
    ):
        lines = stream.aiter_lines()
        first = json.loads((await anext(lines)).removeprefix("data: "))["version"]
        await local.client.person("Lea").send("hej")
        async with asyncio.timeout(5):
            async for line in lines:
                if line.startswith("data: ") and json.loads(line.removeprefix("data: "))["version"] > first:
                    return
    pytest.fail("the stream ended without news")


async def test_deleted_edited_and_unread_are_visible(local: LocalPhone) -> None:
    """The page sees a deleted message's shell with its time, edits as edits, and what a person has not read yet."""
    anna = local.client.person("Anna")
    (number,) = await anna.send("hemmeligt")
    await anna.edit("hemmeligt", "rettet")
    assert next(seen for seen in await anna.screen() if seen.id == number).edited
    await anna.remove("rettet")
    chat = (await local.client.get("state", person="Anna"))["chat"]
    shell = next(message for message in chat["messages"] if message["id"] == number)
    assert shell["deleted"] and shell["text"] == "" and await anna.deleted() == [number]
    people = {person["name"]: person["unread"] for person in (await local.client.get("state"))["people"]}
    assert people == {"Anna": 1, "Bo": 0, "Lea": 0, "Fremmed": 0}
    await local.client.get("state", person="Anna", seen="1")
    assert (await local.client.get("state"))["people"][0]["unread"] == 0


async def test_invites_and_clock(local: LocalPhone) -> None:
    """Deep links are shown to the person they are for; the clock moves for the world and in the bot's file."""
    await local.client.invite("Bo", "abc-1")
    assert (await local.client.get("state", person="Bo"))["chat"]["invites"] == ["abc-1"]
    assert (await local.client.get("state", person="Anna"))["chat"]["invites"] == []
    before = await local.client.now()
    moved = await local.client.move(days=3, hours=1)
    assert 73 * 3600 <= (moved - before).total_seconds() < 73 * 3600 + 60
    assert float(local.world_clock_file.read_text()) == 73 * 3600
    monday = await local.client.post("clock", to="monday", hour=8)
    assert monday["offset"] > 73 * 3600
    with pytest.raises(AssertionError, match="only be moved forward"):
        await local.client.post("clock", to="2020-01-01T10:00")


async def test_a_missing_button_is_explained(local: LocalPhone) -> None:
    """The failure lists what is visible."""
    anna = local.client.person("Anna")
    await anna.send("hej")
    with pytest.raises(AssertionError, match=r"(?s)No button contains 'Gem'.*Svar på hej.*\[Tæl 0\]"):
        await anna.press("Gem", timeout=0.2)
    with pytest.raises(AssertionError, match="Nothing said 'farvel'"):
        await anna.wait_for("farvel", timeout=0.2)
    assert await anna.buttons() == ["Tæl 0"] and (await anna.live()).data == (("n:0",),)


async def test_health(local: LocalPhone) -> None:
    """Health says whether the bot listens."""
    await local.client.person("Anna").send("hej")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{local.port}") as http:
        assert (await http.get("/healthz")).json()["bot_listens"] is True
        await local.client.move(days=5)
        assert (await http.get("/healthz")).status_code == 200
        await local.client.kill_bot()
        assert (await http.get("/healthz")).status_code == 503


async def test_every_word_of_the_page_is_in_both_languages() -> None:
    """Danish and English have the same keys, no text is empty, and every key that the page asks for exists."""
    words = json.loads((PAGE / "strings.json").read_text(encoding="utf-8"))
    assert words["da"].keys() == words["en"].keys() and all(text for said in words.values() for text in said.values())
    sources = "".join(path.read_text(encoding="utf-8") for path in PAGE.glob("*.[jh]*") if path.suffix != ".json")
    asked = set(re.findall(r'\bt\("([\w.]+)"', sources) + re.findall(r'data-t(?:-label|-hint)?="([\w.]+)"', sources))
    assert len(asked) > 40 and asked <= words["da"].keys()
    python = "".join(path.read_text(encoding="utf-8") for path in PAGE.parent.glob("*.py"))
    keys = set(re.findall(r'\.", "(\w+)"\)', python))
    assert len(keys) >= 6 and {f"error.{key}" for key in keys} <= words["da"].keys()
