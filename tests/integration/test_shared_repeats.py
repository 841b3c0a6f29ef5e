"""An update that comes again has one effect: after an upgrade, under other guard names, at another process."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.guard import GUARD, Guard
from bot.guard_names import detector
from bot.practice.reading import Deadline
from bot.telegram.minimise import Incoming, minimise, unreadable
from bot.telegram.polling import inbox_store
from bot.telegram.worker import After, Worker
from storage import inbox
from storage.database import Database, StorageBusy, Transaction
from storage.inbox import Pending
from tests.integration import engines
from tests.integration.storage_kit import NOW, opened

on_both = pytest.mark.parametrize("engine", engines.ENGINES, indirect=True)
ANOTHER_GUARD = Guard((*GUARD.detectors, detector(["Anders And"])))
DAY = timedelta(days=1)
Json = dict[str, Any]


def message(number: int = 42, text: str = "Anders And kom", chat: int = 1001, message_id: int = 7) -> Json:
    """A message as Telegram tells of it."""
    who = {"id": chat, "is_bot": False, "first_name": "Opfundet"}
    body = {"message_id": message_id, "date": 1_790_000_000, "chat": {"id": chat, "type": "private"}, "from": who}
    return {"update_id": number, "message": {**body, "text": text}}


def tap(number: int = 42, chat: int = 1001) -> Json:
    """A tap as Telegram tells of it."""
    card = message(chat=chat)["message"]
    return {"update_id": number, "callback_query": {"id": "991", "from": card["from"], "data": "x", "message": card}}


def as_before(update: Incoming) -> inbox.Incoming:
    """The row as versions wrote it that hashed what an update says."""
    payload = update.to_json()
    return inbox.Incoming(update.update_id, hashlib.sha256(payload.encode()).hexdigest(), update.chat_id, payload)


async def store(db: Database, *updates: Incoming, now: datetime = NOW) -> None:
    """As polling and the webhook store them."""
    await inbox_store(db, lambda: now, lambda: None)(updates)


async def carried_out(db: Database, now: datetime = NOW) -> list[int]:
    """Let a real worker do all there is; the numbers of what it did, in order."""
    done: list[int] = []
    stop, quiet = asyncio.Event(), asyncio.Event()

    async def handle(_: Transaction, pending: Pending) -> Sequence[After]:
        done.append(pending.update_id)
        return ()

    async def on_dead(_: Transaction, pending: Pending) -> None:
        raise AssertionError(pending)

    worker = asyncio.create_task(Worker(db, handle, on_dead, lambda: now, quiet).run(stop))
    deadline = Deadline(20.0)
    while await waiting(db):
        assert not deadline.passed, "waited in vain"
        await asyncio.sleep(0.01)
    stop.set()
    quiet.set()
    await worker
    return done


async def waiting(db: Database) -> int:
    """How many are not done."""
    async with db.transaction() as tx:
        row = await tx.one("SELECT count(*) AS many FROM inbox WHERE status = 'pending'")
    return int(row["many"]) if row else 0


async def many(db: Database) -> int:
    """How many are stored."""
    async with db.transaction() as tx:
        return len(await tx.all("SELECT seq FROM inbox"))


@on_both
@pytest.mark.parametrize("update", [message(), tap(), {"update_id": 42}], ids=["message", "tap", "other"])
@pytest.mark.parametrize("done", [True, False])
async def test_a_repeat_across_the_upgrade_has_one_effect(tmp_path: Path, update: Json, done: bool) -> None:
    """Stored by the version before, done or not, and delivered again to this one, under another guard too."""
    async with opened(tmp_path) as db:
        async with db.transaction() as tx:
            await inbox.put(tx, [as_before(minimise(update))], NOW)
        effects = await carried_out(db) if done else []
        later = NOW + DAY
        await store(db, minimise(update, ANOTHER_GUARD), minimise(update), now=later)
        await store(db, minimise(update), now=later)
        assert effects + await carried_out(db, later) == [42]
        assert await many(db) == 1


@on_both
async def test_what_was_given_up_before_the_upgrade_stays_so(tmp_path: Path) -> None:
    """A dead letter that is delivered again is not begun anew."""
    async with opened(tmp_path) as db:
        async with db.transaction() as tx:
            await inbox.put(tx, [as_before(minimise(message()))], NOW)
            inbox.dead(tx, (await inbox.pending(tx, NOW, 1))[0].seq, "KeyError")
        await store(db, minimise(message()), now=NOW + DAY)
        assert await carried_out(db) == [] and await many(db) == 1


@on_both
async def test_an_old_row_keeps_nothing_new_away(tmp_path: Path) -> None:
    """Another chat's update, one that could not be read then, and one whose number was drawn anew are not repeats."""
    async with opened(tmp_path) as db:
        async with db.transaction() as tx:
            await inbox.put(tx, [as_before(minimise(message())), as_before(unreadable(43))], NOW)
        await store(db, minimise(message(chat=1002)), minimise(message(43)), now=NOW + DAY)
        await store(db, minimise(message(message_id=900)), now=NOW + 9 * DAY)
        assert sorted(await carried_out(db)) == [42, 42, 42, 43, 43]


@on_both
async def test_a_batch_in_which_some_are_known(tmp_path: Path) -> None:
    """Of a hundred and fifty every third is known from before the upgrade; each is done once, and in order."""
    batch = [minimise(message(number, chat=7)) for number in range(1, 151)]
    async with opened(tmp_path) as db:
        async with db.transaction() as tx:
            await inbox.put(tx, [as_before(one) for one in batch[::3]], NOW)
        await store(db, *batch)
        await store(db, *batch)
        done = await carried_out(db)
        assert done == [one.update_id for one in (*batch[::3], *(one for one in batch if one not in batch[::3]))]


@on_both
async def test_a_name_that_was_added_in_between(tmp_path: Path) -> None:
    """Delivered again, the same message is masked otherwise; it is done once, and as it was stored first."""
    async with opened(tmp_path) as db:
        await store(db, minimise(message()))
        await store(db, minimise(message(), ANOTHER_GUARD), minimise(message()))
        async with db.transaction() as tx:
            rows = await tx.all("SELECT payload FROM inbox")
        assert [Incoming.from_json(row["payload"]).text for row in rows] == ["Anders And kom"]
        assert await carried_out(db) == [42]


@on_both
async def test_a_number_drawn_anew(tmp_path: Path) -> None:
    """The same number and the same words in a later message are another update, and so is what was malformed then."""
    odd = {"update_id": 42, "message": {"text": "Anders And kom", "chat": {"id": 1001}}}
    async with opened(tmp_path) as db:
        await store(db, minimise(odd), minimise(message()))
        await store(db, minimise(message(message_id=8)))
        assert await carried_out(db) == [42, 42, 42]


@on_both
async def test_nothing_of_the_text_is_in_the_row(tmp_path: Path) -> None:
    """Of two messages with short texts that may be guessed, the rows differ only in what is sealed."""
    found = []
    async with opened(tmp_path) as db:
        for text in ("ja", "nej"):
            async with db.transaction() as tx:
                tx.write("DELETE FROM inbox")
                await inbox.put(tx, [minimise(message(text=text)).to_row()], NOW)
                (row,) = await tx.all("SELECT * FROM inbox")
            found.append({name: cell for name, cell in row.items() if name not in ("seq", "payload")})
    assert found[0] == found[1]


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
async def test_two_processes_that_are_told_the_same(tmp_path: Path) -> None:
    """Two webhooks with different guard names store one update at the same time: it is there once."""
    async with opened(tmp_path) as one, opened(tmp_path) as other:
        for number in range(1, 11):
            sides = [store(one, minimise(message(number))), store(other, minimise(message(number), ANOTHER_GUARD))]
            said = await asyncio.gather(*sides, return_exceptions=True)
            assert any(answer is None for answer in said), said
            for late in said:
                assert late is None or isinstance(late, StorageBusy)
                if late is not None:  # who is told to try again does, as Telegram does
                    await store(other, minimise(message(number), ANOTHER_GUARD))
        assert await many(one) == 10
