"""The program with named points to die at, and with one part weaker.

Started by the test as ``python -m tests.faults.twin_crash_points WEAKER FOLDER``. WEAKER is ``done_first`` (an update
is marked as done in a transaction of its own, before the one with its effects) or ``marked_first`` (a message is marked
as sent before it is sent).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.app import Program
from bot.telegram.sender import Sender
from bot.telegram.worker import Worker
from storage import inbox, outbox
from storage.inbox import Pending
from storage.outbox import Message
from tests.faults.crash_points import Points
from tests.faults.crash_points_run import Compose, main, pointed, pointed_sender, pointed_worker


class DoneFirst(Worker):
    """Marks as done, and then does it."""

    async def _commit(self, group: Sequence[Pending], stop: asyncio.Event) -> int:
        async with self._db.transaction() as tx:
            for pending in group:
                inbox.done(tx, pending.seq)
        return await super()._commit(group, stop)


class MarkedFirst(Sender):
    """Marks as sent, and then sends."""

    async def _deliver(self, message: Message, place: int | None, stop: asyncio.Event) -> None:
        async with self._db.transaction() as tx:
            await outbox.sent(tx, message.seq, message.version, self._now())
        await super()._deliver(message, place, stop)


def done_first(program: Program, points: Points) -> None:
    """All the real parts but the worker."""
    pointed(program, points)
    program.worker = pointed_worker(program, points, DoneFirst)


def marked_first(program: Program, points: Points) -> None:
    """All the real parts but the sender."""
    pointed(program, points)
    program.sender = pointed_sender(program, points, MarkedFirst)


WEAKER: dict[str, Compose] = {"done_first": done_first, "marked_first": marked_first}

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[2]), WEAKER[sys.argv[1]]))
