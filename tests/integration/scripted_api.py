"""A small Bot API on loopback that does what a test scripts: answers, errors, silence, broken connections."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "7700001:invented-token-for-tests_0123456789"


@dataclass
class Call:
    """One call: ``at`` in seconds of the monotonic clock; values as the bot sent them; ``files``: name and content of
    what came along, by parameter."""

    method: str
    values: dict[str, str]
    at: float
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def chat_id(self) -> int:
        """The chat it was for."""
        return int(self.values["chat_id"])

    @property
    def text(self) -> str:
        """The text it carried."""
        return self.values.get("text", "")


@dataclass
class Answer:
    """What one call gets instead of the usual. ``carried_out``: the call had its effect before this answer.

    ``trickle``: seconds between bytes of the answer.
    """

    status: int = 200
    body: object = None
    raw: bytes | None = None
    delay: float = 0.0
    drop: bool = False
    carried_out: bool = False
    trickle: float = 0.0


def refused(status: int, description: str, **parameters: object) -> Answer:
    """Give an error as Telegram words it."""
    body: dict[str, object] = {"ok": False, "error_code": status, "description": description}
    return Answer(status, {**body, "parameters": parameters} if parameters else body)


@dataclass
class ScriptedApi:
    """``async with ScriptedApi() as api``; ``script[method]`` holds answers to come, ``updates`` what is offered."""

    script: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    updates: list[dict[str, Any]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    latency: float = 0.0
    busiest: int = 0
    _busy: int = 0

    async def __aenter__(self) -> ScriptedApi:
        self._numbers = itertools.count(100)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._tasks: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        """PTB's base_url."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/bot"

    def plan(self, method: str, *answers: Answer) -> None:
        """Let the next calls of a method get these answers."""
        self.script[method].extend(answers)

    def of(self, method: str) -> list[Call]:
        """Give the calls of a method so far."""
        return [call for call in self.calls if call.method == method]

    async def wait_for(self, method: str, count: int, seconds: float = 5.0) -> list[Call]:
        """Wait until a method was called so often."""
        until = time.monotonic() + seconds
        while len(self.of(method)) < count:
            assert time.monotonic() < until, f"{method} was called {len(self.of(method))} times, not {count}"
            await asyncio.sleep(0.01)
        return self.of(method)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                while await self._one(reader, writer):
                    pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next((int(x.split(":")[1]) for x in head.split("\r\n") if x.lower().startswith("content-length")), 0)
        body = await reader.readexactly(length)
        method = head.split(" ")[1].rsplit("/", 1)[1]
        call = _call(method, head, body)
        self.calls.append(call)
        answer = self.script[method].popleft() if self.script[method] else None
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        try:
            await asyncio.sleep(self.latency + (answer.delay if answer else 0))
        finally:
            self._busy -= 1
        if answer is None or answer.carried_out:
            result = await self._usual(call)
            if answer is None:
                answer = Answer(body={"ok": True, "result": result})
        return await _write(writer, answer)

    async def _usual(self, call: Call) -> object:
        match call.method:
            case "getUpdates":
                return await self._get_updates(call)
            case "sendMessage" | "sendPhoto" | "sendDocument":
                return self._message(call, next(self._numbers))
            case "editMessageText":
                return self._message(call, int(call.values["message_id"]))
            case _:
                return True

    def _message(self, call: Call, number: int) -> dict[str, object]:
        return {"message_id": number, "date": 1, "chat": {"id": call.chat_id, "type": "private"}, "text": call.text}

    async def _get_updates(self, call: Call) -> list[dict[str, Any]]:
        """As Telegram: an offset forgets what is below it, and only what is not below it is given."""
        offset = int(call.values.get("offset", 0))
        self.updates[:] = [update for update in self.updates if update["update_id"] >= offset]
        until = time.monotonic() + float(call.values.get("timeout", 0))
        while True:
            given = [update for update in self.updates if update["update_id"] >= offset]
            if given or time.monotonic() >= until:
                return given[: int(call.values.get("limit", 100))]
            await asyncio.sleep(0.01)


def _call(method: str, head: str, body: bytes) -> Call:
    """Read a form: fields alone, or with files."""
    line = next((x for x in head.split("\r\n") if x.lower().startswith("content-type: multipart/")), None)
    if line is None:
        return Call(method, dict(parse_qsl(body.decode(), keep_blank_values=True)), time.monotonic())
    call = Call(method, {}, time.monotonic())
    message = BytesParser(policy=HTTP).parsebytes(f"{line}\r\nMIME-Version: 1.0\r\n\r\n".encode() + body)
    for part in message.iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if (file_name := part.get_filename()) is None:
            call.values[name] = content.decode()
        else:
            call.files[name] = (file_name, content)
    return call


async def _write(writer: asyncio.StreamWriter, answer: Answer) -> bool:
    if answer.drop:
        writer.transport.abort()
        return False
    body = answer.raw if answer.raw is not None else json.dumps(answer.body).encode()
    head = (
        f"HTTP/1.1 {answer.status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )
    writer.write(head)
    if answer.trickle:
        for byte in body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(answer.trickle)
    else:
        writer.write(body)
    await writer.drain()
    return True
