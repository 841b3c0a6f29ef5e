"""What the clock's tick looks for: messages to remove, silent debriefs, rows that are done with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.now import Now
from bot.service import debrief
from bot.service.hours import works_of
from bot.service.replies import Remove, Reply
from bot.service.tools import Tools
from bot.telegram.cards.render import Renderer
from bot.telegram.queueing import queue
from storage import chat, due, inbox, invites, outbox, reflections, signs
from storage.database import Database, Transaction
from storage.reflections import Reflection

NUDGE_AFTER = timedelta(hours=1)
CLOSE_AFTER = timedelta(days=7)
KEEP_DONE = timedelta(days=2)  # Telegram keeps updates for a day: long enough to know a repeated one
_AT_ONCE = 200
_SIGN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Housekeeping:
    """``queued`` is called when something is to be sent; ``polled`` gives the seconds since Telegram last answered,
    None before the first time."""

    db: Database
    tools: Tools
    renderer: Renderer
    now: Now
    queued: Callable[[], None]
    polled: Callable[[], float | None] = lambda: None

    async def run(self) -> None:
        """One look at everything."""
        await self._tidy()
        await self._silent()
        await self._clean()

    async def _tidy(self) -> None:
        """Typed messages leave the chat in time, also those of a debrief that was left open, and so do quotes."""
        async with self.db.transaction() as tx:
            by_chat: dict[int, list[int]] = {}
            quoted: set[str] = set()
            for chat_id, message_id in await chat.due(tx, self.now(), _AT_ONCE):
                by_chat.setdefault(chat_id, []).append(message_id)
                quoted |= {await chat.reflection_of(tx, chat_id, message_id) or ""}
            for chat_id, message_ids in by_chat.items():
                chat.forget(tx, chat_id, message_ids)
                self._queue(tx, [Remove(chat_id, tuple(message_ids))])
            for reflection_id in sorted(quoted - {""}):
                self._queue(tx, await debrief.veil(tx, self.tools, reflection_id))
        if by_chat:
            self.queued()

    async def _silent(self) -> None:
        """A nudge after an hour, once, within the mentor's hours; closed after a week, with everything kept."""
        now = self.now()
        async with self.db.transaction() as tx:
            silent = await reflections.quiet_since(tx, now - NUDGE_AFTER)
        open_for = await self._open_for(now, silent)
        for one in silent:
            if one.touched_at <= now - CLOSE_AFTER:
                await self._each(one, debrief.close)
            elif one.status == "open" and one.nudged_at is None and one.mentor_id in open_for:
                await self._each(one, debrief.nudge)

    async def _open_for(self, now: datetime, silent: Sequence[Reflection]) -> frozenset[str]:
        """The mentors among these who may be disturbed now."""
        async with self.db.transaction() as tx:
            found = await due.recipients(tx, [one.mentor_id for one in silent if one.nudged_at is None])
            works = await works_of(tx, self.tools, [one.person for one in found.values()], now)
        return frozenset(person_id for person_id, work in works.items() if work.is_open(now))

    async def _each(self, one: Reflection, act: Callable[..., object]) -> None:
        async with self.db.transaction() as tx:
            # It may have been touched since the list was made: look again inside this transaction.
            still = await reflections.get(tx, one.id)
            if still is None or still.touched_at != one.touched_at:
                return
            replies: list[Reply] = await act(tx, self.tools, still, self.now())  # type: ignore[misc] # close or nudge
            self._queue(tx, replies)
        self.queued()

    async def _clean(self) -> None:
        async with self.db.transaction() as tx:
            inbox.clean(tx, self.now() - KEEP_DONE)
            outbox.clean(tx, self.now() - KEEP_DONE)
            invites.forget_strangers(tx, self.now())
            await self.sign(tx)

    async def sign(self, tx: Transaction) -> None:
        """Leave word of the last poll that worked, for `eftertanke doctor`: once a minute, not at each poll."""
        ago = self.polled()
        if ago is None:
            return
        now, last = self.now(), await signs.last(tx, signs.POLL)
        at = now - timedelta(seconds=ago)
        # An older sign must not take the place of a newer one; but a clock that was set back must not silence it.
        if last is None or at - last >= _SIGN_EVERY or last - now >= _SIGN_EVERY:
            signs.seen(tx, signs.POLL, at)

    def _queue(self, tx: Transaction, replies: list[Reply]) -> None:
        queue(tx, self.renderer, replies, self.now())
