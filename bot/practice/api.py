"""The local Bot API over HTTP: /bot<TOKEN>/<method>, with Telegram's envelope, statuses and polling."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.practice.botside import BotSide
from bot.practice.faults import Fault, Faults, as_error
from bot.practice.feed import Feed
from bot.practice.limits import POLL_SECONDS, UPDATES_PER_POLL, ApiError, Json
from bot.practice.methods import METHODS
from bot.practice.params import Params, read_params

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class BotApi:
    """Answers the bot's calls."""

    def __init__(self, bot: BotSide, token: str, feed: Feed, faults: Faults) -> None:
        self.bot = bot
        self.feed = feed
        self.faults = faults
        self._token = token
        self._newest_poll = 0

    def routes(self) -> list[Route]:
        """Give the routes, for Starlette."""
        return [Route("/bot{token}/{method}", self.call, methods=["GET", "POST"])]

    async def call(self, request: Request) -> Response:
        """Answer one call."""
        try:
            given = request.path_params["token"].encode()
            if not hmac.compare_digest(given, self._token.encode()):
                raise ApiError(401, "Unauthorized")
            return await self._with_faults(request, request.path_params["method"].lower())
        except ApiError as error:
            return JSONResponse(error.envelope(), status_code=error.code)

    async def _with_faults(self, request: Request, method: str) -> Response:
        fault = self.faults.take(method)
        if fault is not None and (response := _instead(fault)) is not None:
            await request.body()
            return response
        given = await read_params(request)
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        result = await self._carry_out(method, given)
        if fault is not None and fault.kind == "drop":
            return _broken()
        if fault is not None and fault.kind == "late":
            await asyncio.sleep(fault.seconds)
        answer = JSONResponse({"ok": True, "result": result})
        return _slowly(answer, fault.seconds) if fault is not None and fault.kind == "slow" else answer

    async def _carry_out(self, method: str, given: Params) -> Any:
        if method == "getupdates":
            return await self._get_updates(given)
        if method not in METHODS:
            raise ApiError(404, "Not Found")
        return METHODS[method](self.bot, given)

    async def _get_updates(self, given: Params) -> list[Json]:
        """Long poll: an update is forgotten only here, when the offset is above it."""
        world = self.bot.world
        limit = min(max(given.whole("limit", UPDATES_PER_POLL), 1), UPDATES_PER_POLL)
        loop = asyncio.get_running_loop()
        until = loop.time() + min(max(given.whole("timeout", 0), 0), POLL_SECONDS)
        kinds = given.data("allowed_updates")
        if isinstance(kinds, list):
            world.updates.allow([str(kind) for kind in kinds])
        self._newest_poll += 1
        mine = self._newest_poll
        world.heard, world.polls = time.monotonic(), world.polls + 1
        world.updates.confirm(given.whole("offset", 0))
        self.feed.bump()  # wakes an older poll, which then ends with 409, and shows the page that the bot listens
        while True:
            if mine != self._newest_poll:
                raise ApiError(409, CONFLICT)
            seen = self.feed.version
            world.updates.expire(world.now())
            batch = world.updates.peek(limit)
            if batch or loop.time() >= until or self.feed.closed:
                return batch
            await self.feed.wait(seen, until - loop.time())


def _instead(fault: Fault) -> Response | None:
    """Give what is answered without carrying the call out; None when it shall be carried out."""
    if (error := as_error(fault)) is not None:
        return JSONResponse(error.envelope(), status_code=error.code)
    if fault.kind == "502":
        return HTMLResponse("<html><body><h1>502 Bad Gateway</h1></body></html>", status_code=502)
    return _broken() if fault.kind == "drop-before" else None


def _slowly(answer: Response, seconds: float) -> Response:
    """Give the same answer byte by byte, each after so many seconds."""

    async def bytewise() -> AsyncIterator[bytes]:
        for byte in bytes(answer.body):
            await asyncio.sleep(seconds)
            yield bytes((byte,))

    return StreamingResponse(bytewise(), media_type="application/json")


def _broken() -> Response:
    """Promise more than is sent, so that the server closes the connection in the middle of the answer."""

    async def nothing() -> AsyncIterator[bytes]:
        yield b"{"

    return StreamingResponse(nothing(), media_type="application/json", headers={"content-length": "4096"})
