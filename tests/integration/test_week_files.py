"""Pictures and reports of a week: made off the event loop, queued once, and told of when they cannot be made."""

from __future__ import annotations

import asyncio
import gc
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.drawing import Draughtsman
from storage import people, weekly
from storage.weekly import Drawn
from tests.integration.week_kit import Team, WeekChats, fake_makers, team

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LONGEST_PAUSE = 0.05


async def ask(here: WeekChats, who: Team, kind: Drawn = Drawn.PICTURE, week: str = "2026-W47") -> None:
    """The lead has asked for it."""
    async with here.db.transaction() as tx:
        weekly.ask(tx, who.lea.id, week, kind, here.now)


async def waiting(here: WeekChats) -> int:
    """How many wishes there are."""
    async with here.db.transaction() as tx:
        return len(await tx.all("SELECT 1 FROM week_files"))


async def test_the_real_picture_and_report(tmp_path: Path) -> None:
    """The program's own makers give a PNG that Telegram shows, and one HTML file that asks nothing of the network."""
    async with team(tmp_path, MONDAY) as (here, who):
        await ask(here, who)
        await ask(here, who, Drawn.REPORT)
        await here.draw()
        picture, report = here.files
        assert (picture.as_what, picture.name) == ("photo", "uge-2026-W47.png")
        assert picture.data.startswith(b"\x89PNG\r\n\x1a\n") and len(picture.data) < 1_000_000
        width, height = (int.from_bytes(picture.data[at : at + 4]) for at in (16, 20))
        assert width + height <= 10_000 and height <= 20 * width  # https://core.telegram.org/bots/api#sendphoto
        assert (report.as_what, report.name) == ("document", "uge-2026-W47.html")
        html = report.data.decode()
        assert "Nord" in html and "<script" not in html
        assert re.findall(r"""(?:src|href)=["'](?!#|data:)""", html) == []
        assert [one.labels for one in here.screen(who.lea)] == [("Luk",), ("Luk",)]
        await here.press(who.lea, "Luk")
        assert len(here.screen(who.lea)) == 1


async def test_drawing_does_not_hold_up_the_others(tmp_path: Path) -> None:
    """While a picture is drawn the loop goes on: no pause is longer than 50 ms (the collector's, which any work may
    cause, left out), and no transaction is open meanwhile."""
    async with team(tmp_path, MONDAY) as (here, who):
        for number in (44, 45, 46, 47):
            await ask(here, who, week=f"2026-W{number}")
        await here.draughtsman.one()
        pauses: list[float] = []

        async def beat() -> None:
            last = time.perf_counter()
            while True:
                await asyncio.sleep(0.002)
                pauses.append(time.perf_counter() - last - 0.002)
                last = time.perf_counter()

        gc.collect()
        gc.disable()
        beating = asyncio.create_task(beat())
        try:
            drawing = asyncio.create_task(here.draw())
            asked = 0
            while not drawing.done():
                async with asyncio.timeout(0.5), here.db.transaction() as tx:
                    await people.people(tx)
                asked += 1
                await asyncio.sleep(0.005)
            await drawing
        finally:
            beating.cancel()
            gc.enable()
        assert len(here.files) == 4 and asked > 5
        longest = sorted(pauses)[-3:]
        assert longest[0] < LONGEST_PAUSE, longest  # two may be those of another process on this machine


async def test_two_who_draw_queue_it_once(tmp_path: Path) -> None:
    """When the same wish is drawn twice, because an old process still ran, it is sent once."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await ask(here, who)
        twin = WeekChats(here.db, MONDAY, drawn_by=fake_makers())
        assert all(await asyncio.gather(here.draughtsman.one(), twin.draughtsman.one()))
        await here.deliver()
        assert len(here.files) == 1


async def test_what_cannot_be_drawn_is_tried_again_and_then_told(tmp_path: Path) -> None:
    """A maker that fails once is asked again; one that fails three times ends in one sentence, and others go on."""
    failures = [ValueError("invented"), None, *[ValueError("invented")] * 3]

    def picture() -> bytes:
        if (failure := failures.pop(0)) is not None:
            raise failure
        return b"\x89PNG"

    async with team(tmp_path, MONDAY, drawn_by=fake_makers(picture)) as (here, who):
        await ask(here, who)
        await ask(here, who, Drawn.REPORT)
        await here.draw()
        assert [one.as_what for one in here.files] == ["document"]
        here.now += timedelta(minutes=1)
        await here.draw()
        assert [one.as_what for one in here.files] == ["document", "photo"]
        await ask(here, who)
        for _ in range(4):
            await here.draw()
            here.now += timedelta(minutes=1)
        assert len(here.files) == 2
        assert here.last(who.lea).text == (
            "Det lykkedes ikke at lave billedet af uge 47. Prøv igen med /uge 47 – bliver det ved, så sig det til den, "
            "der inviterede dig."
        )
        assert await waiting(here) == 0


async def test_who_leads_no_team_any_more_gets_nothing(tmp_path: Path) -> None:
    """Asked for, and then the lead left or was given another task: what was to be drawn is dropped."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await ask(here, who)
        async with here.db.transaction() as tx:
            people.mark_left(tx, who.lea.id, MONDAY)
            weekly.ask(tx, who.anna.id, "2026-W47", Drawn.REPORT, MONDAY)
        await here.draw()
        assert (here.files, await waiting(here)) == ([], 0)


async def test_it_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """Woken, it makes what was asked for; told to stop, it ends."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        wake, stop, queued = asyncio.Event(), asyncio.Event(), asyncio.Event()
        one = Draughtsman(here.db, here.tools, here.renderer, lambda: MONDAY, fake_makers(), wake, queued.set)
        running = asyncio.create_task(one.run(stop))
        await asyncio.sleep(0.05)
        await ask(here, who)
        wake.set()
        await asyncio.wait_for(queued.wait(), 5)
        stop.set()
        await asyncio.wait_for(running, 5)
        await here.deliver()
        assert len(here.files) == 1
