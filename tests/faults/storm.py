"""A storm: mentors debrief, and something happens to the bot again and again; then calm, and the audit."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.workdays import danish_holidays
from prompts import load_guide
from tests.faults import screens, stored
from tests.faults.audit import Report, compare
from tests.faults.crowd import THE_PROGRAM, CrowdPhone
from tests.faults.stored import Stored
from tests.faults.texts import Texts
from tests.faults.troubles import Trouble
from tests.faults.walker import Walker

GUIDE = load_guide()


@dataclass(frozen=True)
class Aftermath:
    """What is there when all is over: the phone with its ledger and journal, and what the database holds. ``harm``:
    how many messages may stand there twice."""

    phone: CrowdPhone
    stored: Stored
    harm: int
    figures: Counter[str] = field(default_factory=Counter)

    def audit(self) -> Report:
        """Compare everything with everything."""
        chats = [mentor.id for mentor in self.phone.mentors]
        report, replays = compare(self.phone.world.ledger, self.stored, chats, GUIDE.guide, danish_holidays)
        screens.check(report, self.phone, self.stored, replays, self.harm)
        report.figures.update(self.figures)
        return report


@dataclass(frozen=True)
class Storm:
    """One storm. ``trouble``: what happens to the bot; ``harm``: how often it may thereby show a message twice;
    ``calm``: seconds in which the mentors go on afterwards, so that a debrief that hangs would show. ``url``: a
    PostgreSQL server with the data, on which so many ``others`` work beside the first."""

    seed: int
    trouble: Trouble
    harm: int
    mentors: int = 6
    command: Sequence[str] = THE_PROGRAM
    calm: float = 4.0
    url: str | None = None
    others: int = 0
    unheard: Sequence[str] = ()

    async def run(self, folder: Path) -> Aftermath:
        """Let it happen in a folder of its own; the bot is off afterwards."""
        began = time.monotonic()
        chance = random.Random(self.seed)
        texts = Texts(random.Random(chance.random()))
        async with CrowdPhone(folder, self.mentors, self.command, url=self.url, others=self.others) as phone:
            await phone.start_bot()
            walkers = [Walker(phone, mentor, random.Random(chance.random()), GUIDE, texts) for mentor in phone.mentors]
            async with at_work(walkers):
                await self.trouble(phone, random.Random(chance.random()))
                await asyncio.sleep(self.calm)
            if self.unheard:
                await phone.until_still()
                touch(phone)
            found = await settled(phone)
        figures = sum((walker.counts for walker in walkers), Counter[str]()) + phone.figures
        figures["seconds"] = round(time.monotonic() - began)
        taken = phone.faults.taken
        harm = self.harm + sum(taken[kind, "sendmessage"] for kind in ("drop", *self.unheard))
        return Aftermath(phone, found, harm, figures)


def touch(phone: CrowdPhone) -> None:
    """Every card of a debrief is pressed once, by whoever it belongs to."""
    for mentor in phone.mentors:
        for card in [message for message, _ in screens.cards(phone, mentor)]:
            phone.hands.press(mentor, card.id, 0, 0)


@asynccontextmanager
async def at_work(walkers: Sequence[Walker]) -> AsyncIterator[None]:
    """The mentors debrief for the length of the block."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for walker in walkers:
            group.create_task(walker.run(stop))
        try:
            yield
        finally:
            stop.set()


async def settled(phone: CrowdPhone) -> Stored:
    """Wait until nothing is left to be done, stop the bot, and read what it has stored."""
    for _ in range(6):
        await phone.until_still()
        await phone.stop_bots()
        found = await stored.read(phone)
        if not found.waiting:
            break
        await phone.start_bot()
    return found
