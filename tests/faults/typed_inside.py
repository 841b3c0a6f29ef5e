"""Typed texts through the whole program in one process: poller, guard, inbox, worker, dialogue, cards and sender on an
encrypted database, and the practice phone as Telegram. Only the network is left out."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from telegram import Bot

from bot.app import Program, build_renderer, build_tools
from bot.now import real_now
from bot.organisation import Organisation
from bot.practice.botside import BotSide
from bot.practice.clock import PracticeClock
from bot.practice.handside import HandSide
from bot.practice.limits import ApiError
from bot.practice.messages import Message, Person
from bot.practice.methods import METHODS
from bot.practice.params import Params
from bot.practice.world import World
from bot.service.tools import keep_guide
from bot.settings import load_settings
from bot.telegram.requests import Request
from storage import citizens, people
from storage.database import Database
from storage.ids import new_id
from storage.keys import Key
from storage.people import Consent, Role
from storage.sqlite import open_sqlite

TOKEN = "7700001:invented-token-for-tests_0123456789"
PSEUDONYM = "Stjerne"
PATIENCE = 120.0


class InsideRequest(Request):
    """PTB's way out, with the practice phone where the network would be. ``refused``: what it would not take."""

    __slots__ = ("phone", "refused")

    def __init__(self, phone: BotSide, refused: list[str]) -> None:
        super().__init__()
        self.phone, self.refused = phone, refused

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Carry the call out."""
        method, data = str(kwargs["url"]).rpartition("/")[2].lower(), kwargs.get("request_data")
        given = Params(dict(data.json_parameters) if data is not None else {})
        try:
            result = await self._updates(given) if method == "getupdates" else METHODS[method](self.phone, given)
        except ApiError as error:
            self.refused.append(error.description)
            return error.code, json.dumps(error.envelope()).encode()
        return 200, json.dumps({"ok": True, "result": result}).encode()

    async def _updates(self, given: Params) -> Any:
        queue = self.phone.world.updates
        queue.confirm(given.whole("offset", 0))
        while not len(queue):  # noqa: ASYNC110 - the world of the phone has no event to wait for
            await asyncio.sleep(0.002)
        return queue.peek(given.whole("limit", 100))


class Inside:
    """The phone, the program behind it, and the people, each with a team of their own."""

    def __init__(self, db: Database, count: int) -> None:
        self.db = db
        self.mentors = [Person(5001 + n, f"Mentor{n + 1}", "mentor", started=True) for n in range(count)]
        self.world = World(PracticeClock(), list(self.mentors))
        self.hands = HandSide(self.world)
        self.refused: list[str] = []

    async def still(self) -> None:
        """Wait until everything is worked through and sent. Raises AssertionError when that takes too long."""
        until = time.monotonic() + PATIENCE
        while len(self.world.updates) or await self._waiting():
            assert time.monotonic() < until, "the program does not get on"
            await asyncio.sleep(0.005)

    async def _waiting(self) -> int:
        async with self.db.snapshot() as tx:
            row = await tx.one(
                "SELECT (SELECT count(*) FROM inbox WHERE status = 'pending')"
                " + (SELECT count(*) FROM outbox WHERE status = 'pending') AS n"
            )
        return int((row or {"n": 1})["n"])

    def card(self, person: Person) -> Message:
        """The newest message with buttons."""
        messages = self.world.private(person).messages.values()
        return next(one for one in reversed(messages) if one.from_bot and not one.deleted and one.rows)


@asynccontextmanager
async def inside(folder: Path, count: int) -> AsyncIterator[Inside]:
    """The program runs for the length of the block."""
    key = Key.new()
    # A moved clock, if only by nothing, is a practice: no Telegram needs to be spared.
    (folder / "clock").write_text("0", encoding="ascii")
    env = {"EFTERTANKE_TOKEN": TOKEN, "EFTERTANKE_DATA": str(folder), "EFTERTANKE_KEY": key.hex()}
    settings = load_settings({**env, "EFTERTANKE_CLOCK_OFFSET_FILE": str(folder / "clock")})
    organisation = Organisation()
    db = await open_sqlite(settings.database, key, create=True)
    phone = Inside(db, count)
    await _enrol(db, phone.mentors)
    side = BotSide(phone.world)
    bot = Bot(
        TOKEN,
        request=InsideRequest(side, phone.refused),
        get_updates_request=InsideRequest(side, phone.refused),
    )
    tools = build_tools(settings, organisation)
    program = Program(settings, db, bot, real_now, tools, build_renderer(settings, organisation))
    async with db.transaction() as tx:
        keep_guide(tx, tools, real_now())
    await program.guarding.renew()
    stop = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as group:
            for part in (program.poller, program.worker, program.sender):
                group.create_task(part.run(stop))
            try:
                yield phone
            finally:
                stop.set()
    finally:
        await db.close()


async def _enrol(db: Database, mentors: Sequence[Person]) -> None:
    now = real_now()
    async with db.transaction() as tx:
        for one in mentors:
            team = await people.team_named(tx, f"Hold {one.name}", now)
            person = people.add_person(
                tx, telegram_id=one.id, chat_id=one.id, name=one.name, role=Role.MENTOR, team_id=team.id, language="da",
                zone="Europe/Copenhagen", now=now,
            )  # fmt: skip
            people.consent(tx, person.id, Consent.USE, True, now)
            citizens.add(tx, id=new_id(now), team_id=team.id, mentor_id=person.id, pseudonym=PSEUDONYM, now=now)
