"""What the clock's tick looks for on behalf of mentors and their leads: calls that nobody has seen, wishes for
supervision that a lead has not been told of. All of it stands in tables."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.now import Now
from bot.service import lead_calls, supervision_soon
from bot.service.replies import Reply
from bot.service.tools import Tools
from bot.telegram.cards.render import Renderer
from bot.telegram.queueing import queue
from storage.database import Database, Transaction

Look: TypeAlias = Callable[[Transaction, Tools, datetime], Awaitable[list[Reply]]]


@dataclass(frozen=True)
class Supervising:
    """``queued`` is called when something is to be sent."""

    db: Database
    tools: Tools
    renderer: Renderer
    now: Now
    queued: Callable[[], None]

    async def run(self) -> None:
        """One look at each. Calls come first: somebody waits for an answer."""
        await self._look(lead_calls.overdue)
        await self._look(supervision_soon.look)

    async def blocked(self, tx: Transaction, chat_id: int) -> None:
        """Telegram delivers nothing to this chat any more, as the sender found out in this transaction."""
        now = self.now()
        if replies := await lead_calls.unreachable(tx, self.tools, chat_id, now):
            queue(tx, self.renderer, replies, now)
            self.queued()

    async def _look(self, look: Look) -> None:
        now = self.now()
        async with self.db.transaction() as tx:
            replies = await look(tx, self.tools, now)
            queue(tx, self.renderer, replies, now)
        if replies:
            self.queued()
