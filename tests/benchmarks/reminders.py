"""``python -m tests.benchmarks.reminders``: many reminders due in the same second, beside APScheduler in the same run.

Ours: one tick claims, plans, marks and queues them all in the encrypted database. The peer: as many date jobs of an
AsyncIOScheduler in an SQLAlchemy job store (SQLite, its defaults but ``misfire_grace_time=None``, without which it
drops them), whose job does nothing but count: it neither plans nor stores. Needs the ``bench`` extra for the peer.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bot.organisation import Organisation
from bot.reminding import Reminding
from bot.service import remind_plan
from bot.service.tools import Tools
from bot.telegram.cards.render import Renderer
from bot.workdays import danish_holidays
from prompts import load_guide, load_law, load_messages
from storage import followups, people
from storage.database import Database
from storage.keys import Key
from storage.people import Role
from storage.sqlite import open_sqlite

BEGIN = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)  # a Wednesday, nine in Copenhagen
WITHIN_SECONDS = 1.0
BLOCKED_AT_MOST_MS = 50.0
_LOOK = 0.002
_fired = 0


@dataclass(frozen=True)
class Found:
    """``seconds`` until all were queued (or fired), and the longest time the event loop was blocked meanwhile."""

    name: str
    reminders: int
    seconds: float
    blocked_ms: float
    done: int


async def _watched(work: Callable[[], Awaitable[int]], name: str, reminders: int) -> Found:
    """Time the work, and how late the loop comes round meanwhile."""
    worst = 0.0
    stop = False

    async def watch() -> None:
        nonlocal worst
        while not stop:
            before = time.perf_counter()
            await asyncio.sleep(_LOOK)
            worst = max(worst, time.perf_counter() - before - _LOOK)

    gc.collect()
    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0.05)
    worst = 0.0
    began = time.perf_counter()
    done = await work()
    seconds = time.perf_counter() - began
    stop = True
    await watcher
    return Found(name, reminders, seconds, worst * 1000, done)


async def ours(folder: Path, reminders: int, crowd: int) -> Found:
    """One tick of the real thing."""
    tools = Tools(load_guide(), Organisation(), danish_holidays)
    renderer = Renderer({"da": load_messages()}, {"da": load_law("da")}, tools.organisation)
    db = await open_sqlite(folder / "e.db", Key(bytes(range(32))), create=True)
    try:
        await _fill(db, tools, reminders, crowd)
        at = BEGIN + timedelta(hours=1)
        reminding = Reminding(db, tools, renderer, lambda: at, lambda: None)

        async def work() -> int:
            await reminding.run()
            return await _sent(db)

        return await _watched(work, f"Eftertanke, {crowd:,} people", reminders)
    finally:
        await db.close()


async def _fill(db: Database, tools: Tools, reminders: int, crowd: int) -> None:
    async with db.transaction() as tx:
        team = await people.team_named(tx, "Nord", BEGIN)
        for n in range(crowd):
            person = people.add_person(
                tx, telegram_id=n + 1, chat_id=n + 1, name=f"Mentor {n}", role=Role.MENTOR, team_id=team.id,
                language="da", zone="Europe/Copenhagen", now=BEGIN,
            )  # fmt: skip
            made = [
                followups.add_own(
                    tx, mentor_id=person.id, citizen_id=None, kind=remind_plan.OWN, text=f"ring til lægen nummer {k}",
                    due_at=BEGIN + timedelta(hours=1), due_has_time=True, now=BEGIN,
                )
                for k in range(reminders // crowd)
            ]  # fmt: skip
            await remind_plan.sync(tx, tools, person, made, BEGIN)


async def _sent(db: Database) -> int:
    async with db.transaction() as tx:
        row = await tx.one("SELECT count(*) AS n FROM reminders WHERE status = 'sent'")
    return 0 if row is None else int(row["n"])


async def fire() -> None:
    """What the peer's job does: nothing that could take time."""
    global _fired
    _fired += 1


async def peer(folder: Path, reminders: int) -> Found | None:
    """APScheduler with its jobs in SQLite; None when SQLAlchemy is not installed."""
    from tests.benchmarks import reminders as jobs  # not __main__: the job store imports it by this name

    try:
        from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    except ImportError:
        return None
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    jobs._fired = 0
    scheduler = AsyncIOScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{folder / 'jobs.db'}")},
        job_defaults={"misfire_grace_time": None, "coalesce": True},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    due = datetime.now(UTC) - timedelta(seconds=1)
    _at_once(scheduler, reminders, due)

    async def work() -> int:
        scheduler.resume()
        while jobs._fired < reminders:  # noqa: ASYNC110 - ten thousand jobs would set an event ten thousand times
            await asyncio.sleep(0.01)
        return jobs._fired

    found = await _watched(work, "APScheduler + SQLAlchemy job store", reminders)
    scheduler.shutdown(wait=False)
    return found


def _at_once(scheduler: Any, reminders: int, due: datetime) -> None:
    """Fill its store in one transaction instead of ten thousand: filling is not what is measured."""
    store = scheduler._jobstores["default"]
    with store.engine.begin() as connection:
        kept, store.engine = store.engine, _Joined(connection)
        for n in range(reminders):
            scheduler.add_job("tests.benchmarks.reminders:fire", "date", run_date=due, id=f"job-{n}")
        store.engine = kept


class _Joined:
    """An engine whose transactions are all the one that is open."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def begin(self) -> _Joined:
        return self

    def __enter__(self) -> Any:
        return self._connection

    def __exit__(self, *_: object) -> None:
        return None


def main() -> int:
    """Measure and print; 1 when something was not queued or took too long."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.reminders",
        description="Measure 10,000 reminders that are due in the same second.",
        epilog="Example: python -m tests.benchmarks.reminders --reminders 10000 --people 500,10000 --rounds 3",
    )
    parser.add_argument("--reminders", type=int, default=10_000, help="how many are due (10000)")
    parser.add_argument("--people", default="500,10000", help="sizes of the crowd (500,10000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured; medians are told (3)")
    parser.add_argument("--no-peer", action="store_true", help="leave APScheduler out")
    parser.add_argument("--json", action="store_true", help="for a program to read")
    wanted = parser.parse_args()
    sides: list[Found] = []
    for crowd in map(int, wanted.people.split(",")):
        sides.append(_median(wanted.rounds, lambda at, crowd=crowd: ours(at, wanted.reminders, crowd)))  # type: ignore[misc]
    if not wanted.no_peer:
        with TemporaryDirectory() as name:
            beside = asyncio.run(peer(Path(name), wanted.reminders))
        if beside is not None:
            sides.append(beside)
    return _told(sides, as_json=wanted.json)


def _median(rounds: int, measure: Callable[[Path], Awaitable[Found]]) -> Found:
    found: list[Found] = []
    for _ in range(rounds):
        with TemporaryDirectory() as name:

            async def once(at: Path = Path(name)) -> Found:
                return await measure(at)

            found.append(asyncio.run(once()))
    first = found[0]
    seconds, blocked = median(one.seconds for one in found), median(one.blocked_ms for one in found)
    return Found(first.name, first.reminders, seconds, blocked, min(one.done for one in found))


def _told(sides: list[Found], *, as_json: bool) -> int:
    own = [one for one in sides if one.name.startswith("Eftertanke")]
    if as_json:
        print(json.dumps([asdict(one) for one in sides], indent=1))
    for one in [] if as_json else sides:
        print(f"{one.name:38} {one.done:>7,} of {one.reminders:,} in {one.seconds:6.2f} s,"
              f" loop blocked at most {one.blocked_ms:8.1f} ms")  # fmt: skip
    others = [one for one in sides if one not in own]
    for one in [] if as_json else own:
        for other in others:
            print(f"{one.name}: {other.seconds / one.seconds:.1f} times as fast as {other.name},"
                  f" the loop blocked {other.blocked_ms / one.blocked_ms:.0f} times shorter")  # fmt: skip
        met = one.seconds <= WITHIN_SECONDS and one.blocked_ms <= BLOCKED_AT_MOST_MS
        print(f"{'✓' if met else '✗'} {one.name}: within {WITHIN_SECONDS:g} s and {BLOCKED_AT_MOST_MS:g} ms")
    if not others and not as_json:
        print("APScheduler's job store was not measured: pip install '.[bench]'.")
    return 0 if all(one.done == one.reminders for one in sides) and own and own[0].seconds <= WITHIN_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
