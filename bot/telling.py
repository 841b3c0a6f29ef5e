"""Monday's summary by itself. Each tick looks into the tables; nothing that is due is remembered anywhere else.

That a lead is told of a week, the message, and the wish for its picture are one commit: a kill leaves all of it or
nothing, and two ticks at once cannot both do it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.dialogue.weekly import Telling, telling
from bot.dialogue.worktime import WorkTime
from bot.now import Now
from bot.organisation_parts import WEEKDAYS
from bot.service import week, week_own_text
from bot.service.hours import works_of
from bot.service.tools import Tools
from bot.telegram.cards.render import Renderer
from bot.telegram.queueing import page_card, queue
from storage import weekly, weekly_shown
from storage.database import Database, StorageError
from storage.weekly import Listener

log = logging.getLogger(__name__)

_AFTER_A_FAILURE = timedelta(minutes=15)


class MondayTelling:
    """``queued`` is called when something is to be sent, ``asked`` when a picture is to be drawn."""

    def __init__(
        self,
        db: Database,
        tools: Tools,
        renderer: Renderer,
        now: Now,
        queued: Callable[[], None],
        asked: Callable[[], None],
    ) -> None:
        self._db, self._tools, self._renderer, self._now = db, tools, renderer, now
        self._queued, self._asked = queued, asked
        self._rests: dict[str, datetime] = {}  # whose message could not be made, until when they wait

    async def run(self) -> None:
        """One look: every lead whose week is to be told now is told, and what was read again is tidied away."""
        await self._tidy()
        now = self._now()
        async with self._db.transaction() as tx:
            listening = await weekly.listeners(tx)
            works = await works_of(tx, self._tools, [one.person for one in listening], now)
        for one in listening:
            found = self._due(one, works[one.person.id], now)
            if found is not None:
                await self._tell(one, found, now)

    def _due(self, one: Listener, work: WorkTime, now: datetime) -> Telling | None:
        """What this lead is to be told of now, if they were not; a lead who joined later hears of the next week."""
        if self._rests.get(one.person.id, now) > now:
            return None
        wanted = self._tools.organisation.weekly_summary
        try:
            found = telling(now, WEEKDAYS.index(wanted.day), wanted.time, work)
        except ValueError:
            log.warning("A lead's working time is never open; their summary waits.")
            return None
        if found is None or found.due_at < one.since or str(found.week) <= one.told:
            return None
        return found

    async def _tell(self, one: Listener, found: Telling, now: datetime) -> None:
        """One lead whose message cannot be made must not keep the others' from being sent."""
        try:
            async with self._db.transaction() as tx:
                if not await weekly.claim(tx, one.person.id, str(found.week), now, late=found.late):
                    return
                # Last Monday's message stays as it is: after two days a bot cannot remove it any more, only empty it.
                weekly_shown.set_aside(tx, one.person.chat_id, page_card(week.PAGE))
                told = await week.monday(tx, self._tools, one.person, found.week, now, late=found.late)
                queue(tx, self._renderer, told, now)
        except StorageError:
            raise
        except Exception as error:
            log.error("A weekly summary waits after %s.", type(error).__name__, exc_info=error)
            self._rests[one.person.id] = now + _AFTER_A_FAILURE
            return
        self._queued()
        self._asked()

    async def _tidy(self) -> None:
        async with self._db.transaction() as tx:
            gone = await week_own_text.tidy(tx, page_card(week_own_text.CARD), self._now())
            queue(tx, self._renderer, gone, self._now())
        if gone:
            self._queued()
