"""A phone on which people block the bot, or leave Telegram, and come back; and what the bot tries meanwhile."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.organisation import Organisation
from bot.practice.clock import PracticeClock
from bot.practice.handside import HandSide
from bot.practice.limits import ApiError, forbidden
from bot.practice.messages import Chat, Message, Person
from bot.practice.server import create_app, server_for
from bot.service import remind_plan
from bot.service.tools import Tools
from bot.workdays import danish_holidays
from storage import followups, people
from tests.faults.audit import DOUBLED, LOST
from tests.faults.burst_phone import MARK, told_of
from tests.faults.crowd import THE_PROGRAM, CrowdPhone, LedgerWorld
from tests.faults.named import SENT_AFTER_403, Named
from tests.faults.storm import GUIDE

SILENTLY, TOLD, DEACTIVATED = "silently", "told", "deactivated"
"""How somebody goes: they block the bot and no update says so; they block it and one does; their account is closed."""
UNBLOCKS, WRITES = "unblocks", "writes"
"""How somebody comes back: an update says so; or they just write."""
REMINDERS = 3  # of each person, a minute apart
PATIENCE = 40.0


@dataclass
class Away:
    """One person: how they go, how they come back, and what they wrote last."""

    person: Person
    how: str
    back: str
    wrote: Message


class BlockedWorld(LedgerWorld):
    """Counts what the bot tried to do in a chat that is closed to it: ``refused`` by chat."""

    def __init__(self, clock: PracticeClock, everybody: list[Person]) -> None:
        super().__init__(clock, everybody)
        self.deactivated: set[int] = set()
        self.refused: Counter[int] = Counter()

    def chat_for_bot(self, chat_id: int) -> Chat:
        """As Telegram does, for accounts that are closed, too."""
        try:
            if chat_id in self.deactivated:
                raise forbidden("user is deactivated")
            return super().chat_for_bot(chat_id)
        except ApiError as error:
            self.refused[chat_id] += error.code == 403
            raise


class BlockedPhone(CrowdPhone):
    """A phone with so many people, each with some reminders in the next minutes."""

    def __init__(self, folder: Path, count: int, command: Sequence[str] = THE_PROGRAM) -> None:
        super().__init__(folder, count, command)
        self.gate = BlockedWorld(self.world.clock, [*self.mentors, self.lead])
        self.world, self.hands = self.gate, HandSide(self.gate)
        secret = secrets.token_urlsafe(8)
        self._server = server_for(create_app(self.gate, self.token, self.plug, secret, self.feed, self.faults))
        self.report = Named((SENT_AFTER_403, LOST, DOUBLED))

    async def __aenter__(self) -> BlockedPhone:
        await super().__aenter__()
        return self

    async def _enrol(self) -> None:
        await super()._enrol()
        now, tools = self.world.now(), Tools(GUIDE, Organisation(), danish_holidays)
        db = await self.open()
        async with db.transaction() as tx:
            for one in self.mentors:
                person = await people.person_by_chat(tx, one.id)
                assert person is not None
                made = [
                    followups.add_own(
                        tx, mentor_id=person.id, citizen_id=None, kind=remind_plan.OWN, text=f"sag-{one.id}-{n}",
                        due_at=now + timedelta(hours=1, minutes=n), due_has_time=True, now=now,
                    )
                    for n in range(REMINDERS)
                ]  # fmt: skip
                await remind_plan.sync(tx, tools, person, made, now)
            await tx.run("UPDATE reminders SET deliberate = 1, send_at = due_at")
        await db.close()

    def goes(self, person: Person, how: str, back: str) -> Away:
        """Somebody asks something, and is gone before they are answered."""
        (wrote,) = self.hands.send(person, "/hjaelp")
        if how == DEACTIVATED:
            self.gate.deactivated.add(person.id)
        elif how == TOLD:
            self.hands.block(person)
        else:
            person.blocked = True
        return Away(person, how, back, wrote)

    def returns(self, away: Away) -> None:
        """Somebody is back."""
        self.gate.deactivated.discard(away.person.id)
        if away.back == UNBLOCKS and away.person.blocked:
            self.hands.unblock(away.person)
        away.person.blocked = False
        if away.back == WRITES or away.how == DEACTIVATED:
            self.hands.send(away.person, "/hjaelp")

    async def minutes(self, count: int) -> None:
        """Let so many minutes go by, one after the other, each with time for some looks at what is due."""
        for _ in range(count):
            self.world.clock.move(60)
            await asyncio.sleep(1.2)

    async def settled(self, everybody: Sequence[Away]) -> None:
        """Wait until everybody has what waited for them; who has not is named."""
        until = time.monotonic() + PATIENCE
        while waiting := [one for one in everybody if self._waits(one)]:
            if time.monotonic() > until:
                break
            await asyncio.sleep(0.2)
        for one in waiting:
            self.report.add(LOST, f"{one.person.name} ({one.how}, {one.back}) did not get all that waited")
        self.report.figures["came back and got what waited"] = len(everybody) - len(waiting)

    def _waits(self, one: Away) -> bool:
        own = [entry for entry in self.world.journal.entries if entry.chat_id == one.person.id]
        return not one.wrote.deleted or told_of(own)[one.person.id] < REMINDERS

    async def audit(self, everybody: Sequence[Away]) -> None:
        """Stop the bot and judge what it did."""
        await self.stop_bots()
        for one in everybody:
            more = self.gate.refused[one.person.id] - 1
            self.report.figures["first 403s"] += more >= 0
            if more > 0:
                self.report.add(SENT_AFTER_403, f"{one.person.name} ({one.how}): {more} more tries after the first")
        lines = Counter(mark for entry in self.world.journal.entries for mark in MARK.findall(entry.text))
        for mark, times in lines.items():
            if times > 1:
                self.report.add(DOUBLED, f"the reminder {mark} was told {times} times")
        db = await self.open()
        async with db.snapshot() as tx:
            rows = await tx.all("SELECT chat_id, status FROM outbox WHERE status <> 'sent'")
            due = await tx.all("SELECT id FROM reminders WHERE status IN ('pending', 'claimed')")
        await db.close()
        for row in rows:
            self.report.add(LOST, f"a message to chat {row['chat_id']} is {row['status']}")
        if due:
            self.report.add(LOST, f"{len(due)} reminders are not sent")
