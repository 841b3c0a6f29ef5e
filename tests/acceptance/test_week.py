"""The week on the practice phone, with the real program: by itself on Mondays, by command, whatever is unplugged."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local, utc
from bot.workdays import danish_holidays
from tests.acceptance.person import Person
from tests.acceptance.stage import Stage

ZONE = ZoneInfo("Europe/Copenhagen")
MONDAYS = 4


def next_monday(now: datetime) -> datetime:
    """The next Monday that is no holiday, at eight in the morning on Danish clocks."""
    day = local(now, ZONE).date()
    while True:
        day += timedelta(days=1)
        if day.weekday() == 0 and day not in danish_holidays(now):
            return utc(day, time(8), ZONE)


async def told(stage: Stage) -> list[str]:
    """The weeks the lead was told of by itself."""
    async with stage.database() as db, db.transaction() as tx:
        return [row["week"] for row in await tx.all("SELECT week FROM weekly_sent ORDER BY week")]


async def until_told(stage: Stage, number: int) -> list[str]:
    """Wait until the lead was told of so many weeks; gives them."""
    for _ in range(400):
        weeks = await told(stage)
        if len(weeks) >= number:
            assert len(weeks) == number
            return weeks
        await asyncio.sleep(0.05)
    raise AssertionError(f"never told of week number {number}")


async def until_drawn(stage: Stage, lea: Person) -> None:
    """Wait until nothing of the week is to be drawn or sent any more."""
    for _ in range(400):
        async with stage.database() as db, db.transaction() as tx:
            waiting = await tx.all(
                "SELECT 1 AS one FROM week_files UNION ALL SELECT 1 AS one FROM outbox WHERE status = 'pending'"
            )
        if not waiting:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await lea.hand.screen())


async def test_mondays_with_the_plug_pulled(stage: Stage, lea: Person) -> None:
    """Monday after Monday the message and its picture come, with the plug pulled somewhere in between each time: every
    week is told of once, and nothing is missing; what was under way may be repeated once at most."""
    await lea.hand.start()
    chance = Random(8)
    for number in range(1, MONDAYS + 1):
        before = (await stage.phone.journal())[-1].number
        patience, stage.phone.patience = stage.phone.patience, 0.0
        await stage.phone.move_to(next_monday(await stage.phone.now()))
        await asyncio.sleep(chance.random() * 1.6)
        await stage.phone.kill_bot()
        stage.phone.patience = patience
        await stage.phone.start_bot()
        await stage.phone.wait_until_listening()
        weeks = await until_told(stage, number)
        await until_drawn(stage, lea)
        assert await told(stage) == weeks
        photos = [call for call in await stage.phone.journal(before) if call.method == "sendPhoto"]
        assert 1 <= len(photos) <= 2
        about = f"Uge {int(weeks[-1][-2:])} ·"
        shown = [one for one in await lea.hand.screen() if one.text.startswith("👋") and about in one.text]
        assert 1 <= len(shown) <= 2
    before = (await stage.phone.journal())[-1].number
    await stage.restart()
    await stage.phone.move(hours=3)
    await asyncio.sleep(1.5)
    assert [call for call in await stage.phone.journal(before) if call.method in ("sendPhoto", "sendMessage")] == []


async def test_picture_and_report_by_button(stage: Stage, lea: Person) -> None:
    """The lead asks for the week, its picture and its report: they come within seconds, as a photo and an HTML file."""
    await lea.hand.send("/uge")
    await lea.hand.press("Billedet")
    await lea.hand.press("Rapporten")
    await until_drawn(stage, lea)
    photo, report = (await lea.hand.screen())[-2:]
    if photo.kind != "photo":
        photo, report = report, photo
    assert (photo.kind, report.kind) == ("photo", "document")
    assert photo.text.startswith("Uge ") and report.text.startswith("Uge ")
    await lea.hand.press("Luk")
    await lea.hand.press("Luk")
    assert [one for one in await lea.hand.screen() if one.id in (photo.id, report.id)] == []


async def test_a_mentors_own_week(stage: Stage, anna: Person) -> None:
    """A mentor's /uge is about the mentor."""
    await anna.hand.send("/uge")
    shown = await anna.hand.wait_for("Din uge")
    assert "Siden her vises kun for dig." in shown.text
