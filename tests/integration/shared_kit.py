"""What the tests of several processes share: a program on the server, a role held, a way to the server that fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bot.app import Program, build_renderer, build_tools
from bot.doors import Doors, listen_on
from bot.now import Now, real_now
from bot.organisation import Organisation
from bot.practice.reading import Deadline
from bot.settings import Settings, load_settings
from bot.sharing import in_role
from bot.telegram.requests import build_bot
from storage.postgres import PostgresDatabase, open_postgres
from storage.postgres_connect import Connect
from tests.integration import engines
from tests.integration.scripted_api import TOKEN, Answer, ScriptedApi
from tests.integration.storage_kit import KEY

SECRET = "an-invented-secret"
NOTHING_NEW = Answer(body={"ok": True, "result": []})
PATIENCE = 30.0


async def until(holds: Callable[[], bool], seconds: float = PATIENCE, said: str = "waited in vain") -> None:
    """Wait for something that must come. Raises AssertionError when it does not."""
    deadline = Deadline(seconds)
    while not holds():
        assert not deadline.passed, said
        await asyncio.sleep(0.02)


@dataclass
class Process:
    """One process of several, as far as the others can tell."""

    program: Program
    address: str
    stop: asyncio.Event

    async def health(self) -> httpx.Response:
        """What it tells of itself on its health port."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(f"{self.address}/healthz")

    async def late(self, seconds: float = PATIENCE, *, name: str | None) -> None:
        """Wait until it says that this is late; None: that nothing is."""
        deadline, wanted = Deadline(seconds), [] if name is None else [name]
        while (told := (await self.health()).json())["late"] != wanted:
            assert not deadline.passed, told
            await asyncio.sleep(0.1)

    def has(self, role: str) -> bool:
        """Whether this one has the role."""
        return role in self.program.roles.held()


def settings_for(folder: Path, *, webhook: bool = False) -> Settings:
    """What is set for a program on the folder's database."""
    told = {
        "EFTERTANKE_TOKEN": TOKEN,
        "EFTERTANKE_DATA": str(folder),
        "EFTERTANKE_KEY": KEY.hex(),
        "EFTERTANKE_DATABASE_URL": engines.address_of(folder),
    }
    if webhook:
        told |= {"EFTERTANKE_WEBHOOK_URL": "https://bot.invalid/hook", "EFTERTANKE_WEBHOOK_SECRET": SECRET}
    return load_settings(told)


@asynccontextmanager
async def process(
    folder: Path, api: ScriptedApi, *, webhook: bool = False, now: Now = real_now
) -> AsyncIterator[Process]:
    """A whole program on the folder's database, running, with a health port of its own."""
    settings = settings_for(folder, webhook=webhook)
    db, bot, stop = await open_postgres(engines.url_of(folder), KEY), build_bot(TOKEN, api.url), asyncio.Event()
    tools, renderer = build_tools(settings, Organisation()), build_renderer(settings, Organisation())
    with ExitStack() as stack:
        door = stack.enter_context(listen_on("127.0.0.1", 0))
        program = Program(settings, db, bot, now, tools, renderer, doors=Doors(health=door))
        running = asyncio.create_task(program.run(stop))
        try:
            yield Process(program, f"http://127.0.0.1:{door.getsockname()[1]}", stop)
        finally:
            stop.set()
            await running
            await bot.shutdown()
            await db.close()


@asynccontextmanager
async def holding(connect: Connect, *names: str) -> AsyncIterator[None]:
    """Another process has these roles meanwhile."""
    stop, held = asyncio.Event(), [asyncio.Event() for _ in names]

    def work(at: int) -> Callable[[asyncio.Event], asyncio.Future[None]]:
        async def run(over: asyncio.Event) -> None:
            held[at].set()
            await over.wait()

        return lambda over: asyncio.ensure_future(run(over))

    tasks = [asyncio.create_task(in_role(connect, name, work(at), stop)) for at, name in enumerate(names)]
    try:
        for one in held:
            await asyncio.wait_for(one.wait(), PATIENCE)
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


@asynccontextmanager
async def server(folder: Path) -> AsyncIterator[PostgresDatabase]:
    """The folder's database on the server."""
    db = await open_postgres(engines.url_of(folder), KEY)
    try:
        yield db
    finally:
        await db.close()


@dataclass
class Link:
    """A way to the server over TCP. While ``flowing`` is not set it is silent: what is sent is taken, and nothing comes
    of it."""

    url: str
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    ends: list[asyncio.StreamWriter] = field(default_factory=list)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to the server and back."""
        told = conninfo_to_dict(self.url)
        host, port = str(told.get("host", "127.0.0.1")), int(told.get("port") or 5432)
        there = await (
            asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
            if host.startswith("/")
            else asyncio.open_connection(host, port)
        )
        self.ends += [writer, there[1]]
        for source, target in ((reader, there[1]), (there[0], writer)):
            self._begin(self._carry(source, target))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            while data := await source.read(65_536):
                await self.flowing.wait()
                target.write(data)
                await target.drain()
            target.close()


@asynccontextmanager
async def linked(folder: Path) -> AsyncIterator[tuple[Link, str]]:
    """Such a way to the folder's database, and the URL that leads over it."""
    async with AsyncExitStack() as stack:
        link = Link(engines.url_of(folder))
        link.flowing.set()
        listener = await stack.enter_async_context(await asyncio.start_server(link.take, "127.0.0.1", 0))
        port = listener.sockets[0].getsockname()[1]
        try:
            yield link, make_conninfo(link.url, host="127.0.0.1", port=port, sslmode="disable")
        finally:
            listener.close()
            for end in link.ends:
                end.close()
            for task in [*link.tasks]:
                task.cancel()
            await asyncio.gather(*link.tasks, return_exceptions=True)
