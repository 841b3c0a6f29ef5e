"""The webhook over HTTP: 200 only for what is stored, and nothing for who lacks the secret."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.doors import listen_on
from bot.guard import Guard
from bot.serving import serve
from bot.telegram.minimise import Incoming
from bot.telegram.webhook import HEADER, LARGEST_BODY, Bucket, Webhook
from storage.database import StorageFull

SECRET = "a-secret-for-tests"
UPDATE = {
    "update_id": 7,
    "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"},
                "from": {"id": 5, "is_bot": False, "first_name": "A"}, "text": "hej"},
}  # fmt: skip


@dataclass
class Stored:
    """What was stored; ``trouble`` is raised instead, if set."""

    updates: list[Incoming] = field(default_factory=list)
    trouble: Exception | None = None

    async def __call__(self, updates: Sequence[Incoming]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.updates += updates


@asynccontextmanager
async def served(webhook: Webhook) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a served webhook."""
    stop, listener = asyncio.Event(), listen_on("127.0.0.1", 0)
    app = Starlette(routes=[Route("/hook", webhook.receive, methods=["POST"])])
    task = asyncio.create_task(serve(app, listener, stop))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
            yield client
    finally:
        stop.set()
        await task
        listener.close()


async def post(client: httpx.AsyncClient, content: bytes, secret: str = SECRET) -> httpx.Response:
    """Post as Telegram does."""
    return await client.post("/hook", content=content, headers={HEADER: secret})


async def test_200_is_said_once_it_is_stored() -> None:
    """What was posted is stored, minimised: no name is in it."""
    stored = Stored()
    async with served(Webhook(SECRET, stored)) as client:
        assert (await post(client, json.dumps(UPDATE).encode())).status_code == 200
    (update,) = stored.updates
    assert (update.update_id, update.text) == (7, "hej") and "first_name" not in update.to_json()


async def test_what_is_not_stored_stays_with_telegram() -> None:
    """A full disk is a 503, and the same update is taken once there is room."""
    stored = Stored(trouble=StorageFull("full"))
    async with served(Webhook(SECRET, stored)) as client:
        assert (await post(client, json.dumps(UPDATE).encode())).status_code == 503
        stored.trouble = None
        assert (await post(client, json.dumps(UPDATE).encode())).status_code == 200
    assert len(stored.updates) == 1


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1]])
async def test_without_the_secret_nothing_is_stored(secret: str) -> None:
    """Whoever lacks it is told nothing, and nothing is read."""
    stored = Stored()
    async with served(Webhook(SECRET, stored)) as client:
        answer = await post(client, json.dumps(UPDATE).encode(), secret)
        assert answer.status_code == 401 and SECRET not in answer.text
        assert (await client.get("/hook", headers={HEADER: SECRET})).status_code == 405
    assert stored.updates == []


async def test_a_body_that_is_too_large_is_refused() -> None:
    """By what it says of itself, and by what it is when it says nothing."""
    stored = Stored()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * (LARGEST_BODY // 20)

    async with served(Webhook(SECRET, stored)) as client:
        assert (await post(client, b" " * (LARGEST_BODY + 1))).status_code == 413
        try:
            told = await client.post("/hook", content=endless(), headers={HEADER: SECRET})
        except httpx.HTTPError:
            pass  # the server hangs up on who goes on sending
        else:
            assert told.status_code == 413
    assert stored.updates == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"[]", b'"x"'])
async def test_what_is_no_update_is_passed_by(body: bytes) -> None:
    """Telegram would post it again for hours; the next update is taken."""
    stored = Stored()
    async with served(Webhook(SECRET, stored)) as client:
        assert (await post(client, body)).status_code == 200
        assert (await post(client, json.dumps(UPDATE).encode())).status_code == 200
    assert [one.update_id for one in stored.updates] == [7]


async def test_strangers_are_slowed_down_and_telegram_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood without the secret is answered with 429, and what Telegram posts meanwhile is stored."""
    monkeypatch.setattr("bot.telegram.webhook.STRANGERS_A_SECOND", 1)
    stored = Stored()
    async with served(Webhook(SECRET, stored)) as client:
        told = [(await post(client, b"{}", "wrong")).status_code for _ in range(20)]
        assert told[0] == 401 and 429 in told and set(told) <= {401, 429}
        assert (await post(client, json.dumps(UPDATE).encode())).status_code == 200
    assert len(stored.updates) == 1


async def test_who_dawdles_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that does not come keeps no connection."""
    monkeypatch.setattr("bot.telegram.webhook._BODY_SECONDS", 0.1)
    stored = Stored()

    async def dawdling() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(1)

    async with served(Webhook(SECRET, stored)) as client:
        told = await client.post("/hook", content=dawdling(), headers={HEADER: SECRET})
    assert told.status_code == 408 and stored.updates == []


async def test_a_stop_waits_for_what_is_being_stored() -> None:
    """A request under way when the bot is told to stop still gets its 200, and what it brought is stored."""
    begun, may = asyncio.Event(), asyncio.Event()
    stored = Stored()

    async def slowly(updates: Sequence[Incoming]) -> None:
        begun.set()
        await may.wait()
        await stored(updates)

    stop, listener = asyncio.Event(), listen_on("127.0.0.1", 0)
    app = Starlette(routes=[Route("/hook", Webhook(SECRET, slowly).receive, methods=["POST"])])
    serving = asyncio.create_task(serve(app, listener, stop))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
        posting = asyncio.create_task(post(client, json.dumps(UPDATE).encode()))
        await begun.wait()
        stop.set()
        await asyncio.sleep(0.2)
        assert not serving.done()
        may.set()
        assert (await posting).status_code == 200
        await serving
        with pytest.raises(httpx.TransportError):
            await post(client, b"{}")
    assert len(stored.updates) == 1


async def test_what_the_guard_holds_back_waits_in_memory() -> None:
    """The text as typed is handed over before the masked one is stored, as when polling."""
    stored, held = Stored(), []
    webhook = Webhook(
        SECRET, stored, hold=lambda update, typed: held.append((update.update_id, typed, len(stored.updates)))
    )
    message = {**UPDATE["message"], "text": "ring til hende på 20 12 34 56"}  # type: ignore[dict-item] # a message
    async with served(webhook) as client:
        assert (await post(client, json.dumps({**UPDATE, "message": message}).encode())).status_code == 200
    assert held == [(7, "ring til hende på 20 12 34 56", 0)]
    assert "20 12 34 56" not in (stored.updates[0].text or "") and webhook.seconds_since_success is not None


async def test_a_broken_guard_holds_up_nobody() -> None:
    """An update that the guard fails on is kept without its text; Telegram need not post it again."""
    stored = Stored()

    def broken(_: int | None) -> tuple[Guard, str]:
        raise RuntimeError("invented")

    async with served(Webhook(SECRET, stored, watching=broken)) as client:
        assert (await post(client, json.dumps(UPDATE).encode())).status_code == 200
    assert [(one.update_id, one.text) for one in stored.updates] == [(7, None)]


def test_a_bucket_fills_again() -> None:
    """So many at once, then none, then again as time passes."""
    bucket = Bucket(10, at=0.0)
    assert [bucket.take(0.0) for _ in range(11)] == [True] * 10 + [False]
    assert [bucket.take(0.2) for _ in range(3)] == [True, True, False]
    assert not bucket.take(0.1)
