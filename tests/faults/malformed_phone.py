"""Malformed updates and answers for the running bot: a door before the practice Bot API that lets rubbish in."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.practice.messages import Person
from tests.faults.audit import LOST
from tests.faults.crowd import THE_PROGRAM, CrowdPhone
from tests.faults.malformed_make import Maker, Raw
from tests.faults.named import CRASH, SPINNING, STUCK, Named

_HELD = re.compile(rb'\{"update_id":(\d+),"message":\{"raw":true\}\}')
POLLS_A_SECOND = 2.0


class Door:
    """Stands before the Bot API. ``raws``: what to put in the place of an update, by number; ``once``: answers to be
    given to the next polls, one each; ``always``: to every poll, at once, until it is None. ``polls`` counts."""

    def __init__(self, app: ASGIApp, own: Rubbish) -> None:
        self._app, self._own = app, own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/getUpdates"):
            await self._app(scope, receive, send)
            return
        self._own.polls += 1
        answer = self._own.once.pop(0) if self._own.once else self._own.always
        if answer is None:
            answer = await self._asked(scope, receive)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": answer})

    async def _asked(self, scope: Scope, receive: Receive) -> bytes:
        """What the Bot API says, with rubbish in its places."""
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            parts.append(message.get("body", b""))

        await self._app(scope, receive, collect)
        return _HELD.sub(lambda found: self._own.raws[int(found[1])].body, b"".join(parts))


class Rubbish:
    """What the door gives, shared with the test."""

    def __init__(self) -> None:
        self.raws: dict[int, Raw] = {}
        self.once: list[bytes] = []
        self.always: bytes | None = None
        self.polls = 0


class RubbishPhone(CrowdPhone):
    """A phone with that door, and one mentor, Anna."""

    def __init__(self, folder: Path, command: tuple[str, ...] = THE_PROGRAM) -> None:
        super().__init__(folder, 2, command)
        self.rubbish = Rubbish()
        self.busy = 15.0
        """Seconds that a busy machine may take on top of what must be waited for."""
        self.report = Named((CRASH, STUCK, LOST, SPINNING))
        app = self._server.config.app
        assert isinstance(app, Starlette)
        app.add_middleware(Door, own=self.rubbish)

    async def __aenter__(self) -> RubbishPhone:
        await super().__aenter__()
        return self

    @property
    def anna(self) -> Person:
        """The mentor whose updates are good."""
        return self.mentors[0]

    def put(self, maker: Maker) -> Raw:
        """Let a malformed update wait for the bot."""
        number = self.world.updates.put({"message": {"raw": True}}, self.world.now())
        assert number is not None
        self.rubbish.raws[number] = maker.make(number)
        self.world.changed()
        return self.rubbish.raws[number]

    async def answered(self, seconds: float, what: str) -> bool:
        """Anna asks for help, and must be answered within so many seconds (and those of a busy machine)."""
        (asked,) = self.hands.send(self.anna, "/hjaelp")
        began = time.monotonic()
        while not asked.deleted:  # the bot tidies away what it has dealt with
            if time.monotonic() - began > seconds + self.busy:
                self.report.add(STUCK, f"{what}: Anna was not answered in {seconds + self.busy:.0f} s")
                return False
            await self.feed.wait(self.feed.version, 0.2)
        took = round(1000 * (time.monotonic() - began))
        name = "milliseconds of Anna's longest wait"
        self.report.figures[name] = max(self.report.figures[name], took)
        self.report.figures["answered"] += 1
        return True

    async def idle(self, answer: bytes, seconds: float, what: str) -> None:
        """For so long every poll is answered at once with the same: the bot must not ask more often than twice a
        second."""
        self.rubbish.always = answer
        self.world.changed()  # ends the poll that waits
        self.hands.send(self.mentors[1], "/hjaelp")
        await asyncio.sleep(0.3)
        before = self.rubbish.polls
        await asyncio.sleep(seconds)
        polls = self.rubbish.polls - before
        self.rubbish.always = None
        self.report.figures["most polls a second, in hundredths"] = max(
            self.report.figures["most polls a second, in hundredths"], round(100 * polls / seconds)
        )
        # One more for each end of the window, and pauses that begin short and double.
        if polls > POLLS_A_SECOND * seconds + 3:
            self.report.add(SPINNING, f"{what}: {polls} polls in {seconds:.0f} s")

    async def audit(self) -> None:
        """Stop the bot and look: did it ever fail, and is everything stored?"""
        if self.plug.state != "on":
            self.report.add(CRASH, f"the program ended: {self.plug.view()}")
        await self.stop_bots()
        if "Traceback" in self.last_words() or b"Traceback" in await asyncio.to_thread(self.log.read_bytes):
            self.report.add(CRASH, "its log holds a traceback")
        db = await self.open()
        async with db.snapshot() as tx:
            rows = await tx.all("SELECT update_id, status, attempts, error FROM inbox")
        await db.close()
        for row in rows:
            if row["status"] != "done" or row["attempts"]:
                self.report.add(CRASH, f"update {row['update_id']} is {row['status']}: {row['error']}")
        stored = {row["update_id"] for row in rows}
        waiting = {one["update_id"] for one in self.world.updates.peek(10**6)}
        for number in (self.rubbish.raws.keys() | {told.update_id for told in self.world.ledger}) - stored - waiting:
            if number not in self.rubbish.raws or self.rubbish.raws[number].number is not None:
                self.report.add(LOST, f"update {number} was confirmed and never stored")
