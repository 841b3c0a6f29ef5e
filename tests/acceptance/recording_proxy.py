"""A proxy between the bot and somebody else's Bot API server: passes everything on, and writes down what was said."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.practice.server import HOST, open_port
from tests.acceptance.emulator_rules import Record

Json = dict[str, Any]
LONGEST_POLL = 60.0


class RecordingProxy:
    """`async with RecordingProxy(address, now) as proxy:` gives `api_url` for the bot, `record` and `changed`.

    The emulator takes no ``edited_message``: an edited message is handed to it as a message with an ``edit_date``, and
    gets its right name here, on the way to the bot. A webhook's posts pass through here too, to ``webhook``.
    """

    def __init__(self, upstream: str, now: Callable[[], datetime]) -> None:
        self.record = Record()
        self.changed = asyncio.Event()
        self.polls = 0
        self.webhook = ""
        """Where the bot listens: what ends TLS before a webhook is played by the proxy."""
        self.posted: list[int] = []
        """What the bot answered to each post."""
        self._now = now
        self._http = httpx.AsyncClient(base_url=upstream, timeout=LONGEST_POLL, trust_env=False)
        self._listener = open_port(0)
        routes = [
            Route("/bot{token}/{method}", self._pass_on, methods=["GET", "POST"]),
            Route("/posted", self._pass_in, methods=["POST"]),
        ]
        config = uvicorn.Config(Starlette(routes=routes), log_level="critical", access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._serving: asyncio.Task[None] | None = None

    @property
    def api_url(self) -> str:
        """The address for the bot, up to where its token follows."""
        return f"http://{HOST}:{self._listener.getsockname()[1]}/bot"

    async def __aenter__(self) -> RecordingProxy:
        self._server.capture_signals = contextlib.nullcontext  # type: ignore[assignment,method-assign] # signals are pytest's
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        if self._serving is not None:
            await self._serving
        self._listener.close()
        await self._http.aclose()

    async def _pass_on(self, request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        body = await request.body()
        kind = request.headers.get("content-type", "application/x-www-form-urlencoded")
        self.polls += method in ("getUpdates", "setWebhook")
        passed = self._outward(method, body)
        asking = asyncio.create_task(
            self._http.post(f"/bot{token}/{method}", content=passed, headers={"content-type": kind})
        )
        leaving = asyncio.create_task(_left(request))
        await asyncio.wait((asking, leaving), return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not asking.done():  # the bot was killed: its poll must not go on without it
            asking.cancel()
            return Response(status_code=499)
        answered = asking.result()
        answer: Json = answered.json()
        self._note(method, dict(parse_qsl(body.decode(), keep_blank_values=True)), answer)
        return JSONResponse(answer, status_code=answered.status_code)

    def _outward(self, method: str, body: bytes) -> bytes:
        """What the server gets to see: a webhook's posts shall come through here."""
        if method != "setWebhook":
            return body
        given = dict(parse_qsl(body.decode(), keep_blank_values=True))
        return urlencode({**given, "url": f"{self.api_url.removesuffix('bot')}posted"}).encode()

    async def _pass_in(self, request: Request) -> Response:
        """The server posts an update: note it, and post it on to the bot."""
        update = _named(await request.json())
        secret = request.headers.get("x-telegram-bot-api-secret-token", "")
        try:
            answered = await self._http.post(
                self.webhook, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": secret}
            )
        except httpx.TransportError:
            return Response(status_code=502)  # the bot is off
        self.posted.append(answered.status_code)
        if answered.is_success:
            self.record.given(update)
        self.changed.set()
        return Response(status_code=answered.status_code)

    def _note(self, method: str, given: Mapping[str, str], answer: Json) -> None:
        if method == "getUpdates" and answer.get("ok"):
            answer["result"] = [_named(update) for update in answer["result"]]
            for update in answer["result"]:
                self.record.given(update)
        else:
            self.record.happened(method, given, answer, self._now())
        self.changed.set()


def _named(update: Json) -> Json:
    if "edit_date" in update.get("message", {}):
        return {"update_id": update["update_id"], "edited_message": update["message"]}
    return update


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
