"""Is the bot well: each limit, the grace after a start, and a database that does not answer."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.doors import Doors, listen_on, servers
from bot.health import GRACE, LIMITS, Health, Intake, Roles
from bot.metrics import Metrics
from bot.settings import load_settings
from storage import high_water, inbox, outbox, reminders
from storage.database import Database, Snapshot, StorageGone
from storage.inbox import Incoming
from storage.times import stamp
from tests.integration.storage_kit import NOW, cast, opened, opened_file


@dataclass
class Ticking:
    """A clock that is set by hand; it shows seconds."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Watched:
    """A database, looked at by a health whose clock is set by hand. ``looks``: how often it was asked."""

    db: Database
    by_webhook: bool = False
    since: float | None = 1.0
    told: float | None = 1.0
    clock: Ticking = field(default_factory=Ticking)
    trouble: bool = False
    looks: int = 0

    def __post_init__(self) -> None:
        self.roles = Roles(self.clock)
        intake = Intake(self.by_webhook, lambda: self.since, lambda: self.told)
        self.health = Health(self, lambda: NOW, self.roles, intake, self.clock)  # type: ignore[arg-type] # all it uses

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """The database's own, counted."""
        self.looks += 1
        if self.trouble:
            raise StorageGone("invented")
        async with self.db.snapshot() as snapshot:
            yield snapshot

    async def late(self) -> tuple[str, ...]:
        """What is past its limit now."""
        self.clock.seconds += 10
        return (await self.health.report()).late

    @asynccontextmanager
    async def holding(self, *names: str) -> AsyncIterator[None]:
        """Have these roles meanwhile."""
        stop = asyncio.Event()

        async def work(over: asyncio.Event) -> None:
            await over.wait()

        tasks = [asyncio.create_task(self.roles.noted(name, work)(stop)) for name in names]
        await asyncio.sleep(0)
        yield
        stop.set()
        await asyncio.gather(*tasks)


async def put_off(db: Database, name: str, seconds: float) -> None:
    """Let something wait for so long."""
    since = NOW - timedelta(seconds=seconds)
    async with db.transaction() as tx:
        them = await cast(tx)
        match name:
            case "update":
                await inbox.put(tx, [Incoming(1, "h", 1, "{}")], since)
            case "message":
                outbox.queue_send(tx, chat_id=them.anna.chat_id, payload="{}", now=since)
            case "reminder":
                reminders.add(
                    tx, person_id=them.anna.id, kind="own", series="s", due_at=since, send_at=since, now=since
                )


@pytest.mark.parametrize("name", ["update", "message", "reminder"])
@pytest.mark.parametrize(("past", "late"), [(-1.0, False), (1.0, True)])
async def test_what_waits_too_long_is_named(tmp_path: Path, name: str, past: float, late: bool) -> None:
    """A second before the limit all is well, a second after it is not; in the first minutes it always is."""
    async with opened(tmp_path) as db:
        await put_off(db, name, LIMITS[name] + past)
        watched = Watched(db)
        assert await watched.late() == ()
        watched.clock.seconds = GRACE
        assert await watched.late() == ((name,) if late else ())
        told = (await watched.health.report()).to_json()
        assert told[f"oldest_{name}_seconds"] == LIMITS[name] + past


@pytest.mark.parametrize("never", [False, True])
async def test_a_poll_that_does_not_work(tmp_path: Path, never: bool) -> None:
    """It is told once this process has polled in vain for 90 seconds; who does not poll is not to blame."""
    async with opened(tmp_path) as db:
        watched = Watched(db, since=None if never else 1000.0)
        watched.clock.seconds = 1000.0
        assert await watched.late() == ()
        async with watched.holding("poll", "send"):
            assert await watched.late() == ()  # taken over a moment ago
            watched.clock.seconds += LIMITS["poll"]
            assert await watched.late() == ("poll",)
            assert (await watched.health.report()).to_json()["role"] == ["poll", "send"]
            watched.since = 2.0
            assert await watched.late() == ()


async def test_a_webhook_that_telegram_does_not_take(tmp_path: Path) -> None:
    """A night without a message is no trouble; an address that Telegram refuses is."""
    async with opened(tmp_path) as db:
        watched = Watched(db, by_webhook=True, since=50_000.0, told=100.0)
        async with watched.holding("webhook"):
            watched.clock.seconds = 5000.0
            assert await watched.late() == ()
            watched.told = None
            assert await watched.late() == ("webhook",)
        told = (await watched.health.report()).to_json()
        assert told["seconds_since_webhook"] == 50_000.0 and "seconds_since_poll" not in told


async def test_a_database_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named at once, also in the first minutes, and the figures say that nobody knows."""
    async with opened(tmp_path) as db:
        watched = Watched(db, trouble=True)
        assert await watched.late() == ("database",)
        report = await watched.health.report()
        assert report.to_json()["oldest_update_seconds"] is None
        text = Metrics().text(report).decode()
        assert "eftertanke_database_up 0.0" in text and "eftertanke_oldest_update_seconds NaN" in text
        watched.trouble = False
        assert await watched.late() == ()


async def test_asking_often_costs_one_look(tmp_path: Path) -> None:
    """A hundred at once and again within two seconds are one question to the database."""
    async with opened(tmp_path) as db:
        watched = Watched(db)
        await asyncio.gather(*(watched.health.report() for _ in range(100)))
        watched.clock.seconds += 1.9
        await watched.health.report()
        assert watched.looks == 1
        watched.clock.seconds += 0.2
        await watched.health.report()
        assert watched.looks == 2


async def test_who_asks_over_http(tmp_path: Path) -> None:
    """503 with the name of what is late, 200 once it is not; the figures are there either way, and nothing is kept by
    what stands in between."""
    async with opened(tmp_path) as db:
        watched, stop, door = Watched(db, trouble=True), asyncio.Event(), listen_on("127.0.0.1", 0)
        settings = load_settings({})
        (serve,) = servers(settings, Doors(health=door), watched.health, Metrics(), None)
        serving = asyncio.create_task(serve(stop))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{door.getsockname()[1]}", trust_env=False) as client:
            late = await client.get("/healthz")
            assert (late.status_code, late.json()["status"], late.json()["late"]) == (503, "late", ["database"])
            figures = await client.get("/metrics")
            assert figures.status_code == 200 and "eftertanke_healthy 0.0" in figures.text
            assert figures.headers["content-type"].startswith("text/plain; version=0.0.4")
            watched.trouble = False
            watched.clock.seconds += 10
            well = await client.get("/healthz")
            assert (well.status_code, well.headers["cache-control"]) == (200, "no-store")
        stop.set()
        await serving


async def test_a_loss_is_told_until_it_was_seen_to(tmp_path: Path) -> None:
    """It shows in the report and in what is told over HTTP, and makes nobody start the bot anew."""
    clock = Ticking()
    async with opened_file(tmp_path) as db:
        health = Health(db, lambda: NOW, Roles(clock), Intake(False, lambda: 1.0), clock)
        assert (await health.report()).losses == 0
        note = {"noticed": stamp(NOW), "mark": 7, "since": None, "until": stamp(NOW)}
        high_water.losses_path(db.path).write_text(f"{json.dumps(note)}\n", encoding="ascii")
        clock.seconds += 2
        told = await health.report()
        assert (told.losses, told.to_json()["losses"], told.ok) == (1, 1, True)
        high_water.losses_path(db.path).unlink()
        clock.seconds += 2
        assert (await health.report()).losses == 0


def test_who_polls_and_is_not_asked_loads_no_web_server() -> None:
    """Without an open port neither a web server nor the figures are in memory."""
    heavy = ("uvicorn", "starlette", "prometheus_client", "psycopg")
    program = f"import sys, bot.app; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
