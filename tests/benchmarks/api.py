"""A Bot API server that hands out updates when it is told to and says yes to everything: as little work as can be."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

_HOLD = 1.0  # seconds that a poll waits for updates
_ME = {"id": 1, "is_bot": True, "first_name": "Eftertanke", "username": "eftertanke_bot"}
_MESSAGES = ("sendMessage", "editMessageText", "editMessageReplyMarkup")


class Api:
    """Runs in a thread of its own. ``polled``: somebody has asked for updates; ``calls``: how often what was called."""

    def __init__(self) -> None:
        self.polled = threading.Event()
        self.calls: Counter[str] = Counter()
        self.port = 0
        self._updates: list[dict[str, Any]] = []
        self._message = 10_000_000
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._there, self._over, self._ready = asyncio.Event(), asyncio.Event(), threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._thread.start()
        self._ready.wait()

    def hand_out(self, updates: Sequence[dict[str, Any]]) -> None:
        """From now on these are there to be asked for, all at once."""

        def put() -> None:
            self._updates += updates
            self._there.set()

        self._loop.call_soon_threadsafe(put)

    def close(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        self._there.set()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *headers = head.decode("latin-1").split("\r\n")
                length = next((int(one[15:]) for one in headers if one.lower().startswith("content-length:")), 0)
                body = (await reader.readexactly(length)).decode()
                method = line.split()[1].rpartition("/")[2]
                self.calls[method] += 1
                said = json.dumps({"ok": True, "result": await self._answer(method, body)}).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(said)
                    + said
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self._writers.discard(writer)

    async def _answer(self, method: str, body: str) -> Any:
        if method == "getMe":
            return _ME
        told = {name: values[0] for name, values in parse_qs(body).items()}
        if method == "getUpdates":
            return await self._next(int(told.get("offset", 0)), int(told.get("limit", 100)))
        if method in _MESSAGES:
            self._message += 1
            chat = {"id": int(told.get("chat_id", 1)), "type": "private"}
            return {"message_id": self._message, "date": 1_795_608_600, "chat": chat, "text": "…"}
        return True

    async def _next(self, offset: int, limit: int) -> list[dict[str, Any]]:
        self.polled.set()
        first = next((at for at, one in enumerate(self._updates) if one["update_id"] >= offset), len(self._updates))
        del self._updates[:first]  # who asks with a higher number has what was before it
        if not self._updates and not self._over.is_set():
            self._there.clear()
            try:
                async with asyncio.timeout(_HOLD):
                    await self._there.wait()
            except TimeoutError:
                return []
        return self._updates[:limit]
