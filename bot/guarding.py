"""Which guard looks at what is typed in a chat: the detectors for everybody, the organisation's names, and the names
that this mentor added. In memory, so that an update is looked at before it is stored without asking the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from bot.guard import GUARD, Guard
from bot.guard_names import detector
from bot.telegram.waiting import any_set
from storage import guard_names
from storage.database import Database, StorageError
from storage.guard_names import Watched

log = logging.getLogger(__name__)


class Guarding:
    """``names``: the organisation's; ``language``: for chats that nobody known writes in. Empty until ``renew``."""

    def __init__(self, db: Database, names: Sequence[str], language: str) -> None:
        self._db, self._names, self._language = db, tuple(names), language
        self._everybody = self._guard(())
        self._watched: Mapping[int, Watched] = {}
        self._guards: dict[int, Guard] = {}
        self._one_at_a_time = asyncio.Lock()

    def of(self, chat_id: int | None) -> tuple[Guard, str]:
        """The guard of a chat and the language of its placeholders; what counts for everybody when nobody known
        writes there."""
        known = self._watched.get(chat_id) if chat_id is not None else None
        if chat_id is None or known is None:
            return self._everybody, self._language
        if not known.names:
            return self._everybody, known.language
        if chat_id not in self._guards:
            self._guards[chat_id] = self._guard(known.names)
        return self._guards[chat_id], known.language

    def knows(self, chat_id: int | None) -> bool:
        """Whether somebody enrolled writes in this chat: nothing is remembered for strangers."""
        return chat_id in self._watched

    async def renew(self) -> None:
        """Read again who is here, in which language and with which names: at start, after a change, and now and then,
        because another process may have changed it. Raises StorageError."""
        async with self._one_at_a_time:
            async with self._db.snapshot() as snapshot:
                watched = await guard_names.watched(snapshot)
            before, self._watched = self._watched, watched
            self._guards = {
                chat: guard for chat, guard in self._guards.items() if watched.get(chat) == before.get(chat)
            }

    async def keep_renewed(self, every: float, stop: asyncio.Event) -> None:
        """Renew every so many seconds until ``stop`` is set: in each process, whatever else it has to do."""
        while not stop.is_set():
            await any_set(stop, timeout=every)
            if not stop.is_set():
                try:
                    await self.renew()
                except StorageError as error:
                    log.warning("The guard goes on with the names it knows. %s", error)

    def _guard(self, own: Sequence[str]) -> Guard:
        return Guard((*GUARD.detectors, detector((*self._names, *own))))
