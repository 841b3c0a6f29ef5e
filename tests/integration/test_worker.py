"""The worker: each update's effects and its done-mark are one transaction, and no update holds up another chat."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.now import real_now
from bot.telegram.worker import After, Handle, OnDead, Worker
from storage import inbox, outbox
from storage.database import Conflict, Database, StorageBusy, StorageFull, Transaction
from storage.inbox import Incoming, Pending
from tests.integration.storage_kit import opened

SHORT = (timedelta(milliseconds=30), timedelta(milliseconds=60))


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """A real encrypted database."""
    async with opened(tmp_path) as database:
        yield database


async def put(db: Database, *updates: tuple[int, int | None]) -> None:
    """Store updates, given as number and chat; the payload tells its number."""
    rows = [Incoming(number, f"hash{number}", chat, json.dumps({"n": number})) for number, chat in updates]
    async with db.transaction() as tx:
        await inbox.put(tx, rows, real_now())


async def statuses(db: Database) -> dict[int, str]:
    """Give each update's status."""
    async with db.transaction() as tx:
        rows = await tx.all("SELECT update_id, status FROM inbox ORDER BY seq")
    return {row["update_id"]: row["status"] for row in rows}


async def replies(db: Database) -> list[str]:
    """Give the payloads in the outbox."""
    async with db.transaction() as tx:
        return [row["payload"] for row in await tx.all("SELECT payload FROM outbox ORDER BY seq")]


class Hand:
    """Handles updates: notes them, replies with their number, and fails as told."""

    def __init__(self, *, failures: dict[int, list[Exception]] | None = None, afters: Sequence[After] = ()) -> None:
        self.done: list[int] = []
        self.dead: list[int] = []
        self._failures = failures or {}
        self._afters = afters

    async def handle(self, tx: Transaction, pending: Pending) -> Sequence[After]:
        """Reply within the transaction, then fail if this update is to."""
        outbox.queue_send(tx, chat_id=pending.chat_id or 0, payload=str(pending.update_id), now=real_now())
        await tx.one("SELECT 1 AS x")  # the reply is written before the failure, so that only a rollback removes it
        if self._failures.get(pending.update_id):
            raise self._failures[pending.update_id].pop(0)
        self.done.append(pending.update_id)
        return self._afters

    async def on_dead(self, tx: Transaction, pending: Pending) -> None:
        """Tell within the transaction."""
        outbox.queue_send(tx, chat_id=pending.chat_id or 0, payload=f"dead {pending.update_id}", now=real_now())
        self.dead.append(pending.update_id)


@asynccontextmanager
async def working(
    db: Database, handle: Handle, on_dead: OnDead, committed: Callable[[], None] = lambda: None
) -> AsyncIterator[asyncio.Event]:
    """Work in the background; gives the wake-up."""
    wake, stop = asyncio.Event(), asyncio.Event()
    worker = Worker(db, handle, on_dead, real_now, wake, committed=committed, pauses=SHORT)
    running = asyncio.create_task(worker.run(stop))
    try:
        yield wake
    finally:
        stop.set()
        await asyncio.wait_for(running, 5)


async def until(db: Database, wanted: dict[int, str], seconds: float = 5.0) -> None:
    """Wait until the updates have these statuses."""
    end = time.monotonic() + seconds
    while (found := await statuses(db)) != wanted:
        assert time.monotonic() < end, found
        await asyncio.sleep(0.01)


async def test_effects_and_mark_come_together(db: Database) -> None:
    """What was waiting is carried out once, its payload emptied, and whoever sends is told after the commit."""
    await put(db, (1, 7), (2, 8), (3, 7))
    told = asyncio.Event()
    hand = Hand()
    async with working(db, hand.handle, hand.on_dead, told.set):
        await until(db, {1: "done", 2: "done", 3: "done"})
    assert sorted(hand.done) == [1, 2, 3]
    assert hand.done.index(1) < hand.done.index(3)
    assert sorted(await replies(db)) == ["1", "2", "3"]
    assert told.is_set()
    async with db.transaction() as tx:
        assert await tx.all("SELECT 1 FROM inbox WHERE payload IS NOT NULL") == []


async def test_a_wake_up_is_answered_at_once(db: Database) -> None:
    """An update that comes while the worker sleeps is carried out well before it would look by itself."""
    hand = Hand()
    async with working(db, hand.handle, hand.on_dead) as wake:
        await asyncio.sleep(0.1)
        await put(db, (1, 7))
        wake.set()
        await until(db, {1: "done"}, seconds=1)


async def test_order_within_a_chat_survives_a_failure(db: Database) -> None:
    """A failing update is tried again before the next of its chat, while other chats go on; nothing of the failed
    tries is left."""
    await put(db, (1, 7), (2, 7), (3, 8), (4, None))
    hand = Hand(failures={1: [ValueError("secret"), Conflict("taken")]})
    async with working(db, hand.handle, hand.on_dead):
        await until(db, {1: "done", 2: "done", 3: "done", 4: "done"})
    assert hand.done.index(3) < hand.done.index(1) < hand.done.index(2)
    assert sorted(await replies(db)) == ["1", "2", "3", "4"]


async def test_what_fails_too_often_is_put_aside(db: Database) -> None:
    """After the last try the update is kept as dead with its payload and class of error, its mentor told once, and
    the next of its chat carried out."""
    await put(db, (1, 7), (2, 7))
    hand = Hand(failures={1: [ValueError("secret")] * 99})
    async with working(db, hand.handle, hand.on_dead):
        await until(db, {1: "dead", 2: "done"})
    assert hand.dead == [1]
    assert sorted(await replies(db)) == ["2", "dead 1"]
    async with db.transaction() as tx:
        row = await tx.one("SELECT payload, error, attempts FROM inbox WHERE update_id = 1")
    assert row is not None
    assert (row["payload"], row["error"], row["attempts"]) == ('{"n": 1}', "ValueError", len(SHORT) + 1)


async def test_when_nobody_can_be_told_it_is_put_aside_all_the_same(db: Database) -> None:
    """A failure while telling does not keep the dead update in the way."""
    await put(db, (1, 7), (2, 7))
    hand = Hand(failures={1: [ValueError()] * 99})

    async def broken(tx: Transaction, pending: Pending) -> None:
        outbox.queue_send(tx, chat_id=7, payload="half told", now=real_now())
        raise KeyError("x")

    async with working(db, hand.handle, broken):
        await until(db, {1: "dead", 2: "done"})
    assert await replies(db) == ["2"]


@pytest.mark.parametrize("error", [StorageFull("Full."), StorageBusy("Busy.")])
async def test_trouble_with_the_database_counts_as_no_try(db: Database, error: Exception) -> None:
    """While the disk is full or the database busy, updates wait; they are not given up, however often it fails."""
    await put(db, (1, 7))
    hand = Hand(failures={1: [error] * (len(SHORT) + 2)})
    async with working(db, hand.handle, hand.on_dead):
        await until(db, {1: "done"}, seconds=10)
    assert hand.dead == []
    async with db.transaction() as tx:
        row = await tx.one("SELECT attempts FROM inbox")
    assert row is not None
    assert row["attempts"] == 0


async def test_tries_are_counted_across_a_restart(db: Database) -> None:
    """How often an update failed is stored: a restart does not begin counting anew."""
    await put(db, (1, 7))
    hand = Hand(failures={1: [ValueError()] * 99})
    async with working(db, hand.handle, hand.on_dead):
        await asyncio.sleep(0.02)
    async with db.transaction() as tx:
        inbox.retry(tx, 1, attempts=len(SHORT), not_before=real_now(), error="ValueError")
    async with working(db, hand.handle, hand.on_dead):
        await until(db, {1: "dead"})


async def test_afters_run_after_the_commit_and_hold_nobody_up(db: Database) -> None:
    """What is to be done after the commit sees the update done; slow or failing, it does not delay the next one."""
    seen: list[str] = []
    both = asyncio.Event()

    async def look() -> None:
        seen.append((await statuses(db))[1])
        if len(seen) == 2:
            both.set()

    async def fail() -> None:
        raise RuntimeError("x")

    async def slow() -> None:
        await asyncio.sleep(30)

    await put(db, (1, 7), (2, 7))
    hand = Hand(afters=[look, fail, slow])
    async with working(db, hand.handle, hand.on_dead):
        await until(db, {1: "done", 2: "done"}, seconds=2)
        await asyncio.wait_for(both.wait(), 2)
    assert seen == ["done", "done"]


async def test_stopping_finishes_the_update_at_hand(db: Database) -> None:
    """Told to stop in the middle, the worker ends this update whole and leaves the next for later."""
    await put(db, (1, 7), (2, 8))
    begun, go_on, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def handle(tx: Transaction, pending: Pending) -> Sequence[After]:
        begun.set()
        await go_on.wait()
        return ()

    worker = Worker(db, handle, Hand().on_dead, real_now, asyncio.Event())
    running = asyncio.create_task(worker.run(stop))
    await asyncio.wait_for(begun.wait(), 5)
    stop.set()
    go_on.set()
    await asyncio.wait_for(running, 5)
    assert await statuses(db) == {1: "done", 2: "pending"}


async def test_a_cancelled_update_leaves_nothing(db: Database) -> None:
    """Broken off in the middle of an update, its effects are gone and it is still to be done."""
    await put(db, (1, 7))
    begun = asyncio.Event()

    async def handle(tx: Transaction, pending: Pending) -> Sequence[After]:
        outbox.queue_send(tx, chat_id=7, payload="half", now=real_now())
        await tx.one("SELECT 1 AS x")
        begun.set()
        await asyncio.sleep(30)
        return ()

    running = asyncio.create_task(Worker(db, handle, Hand().on_dead, real_now, asyncio.Event()).run(asyncio.Event()))
    await asyncio.wait_for(begun.wait(), 5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await statuses(db) == {1: "pending"}
    assert await replies(db) == []


async def test_a_thousand_updates_keep_their_order(db: Database) -> None:
    """In a burst of many chats each update is carried out once, in its chat's order."""
    await put(db, *[(number, number % 40) for number in range(1, 1001)])
    hand = Hand(failures={number: [ValueError()] for number in range(1, 1001, 97)})
    async with working(db, hand.handle, hand.on_dead):
        await until(db, dict.fromkeys(range(1, 1001), "done"), seconds=60)
    done = [int(payload) for payload in await replies(db)]  # what is committed; a group that failed began anew
    for chat in range(40):
        mine = [number for number in done if number % 40 == chat]
        assert mine == sorted(set(mine))
    assert len(done) == len(set(done)) == 1000
