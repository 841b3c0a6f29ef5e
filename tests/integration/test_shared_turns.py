"""Two at the same thing at once: leads who answer together, workers with one update, a start in the way of another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import build_tools
from bot.databases import again
from bot.now import real_now
from bot.organisation import Organisation
from bot.practice.reading import Deadline
from bot.service import lead_calls as calls
from bot.service.replies import Page, Reply
from bot.service.tools import keep_guide
from bot.telegram.noted import Uncounted
from bot.telegram.requests import build_bot
from bot.telegram.sender import Sender
from bot.telegram.worker import After, Worker
from storage import inbox, lead_calls, outbox
from storage.database import Database, StorageBusy, StorageGone, Transaction
from storage.inbox import Pending
from storage.postgres import PostgresDatabase
from tests.integration.scripted_api import TOKEN, ScriptedApi
from tests.integration.shared_kit import PATIENCE, process, server, settings_for, until
from tests.integration.supervision_kit import Cast, Talks, second_lead, talks
from tests.integration.test_lead_calls import asks
from tests.integration.test_sender import payload, quick
from tests.integration.test_worker import put, statuses

on_postgres = pytest.mark.parametrize("engine", ["postgres"], indirect=True)


class Meanwhile:
    """A real database to which something happens just before the transaction with this number."""

    def __init__(self, db: Database, number: int, happens: Callable[[], Awaitable[None]]) -> None:
        self._db, self._number, self._happens = db, number, happens
        self._begun = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """The database's own."""
        self._begun += 1
        if self._begun == self._number:
            await self._happens()
        async with self._db.transaction() as tx:
            yield tx


AFTER_A_FAILURE = 3  # a worker's first looks what there is, its second carries out, its third notes what failed


class Clumsy:
    """A worker whose first try of update 1 fails; ``done`` by it, ``told`` that it gave up."""

    def __init__(self, db: Database, happens: Callable[[], Awaitable[None]], pauses: Sequence[timedelta]) -> None:
        self.done: list[int] = []
        self.told: list[int] = []
        self._failed = False
        self.stop, self.wake = asyncio.Event(), asyncio.Event()
        odd: Database = Meanwhile(db, AFTER_A_FAILURE, happens)  # type: ignore[assignment] # all that a worker uses
        self.worker = Worker(odd, self._handle, self._on_dead, real_now, self.wake, pauses=pauses)

    async def _handle(self, _: Transaction, pending: Pending) -> Sequence[After]:
        if pending.update_id == 1 and not self._failed:
            self._failed = True
            raise ValueError("invented")
        self.done.append(pending.update_id)
        return ()

    async def _on_dead(self, _: Transaction, pending: Pending) -> None:
        self.told.append(pending.update_id)


async def test_another_worker_does_what_failed_here(tmp_path: Path) -> None:
    """Carried out by another between the failure and its being noted: the mentor is not told that it was given up."""
    async with server(tmp_path) as db:
        await put(db, (1, 1))
        meanwhile = asyncio.Event()

        async def other_does_it() -> None:
            async with db.transaction() as tx:
                (seq,) = await inbox.free(tx, [one.seq for one in await inbox.pending(tx, real_now(), 9)])
                inbox.done(tx, seq)
            meanwhile.set()

        clumsy = Clumsy(db, other_does_it, pauses=())
        running = asyncio.create_task(clumsy.worker.run(clumsy.stop))
        await meanwhile.wait()
        await put(db, (2, 2))
        clumsy.wake.set()
        await until(lambda: 2 in clumsy.done)
        clumsy.stop.set()
        await running
        assert (clumsy.told, await statuses(db)) == ([], {1: "done", 2: "done"})


@pytest.mark.parametrize("pauses", [(), (timedelta(hours=1),)], ids=["given up", "tried later"])
async def test_another_worker_has_in_hand_what_failed_here(tmp_path: Path, pauses: Sequence[timedelta]) -> None:
    """While another worker still has it, this one does not wait for that but goes on, and notes no failure."""
    async with server(tmp_path) as db:
        await put(db, (1, 1))
        taken, may = asyncio.Event(), asyncio.Event()

        async def other() -> None:
            async with db.transaction() as tx:
                (seq,) = await inbox.free(tx, [one.seq for one in await inbox.pending(tx, real_now(), 1)])
                taken.set()
                await may.wait()
                inbox.done(tx, seq)

        others: list[asyncio.Task[None]] = []

        async def takes_it() -> None:
            others.append(asyncio.create_task(other()))
            await taken.wait()

        clumsy = Clumsy(db, takes_it, pauses)
        running = asyncio.create_task(clumsy.worker.run(clumsy.stop))
        await taken.wait()
        await put(db, (2, 2))
        clumsy.wake.set()
        await until(lambda: clumsy.done == [2], seconds=7.0)  # a lock is waited for ten seconds
        may.set()
        await asyncio.gather(*others)
        clumsy.stop.set()
        await running
        assert (clumsy.told, await statuses(db)) == ([], {1: "done", 2: "done"})
        async with db.transaction() as tx:
            assert await tx.all("SELECT attempts, error FROM inbox WHERE update_id = 1") == [
                {"attempts": 0, "error": None}
            ]


Answering = Callable[[Transaction, str], Awaitable[Sequence[Reply]]]


async def _at_once(here: Talks, call_id: str, *both: Answering) -> list[Reply]:
    """Two answer in one moment: the second begins before the first is committed, and is tried again if told so."""
    first, second = both

    async def late() -> Sequence[Reply]:
        async with here.db.transaction() as tx:
            return await second(tx, call_id)

    async with here.db.transaction() as tx:
        replies = list(await first(tx, call_id))
        task = asyncio.create_task(again(late))
        await asyncio.sleep(0.5)
    return replies + list(await task)


async def _call(here: Talks, cast: Cast) -> str:
    async with here.db.transaction() as tx:
        found = await lead_calls.newest_of(tx, cast.anna.id)
    assert found is not None
    return found.id


def _told(replies: Sequence[Reply], cast: Cast) -> list[object]:
    """Why the mentor was told that nobody can, each time."""
    pages = [one for one in replies if isinstance(one, Page) and one.chat_id == cast.anna.chat_id]
    return [page.values["why"] for page in pages if page.template == "call_unseen"]


@on_postgres
@pytest.mark.parametrize("second", ["cannot", "unreachable"])
async def test_two_leads_cannot_at_the_same_moment(tmp_path: Path, second: str) -> None:
    """The later one sees that the first cannot either, so the mentor is told to phone: at once, and once."""
    async with talks(tmp_path) as (here, cast):
        ole = await second_lead(here, cast)
        await asks(here, cast)

        async def lea_cannot(tx: Transaction, call_id: str) -> Sequence[Reply]:
            return await calls.press(tx, here.tools, cast.lea, "n", call_id, here.now)

        async def ole_cannot(tx: Transaction, call_id: str) -> Sequence[Reply]:
            if second == "cannot":
                return await calls.press(tx, here.tools, ole, "n", call_id, here.now)
            return await calls.unreachable(tx, here.tools, ole.chat_id, here.now)

        replies = await _at_once(here, await _call(here, cast), lea_cannot, ole_cannot)
        assert _told(replies, cast) == ["declined" if second == "cannot" else "unreachable"]


@on_postgres
async def test_two_leads_out_of_reach_at_the_same_moment(tmp_path: Path) -> None:
    """Telegram delivers to neither, found out by two at once: the mentor is told, once."""
    async with talks(tmp_path) as (here, cast):
        ole = await second_lead(here, cast)
        await asks(here, cast)

        def lost(chat: int) -> Answering:
            return lambda tx, _: calls.unreachable(tx, here.tools, chat, here.now)

        replies = await _at_once(here, await _call(here, cast), lost(cast.lea.chat_id), lost(ole.chat_id))
        assert _told(replies, cast) == ["unreachable"]


async def test_two_processes_start_with_a_new_guide(tmp_path: Path) -> None:
    """One is about to store the guide when the other starts: that one tries again instead of giving up."""
    settings = settings_for(tmp_path)
    tools = build_tools(settings, Organisation())
    async with ScriptedApi() as api, server(tmp_path) as db, asyncio.TaskGroup() as group:
        kept, may = asyncio.Event(), asyncio.Event()

        async def first() -> None:
            async with db.transaction() as tx:
                keep_guide(tx, tools, real_now())
                await tx.one("SELECT 1 AS x")
                kept.set()
                await may.wait()

        group.create_task(first())
        await kept.wait()
        async with process(tmp_path, api) as one:
            await _somebody_waits(db)
            may.set()
            await until(lambda: one.has("send"))


async def _somebody_waits(db: PostgresDatabase) -> None:
    """Until another transaction waits for one of this database to end."""
    asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = Deadline(PATIENCE)
    async with await db.connect() as connection:
        while await (await connection.execute(asked)).fetchone() is None:
            assert not deadline.passed, "nobody waits"
            await asyncio.sleep(0.05)


async def test_again_gives_up_in_the_end() -> None:
    """What is always in the way is said at last; what is no conflict is said at once."""
    tries: list[Exception] = []

    async def act(error: Exception) -> None:
        tries.append(error)
        raise error

    for error, times in ((StorageBusy("invented"), 5), (StorageGone("invented"), 1)):
        tries.clear()
        with pytest.raises(type(error)):
            await again(lambda error=error: act(error))  # type: ignore[misc] # bound for the loop
        assert len(tries) == times


class Counting(Uncounted):
    """Counts what is blamed on Telegram."""

    def __init__(self) -> None:
        self.blamed: list[str] = []

    def not_sent(self, error: str) -> None:
        """See ``Noted``."""
        self.blamed.append(error)


async def test_a_file_that_cannot_be_read_waits(tmp_path: Path) -> None:
    """The server is away just when a picture's bytes are wanted: the picture goes as soon as it is back, and none of
    its tries is used up by that."""
    noted, stop = Counting(), asyncio.Event()
    content = payload("billede", file={"as": "document", "name": "uge.pdf"})
    async with ScriptedApi() as api, server(tmp_path) as db:
        async with db.transaction() as tx:
            outbox.queue_file(tx, chat_id=7, payload=content, file=b"invented", now=real_now())
        gone = 4

        class Away:
            """Unreachable for those who deliver, some times; there for who looks what waits."""

            @asynccontextmanager
            async def transaction(self) -> AsyncIterator[Transaction]:
                nonlocal gone
                if asyncio.current_task() is not running and gone:
                    gone -= 1
                    raise StorageGone("The database server cannot be reached.")
                async with db.transaction() as tx:
                    yield tx

        bot, odd = build_bot(TOKEN, api.url), Away()
        sender = Sender(bot, odd, real_now, asyncio.Event(), pace=quick(), noted=noted)  # type: ignore[arg-type] # all it uses
        running = asyncio.create_task(sender.run(stop))
        await until(lambda: len(api.of("sendDocument")) == 1)
        stop.set()
        await running
        await bot.shutdown()
        async with db.transaction() as tx:
            (row,) = await tx.all("SELECT status, attempts, error FROM outbox")
    assert (dict(row), noted.blamed, gone) == ({"status": "sent", "attempts": 0, "error": None}, [], 0)
