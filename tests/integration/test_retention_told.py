"""Deletion by age in the chat: told 30 and 7 days ahead, in working hours, once; and old buttons afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.organisation_parts import Retention
from bot.retaining import Retaining
from bot.telegram.parts import plain
from storage import people
from storage.people import Role
from tests.integration.remind_kit import chats
from tests.integration.retention_kit import DAY, OLD, VERY_OLD, Archive, aged, archive

FIRST = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)  # Monday 9.00; 29 days before 1 December, the 1st being a Sunday
LAST = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # Tuesday, 7 days before


async def _fill(here: Archive, *, old: int = 2, very_old: int = 1) -> None:
    async with here.db.transaction() as tx:
        for number in range(old):
            aged(tx, here.cast, OLD - number * 5 * DAY)
        for _ in range(very_old):
            aged(tx, here.cast, VERY_OLD)


async def _told(here: Archive) -> dict[str, list[str]]:
    everybody = (here.cast.anna, here.cast.bo, here.cast.lea, here.cast.sif)
    return {one.name: [plain(text) for text in await here.sent(one.chat_id)] for one in everybody}


async def test_mentor_and_lead_are_told_what_goes_and_nobody_else(tmp_path: Path) -> None:
    """Anna hears how many of hers, from when, and how to get a copy; Lea how many in the team, without names; Bo, who
    has nothing old, and Sif in another team hear nothing."""
    async with archive(tmp_path) as here:
        await _fill(here)
        await here.tick(FIRST)
        told = await _told(here)
        assert {name for name, texts in told.items() if texts} == {"Anna", "Lea"}
        (anna,), (lea,) = told["Anna"], told["Lea"]
        for part in (
            "Tirsdag 1. december sletter jeg",
            "fra november 2021 til november 2024",
            "2 refleksioner, som er over 24 måneder gamle",
            "én refleksion i kontakt- og fraværsloggen, som er over 60 måneder gammel",
            "/minedata",
        ):
            assert part in anna, anna
        assert "dit team" in lea
        assert "2 refleksioner" in lea
        assert "Anna" not in lea
        assert "invented" not in anna + lea


async def test_each_warning_comes_once(tmp_path: Path) -> None:
    """Thirty days ahead one, seven days ahead another, whatever restarts in between; nothing after the run."""
    async with archive(tmp_path) as here:
        await _fill(here)
        for at in (FIRST, FIRST + timedelta(hours=1), FIRST + 7 * DAY, LAST, LAST + DAY):
            await here.tick(at)
        told = await _told(here)
        assert len(told["Anna"]) == len(told["Lea"]) == 2
        await here.tick(datetime(2026, 12, 2, 9, 0, tzinfo=UTC))
        assert (
            len(await here.rows("SELECT * FROM outbox WHERE kind = 'send' AND chat_id = ?", here.cast.anna.chat_id))
            == 2
        )
        rows = await here.rows("SELECT days FROM retention_told WHERE person_id = ? ORDER BY days", here.cast.anna.id)
        assert rows == [(7,), (30,)]


async def test_nobody_is_told_outside_working_hours(tmp_path: Path) -> None:
    """On a Sunday and at night nothing is said; on Monday morning it is."""
    async with archive(tmp_path) as here:
        await _fill(here)
        for at in (FIRST - DAY, FIRST - timedelta(hours=6), FIRST + timedelta(hours=12)):
            await here.tick(at)
            assert (await _told(here))["Anna"] == []
        await here.tick(FIRST + DAY)
        assert len((await _told(here))["Anna"]) == 1


async def test_after_downtime_the_warning_still_comes_while_it_is_ahead(tmp_path: Path) -> None:
    """Down until three days before: one warning, the last; down until afterwards: none, and what was due is gone."""
    async with archive(tmp_path) as here:
        await _fill(here)
        await here.tick(datetime(2026, 11, 27, 9, 0, tzinfo=UTC))
        assert len((await _told(here))["Anna"]) == 1
        rows = await here.rows("SELECT days FROM retention_told WHERE person_id = ?", here.cast.anna.id)
        assert rows == [(7,)]


async def test_with_nothing_to_delete_nobody_hears_of_it(tmp_path: Path) -> None:
    """Nothing old, no message; and who blocks the bot or has left is not told either."""
    async with archive(tmp_path) as here:
        await here.tick(FIRST)
        await _fill(here)
        async with here.db.transaction() as tx:
            people.set_blocked(tx, here.cast.anna.id, FIRST)
            people.mark_left(tx, here.cast.lea.id, FIRST)
        await here.tick(FIRST + DAY)
        assert all(texts == [] for texts in (await _told(here)).values())
        assert await here.rows("SELECT * FROM retention_told") == []


async def test_what_the_log_lost_already_is_not_told_again(tmp_path: Path) -> None:
    """After a run the log's part of it is still there; only when that is to go is it told, as of the log."""
    async with archive(tmp_path, months=Retention(answers=24, contact_log=25, audit=60)) as here:
        await _fill(here, old=1, very_old=0)
        await here.tick(datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
        await here.tick(datetime(2026, 12, 2, 9, 0, tzinfo=UTC))
        (told,) = (await _told(here))["Anna"]
        assert "én refleksion i kontakt- og fraværsloggen, som er over 25 måneder gammel" in told
        assert "24 måneder" not in told


async def test_in_english_too(tmp_path: Path) -> None:
    """A lead who has written something herself hears of both, in her language."""
    async with archive(tmp_path) as here:
        async with here.db.transaction() as tx:
            people.set_language(tx, here.cast.anna.id, "en")
            tx.write("UPDATE people SET role = ? WHERE id = ?", Role.LEAD.value, here.cast.anna.id)
        await _fill(here)
        await here.tick(FIRST)
        ((told,), *_) = (await _told(here)).values()
        assert (
            "On Tuesday 1 December I delete some of what you have written (from November 2021 to November 2024)" in told
        )
        assert "In your team altogether" in told
        assert "is kept for 60 months, as agreed with the municipality" in told


async def test_it_says_how_long_the_log_stays(tmp_path: Path) -> None:
    """Not "a while": the months that the municipality has agreed to."""
    async with archive(tmp_path, months=Retention(answers=24, contact_log=36, audit=60)) as here:
        await _fill(here)
        await here.tick(FIRST)
        (told,) = (await _told(here))["Anna"]
        assert "Det, der hører til kontakt- og fraværsloggen, bliver gemt i 36 måneder, som aftalt med kommunen" in told


async def test_old_buttons_of_what_is_gone_never_fail(tmp_path: Path) -> None:
    """Every button Anna ever had on a debrief is pressed after it was deleted: each is answered, none brings it back,
    and in the chat there is one line without content."""
    begun = datetime(2024, 11, 25, 9, 0, tzinfo=UTC)
    async with chats(tmp_path, begun) as (here, all_):
        anna = all_.anna
        await here.send(anna, "/debrief")
        await here.press(anna, "B07")
        await here.press(anna, here.last(anna).labels[0])
        await here.send(anna, "/stop")
        buttons = [(one.id, data) for one in here.screen(anna) for _, data in one.buttons if "begin" not in data]
        before = here.text(anna)
        assert buttons
        assert "B07" in before
        here.now = datetime(2031, 1, 2, 9, 0, tzinfo=UTC)
        program = Retaining(here.db, here.tools, here.renderer, lambda: here.now, lambda: None)
        await program.run()
        await here.deliver()
        assert "B07" not in here.text(anna)
        assert "er slettet" in here.text(anna)
        sent = here.count(anna)
        for message_id, data in buttons:
            await here.tap(anna, message_id, data)
        assert len(here.toasts) == len(buttons)
        assert here.count(anna) == sent
        async with here.db.transaction() as tx:
            assert await tx.all("SELECT id FROM reflections") == []
