"""Odd texts typed to the running bot over HTTP, and what the Bot API says of the markup it is sent."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.faults import stored
from tests.faults.audit import KINDS
from tests.faults.burst_plan import Ahead
from tests.faults.crowd import THE_PROGRAM, CrowdPhone
from tests.faults.named import CANNOT_PARSE, Named
from tests.faults.storm import Aftermath, settled
from tests.faults.typed_texts import Typist

MENTORS = 8


class Listening:
    """Stands before the Bot API and hears what it refuses."""

    def __init__(self, app: ASGIApp, heard: list[str]) -> None:
        self._app, self._heard = app, heard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def hear(message: Message) -> None:
            if b"can't parse" in message.get("body", b"")[:300]:
                self._heard.append(str(scope["path"]).rpartition("/")[2])
            await send(message)

        await self._app(scope, receive, hear)


async def typed_to_it(folder: Path, wanted: int, seed: int, command: Sequence[str] = THE_PROGRAM) -> Named:
    """Let mentors type so many texts; what the audit says of them."""
    chance = random.Random(seed)
    typist = Typist(random.Random(chance.random()), trimmed=True)
    heard: list[str] = []
    async with CrowdPhone(folder, MENTORS, command) as phone:
        app = phone._server.config.app
        assert isinstance(app, Starlette)
        app.add_middleware(Listening, heard=heard)
        await phone.start_bot()
        for mentor in phone.mentors:
            phone.hands.send(mentor, "/debrief")
        await phone.until_still()
        await phone.stop_bots()
        found = await stored.read(phone)
        thumbs = [Ahead(phone, one, found, random.Random(chance.random()), typist) for one in phone.mentors]
        await phone.start_bot()
        while len(typist.given) < wanted:
            chance.choice(thumbs).act()
            await asyncio.sleep(0.01)
        after = await settled(phone)
    rest = Aftermath(phone, after, harm=0).audit()
    report = Named((*KINDS, CANNOT_PARSE))
    report.violations += rest.violations
    report.figures.update({name: rest.figures[name] for name in ("updates", "answers", "texts")})
    for method in heard:
        report.add(CANNOT_PARSE, f"the Bot API could not parse what came with {method}")
    return report
