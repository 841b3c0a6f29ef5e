"""Who has a role and may no longer have it: paused, cut off, or told to stop, it does nothing that another now does."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from bot import sharing
from bot.now import real_now
from bot.sharing import in_role
from bot.telegram.minimise import Incoming
from bot.telegram.polling import Poller
from bot.telegram.requests import build_bot
from bot.telegram.sender import Sender
from storage import inbox, outbox
from storage.database import Database
from storage.postgres_connect import prepared_connection
from storage.sealing import Seal
from tests.integration import engines
from tests.integration.scripted_api import TOKEN, Answer, ScriptedApi
from tests.integration.shared_kit import holding, linked, process, server, until
from tests.integration.storage_kit import KEY
from tests.integration.test_sender import quick, send

BEGINS, ENDS = "begins", "ends"


def noting(note: Callable[[str], object]) -> Callable[[asyncio.Event], Awaitable[None]]:
    """Work that notes when it has the role and when it has it no more."""

    async def run(over: asyncio.Event) -> None:
        note(BEGINS)
        await over.wait()
        note(ENDS)

    return run


def _holder(url: str, told: Connection) -> None:
    """A process that holds a role until it is ended."""
    sharing._SILENT = 3  # half a minute is long for a test; three looks a second apart
    connect = prepared_connection(url, Seal(KEY))
    asyncio.run(in_role(connect, "send", noting(told.send), asyncio.Event()))


async def test_a_paused_process_gives_its_role_back(tmp_path: Path) -> None:
    """A machine that sleeps answers nothing and ends nothing: another process gets its role all the same, and when it
    wakes it finds out and stops."""
    async with server(tmp_path) as db:
        here, there = multiprocessing.Pipe(duplex=False)
        spawned = multiprocessing.get_context("spawn").Process(
            target=_holder, args=(engines.url_of(tmp_path), there), daemon=True
        )
        spawned.start()
        seen: list[str] = []
        try:
            assert spawned.pid is not None
            await until(lambda: _heard(here, seen) == BEGINS)
            os.kill(spawned.pid, signal.SIGSTOP)
            async with holding(db.connect, "send"):
                os.kill(spawned.pid, signal.SIGCONT)
                await until(lambda: _heard(here, seen) == ENDS)
        finally:
            spawned.kill()
            await asyncio.to_thread(spawned.join)


def _heard(told: Connection, seen: list[str]) -> str | None:
    """The last that it said."""
    while told.poll():
        seen.append(told.recv())
    return seen[-1] if seen else None


async def test_a_server_that_says_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cannot know whether the role is still theirs stops at once, however long the connection takes to break; and
    begins again when there is an answer."""
    monkeypatch.setattr(sharing, "_PATIENCE", 1.0)
    seen: list[str] = []
    async with linked(tmp_path) as (link, url), server(tmp_path):
        stop = asyncio.Event()
        task = asyncio.create_task(in_role(prepared_connection(url, Seal(KEY)), "send", noting(seen.append), stop))
        try:
            await until(lambda: seen == [BEGINS])
            link.flowing.clear()
            # Two seconds; giving up the question first takes psycopg ten more.
            await until(lambda: seen == [BEGINS, ENDS], seconds=8.0, said="it went on without knowing")
            link.flowing.set()
            await until(lambda: seen == [BEGINS, ENDS, BEGINS])
        finally:
            link.flowing.set()
            stop.set()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(task, 10)


async def test_who_lost_the_sending_role_sends_no_more(tmp_path: Path) -> None:
    """Told to stop while one message is on its way and the next waits for its turn, it leaves that to who sends now."""
    slow = Answer(delay=1.0, carried_out=True, body={"ok": True, "result": _message(7)})
    async with ScriptedApi() as api, server(tmp_path) as db:
        api.plan("sendMessage", slow)
        await send(db, "en", chat=7)
        await send(db, "to", chat=8)
        await _sends(api, db, lambda: len(api.of("sendMessage")) == 1, before_stop=0.3)
        assert [call.chat_id for call in api.of("sendMessage")] == [7]
        async with db.transaction() as tx:
            assert [one.chat_id for one in await outbox.pending(tx, real_now(), 9)] == [8]
        await _sends(api, db, lambda: len(api.of("sendMessage")) == 2)
        assert [call.chat_id for call in api.of("sendMessage")] == [7, 8]


async def _sends(api: ScriptedApi, db: Database, holds: Callable[[], bool], before_stop: float = 0.0) -> None:
    """A process has the sending role until this holds and some time has passed."""
    bot, stop = build_bot(TOKEN, api.url), asyncio.Event()
    running = asyncio.create_task(Sender(bot, db, real_now, asyncio.Event(), pace=quick()).run(stop))
    await until(holds)
    await asyncio.sleep(before_stop)
    stop.set()
    await running
    await bot.shutdown()


def _message(chat: int) -> dict[str, object]:
    return {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "x"}


async def test_who_polls_again_asks_without_a_number() -> None:
    """A process that polled, lost the role and has it again asks for whatever there is: meanwhile Telegram may have
    drawn lower numbers, and an old one would confirm them unseen."""
    polled = asyncio.Event()

    async def store(_: Sequence[Incoming]) -> None:
        polled.set()

    async with ScriptedApi(updates=[{"update_id": 900_000}]) as api:
        bot = build_bot(TOKEN, api.url)
        poller = Poller(bot, store, poll_seconds=1)
        await poller.run(polled)  # over with the first that is stored
        api.updates[:] = [{"update_id": 17}]
        polled.clear()
        async with asyncio.timeout(20):
            await poller.run(polled)
        await bot.shutdown()
    assert ["offset" in call.values for call in api.of("getUpdates")] == [False, False]


async def test_all_roles_lost_and_taken_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the server ends every connection that holds a role, the process takes them again, and polls, sends and
    tidies as before."""
    monkeypatch.setattr("bot.app.TICK_SECONDS", 0.5)
    async with ScriptedApi() as api, server(tmp_path) as db, process(tmp_path, api) as one:
        roles = ("poll", "send", "draw", "clock")
        await until(lambda: all(one.has(role) for role in roles))
        async with await db.connect() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        ended = time.monotonic()
        await until(
            lambda: all(one.program.roles.held().get(role, ended) < time.monotonic() - ended for role in roles),
            said="not all roles were taken anew",
        )
        async with db.transaction() as tx:
            await inbox.put(tx, [inbox.Incoming(1, "x", None, "{}")], real_now() - timedelta(days=9))
            tx.write("UPDATE inbox SET status = 'done' WHERE update_id = 1")
        who = {"id": 5, "is_bot": False, "first_name": "Opfundet"}
        body = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "from": who, "text": "hej"}
        api.updates.append({"update_id": 2, "message": body})
        await until(lambda: len(api.of("sendMessage")) == 1)
        assert api.of("sendMessage")[0].chat_id == 5
        await _tidied(db)


async def _tidied(db: Database) -> None:
    async with asyncio.timeout(20):
        while True:
            async with db.transaction() as tx:
                if await tx.one("SELECT 1 AS x FROM inbox WHERE update_id = 1") is None:
                    return
            await asyncio.sleep(0.1)
