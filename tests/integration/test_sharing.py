"""Several processes on one database: a role is held by one at a time, and whoever stores something wakes the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.practice.reading import Deadline
from bot.sharing import in_role, listen
from storage import inbox, people
from storage.database import StorageBusy
from storage.postgres import PostgresDatabase, open_postgres
from tests.integration import engines
from tests.integration.storage_kit import KEY, NOW, cast

PATIENCE = 10.0


@pytest.fixture
async def db(tmp_path: Path) -> PostgresDatabase:
    """A database on the server."""
    return await open_postgres(engines.url_of(tmp_path), KEY)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that must come."""
    deadline = Deadline(PATIENCE)
    while not holds():
        assert not deadline.passed, "waited in vain"
        await asyncio.sleep(0.01)


def holder(seen: list[str], name: str) -> Callable[[asyncio.Event], Awaitable[None]]:
    """Something that notes when it has the role and when it has it no more."""

    async def run(over: asyncio.Event) -> None:
        seen.append(f"{name} begins")
        await over.wait()
        seen.append(f"{name} ends")

    return run


async def test_one_holds_a_role_and_the_next_takes_over(db: PostgresDatabase) -> None:
    """While one has it the other waits; when the first stops, the other has it within seconds, never both."""
    seen: list[str] = []
    first, second = asyncio.Event(), asyncio.Event()
    one = asyncio.create_task(in_role(db.connect, "send", holder(seen, "one"), first))
    await until(lambda: seen == ["one begins"])
    two = asyncio.create_task(in_role(db.connect, "send", holder(seen, "two"), second))
    await asyncio.sleep(0.7)
    assert seen == ["one begins"]
    first.set()
    await until(lambda: seen == ["one begins", "one ends", "two begins"])
    second.set()
    await asyncio.gather(one, two)
    await db.close()


async def test_who_sends_lets_the_last_word_of_the_one_before_land(db: PostgresDatabase) -> None:
    """A sender that was killed may have had something on its way: the next one waits a moment, who polls does not."""
    waited: dict[str, float] = {}
    for name in ("send", "poll"):
        seen: list[str] = []
        stop, began = asyncio.Event(), asyncio.get_running_loop().time()
        task = asyncio.create_task(in_role(db.connect, name, holder(seen, name), stop))
        await until(lambda seen=seen: bool(seen))  # type: ignore[misc] # bound for the loop
        waited[name] = asyncio.get_running_loop().time() - began
        stop.set()
        await task
    assert waited["send"] >= 1.0 > waited["poll"]
    await db.close()


async def test_a_lost_connection_ends_the_role(db: PostgresDatabase) -> None:
    """When the server ends the holder's connection, its work is told to end and the role can be taken anew."""
    seen: list[str] = []
    stop = asyncio.Event()
    task = asyncio.create_task(in_role(db.connect, "poll", holder(seen, "one"), stop))
    await until(lambda: seen == ["one begins"])
    async with await db.connect() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    await until(lambda: seen == ["one begins", "one ends", "one begins"])
    stop.set()
    await task
    await db.close()


async def test_what_is_stored_wakes_the_others(db: PostgresDatabase) -> None:
    """An update stored by one process sets the event of another, at once and not before the commit."""
    wake, stop = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(listen(db.connect, {"inbox": wake}, stop))
    await until(wake.is_set)  # once at the beginning: nobody knows what was before
    wake.clear()
    async with db.transaction() as tx:
        await inbox.put(tx, [inbox.Incoming(1, "h", 5, "{}")], NOW)
        await asyncio.sleep(0.1)
        assert not wake.is_set()
    await until(wake.is_set)
    stop.set()
    await task
    await db.close()


async def test_two_workers_never_have_one_chat(db: PostgresDatabase) -> None:
    """What one has in hand is not free for the other, and what is done is free for nobody."""
    async with db.transaction() as tx:
        await inbox.put(tx, [inbox.Incoming(n, f"{n}", n, "{}") for n in range(1, 4)], NOW)
    async with db.transaction() as one:
        heads = [row.seq for row in await inbox.pending(one, NOW, 10)]
        assert await inbox.free(one, heads[:2]) == frozenset(heads[:2])
        async with asyncio.TaskGroup() as group:
            group.create_task(_finds(db, heads, heads[2:]))
        inbox.done(one, heads[0])
    await _finds(db, heads, heads[1:])
    await db.close()


async def _finds(db: PostgresDatabase, heads: list[int], free: list[int]) -> None:
    async with db.transaction() as tx:
        assert await inbox.free(tx, heads) == frozenset(free)


async def test_two_changes_of_one_row_do_not_both_go_through(db: PostgresDatabase) -> None:
    """The later one is told to try again, and nothing of it is there: no silent overwrite."""
    async with db.transaction() as tx:
        who = await cast(tx)

    async def late() -> None:
        async with db.transaction() as tx:
            assert await people.person(tx, who.anna.id) is not None
            await asyncio.sleep(0.2)
            people.set_language(tx, who.anna.id, "en")

    task = asyncio.create_task(late())
    await asyncio.sleep(0.1)
    async with db.transaction() as tx:
        people.set_language(tx, who.anna.id, "da")
        people.set_blocked(tx, who.anna.id, NOW)
    with pytest.raises(StorageBusy):
        await task
    async with db.transaction() as tx:
        anna = await people.person(tx, who.anna.id)
        assert anna is not None and anna.language == "da" and anna.blocked_at == NOW
    await db.close()
