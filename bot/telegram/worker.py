"""From stored updates to their effects: one update, one transaction, in order chat by chat."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TypeAlias

from bot.now import Now
from bot.telegram.noted import Noted, Uncounted
from bot.telegram.waiting import BackOff, any_set
from storage import inbox, reflections
from storage.database import BadValue, Conflict, Database, StorageBusy, StorageError, Transaction
from storage.inbox import Pending

log = logging.getLogger(__name__)

After: TypeAlias = Callable[[], Awaitable[object]]
"""Something to do once the transaction is committed, without waiting for it: answering a tap."""
Handle: TypeAlias = Callable[[Transaction, Pending], Awaitable[Sequence[After]]]
"""Carries an update out within the transaction. What it raises rolls everything back."""
OnDead: TypeAlias = Callable[[Transaction, Pending], Awaitable[None]]
"""Tells the mentor, within the transaction in which the update is given up."""

PAUSES = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30))
"""How long a failing update waits before each further try; after the last it is given up."""

_AT_ONCE = 200
_TOGETHER = 50  # others who want to write, such as the poller, wait meanwhile: some hundredths of a second
_LOOK_EVERY = 5.0  # seconds; a wake-up that was missed costs no more
_DRAIN = 2.0
_OTHERS_AT_IT = 0.02  # seconds until looking again when other workers have all there is in hand
_IN_THE_WAY = 8


class Worker:
    """Works through the inbox. ``wake`` is set by whoever stored something, ``committed`` is called after each
    commit so that the sender can look. ``pauses`` may be shortened by tests."""

    def __init__(
        self,
        db: Database,
        handle: Handle,
        on_dead: OnDead,
        now: Now,
        wake: asyncio.Event,
        *,
        committed: Callable[[], None] = lambda: None,
        pauses: Sequence[timedelta] = PAUSES,
        noted: Noted | None = None,
    ) -> None:
        self._db, self._handle, self._on_dead = db, handle, on_dead
        self._now, self._wake, self._committed = now, wake, committed
        self._pauses = tuple(pauses)
        self._noted = noted or Uncounted()
        self._storage_pauses = BackOff(0.2, 5.0)
        self._afters: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; the update at hand is finished first."""
        while not stop.is_set():
            self._wake.clear()
            try:
                found, done = await self._drain_once(stop)
                timeout = await self._until_next() if not found else 0.0 if done else _OTHERS_AT_IT
                self._storage_pauses.reset()
            except StorageError as error:
                log.error("Updates wait in the inbox. %s", error)
                await any_set(stop, timeout=self._storage_pauses.next())
                continue
            if timeout > 0:
                await any_set(stop, self._wake, timeout=timeout)
        if self._afters:
            await asyncio.wait(self._afters, timeout=_DRAIN)

    async def _drain_once(self, stop: asyncio.Event) -> tuple[int, int]:
        """Carry out the oldest update of each chat; how many there were, and how many no other worker had in hand.
        Raises StorageError when storing fails."""
        async with self._db.transaction() as tx:
            heads = await inbox.pending(tx, self._now(), _AT_ONCE)
        # What has failed before goes alone, so that it does not make others begin anew.
        alone = [[pending] for pending in heads if pending.attempts]
        rest = [pending for pending in heads if not pending.attempts]
        done = 0
        for group in [rest[at : at + _TOGETHER] for at in range(0, len(rest), _TOGETHER)] + alone:
            if stop.is_set():
                break
            done += await self._together(group, stop)
        return len(heads), done

    async def _until_next(self) -> float:
        """Give the seconds until a failed update may be tried again, or until it is time to look anyway."""
        async with self._db.transaction() as tx:
            due = await inbox.next_attempt(tx)
        if due is None:
            return _LOOK_EVERY
        return min(_LOOK_EVERY, max(0.01, (due - self._now()).total_seconds()))

    async def _together(self, group: Sequence[Pending], stop: asyncio.Event) -> int:
        """Carry out updates of different chats in one transaction: making it durable costs as much as the turns do.

        When one fails nothing of the group has happened, and each is carried out by itself. How many were ours to do.
        """
        try:
            return await self._commit(group, stop)
        except Exception as error:
            if len(group) == 1:
                return await self._alone(group[0], error, stop)
            if not _lies_with_the_update(error) and not isinstance(error, StorageBusy):
                raise
        return sum([await self._together([pending], stop) for pending in group if not stop.is_set()])

    async def _alone(self, pending: Pending, error: Exception, stop: asyncio.Event) -> int:
        """What becomes of one update that failed: where another worker was in the way, it is tried again at once."""
        for _ in range(_IN_THE_WAY):
            if not isinstance(error, StorageBusy):
                break
            await asyncio.sleep(random.uniform(0.005, 0.05))  # noqa: S311 - two who collide must not go on in step
            try:
                return await self._commit([pending], stop)
            except Exception as another:
                error = another
        if not _lies_with_the_update(error):
            raise error
        await self._failed(pending, error)
        return 1

    async def _commit(self, group: Sequence[Pending], stop: asyncio.Event) -> int:
        afters: list[After] = []
        begun = time.perf_counter()
        carried: list[int] = []
        async with self._db.transaction() as tx:
            free = await inbox.free(tx, [pending.seq for pending in group])
            await _look_ahead(tx, [pending for pending in group if pending.seq in free])
            for pending in group:
                if pending.seq in free:
                    afters += await self._handle(tx, pending)
                    carried.append(pending.seq)
                if stop.is_set():
                    break
            inbox.done(tx, *carried)
        if free:
            self._noted.turned(time.perf_counter() - begun, len(carried))
            self._committed()
        for after in afters:
            task = asyncio.create_task(_quietly(after))
            self._afters.add(task)
            task.add_done_callback(self._afters.discard)
        return len(free)

    async def _failed(self, pending: Pending, error: Exception) -> None:
        """Note the failure: another try later, or given up."""
        name = type(error).__name__
        attempts = pending.attempts + 1
        if attempts <= len(self._pauses):
            log.warning(
                "The update %d failed with %s and will be tried again.", pending.update_id, name, exc_info=error
            )
            not_before = self._now() + self._pauses[attempts - 1]
            async with self._db.transaction() as tx:
                if pending.seq not in await inbox.free(tx, [pending.seq]):
                    return  # another worker has it in hand, or has done it meanwhile
                inbox.retry(tx, pending.seq, attempts=attempts, not_before=not_before, error=name)
            self._noted.failed(name, dead=False)
            return
        log.error("The update %d failed with %s too often and is put aside.", pending.update_id, name, exc_info=error)
        try:
            async with self._db.transaction() as tx:
                if pending.seq not in await inbox.free(tx, [pending.seq]):
                    return
                await self._on_dead(tx, pending)
                inbox.dead(tx, pending.seq, name)
        except Exception as worse:
            if not _lies_with_the_update(worse):
                raise
            log.error("Nobody could be told that it failed: %s.", type(worse).__name__, exc_info=worse)
            async with self._db.transaction() as tx:
                inbox.dead(tx, pending.seq, name)
        self._noted.failed(name, dead=True)
        self._committed()


async def _look_ahead(tx: Transaction, group: Sequence[Pending]) -> None:
    if len(group) > 1:
        await reflections.look_ahead(tx, [pending.chat_id for pending in group if pending.chat_id is not None])


def _lies_with_the_update(error: Exception) -> bool:
    """Tell a failure of this update from one of the database, which would hit any other update as well."""
    return not isinstance(error, StorageError) or isinstance(error, Conflict | BadValue)


async def _quietly(after: After) -> None:
    with suppress(asyncio.CancelledError):
        try:
            await after()
        except Exception as error:
            log.warning("Something after the commit failed: %s.", type(error).__name__, exc_info=error)
