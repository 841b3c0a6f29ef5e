"""Pictures and reports of a week: drawn outside any transaction and off the event loop, queued exactly once.

A wish stands in a table until the transaction that queues what was drawn takes it away: a kill before leaves the wish,
a kill after leaves the message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from bot.dialogue.summary import WeeklySummary
from bot.now import Now
from bot.service import week, week_files
from bot.service.replies import Document, Picture
from bot.service.tools import Tools
from bot.service.week_words import labels_of
from bot.telegram.cards.render import Renderer
from bot.telegram.queueing import queue
from bot.telegram.waiting import BackOff, any_set
from storage import people, weekly
from storage.database import Database, StorageError
from storage.people import Person
from storage.weekly import Drawn, Wish

log = logging.getLogger(__name__)

Maker: TypeAlias = Callable[[WeeklySummary, str], bytes]
"""Makes a file of a summary in a language ("da", "en"). It runs in a thread of its own, one at a time."""

_LOOK_EVERY = 30.0  # seconds; who asks for something wakes us
_TRIES = 3
_AGAIN = timedelta(seconds=20)
_LONGEST = 120.0  # seconds that drawing one may take


@dataclass(frozen=True)
class Makers:
    """What makes the picture (PNG) and the report (HTML)."""

    picture: Maker
    report: Maker


def makers(tools: Tools, renderer: Renderer) -> Makers:
    """Those of ``bot.reports``. They load what they draw with when first used, in their thread: it takes a second."""

    def picture(summary: WeeklySummary, language: str) -> bytes:
        from bot.reports.picture import png

        return png(summary, labels_of(tools.guide, language), renderer.words(language).messages)

    def report(summary: WeeklySummary, language: str) -> bytes:
        from bot.reports.page import write

        return write(summary, labels_of(tools.guide, language), renderer.words(language).messages).encode()

    return Makers(picture, report)


class Draughtsman:
    """``wake`` is set by whoever committed a wish; ``queued`` is called when something is to be sent."""

    def __init__(
        self,
        db: Database,
        tools: Tools,
        renderer: Renderer,
        now: Now,
        makers: Makers,
        wake: asyncio.Event,
        queued: Callable[[], None],
    ) -> None:
        self._db, self._tools, self._renderer, self._now = db, tools, renderer, now
        self._makers, self._wake, self._queued = makers, wake, queued

    async def run(self, stop: asyncio.Event) -> None:
        """Make what is wished for until ``stop`` is set."""
        pauses = BackOff(0.5, 15.0)
        while not stop.is_set():
            self._wake.clear()
            try:
                while not stop.is_set() and await self.one():
                    pass
                pauses.reset()
            except StorageError as error:
                log.error("Pictures and reports wait. %s", error)
                await any_set(stop, timeout=pauses.next())
                continue
            await any_set(stop, self._wake, timeout=_LOOK_EVERY)

    async def one(self) -> bool:
        """Make what was asked for longest ago; False when there is nothing to make now."""
        now = self._now()
        async with self._db.transaction() as tx:
            wish = await weekly.next_wish(tx, now)
            person = await people.person(tx, wish.person_id) if wish is not None else None
            asked = week_files.week_of(wish) if wish is not None else None
            summary = await week.summary_for(tx, self._tools, person, asked, now) if person and asked else None
        if wish is None:
            return False
        if person is None or summary is None:
            # They lead no team any more: nobody is to get this.
            async with self._db.transaction() as tx:
                await weekly.made(tx, wish.id)
            return True
        try:
            data = await self._made(wish, person, summary)
        except Exception as error:
            log.error("A %s of a week was not made: %s.", wish.kind, type(error).__name__, exc_info=error)
            await self._failed(wish, person, summary)
            return True
        await self._queue(wish, person, summary, data)
        return True

    async def _made(self, wish: Wish, person: Person, summary: WeeklySummary) -> bytes:
        make = self._makers.picture if wish.kind is Drawn.PICTURE else self._makers.report
        async with asyncio.timeout(_LONGEST):
            return await asyncio.to_thread(make, summary, person.language)

    async def _queue(self, wish: Wish, person: Person, summary: WeeklySummary, data: bytes) -> None:
        now = self._now()
        async with self._db.transaction() as tx:
            if not await week_files.stands(tx, summary):
                return  # something was taken back meanwhile: the wish is still there, and is made anew
            if not await weekly.made(tx, wish.id):
                return
            file: Picture | Document = await week_files.file(tx, wish, person, summary, data, now)
            queue(tx, self._renderer, [file], now)
        self._queued()

    async def _failed(self, wish: Wish, person: Person, summary: WeeklySummary) -> None:
        """Try again later, a few times; then the lead is told."""
        now = self._now()
        async with self._db.transaction() as tx:
            if wish.attempts + 1 < _TRIES:
                weekly.failed(tx, wish.id, now + _AGAIN)
            elif await weekly.made(tx, wish.id):
                queue(tx, self._renderer, [week_files.not_made(wish, person, summary)], now)
        self._queued()
