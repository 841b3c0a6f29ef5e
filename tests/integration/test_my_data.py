"""/minedata: asked for in the chat, made beside the turns, complete, one's own only, and gone after a day."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import copying
from bot.copying import Copying
from storage import my_data, people
from storage.people import Person
from tests.integration.week_kit import Team, WeekChats, team

NOW = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)
ANNAS, EARLIER, BOS = (
    "Det gik bedre end ventet med <b>kaffen</b>",
    "Det gik som ventet",
    "Noget, som kun Bo har skrevet",
)


@asynccontextmanager
async def _written(folder: Path) -> AsyncIterator[tuple[WeekChats, Team]]:
    """Anna has written something private, and changed it; Bo has, too; Anna shares with Lea, who reads it."""
    async with team(folder, NOW) as (here, all_):
        await all_.desk.citizen(all_.anna, "Stjerne", NOW)
        await all_.desk.citizen(all_.bo, "Havblik", NOW)
        for who, pseudonym, text in ((all_.anna, "Stjerne", EARLIER), (all_.bo, "Havblik", BOS)):
            await here.send(who, "/debrief")
            for label in (pseudonym, "Som aftalt"):
                await here.press(who, label)
            await here.send(who, "/stop")
            await here.press(who, "Supervision")
            await here.press(who, "Ja, snart")
            await here.send(who, text)
            await here.press(who, "Videre")
        async with here.db.transaction() as tx:
            for row in await tx.all("SELECT id, text FROM answers"):
                if row["text"] == EARLIER:
                    tx.write("UPDATE answers SET text = ? WHERE id = ?", f"{EARLIER} {ANNAS}", row["id"])
        yield here, all_


def _copying(here: WeekChats) -> Copying:
    return Copying(here.db, here.tools, here.renderer, lambda: here.now, lambda: None)


async def _gets(here: WeekChats, who: Person) -> tuple[str, str]:
    """Ask, say yes, wait: the page and the data."""
    await here.send(who, "/minedata")
    await here.press(who, "Ja, send mig filerne")
    here.files.clear()
    await _copying(here).run()
    await here.deliver()
    page, data = here.files
    assert (page.name, data.name) == ("mine-data.html", "mine-data.json")
    assert page.as_what == data.as_what == "document"
    assert page.chat_id == data.chat_id == who.chat_id
    return page.data.decode(), data.data.decode()


async def test_it_is_said_what_it_is_before_anything_is_made(tmp_path: Path) -> None:
    """The question says that the files go through Telegram and who has them otherwise; nothing is made until yes."""
    async with _written(tmp_path) as (here, all_):
        await here.send(all_.anna, "/minedata")
        said = here.last(all_.anna).text
        assert "ligger hos Telegram" in said
        assert "uden om Telegram" in said
        await _copying(here).run()
        await here.deliver()
        assert here.files == []


async def test_a_mentor_gets_their_own_and_nobody_elses(tmp_path: Path) -> None:
    """Anna's private words and citizens are on the page and in the data; Bo's are not; what she typed is no markup."""
    async with _written(tmp_path) as (here, all_):
        page, data = await _gets(here, all_.anna)
        assert "&lt;b&gt;kaffen&lt;/b&gt;" in page
        for text in (page, data):
            assert EARLIER in text
            assert "Stjerne" in text
            assert BOS not in text
            assert "Havblik" not in text
            assert all_.bo.id not in text
        found = json.loads(data)
        assert found["person"][0]["name"] == "Anna"
        (one,) = found["debriefs"]
        assert one["pseudonym"] == "Stjerne"
        answered = {part["question"]: part for part in one["parts"] if "question" in part}
        assert answered["outcome"]["answer_said"] == "✅ Som aftalt"
        assert "script" not in page


async def test_that_it_was_given_out_is_noted(tmp_path: Path) -> None:
    """The audit says who got a copy, of whom; and the row stands in the copy itself."""
    async with _written(tmp_path) as (here, all_):
        _, data = await _gets(here, all_.anna)
        async with here.db.transaction() as tx:
            rows = await tx.all("SELECT actor, subject FROM audit WHERE action = 'my_data'")
        assert [tuple(row.values()) for row in rows] == [(all_.anna.id, all_.anna.id)]
        assert [row for row in json.loads(data)["audit"] if row["what"] == "my_data"]


async def test_every_role_gets_a_copy(tmp_path: Path) -> None:
    """Lead, admin and coder too: of themselves; a lead's copy names no debrief of a mentor's."""
    async with _written(tmp_path) as (here, all_):
        async with here.db.transaction() as tx:
            share = "INSERT INTO shares SELECT 's', reflection_id, question_id, answered_at, NULL FROM answers LIMIT 1"
            tx.write(share)
            tx.write("INSERT INTO supervision_reads VALUES (?, 's', ?, ?)", all_.lea.id, "2026-11-25T12:00:00.000000Z",
                     "2026-11-25T12:00:00.000000Z")  # fmt: skip
        for who in (all_.lea, all_.adam, all_.kaja):
            page, data = await _gets(here, who)
            assert json.loads(data)["person"][0]["name"] == who.name
            for text in (EARLIER, BOS, "Stjerne", "Havblik", "Anna"):
                assert text not in page + data, (who.name, text)
        _, data = await _gets(here, all_.lea)
        assert len(json.loads(data)["have_read"]) == 1
        _, data = await _gets(here, all_.anna)
        assert "Lea" in data


async def test_in_the_persons_language(tmp_path: Path) -> None:
    """An English-speaking mentor gets English files."""
    async with _written(tmp_path) as (here, all_):
        async with here.db.transaction() as tx:
            people.set_language(tx, all_.anna.id, "en")
        await here.send(all_.anna, "/mydata")
        await here.press(all_.anna, "Yes, send me the files")
        await _copying(here).run()
        await here.deliver()
        page = here.files[0].data.decode()
        assert here.files[0].name == "my-data.html"
        assert '<html lang="en">' in page
        assert "Your reflections" in page
        assert "Dine refleksioner" not in page


async def test_asked_for_twice_it_comes_once_and_leaves_after_a_day(tmp_path: Path) -> None:
    """Two taps, one copy; after 24 hours both files are gone from the chat, and not before."""
    async with _written(tmp_path) as (here, all_):
        await here.send(all_.anna, "/minedata")
        asked = here.last(all_.anna)
        await here.press(all_.anna, "Ja, send mig filerne")
        await here.tap(all_.anna, asked.id, dict(asked.buttons)["📁 Ja, send mig filerne"])
        await _copying(here).run()
        await here.deliver()
        assert len(here.files) == 2
        there = {
            one.id for one in here.screen(all_.anna) if "Til at læse" in one.text or "andre programmer" in one.text
        }
        assert len(there) == 2
        for hours, left in ((23, there), (2, set())):
            here.now += timedelta(hours=hours)
            await _copying(here).run()
            await here.deliver()
            assert {one.id for one in here.screen(all_.anna)} & there == left


async def test_killed_while_it_was_made_it_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill before the files are queued leaves the wish; the next start makes them, once."""
    async with _written(tmp_path) as (here, all_):
        await here.send(all_.anna, "/minedata")
        await here.press(all_.anna, "Ja, send mig filerne")

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as change:
            change.setattr(copying, "_messages", killed)
            with pytest.raises(KeyboardInterrupt):
                await _copying(here).run()
        await here.deliver()
        assert here.files == []
        for _ in range(2):
            await _copying(here).run()
            await here.deliver()
        assert len(here.files) == 2


async def test_what_fails_is_tried_again_and_then_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three failures, a minute apart: then a kind sentence, and no wish is left behind."""
    async with _written(tmp_path) as (here, all_):
        await here.send(all_.anna, "/minedata")
        await here.press(all_.anna, "Ja, send mig filerne")

        def broken(_source: object) -> None:
            raise ValueError

        monkeypatch.setattr(copying, "_drawn", broken)
        for _ in range(3):
            assert "lykkedes ikke" not in here.text(all_.anna)
            await _copying(here).run()
            await here.deliver()
            here.now += timedelta(minutes=2)
        assert "lykkedes ikke" in here.text(all_.anna)
        async with here.db.transaction() as tx:
            assert await my_data.next_wish(tx, here.now) is None


async def test_who_has_left_gets_nothing(tmp_path: Path) -> None:
    """Asked for and then left: no file goes out any more."""
    async with _written(tmp_path) as (here, all_):
        await here.send(all_.anna, "/minedata")
        await here.press(all_.anna, "Ja, send mig filerne")
        async with here.db.transaction() as tx:
            people.mark_left(tx, all_.anna.id, here.now)
        await _copying(here).run()
        await here.deliver()
        assert here.files == []


@pytest.mark.sqlite_only  # both engines have the same tables
async def test_no_table_about_people_is_forgotten(tmp_path: Path) -> None:
    """Every table that names a person is read for the copy, but for wishes of the moment."""
    async with team(tmp_path, NOW) as (here, _), here.db.transaction() as tx:
        tables = [row["name"] for row in await tx.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
        about = set()
        for table in tables:
            keys = await tx.all(f"PRAGMA foreign_key_list({table})")
            if any(key["table"] in ("people", "reflections") for key in keys):
                about.add(table)
    assert len(about) > 20
    read = " ".join(my_data.QUERIES.values())
    through = {"retention_told", "my_data_asked"}
    assert {table for table in about - through if f"FROM {table} " not in read} == set()
