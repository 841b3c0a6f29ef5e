"""From a file to a server in one go: everything arrives, or nothing; and the file stays as it was."""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import time
from pathlib import Path

import psycopg
import pytest

from bot.service.reading import Purpose, read
from storage import audit, inbox, outbox
from storage.database import Conflict, Transaction, WrongKey
from storage.inbox import Incoming
from storage.instance import single_instance
from storage.keys import Key, write_key_file
from storage.moving import Content, move
from storage.postgres import open_postgres
from storage.times import moment
from tests.integration import engines
from tests.integration.cli_kit import Desk, desk
from tests.integration.erasing_kit import again, do, filled
from tests.integration.sample_kit import KEY, UNTIL, content
from tests.integration.storage_kit import opened_file

__all__ = ["desk"]
PATIENCE = 20.0


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which every table has something."""
    return filled(tmp_path_factory.mktemp("moving") / "full")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty database on the server."""
    return engines.url_of(tmp_path, empty=True)


def file_hash(folder: Path) -> str:
    """What the file holds, byte for byte."""
    return hashlib.sha256((folder / "e.db").read_bytes()).hexdigest()


def counted(url: str) -> int:
    """How many rows the server has of what is ours."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            " AND table_type = 'BASE TABLE' AND table_name <> 'eftertanke'"
        ).fetchall()
        found = 0
        for (table,) in tables:
            row = connection.execute(psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(table)))
            found += (row.fetchone() or (0,))[0]
        return found


async def test_everything_arrives_and_work_goes_on(full: Path, url: str) -> None:
    """Rows, exports and the audit's chain are the same; new rows get numbers after the last; a second time is refused,
    and so is another key."""
    before = file_hash(full)
    moved = await move(full / "e.db", KEY, url)
    assert min(moved.rows[table] for table in ("answers", "guard_names", "audit", "outbox", "supervision_taken")) > 0
    assert sum(moved.rows.values()) == counted(url)
    assert file_hash(full) == before
    db = await open_postgres(url, KEY, create=False)
    async with db.snapshot() as there, opened_file(full) as file, file.snapshot() as here:
        said = [content([one async for one in read(side, Purpose.RECORD, revisions=True)]) for side in (here, there)]
        assert said[0] == said[1]
        assert (await audit.verify(there)) == (await audit.verify(here))
        last = await audit.head(there)
    async with db.transaction() as tx:
        audit.note(tx, audit.OPERATOR, "export", "record", UNTIL)
        await inbox.put(tx, [Incoming(1, "new", 5, "{}")], UNTIL)
        outbox.queue_send(tx, chat_id=5, payload="{}", now=UNTIL)
        assert (await audit.head(tx))[0] == last[0] + 1
    await db.close()
    with pytest.raises(Conflict, match="has data already"):
        await move(full / "e.db", KEY, url)
    with pytest.raises(WrongKey):
        await open_postgres(url, Key.new())


async def test_an_audit_that_was_pruned(full: Path, tmp_path: Path, url: str) -> None:
    """Its first row is not the very first: it arrives all the same, and later rows must follow again."""
    folder = again(full, tmp_path / "pruned")

    async def prune() -> None:
        async with opened_file(folder) as db, db.transaction() as tx:
            (row,) = await tx.all("SELECT at FROM audit WHERE seq = 5")
            assert await audit.prune(tx, moment(row["at"]), UNTIL) > 0

    await prune()
    await move(folder / "e.db", KEY, url)
    db = await open_postgres(url, KEY)
    async with db.snapshot() as view:
        found = await audit.verify(view)
    assert found.first_broken is None and found.first > 1
    with pytest.raises(Conflict, match="only added to"):
        async with db.transaction() as tx:
            await tx.run("INSERT INTO audit VALUES (9999, 'new', 't', 'a', 'b', NULL, 'not the last hash', 'x')")
    await db.close()


def _child(file: Path, url: str) -> None:
    asyncio.run(move(file, KEY, url))


def test_killed_half_way_nothing_is_there(full: Path, tmp_path: Path, url: str) -> None:
    """Killed while rows arrive, the server has none of them, and beginning anew brings everything."""
    folder = again(full, tmp_path / "large")

    async def more(tx: Transaction) -> None:
        for start in range(0, 30_000, 1_000):
            await inbox.put(tx, [Incoming(n, "h", n, "{}" * 40) for n in range(start, start + 1_000)], UNTIL)

    do(folder, more)
    child = multiprocessing.get_context("spawn").Process(target=_child, args=(folder / "e.db", url), daemon=True)
    child.start()
    until, copying = time.monotonic() + PATIENCE, False
    with psycopg.connect(url, autocommit=True) as connection:
        while not copying:
            assert time.monotonic() < until and child.is_alive(), "nothing was seen to arrive"
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_progress_copy"
                " WHERE datname = current_database() AND tuples_processed > 500"
            ).fetchone()
            copying = row is not None and row[0] > 0
            time.sleep(0.002)
    child.kill()
    child.join()
    assert counted(url) == 0
    begun = time.monotonic()
    moved = asyncio.run(move(folder / "e.db", KEY, url))
    rate = sum(moved.rows.values()) / (time.monotonic() - begun)
    assert moved.rows["inbox"] >= 30_000
    assert rate > 1_000, rate  # some 15,000 here; work that grows with the square would be far below


async def test_what_differs_is_not_kept(full: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Had a cell arrived otherwise, nothing would be there: the comparison is made before the commit."""
    real, calls = Content, 0

    def lies(rows: dict[str, int], hash: str) -> Content:
        nonlocal calls
        calls += 1
        return real(rows, hash if calls == 1 else "another")

    monkeypatch.setattr("storage.moving.Content", lies)
    with pytest.raises(Conflict, match="nothing was kept"):
        await move(full / "e.db", KEY, url)
    assert counted(url) == 0


def test_the_command(tmp_path: Path, url: str, desk: Desk) -> None:
    """It says how many rows, and what to set; not while the bot runs, not without a place, not onto something else."""
    desk.set_up()
    address = engines.address_of(tmp_path)
    desk.run("move").refused("--to", code=2)
    desk.run("move", "--to", "mysql://x").refused("postgresql://", code=2)
    with single_instance(desk.data / "eftertanke.db"):
        desk.run("move", "--to", address).refused("stop it")
    said = desk.run("move", "--to", address)
    assert (said.code, said.err) == (0, ""), said
    assert all(word in said.out for word in ("rows", "the same", "EFTERTANKE_DATABASE_URL", "rename it"))
    desk.run("move", "--to", address).refused("has data already")
    desk.env(EFTERTANKE_DATABASE_URL=address)
    assert desk.run("audit", "--verify").code == 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE eftertanke")
    desk.run("move").refused("another program")


def test_another_key(tmp_path: Path, url: str, desk: Desk) -> None:
    """A server that was set up under another key is not written to."""
    desk.set_up()
    desk.env(EFTERTANKE_DATABASE_URL=engines.address_of(tmp_path))
    kept = desk.key_file.read_text(encoding="ascii")
    desk.key_file.unlink()
    write_key_file(desk.key_file, Key.new())
    assert desk.run("setup", "--yes").code == 0
    desk.key_file.write_text(kept, encoding="ascii")
    desk.run("move").refused("belongs to another key")
