"""Several webhooks on one PostgreSQL database: each takes what it is posted, one tells Telegram, all of it is answered
once; and the health of each is its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.app import Program, build_renderer, build_tools
from bot.doors import Doors, listen_on
from bot.now import real_now
from bot.organisation import Organisation
from bot.practice.reading import Deadline
from bot.settings import load_settings
from bot.telegram.requests import build_bot
from bot.telegram.webhook import HEADER
from storage.postgres import open_postgres
from tests.integration import engines
from tests.integration.scripted_api import TOKEN, ScriptedApi
from tests.integration.storage_kit import KEY

SECRET = "an-invented-secret"


@dataclass
class Web:
    """One process of several, as far as the others can tell."""

    program: Program
    address: str
    health: str
    stop: asyncio.Event

    async def post(self, number: int) -> int:
        """Post an update from chat ``number``, as Telegram does; the status."""
        who = {"id": number, "is_bot": False, "first_name": "Opfundet"}
        message = {"message_id": 1, "date": 1, "chat": {"id": number, "type": "private"}, "from": who, "text": "hej"}
        async with httpx.AsyncClient(trust_env=False) as client:
            told = await client.post(
                f"{self.address}/hook", json={"update_id": number, "message": message}, headers={HEADER: SECRET}
            )
        return told.status_code

    async def asked(self, path: str) -> httpx.Response:
        """What it tells on its health port."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(f"{self.health}{path}")

    @property
    def keeps(self) -> bool:
        """Whether this one tells Telegram where the webhook is."""
        return "webhook" in self.program.roles.held()


@asynccontextmanager
async def web(folder: Path, api: ScriptedApi) -> AsyncIterator[Web]:
    """A program with ports of its own on the folder's database, running."""
    settings = load_settings(
        {
            "EFTERTANKE_TOKEN": TOKEN,
            "EFTERTANKE_DATA": str(folder),
            "EFTERTANKE_WEBHOOK_URL": "https://bot.invalid/hook",
            "EFTERTANKE_WEBHOOK_SECRET": SECRET,
        }
    )
    db, bot, stop = await open_postgres(engines.url_of(folder), KEY), build_bot(TOKEN, api.url), asyncio.Event()
    tools, renderer = build_tools(settings, Organisation()), build_renderer(settings, Organisation())
    with ExitStack() as stack:
        doors = Doors(*(stack.enter_context(listen_on("127.0.0.1", 0)) for _ in range(2)))
        program = Program(settings, db, bot, real_now, tools, renderer, doors=doors)
        running = asyncio.create_task(program.run(stop))
        ports = [door.getsockname()[1] for door in (doors.webhook, doors.health) if door is not None]
        try:
            yield Web(program, f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}", stop)
        finally:
            stop.set()
            await running
            await bot.shutdown()
            await db.close()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that must come."""
    deadline = Deadline(20.0)
    while not holds():
        assert not deadline.passed, "waited in vain"
        await asyncio.sleep(0.02)


async def test_two_webhooks_share_the_work(tmp_path: Path) -> None:
    """Twenty updates posted here and there are each stored and answered once; one of the two told Telegram, and when it
    stops the other does."""
    async with ScriptedApi() as api, web(tmp_path, api) as one, web(tmp_path, api) as other:
        await until(lambda: one.keeps or other.keeps)
        posted = await asyncio.gather(*((one, other)[n % 2].post(100 + n) for n in range(20)))
        assert set(posted) == {200}
        await until(lambda: len(api.of("sendMessage")) >= 20)
        assert await one.post(100) == 200  # Telegram repeats one whose answer was lost on the way, and elsewhere
        assert await other.post(101) == 200
        await asyncio.sleep(0.5)
        assert sorted(call.chat_id for call in api.of("sendMessage")) == list(range(100, 120))
        assert one.keeps != other.keeps
        keeper, heir = (one, other) if one.keeps else (other, one)
        told = len(api.of("setWebhook"))
        for web_ in (keeper, heir):
            health = await web_.asked("/healthz")
            assert (health.status_code, health.json()["status"]) == (200, "ok")
        counted = [(await one_.asked("/metrics")).text for one_ in (one, other)]
        done = [float(_value(text, 'eftertanke_updates_total{outcome="done"} ')) for text in counted]
        assert sum(done) == 20
        keeper.stop.set()
        await until(lambda: heir.keeps and len(api.of("setWebhook")) > told)
        assert await heir.post(300) == 200


def _value(text: str, name: str) -> str:
    (line,) = (line for line in text.splitlines() if line.startswith(name))
    return line.removeprefix(name)
