"""Malformed updates through the real parts in one process: PTB's bot, poller, guard, inbox, worker and router on an
encrypted database. Only the network is left out: its place is PTB's own, a request that is handed what came in."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from telegram import Bot

from bot.app import Program, build_renderer, build_tools
from bot.now import real_now
from bot.organisation import Organisation
from bot.service.tools import keep_guide
from bot.settings import load_settings
from bot.telegram.polling import Poller, inbox_store
from bot.telegram.requests import Request
from bot.telegram.worker import Worker
from storage import people
from storage.database import Database
from storage.keys import Key
from storage.people import Consent, Role
from storage.sqlite import open_sqlite
from tests.faults.audit import LOST
from tests.faults.malformed_make import ANSWERS, MEGABYTE, Maker, Raw, good
from tests.faults.named import CRASH, STUCK, Named

ANNA = 6001
OTHERS = tuple(range(5001, 5041))  # enrolled; as many again are strangers
STRANGERS = tuple(range(7001, 7041))
FIRST = 100_001
EVERY = 40  # one update in so many is Anna's, in which nothing is wrong
AHEAD = 400
AT_ONCE = (3, 10, 30, 100)  # updates in one answer: what waits at Telegram is not always a hundred either
RUBBISH = 0.08  # of the answers are none, and as many are cut
BEHIND = 500
"""When more wait in the inbox, no more are sent; looked at every so many updates. What waits costs: with thousands the
worker's question for the next ones is most of the work, and a piece twice as long takes four times as long."""
BEGINNING = 60  # bytes of an update that a violation quotes
TOKEN = "7700001:invented-token-for-tests_0123456789"
STUCK_SECONDS = 1.0
_A_MILLION = 0.03  # seconds that an ordinary machine takes to square so many numbers


@dataclass
class Feed:
    """What waits at the server, which confirms by numbers as Telegram does, and gives rubbish now and then."""

    chance: random.Random
    waiting: deque[tuple[int, Raw]] = field(default_factory=deque)
    any: asyncio.Event = field(default_factory=asyncio.Event)
    rubbish: int = 0

    def put(self, place: int, raw: Raw) -> None:
        """Let one wait under this number."""
        self.waiting.append((place, raw))
        self.any.set()

    def give(self, offset: int, limit: int) -> bytes:
        """Give the next ones, after forgetting those below ``offset``."""
        while self.waiting and self.waiting[0][0] < offset:
            self.waiting.popleft()
        if not self.waiting:
            self.any.clear()
        dice = self.chance.random()
        if dice < RUBBISH:
            self.rubbish += 1
            return self.chance.choice(ANSWERS)
        most = min(limit, self.chance.choice(AT_ONCE))
        every = [raw.body for _, raw in islice(self.waiting, most)]
        answer = b'{"ok":true,"result":[%s]}' % b",".join(every)
        if dice < 2 * RUBBISH:
            self.rubbish += 1
            return answer[: self.chance.randrange(len(answer))]
        return answer


class FedRequest(Request):
    """PTB's way in, with a feed where the network would be."""

    __slots__ = ("feed",)

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self.feed = feed

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Answer like a server."""
        data = kwargs.get("request_data")
        if not str(kwargs.get("url", "")).endswith("/getUpdates"):
            return 200, b'{"ok":true,"result":true}'
        await self.feed.any.wait()
        asked = data.json_parameters if data is not None else {}
        return 200, self.feed.give(int(asked.get("offset", 0)), int(asked.get("limit", 100)))


class Pulse:
    """Feels how long one step of the event loop worked without a pause: in seconds of this thread's own work, so that
    a busy machine does not count."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        """Feel until cancelled."""
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.002)
            self.longest = max(self.longest, time.thread_time() - before)


@asynccontextmanager
async def at_work(folder: Path, feed: Feed) -> AsyncIterator[Database]:
    """The parts run for the length of the block, and have worked off what they took when it ends."""
    key = Key.new()
    env = {"EFTERTANKE_TOKEN": TOKEN, "EFTERTANKE_DATA": str(folder), "EFTERTANKE_KEY": key.hex()}
    settings, organisation = load_settings(env), Organisation()
    db = await open_sqlite(settings.database, key, create=True)
    await _enrol(db)
    bot = Bot(TOKEN, request=FedRequest(feed), get_updates_request=FedRequest(feed))
    tools = build_tools(settings, organisation)
    program = Program(settings, db, bot, real_now, tools, build_renderer(settings, organisation))
    async with db.transaction() as tx:
        keep_guide(tx, tools, real_now())
    await program.guarding.renew()
    store = inbox_store(db, real_now, program.inbox_wake.set)
    poller = Poller(bot, store, watching=program.guarding.of, hold=program._hold, back_off=(0.001, 0.01))
    soon = [timedelta(milliseconds=1)] * 3
    worker = Worker(db, program.handle, program.on_dead, real_now, program.inbox_wake, pauses=soon)
    stop = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(poller.run(stop))
            group.create_task(worker.run(stop))
            try:
                yield db
            finally:
                stop.set()
    finally:
        await db.close()


async def _enrol(db: Database) -> None:
    now = real_now()
    async with db.transaction() as tx:
        team = await people.team_named(tx, "Nord", now)
        for number in (ANNA, *OTHERS):
            person = people.add_person(
                tx, telegram_id=number, chat_id=number, name=f"M{number}", role=Role.MENTOR, team_id=team.id,
                language="da", zone="Europe/Copenhagen", now=now,
            )  # fmt: skip
            people.consent(tx, person.id, Consent.USE, True, now)


async def fed(folder: Path, wanted: int, seed: int, seconds: float) -> tuple[int, Named]:
    """Feed so many malformed updates, or as many as go through in so many seconds, with Anna's between them; how many
    it were, and what the audit says."""
    chance = random.Random(seed)
    maker, feed, pulse = Maker(chance, OTHERS + STRANGERS), Feed(random.Random(seed + 1)), Pulse()
    report = Named((CRASH, STUCK, LOST))
    every, huge = list[Raw](), 0
    async with at_work(folder, feed) as db:
        feeling = asyncio.create_task(pulse.beat())
        until = time.monotonic() + seconds
        while len(every) < wanted and time.monotonic() < until:
            place = FIRST + len(every)
            raw = good(place, ANNA, f"godt {place}") if place % EVERY == 0 else maker.make(place)
            feed.put(place, raw)
            huge += len(raw.body) >= MEGABYTE
            every.append(replace(raw, body=raw.body[:BEGINNING]))  # some are a megabyte long
            if len(feed.waiting) > AHEAD:
                await asyncio.sleep(0.002)
            if place % BEHIND == 0:
                await _caught_up(db, until)
        feed.put(FIRST + len(every), good(FIRST + len(every), ANNA, "det sidste"))
        await _worked_off(db, feed, report, seconds)
        feeling.cancel()
        with suppress(asyncio.CancelledError):
            await feeling
        await _audit(db, every, report)
    if pulse.longest > STUCK_SECONDS * max(1.0, _slowness()):
        report.add(STUCK, f"one step worked for {pulse.longest:.1f} s")
    report.figures["of a megabyte"] = huge
    report.figures["readable to nobody"] = sum(not raw.readable for raw in every)
    report.figures["answers that were none"] = feed.rubbish
    report.figures["milliseconds of the longest step"] = round(pulse.longest * 1000)
    return len(every), report


def _slowness() -> float:
    """How many times longer than an ordinary one this machine takes for the same work."""
    began = time.thread_time()
    sum(n * n for n in range(1_000_000))
    return (time.thread_time() - began) / _A_MILLION


async def _caught_up(db: Database, until: float) -> None:
    """Wait until fewer wait in the inbox, or until that time."""
    while await _pending(db) > BEHIND and time.monotonic() < until:  # noqa: ASYNC110 - the worker tells of no number
        await asyncio.sleep(0.02)


async def _pending(db: Database) -> int:
    async with db.transaction() as tx:
        row = await tx.one("SELECT count(*) AS n FROM inbox WHERE status = 'pending'")
    return int((row or {"n": 0})["n"])


async def _worked_off(db: Database, feed: Feed, report: Named, seconds: float) -> None:
    """Wait until nothing waits; when nothing moves any more, that is named."""
    moved, before = time.monotonic(), (-1, -1)
    while time.monotonic() < moved + 30:
        now = (len(feed.waiting), await _pending(db))
        if now[0] <= 1 and now[1] == 0 and before == now:
            return  # the last one is confirmed by no later one
        if now != before:
            moved, before = time.monotonic(), now
        await asyncio.sleep(0.1)
    report.add(STUCK, f"{before[0]} updates are not fetched and {before[1]} not worked through")


async def _audit(db: Database, every: list[Raw], report: Named) -> None:
    """Each is stored once and done without a failure, and Anna's texts have had their effect."""
    async with db.snapshot() as tx:
        rows = await tx.all("SELECT update_id, status, attempts, error FROM inbox")
        kept = {
            row["message_id"] for row in await tx.all("SELECT message_id FROM chat_messages WHERE chat_id = ?", ANNA)
        }
    stored = {row["update_id"]: row for row in rows}
    for raw in every:
        if raw.number is not None and raw.number not in stored:
            report.add(LOST, f"update {raw.number} was confirmed and never stored: {raw.body!r}")
    for row in rows:
        if row["status"] == "dead" or row["attempts"] or row["error"]:
            report.add(CRASH, f"update {row['update_id']} is {row['status']} after {row['attempts']}: {row['error']}")
    for place in range(FIRST, FIRST + len(every)):
        if place % EVERY == 0 and place not in kept:
            report.add(LOST, f"Anna's update {place} had no effect")
    report.figures["stored"] = len(rows)
    report.figures["of Anna's"] = len(kept)


def broken(raw: Raw) -> bool:
    """Whether Python's JSON reader refuses it: what the maker calls unreadable must be."""
    try:
        json.loads(raw.body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return True
    return False
