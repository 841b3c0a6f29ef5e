"""Polling: updates are stored and committed before Telegram may forget them.

Telegram forgets an update when it is asked for one with a higher number. PTB's own polling asks at once and keeps what
came in memory, where a crash loses it; here the next number is asked for only when the store has committed.
"""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from telegram import Bot
from telegram.error import RetryAfter
from telegram.warnings import PTBUserWarning

from bot.guard import GUARD
from bot.now import Now
from bot.telegram.errors import Meaning, judge
from bot.telegram.minimise import Incoming, Sifted, Watching, unreadable
from bot.telegram.requests import UnreadableError
from bot.telegram.taking import Hold, is_numbered, sifted
from bot.telegram.waiting import BackOff, any_set
from storage import inbox
from storage.database import Database, StorageError

log = logging.getLogger(__name__)

Store: TypeAlias = Callable[[Sequence[Incoming]], Awaitable[None]]
"""Stores updates durably, all or none; returns when they are committed, and raises when they are not."""

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
# Long enough to be quiet; short enough that a connection that died unnoticed is replaced within half a minute.
POLL_SECONDS = 20
_AT_ONCE = 100
_EMPTY_AT_LEAST = 0.5  # seconds between polls of a server that answers empty at once instead of waiting
_GIVE_UP_AFTER = 3

# PTB suggests its own getUpdates, which parses: one update that it cannot parse would stop all.
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'", category=PTBUserWarning)


def inbox_store(db: Database, now: Now, stored: Callable[[], None]) -> Store:
    """Give a store that puts updates into the inbox, in one transaction, and then calls ``stored``."""

    async def store(updates: Sequence[Incoming]) -> None:
        async with db.transaction() as tx:
            inbox.add(tx, [update.to_row() for update in updates], now())
        stored()

    return store


class Poller:
    """Asks for updates until it is told to stop, whatever goes wrong. ``watching`` gives each chat's guard, ``hold``
    gets what it holds back, before the rest is stored; ``patience`` is how many seconds later than asked an answer may
    begin, and how many more it may take to come."""

    def __init__(
        self,
        bot: Bot,
        store: Store,
        *,
        watching: Watching = lambda _chat: (GUARD, "da"),
        hold: Hold = lambda _update, _typed: None,
        poll_seconds: int = POLL_SECONDS,
        patience: float = 4.0,
        back_off: tuple[float, float] = (0.2, 15.0),
    ) -> None:
        self._bot, self._store = bot, store
        self._watching, self._hold = watching, hold
        self._seconds, self._patience = poll_seconds, patience
        self._pauses = BackOff(*back_off)
        # Only ever computed from what this server gave just now: numbers start anew after a quiet week.
        self._offset: int | None = None
        self._limit = _AT_ONCE
        self._unreadable: tuple[int, int] = (0, 0)
        self._said: str | None = None
        self._succeeded: float | None = None

    @property
    def seconds_since_success(self) -> float | None:
        """Real seconds since Telegram last answered and what came was stored; None before the first time."""
        return None if self._succeeded is None else time.monotonic() - self._succeeded

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until ``stop`` is set; a poll that waits is broken off then, a store that runs is not."""
        self._offset = None  # numbers may have been drawn anew since this process last polled
        while not stop.is_set():
            pause = await self._round(stop)
            if pause > 0:
                await any_set(stop, timeout=pause)

    async def _round(self, stop: asyncio.Event) -> float:
        """Ask once and store; give the seconds to pause."""
        started = time.monotonic()
        try:
            answer = await self._ask(stop)
            if answer is None:
                return 0
            updates = await self._kept(answer)
            if updates:
                await self._store(updates)
        except UnreadableError as error:
            return await self._pass_by(error)
        except Exception as error:
            return self._trouble(error)
        self._works_again()
        # An empty answer means that all we stored is confirmed. Asking without a number then also finds the first
        # update after a quiet week, whose number may be lower than the last.
        before = self._offset
        self._offset = max(update.update_id for update in updates) + 1 if updates else None
        # A server that gives again what is confirmed gives nothing: asked at once, it would be asked without end.
        got_on = bool(updates) and self._offset != before
        return 0 if got_on else max(0.0, _EMPTY_AT_LEAST - (time.monotonic() - started))

    async def _ask(self, stop: asyncio.Event) -> Any:
        """Give the server's answer, None when stopped meanwhile."""
        call = asyncio.create_task(self._get_updates())
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((call, stopped), return_when=asyncio.FIRST_COMPLETED)
            return call.result() if call.done() else None
        finally:
            stopped.cancel()
            if not call.done():
                call.cancel()
                with suppress(asyncio.CancelledError):
                    await call

    async def _get_updates(self) -> Any:
        wanted: dict[str, Any] = {"timeout": self._seconds, "limit": self._limit, "allowed_updates": list(ALLOWED)}
        if self._offset is not None:
            wanted["offset"] = self._offset
        longest = self._seconds + self._patience
        # The limit in all is for a server that sends a byte now and then: no other timeout would end that.
        async with asyncio.timeout(longest + self._patience):
            return await self._bot.do_api_request("getUpdates", api_kwargs=wanted, read_timeout=longest)

    async def _kept(self, answer: Any) -> list[Incoming]:
        """Minimise what came, in the order of the numbers. Raises ValueError when nothing of it could be confirmed."""
        if not isinstance(answer, list):
            raise ValueError("updates are no list")
        kept: list[Sifted] = []
        for update in answer:
            kept.append(sifted(update, self._watching))
            await asyncio.sleep(0)  # the guard takes its time over a long text: others may have a turn in between
        kept = sorted(filter(is_numbered, kept), key=lambda one: one.update.update_id)
        if answer and not kept:
            self._limit = _AT_ONCE  # only one behind it, with a number, can confirm it
            raise ValueError("updates without numbers")
        for one in kept:
            if one.typed is not None:
                self._hold(one.update, one.typed)
        return [one.update for one in kept]

    async def _pass_by(self, error: UnreadableError) -> float:
        """Deal with an answer that is no readable JSON: look for the one update that spoils it, and pass that by.

        Only after several tries on that update alone: an answer that was cut on its way is whole the next time.
        """
        again = self._offset is not None and error.update_id is not None and error.update_id < self._offset
        if error.update_id is None or again:  # or it is given again though it was passed by
            return self._trouble(error)
        if self._limit > 1:
            self._limit = 1
            return 0
        before, count = self._unreadable
        self._unreadable = (error.update_id, count + 1 if before == error.update_id else 1)
        if self._unreadable[1] < _GIVE_UP_AFTER:
            return self._trouble(error)
        try:
            await self._store([unreadable(error.update_id)])
        except Exception as failure:
            return self._trouble(failure)
        log.error("The update %d cannot be read and is passed by.", error.update_id)
        self._offset, self._limit = error.update_id + 1, _AT_ONCE
        self._pauses.reset()  # that was getting on: the next such one shall not wait for longer and longer
        return 0

    def _works_again(self) -> None:
        if self._said is not None:
            log.info("Polling works again.")
        self._said = None
        self._pauses.reset()
        self._limit = _AT_ONCE
        self._succeeded = time.monotonic()

    def _trouble(self, error: Exception) -> float:
        """Say once what is wrong; give the seconds to pause."""
        said = _sentence(error)
        if said != self._said:
            log.error(said)
            self._said = said
        pause = self._pauses.next()
        return max(pause, judge(error).wait.total_seconds()) if isinstance(error, RetryAfter) else pause


def _sentence(error: Exception) -> str:
    """Say what is wrong and what to do, without anything that the server said."""
    if isinstance(error, StorageError):
        return f"Updates cannot be stored and stay with Telegram meanwhile. {error}"
    match judge(error).meaning:
        case Meaning.NO_SUCH_METHOD:
            return "Telegram does not know this bot's token: check EFTERTANKE_TOKEN. The bot keeps trying."
        case Meaning.ANOTHER_POLLER:
            return (
                "Another program takes this bot's updates, by polling or by a webhook: stop it, because only one may. "
                "The bot keeps trying."
            )
        case Meaning.WAIT:
            return "Telegram asks the bot to wait before it asks for updates again."
        case _:
            return f"Telegram cannot be reached ({type(error).__name__}). The bot keeps trying."
