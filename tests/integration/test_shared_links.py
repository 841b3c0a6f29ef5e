"""Connections that say nothing: to the server, from strangers to the webhook, and a Bot API with lean answers."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.doors import listen_on
from bot.serving import serve
from bot.telegram.minimise import Incoming
from bot.telegram.webhook import HEADER, Webhook
from bot.webhooking import leave_webhook
from storage.database import Reader, Row
from storage.postgres_connect import prepared_connection
from storage.sealing import Seal
from tests.integration.scripted_api import Answer
from tests.integration.shared_kit import SECRET, linked, server
from tests.integration.storage_kit import KEY
from tests.integration.test_webhook import UPDATE, Stored
from tests.integration.test_webhooking import called, good, spoken_to

KEEPALIVES = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
PATIENCE = 20.0  # seconds within which what is closed must have been closed


async def _of_the_server(reader: Reader | psycopg.AsyncConnection[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    asked = "SELECT name, reset_val, source FROM pg_settings WHERE name LIKE 'tcp_keepalives%'"
    rows: Sequence[Row]
    if isinstance(reader, psycopg.AsyncConnection):
        rows = await (await reader.execute(asked)).fetchall()
    else:
        rows = await reader.all(asked)
    return {row["name"]: (row["reset_val"], row["source"]) for row in rows}


async def test_the_server_asks_whether_a_process_is_still_there(tmp_path: Path) -> None:
    """Of a machine that is gone it hears nothing, so it asks after ten seconds, three times five seconds apart; on the
    connections that hold roles and on those that hold rows."""
    async with server(tmp_path) as db:
        async with await db.connect() as connection:
            found = await _of_the_server(connection)
        async with db.transaction() as tx:
            assert await _of_the_server(tx) == found
    assert found == {name: (value, "client") for name, value in KEEPALIVES.items()}


async def test_a_process_asks_whether_the_server_is_still_there(tmp_path: Path) -> None:
    """Its own end of the connection gives up after as long, also on what it has sent; who says otherwise in the URL
    is heard."""
    async with linked(tmp_path) as (_, url):
        assert await _of_the_socket(url) == (10, 5, 3, 15_000)
        assert await _of_the_socket(f"{url} keepalives_idle=77 tcp_user_timeout=4000") == (77, 5, 3, 4_000)


async def _of_the_socket(url: str) -> tuple[int, ...]:
    async with await prepared_connection(url, Seal(KEY))() as connection:
        with socket.socket(fileno=os.dup(connection.fileno())) as end:
            assert end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            names = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
            return tuple(end.getsockopt(socket.IPPROTO_TCP, name) for name in names)


@asynccontextmanager
async def served(webhook: Webhook) -> AsyncIterator[int]:
    """The port of a served webhook."""
    stop, listener = asyncio.Event(), listen_on("127.0.0.1", 0)
    app = Starlette(routes=[Route("/hook", webhook.receive, methods=["POST"])])
    task = asyncio.create_task(serve(app, listener, stop))
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        await task
        listener.close()


def request(secret: str = SECRET) -> bytes:
    """An update as Telegram posts it."""
    body = json.dumps(UPDATE).encode()
    head = f"POST /hook HTTP/1.1\r\nHost: x\r\n{HEADER}: {secret}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """The status and the headers of the next answer."""
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)).decode()
    status, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    await reader.readexactly(int(headers.get("content-length", 0)))
    return int(status.split()[1]), headers


@pytest.mark.parametrize("said", [b"", b"POST /hook HTTP/1.1\r\nHost: x\r\nX-Slow"])
async def test_who_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """A few hundred connections that never ask for anything, or never to the end, do not keep Telegram out: each is
    closed, and an update is taken while they are there."""
    monkeypatch.setattr("bot.serving._SILENT", 0.5)
    stored = Stored()
    async with served(Webhook(SECRET, stored)) as port:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        for _, writer in silent:
            writer.write(said)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request())
        assert (await answer(reader))[0] == 200
        for quiet, _ in silent:
            assert await asyncio.wait_for(quiet.read(), PATIENCE) == b""
        for _, end in [*silent, (reader, writer)]:
            end.close()
    assert len(stored.updates) == 1


async def test_who_has_asked_is_not_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that takes long is answered, and Telegram's connection stays for the next one."""
    monkeypatch.setattr("bot.serving._SILENT", 0.3)
    stored = Stored()

    async def slowly(updates: Sequence[Incoming]) -> None:
        await asyncio.sleep(1.0)
        await stored(updates)

    async with served(Webhook(SECRET, slowly)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(request())
            status, headers = await answer(reader)
            assert (status, headers.get("connection")) == (200, None)
        writer.close()
    assert len(stored.updates) == 2


@pytest.mark.parametrize(("strangers", "status"), [(20, 401), (0.0, 429)])
async def test_a_stranger_keeps_no_connection(monkeypatch: pytest.MonkeyPatch, strangers: float, status: int) -> None:
    """Who lacks the secret is told so, or that there are too many, and that the connection ends; and it does."""
    monkeypatch.setattr("bot.telegram.webhook.STRANGERS_A_SECOND", strangers)
    async with served(Webhook(SECRET, Stored())) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("wrong"))
        told, headers = await answer(reader)
        assert (told, headers.get("connection")) == (status, "close")
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()


@pytest.mark.parametrize(
    ("info", "deletes"), [({"url": "https://bot.invalid/hook"}, 1), ({"url": ""}, 0), ({}, 0), (True, 0), ([], 0)]
)
async def test_a_lean_answer_about_the_webhook(info: object, deletes: int) -> None:
    """Another server than Telegram's leaves fields out: a webhook that is set is removed, and polling can begin."""
    async with spoken_to(getWebhookInfo=[good(info)], deleteWebhook=[Answer(body={"ok": True, "result": True})]) as (
        api,
        bot,
    ):
        assert await leave_webhook(bot) is True
    assert called(api, "deleteWebhook") == deletes
