"""A server is lost and brought back from a dump: what was erased since stays erased, nothing comes twice."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
import typer
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bot.databases import open_database
from bot.settings import load_settings
from bot.sharing import in_role
from storage import citizens, outbox, people, signs
from storage.database import Transaction
from storage.ids import new_id
from storage.people import Role
from storage.postgres import PostgresDatabase
from tests.integration import engines
from tests.integration.cli_kit import Desk, desk, enrol

__all__ = ["desk"]
T = TypeVar("T")
_NAMES = ("first", "second")
DUMPED = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def there(tmp_path: Path, desk_after: Desk) -> Desk:
    """A desk whose data is on the server."""
    desk_after.env(EFTERTANKE_DATABASE_URL=engines.address_of(tmp_path / "first", empty=True))
    return desk_after


@pytest.fixture
def desk_after(tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    """The desk, once the server has started: it empties the environment."""
    engines.server()
    made: Desk = request.getfixturevalue("desk")
    return made


def _stored(work: Callable[[Transaction], Awaitable[T]]) -> T:
    """What ``work`` gives, in one transaction on the desk's server."""

    async def go() -> T:
        db = await open_database(load_settings(os.environ))
        try:
            async with db.transaction() as tx:
                return await work(tx)
        finally:
            await db.close()

    return asyncio.run(go())


async def _lived(tx: Transaction) -> None:
    """By the time of the dump: a citizen, and a message that waits to be sent."""
    anna = await enrol(tx, "Anna", 1000, now=DUMPED)
    await enrol(tx, "Lea", 2000, role=Role.LEAD, now=DUMPED)
    assert anna.team_id is not None
    citizens.add(tx, id=new_id(DUMPED), team_id=anna.team_id, mentor_id=anna.id, pseudonym="Kilde", now=DUMPED)
    outbox.queue_send(tx, chat_id=1000, payload=json.dumps({"text": "Husk Kilde"}), now=DUMPED)
    signs.seen(tx, signs.POLL, DUMPED)


def _brought_back(there: Desk, folder: Path) -> None:
    """Copy the database as it stands, go on with the first, and then lose it: from then on the copy is ours. (The
    server copies by itself here; its pg_dump is not of one version with it everywhere.)"""
    first, second = (conninfo_to_dict(engines.url_of(folder / name, empty=True))["dbname"] for name in _NAMES)
    with psycopg.connect(engines.server().url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(str(second))))
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copy.format(sql.Identifier(str(second)), sql.Identifier(str(first))))
    there.run("erase", "--citizen", "Kilde", "--yes")  # after the copy
    there.run("people", "leave", "Anna")
    there.env(EFTERTANKE_DATABASE_URL=engines.address_of(folder / "second"))


async def _found(tx: Transaction) -> tuple[int, list[str], datetime | None]:
    rows = await tx.all("SELECT payload FROM outbox WHERE status = 'pending' AND kind = 'send'")
    anna = next(one for one in await people.people(tx) if one.name == "Anna")
    count = await tx.one("SELECT count(*) AS many FROM citizens")
    assert count is not None
    return count["many"], [json.loads(row["payload"])["text"] for row in rows], anna.left_at


def test_a_dump_is_settled(there: Desk, tmp_path: Path) -> None:
    """Erased and left since: so again, by the list in the data folder. What waited is not sent; the lead hears one
    thing."""
    there.set_up()
    _stored(_lived)
    _brought_back(there, tmp_path)
    count, waiting, left = _stored(_found)
    assert (count, waiting, left) == (1, ["Husk Kilde"], None), "the dump is from before"
    said = there.run("settle", "--yes")
    assert (said.code, said.err) == (0, "")
    assert "is settled" in said.out and "Erasures seen to: 1." in said.out and "are out again: 1" in said.out
    count, waiting, left = _stored(_found)
    assert count == 0 and left is not None
    assert len(waiting) == 1 and "gendannet" in waiting[0] and "Kilde" not in waiting[0]
    assert there.run("audit", "--verify", "--json").json["whole"]


def test_it_asks_first(there: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who says no has changed nothing; a dump that does not say when it was made wants to be told."""
    there.set_up()
    _stored(_lived)
    monkeypatch.setattr(typer, "confirm", lambda *_a, **_k: False)
    there.run("settle").sentence("Nothing was changed.")
    assert _stored(_found)[1] == ["Husk Kilde"]

    async def nobody_polled(tx: Transaction) -> None:
        tx.write("DELETE FROM signs_of_life")

    _stored(nobody_polled)
    there.run("settle", "--yes").refused("--copied-at 2026-11-23T02:00")
    there.run("settle", "--yes", "--copied-at", "last night").refused("is no time", code=2)
    there.run("settle", "--yes", "--copied-at", "2999-01-01").refused("from later than now", code=2)
    assert there.run("settle", "--yes", "--copied-at", "2026-11-01T02:00").code == 0


def test_not_while_a_bot_is_at_work(there: Desk) -> None:
    """It would send meanwhile."""
    there.set_up()
    _stored(_lived)

    async def at_work() -> None:
        db = await open_database(load_settings(os.environ))
        assert isinstance(db, PostgresDatabase)
        stop, held = asyncio.Event(), asyncio.Event()

        async def works(over: asyncio.Event) -> None:
            held.set()
            await over.wait()

        task = asyncio.create_task(in_role(db.connect, "send", works, stop))
        await held.wait()
        refused = await asyncio.to_thread(there.run, "settle", "--yes")
        stop.set()
        await task
        await db.close()
        refused.refused("A bot is at work", "stop every process")

    asyncio.run(at_work())


def test_a_file_needs_none_of_this(desk: Desk) -> None:
    """There ``restore`` does it."""
    desk.set_up()
    desk.run("settle", "--yes").refused("restore")
