"""A practice phone with a crowd of mentors, a ledger of all that the bot is told, and the real bot as its child."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from bot.practice.clock import PracticeClock
from bot.practice.faults import Fault, Faults
from bot.practice.feed import Feed
from bot.practice.handside import HandSide
from bot.practice.limits import Json
from bot.practice.messages import Person
from bot.practice.plug import Launch, Plug
from bot.practice.server import HOST, create_app, open_port, server_for
from bot.practice.world import World
from storage import citizens, people
from storage.database import Database
from storage.either import open_either
from storage.ids import new_id
from storage.keys import Key
from storage.people import Consent, Role
from tests.ready import ready

ROOT = Path(__file__).resolve().parents[2]
THE_PROGRAM = (sys.executable, "-m", "bot", "run")
ZONE = "Europe/Copenhagen"
CITIZENS = ("Stjerne", "Birk", "Havblik")
LEAD_ID = 9001


def mentors(count: int) -> list[Person]:
    """Give so many invented mentors."""
    return [Person(5001 + n, f"Mentor{n + 1}", "mentor", started=True) for n in range(count)]


@dataclass(frozen=True)
class Told:
    """One update that Telegram has for the bot. ``at``: world time, aware; ``update`` without its number."""

    place: int
    update_id: int
    chat_id: int
    at: datetime
    update: Json


class LedgerWorld(World):
    """The practice phone's world, which writes down every update in the order in which it came about."""

    def __init__(self, clock: PracticeClock, people: list[Person]) -> None:
        super().__init__(clock, people)
        self.ledger: list[Told] = []

    def tell_bot(self, payload: Json) -> int | None:
        """Queue an update and note it."""
        number = super().tell_bot(payload)
        if number is not None:
            self.ledger.append(Told(len(self.ledger), number, _chat_of(payload), self.now(), payload))
        return number


def _chat_of(payload: Json) -> int:
    (body,) = payload.values()
    chat: Any = body["chat"] if "chat" in body else body["message"]["chat"]
    return int(chat["id"])


class CountedFaults(Faults):
    """Fault switches that remember which calls met them: ``taken`` by kind and lower-case method."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: Counter[tuple[str, str]] = Counter()

    def take(self, method: str) -> Fault | None:
        """Give the switch that this call meets, and remember it."""
        fault = super().take(method)
        if fault is not None:
            self.taken[fault.kind, method] += 1
        return fault


class CrowdPhone:
    """`async with CrowdPhone(folder, count) as phone:` serves the Bot API; the bot is started with `start_bot`.

    It is a Monday morning there, so that no test runs over midnight. Each mentor has a team of their own: what one
    does has no effect on what another sees, and each chat can be replayed alone. The first team has a lead. While
    ``go`` is not set, the mentors put their phones down. ``url``: the data is on that PostgreSQL server, and so many
    ``others`` work on it beside the first.
    """

    def __init__(
        self, folder: Path, count: int, command: Sequence[str] = THE_PROGRAM, *, url: str | None = None, others: int = 0
    ) -> None:
        self.folder, self.data = folder, folder / "data"
        folder.mkdir(exist_ok=True)
        self.mentors = mentors(count)
        self.token = f"770001:OEVELSE-{secrets.token_urlsafe(16)}"
        self.key = Key.new()
        self.log = folder / "bot.log"
        self.feed = Feed()
        clock_file = folder / "clock_offset"
        self.lead = Person(LEAD_ID, "Lea", "lead", started=True)
        self.world = LedgerWorld(PracticeClock(clock_file), [*self.mentors, self.lead])
        self.world.clock.move_to(self.world.clock.next_weekday(0, 9))
        self.hands = HandSide(self.world)
        self.faults = CountedFaults()
        self.go = asyncio.Event()
        self.go.set()
        self.figures: Counter[str] = Counter()
        """What was done to the bot, in figures."""
        self._listener = open_port(0)
        self.url = url
        launch = Launch(command, self._environment(clock_file), ROOT, ready)
        self.plug = Plug(launch, self.log, self.feed.bump)
        self.others = [Plug(launch, self.log) for _ in range(others)]
        secret = secrets.token_urlsafe(8)
        self._server = server_for(create_app(self.world, self.token, self.plug, secret, self.feed, self.faults))
        self._serving: asyncio.Task[None] | None = None

    def _environment(self, clock_file: Path) -> dict[str, str]:
        return {
            "EFTERTANKE_TOKEN": self.token,
            "EFTERTANKE_API_URL": f"http://{HOST}:{self._listener.getsockname()[1]}/bot",
            "EFTERTANKE_DATA": str(self.data),
            "EFTERTANKE_KEY_FILE": str(self.folder / "key"),
            "EFTERTANKE_CLOCK_OFFSET_FILE": str(clock_file),
            "EFTERTANKE_LOG_LEVEL": "DEBUG",
            "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
            **({"EFTERTANKE_DATABASE_URL": self.url} if self.url else {}),
        }

    @property
    def database(self) -> Path:
        """The bot's database file."""
        return self.data / "eftertanke.db"

    async def __aenter__(self) -> CrowdPhone:
        self.data.mkdir(mode=0o700)
        key_file = self.folder / "key"
        key_file.touch(0o600)
        key_file.write_text(self.key.hex() + "\n", encoding="ascii")
        await self._enrol()
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop_bots()
        self._server.finish()
        if self._serving is not None:
            await self._serving
        self._listener.close()

    async def start_bot(self) -> None:
        """Start the bot; returns when it has asked for updates."""
        asked = self.world.polls
        for plug in (self.plug, *self.others):
            await plug.start()
        await self.until_asked(asked)

    async def stop_bots(self) -> None:
        """Ask all of them to stop, and wait until they have."""
        await asyncio.gather(*(plug.stop() for plug in (self.plug, *self.others)))

    async def open(self, *, create: bool = False) -> Database:
        """The bot's database, wherever it is."""
        return await open_either(self.database, self.url, self.key, create=create)

    async def until_asked(self, polls: int, seconds: float = 30.0) -> None:
        """Wait until the bot has asked for updates more than ``polls`` times. Raises AssertionError when it has not."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self.world.polls <= polls:
            left = until - loop.time()
            assert left > 0 and self.plug.state == "on", f"The bot does not ask for updates: {self.last_words()}"
            await self.feed.wait(self.feed.version, min(left, 1.0))

    async def until_still(self, quiet: float = 1.2, seconds: float = 60.0) -> None:
        """Wait until every update is confirmed and the bot has done nothing for ``quiet`` seconds."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        last, since = -1, loop.time()
        while len(self.world.updates) or loop.time() - since < quiet:
            if self.world.journal.last != last:
                last, since = self.world.journal.last, loop.time()
            assert loop.time() < until, f"{len(self.world.updates)} updates are not fetched: {self.last_words()}"
            await asyncio.sleep(0.05)

    def last_words(self) -> str:
        """How the bot is, and the end of its log: for the message of a failing test."""
        log = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return f"{self.plug.view()}\n{log[-2000:]}"

    async def _enrol(self) -> None:
        now = self.world.now()
        db = await self.open(create=True)
        try:
            async with db.transaction() as tx:
                for mentor in [*self.mentors, self.lead]:
                    own = self.mentors[0] if mentor is self.lead else mentor
                    team = await people.team_named(tx, f"Hold {own.name}", now)
                    person = people.add_person(
                        tx, telegram_id=mentor.id, chat_id=mentor.id, name=mentor.name, role=Role(mentor.role),
                        team_id=team.id, language="da", zone=ZONE, now=now,
                    )  # fmt: skip
                    people.consent(tx, person.id, Consent.USE, True, now)
                    for age, name in enumerate(CITIZENS if mentor is not self.lead else ()):
                        seen = now - timedelta(days=1 + age)
                        citizens.add(tx, id=new_id(now), team_id=team.id, mentor_id=person.id, pseudonym=name, now=seen)
        finally:
            await db.close()
