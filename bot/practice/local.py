"""A whole practice phone for tests: its own thread, a free loopback port, stopped cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from bot.practice.client import HttpPhone
from bot.practice.clock import PracticeClock
from bot.practice.feed import Feed
from bot.practice.plug import Launch, Plug
from bot.practice.server import HOST, create_app, open_port, server_for
from bot.practice.world import World

START_SECONDS = 20.0


class LocalPhone:
    """`with LocalPhone(folder) as local:` (or `async with`) gives `api_url`, `token` and the test `client`.

    `bot` tells how the bot is started, given this object; it runs as a child process and can be killed and started
    by the client. Without it, connect any bot to `api_url` yourself. `known` are people who have met the bot before,
    so that it may write to them first. The folder gets `clock_offset` and `bot.log`.
    """

    def __init__(
        self,
        folder: Path,
        bot: Callable[[LocalPhone], Launch] | None = None,
        *,
        start_bot: bool = True,
        known: Iterable[str] = (),
        quiet: float = 0.1,
        patience: float = 3.0,
    ) -> None:
        self.folder = folder
        self.token = f"770001:OEVELSE-{secrets.token_urlsafe(16)}"
        self.world_clock_file = folder / "clock_offset"
        self.bot_log = folder / "bot.log"
        self._secret = secrets.token_urlsafe(16)
        self._bot = bot
        self._start_bot = start_bot
        self._known = list(known)
        self._listener = open_port(0)
        self.port: int = self._listener.getsockname()[1]
        self.client = HttpPhone(f"{self.page_url}api/", quiet=quiet, patience=patience)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: Callable[[], None] = lambda: None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="practice-phone", daemon=True)

    @property
    def api_url(self) -> str:
        """Give the address for PTB's `base_url` (it appends the token)."""
        return f"http://{HOST}:{self.port}/bot"

    @property
    def page_url(self) -> str:
        """Give the page's address, secret included."""
        return f"http://{HOST}:{self.port}/practice/{self._secret}/"

    def start(self) -> None:
        """Start serving; raises what kept it from starting."""
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise TimeoutError("The practice phone did not start in time.")
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop the bot, then the server; returns when both are gone."""
        if self._loop is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop ended in this very moment
                self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(START_SECONDS)
        self._listener.close()

    def __enter__(self) -> LocalPhone:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> LocalPhone:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.close()
        await asyncio.to_thread(self.stop)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
            self._ready.set()

    async def _serve(self) -> None:
        feed = Feed()
        world = World(PracticeClock(self.world_clock_file))
        for name in self._known:
            world.person(name).started = True
        plug = Plug(self._bot(self) if self._bot else None, self.bot_log, feed.bump)
        server = server_for(create_app(world, self.token, plug, self._secret, feed))
        self._loop, self._stop = asyncio.get_running_loop(), server.finish
        serving = asyncio.create_task(server.serve(sockets=[self._listener]))
        try:
            if self._bot is not None and self._start_bot:
                await plug.start()
            self._ready.set()  # connections wait in the listening socket until the server takes them
            await serving
        finally:
            await plug.stop()
            server.finish()
            await serving
