"""After an erasure no old page stays in the write-ahead log, nor in copies from before an update."""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage import erasing, invites, outbox, wiping
from storage.database import Transaction
from storage.invites import Enrolment
from storage.sqlite_connect import connect
from tests.integration.storage_kit import KEY, NOW, cast, citizen, opened_file


async def test_the_log_is_empty_afterwards(tmp_path: Path) -> None:
    """Pages of what was written stand in the log; after settling it has none, and the database is whole."""
    log = tmp_path / "e.db-wal"
    async with opened_file(tmp_path) as db:
        async with db.transaction() as tx:
            kept = await _a_citizen(tx)
        assert log.stat().st_size > 4096
        async with db.transaction() as tx:
            await erasing.citizen(tx, kept)
        assert await wiping.settle(db)
        assert log.stat().st_size == 0
        await db.verify()
        async with db.transaction() as tx:
            assert len(await tx.all("SELECT id FROM people")) == 4


async def _a_citizen(tx: Transaction) -> str:
    return citizen(tx, (await cast(tx)).anna, "B07").id


async def test_a_reader_holds_it_back(tmp_path: Path) -> None:
    """While somebody reads an older state the log cannot go: that is said at once, nothing is lost, and later it
    works."""
    async with opened_file(tmp_path) as db:
        async with db.transaction() as tx:
            await cast(tx)
        async with db.snapshot() as snapshot:
            async with db.transaction() as tx:
                tx.write("UPDATE people SET language = 'en'")
            assert not await wiping.settle(db)
            assert len(await snapshot.all("SELECT id FROM people WHERE language = 'da'")) == 4
            async with db.transaction() as tx:
                tx.write("UPDATE people SET language = 'da'")  # waiting for locks is as before
        await wiping.keep_empty(db)
        assert (tmp_path / "e.db-wal").stat().st_size == 0
        async with db.transaction() as tx:
            assert len(await tx.all("SELECT id FROM people WHERE language = 'da'")) == 4


async def test_it_is_tried_again_while_there_is_time(tmp_path: Path) -> None:
    """A reader who ends within the given time costs a moment and no more."""
    async with opened_file(tmp_path) as db:
        async with db.transaction() as tx:
            await cast(tx)

        async def read() -> None:
            async with db.snapshot():
                async with db.transaction() as tx:
                    tx.write("UPDATE people SET language = 'en'")
                started.set()
                await asyncio.sleep(0.4)

        started = asyncio.Event()
        reader = asyncio.create_task(read())
        await started.wait()
        assert await wiping.settle(db, 5.0)
        await reader


async def test_cards_of_nobody_are_forgotten(tmp_path: Path) -> None:
    """A card that was sent while its person was erased is not remembered; those of people and of who is enrolling
    are."""
    async with opened_file(tmp_path) as db:
        async with db.transaction() as tx:
            anna = (await cast(tx)).anna
            _, invite = invites.add_invite(tx, role=anna.role, name="Ny", team_id=None, now=NOW)
            invites.set_enrolment(tx, Enrolment(77, 76, invite.id, "read", "da"), NOW)
            for chat in (anna.chat_id, 77, 99):
                outbox.set_card(tx, chat, "page:help", 5, NOW)
        await wiping.keep_empty(db)
        async with db.transaction() as tx:
            assert {row["chat_id"] for row in await tx.all("SELECT chat_id FROM cards")} == {anna.chat_id, 77}


async def test_another_process_may_have_it_open(tmp_path: Path) -> None:
    """A bot that has the database open and does nothing just now is in nobody's way."""
    async with opened_file(tmp_path) as db:
        async with db.transaction() as tx:
            await cast(tx)
        other = connect(tmp_path / "e.db", KEY)
        try:
            assert len(other.execute("SELECT id FROM people").fetchall()) == 4
            assert await wiping.settle(db)
            assert len(other.execute("SELECT id FROM people").fetchall()) == 4
        finally:
            other.close()


def test_old_copies_go(tmp_path: Path) -> None:
    """Copies that updates left beside the database are removed, also one that was not finished; nothing else is."""
    database = tmp_path / "e.db"
    copies = ["e.db.schema-0003.backup", "e.db.schema-0009.backup", "e.db.schema-0009.backup.new"]
    others = ["e.db", "e.db.check", "e.db.lock", "mine.schema-0003.backup", "e.db.schema-3.backup"]
    for name in (*copies, *others):
        (tmp_path / name).write_text("invented")
    assert [one.name for one in wiping.copies(database)] == sorted(copies)
    assert wiping.drop_copies(database) == 3 and wiping.drop_copies(database) == 0
    assert {one.name for one in tmp_path.iterdir()} == set(others)
