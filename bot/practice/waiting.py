"""Live news for the page (Server-Sent Events) and waiting for the bot's reaction, for tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.practice.feed import Feed
from bot.practice.limits import HandError
from bot.practice.plug import Plug
from bot.practice.world import GROUP_ID, World

HEARTBEAT_SECONDS = 15.0
LONGEST_WAIT = 60.0
GATHER_SECONDS = 0.03  # several changes of one turn reach the page as one


class Waiting:
    """Endpoints that answer when something happens."""

    def __init__(self, world: World, plug: Plug, feed: Feed) -> None:
        self._world = world
        self._plug = plug
        self._feed = feed

    async def events(self, _: Request) -> Response:
        """Stream the version number at each change."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers=headers)

    async def _stream(self) -> AsyncIterator[str]:
        sent = -1
        while not self._feed.closed:
            if self._feed.version != sent:
                sent = self._feed.version
                yield f"data: {json.dumps({'version': sent})}\n\n"
                await asyncio.sleep(GATHER_SECONDS)
            elif not await self._feed.wait(sent, HEARTBEAT_SECONDS):
                yield ": still here\n\n"

    async def changes(self, request: Request) -> Response:
        """Answer when the version is above `since`, or after `timeout` seconds."""
        since = int(request.query_params.get("since", "0"))
        await self._feed.wait(since, _seconds(request, "timeout", 25.0))
        return JSONResponse({"version": self._feed.version})

    async def settled(self, request: Request) -> Response:
        """Answer when the bot has reacted in the chat after journal entry `after` and been quiet for `quiet` seconds.

        Gives `reacted` false when `timeout` seconds passed without a reaction, or the bot is switched off.
        """
        try:
            wanted = request.query_params["person"]
            chat_id = GROUP_ID if wanted == "group" else self._world.person(wanted).id
        except (KeyError, HandError) as error:
            return JSONResponse({"ok": False, "error": str(error)}, status_code=404)
        after = int(request.query_params.get("after", "0"))
        quiet = _seconds(request, "quiet", 0.1)
        loop = asyncio.get_running_loop()
        until = loop.time() + _seconds(request, "timeout", 3.0)
        reacted = await self._reaction(chat_id, after, until)
        mark = after
        while reacted and loop.time() < until and self._world.journal.reacted(chat_id, mark):
            mark = self._world.journal.last
            await self._reaction(chat_id, mark, min(until, loop.time() + quiet))
        return JSONResponse({"ok": True, "reacted": reacted})

    async def _reaction(self, chat_id: int, after: int, until: float) -> bool:
        """Wait until something visible happened in the chat after that entry; tell whether it did."""
        loop = asyncio.get_running_loop()
        while not self._world.journal.reacted(chat_id, after):
            left = until - loop.time()
            if left <= 0 or self._plug.state in ("off", "died") or self._feed.closed:
                return False
            await self._feed.wait(self._feed.version, left)
        return True


def _seconds(request: Request, name: str, default: float) -> float:
    return min(max(float(request.query_params.get(name, default)), 0.0), LONGEST_WAIT)
