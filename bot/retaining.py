"""Deleting what is old, by itself. Each tick looks into the tables; nothing that is due is remembered anywhere else.

A run is done in bites, one transaction each, so that the bot goes on answering. Killed half-way it goes on at the next
tick: what is gone is not found again. It counts as done only when nothing of it can be read in the database's file and
its write-ahead log any more.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local
from bot.dialogue.retention import newest_run, warnings
from bot.now import Now
from bot.service import retention
from bot.service.hours import works_of
from bot.service.retention import Bite
from bot.service.tools import Tools
from bot.telegram.cards.render import Renderer
from bot.telegram.queueing import page_card, queue
from storage import outbox, retention_people
from storage.database import Database, Transaction
from storage.people import Person
from storage.retention import Going, Standing
from storage.rewriting import drop_copies, settle

log = logging.getLogger(__name__)

Settle: TypeAlias = Callable[[Database], Awaitable[bool]]
"""Rewrites the file without what was deleted and empties the write-ahead log; False when somebody still reads."""

AT_ONCE = 100
"""Debriefs in one transaction: others who want to write wait some tenths of a second meanwhile."""
_LOOK_EVERY = timedelta(minutes=10)
_KEEP_COPIES = timedelta(days=30)  # what an update left to go back to
_BREATH = 0.05  # seconds between two bites, for those who wait to write


class Retaining:
    """``queued`` is called when something is to be sent."""

    def __init__(
        self,
        db: Database,
        tools: Tools,
        renderer: Renderer,
        now: Now,
        queued: Callable[[], None],
        *,
        settle: Settle = settle,
        at_once: int = AT_ONCE,
    ) -> None:
        self._db, self._tools, self._renderer, self._now = db, tools, renderer, now
        self._queued, self._settle, self._at_once = queued, settle, at_once
        self._zone = ZoneInfo(tools.zone)
        self._looked: datetime | None = None
        self._debriefs = self._logs = 0

    async def run(self) -> None:
        """One look: delete what is due, and tell whoever is to be told now."""
        now = self._now()
        if self._looked is not None and timedelta() <= now - self._looked < _LOOK_EVERY:
            return
        run_on = newest_run(now, self._zone)
        async with self._db.transaction() as tx:
            done = await retention_people.done(tx)
        if done is None or done < run_on:
            await self._delete(run_on, now)
        await self._warn(now)
        self._looked = now

    async def _delete(self, run_on: date, now: datetime) -> None:
        until = retention.limits_of(self._tools, run_on)
        after: str | None = ""
        while after is not None:
            take = partial(retention.debriefs, until=until, after=after, at_once=self._at_once)
            after = await self._bite(take, run_on)
        for step in (retention.messages, retention.threads):
            while await self._bite(partial(step, until=until, at_once=self._at_once), run_on) is not None:
                pass
        async with self._db.transaction() as tx:
            await retention.rest(tx, until, run_on, now)
        if not await self._settle(self._db):
            log.info("What is old is deleted; the write-ahead log is emptied later, since somebody reads.")
            return
        await drop_copies(self._db, now - _KEEP_COPIES)
        async with self._db.transaction() as tx:
            retention.finish(tx, run_on, now, debriefs=self._debriefs, logs=self._logs)
        log.info("Retention: %d debriefs, %d of the log.", self._debriefs, self._logs)
        self._debriefs = self._logs = 0

    async def _bite(self, take: Callable[[Transaction], Awaitable[Bite]], run_on: date) -> str | None:
        async with self._db.transaction() as tx:
            bite = await take(tx)
            retention.note_bite(tx, bite, run_on, self._now())
            self._replace(tx, bite.standing)
        self._debriefs += bite.debriefs
        self._logs += bite.logs
        if bite.standing:
            self._queued()
        if bite.last is not None:
            await asyncio.sleep(_BREATH)
        return bite.last

    def _replace(self, tx: Transaction, standing: Sequence[Standing]) -> None:
        """One line instead of what was shown. A message that the person has removed is not sent anew for it."""
        for one in standing:
            page = retention.replaced(one)
            content = {**self._renderer.page(page, self._now()), "only_here": True, "silent": True}
            payload = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            card = page_card(page.card)
            outbox.queue_card(tx, chat_id=page.chat_id, card=card, payload=payload, fresh=False, now=self._now())

    async def _warn(self, now: datetime) -> None:
        for run_on, days in warnings(local(now, self._zone).date()):
            async with self._db.transaction() as tx:
                people = await retention_people.untold(tx, run_on, days)
                found = await retention.going(tx, self._tools, run_on) if people else ()
                works = await works_of(tx, self._tools, people if found else [], now)
            for person in people if found else []:
                if works[person.id].is_open(now):
                    await self._tell(person, found, run_on, days, now)

    async def _tell(self, person: Person, found: Sequence[Going], run_on: date, days: int, now: datetime) -> None:
        said = retention.warning(self._tools, person, found, run_on, now)
        if said is None:
            return
        async with self._db.transaction() as tx:
            if not await retention_people.tell(tx, person.id, run_on, days, now):
                return
            queue(tx, self._renderer, [said], now)
        self._queued()
