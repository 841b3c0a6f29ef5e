"""The same program with one part weaker: what it has received and not yet stored when it is asked to stop is confirmed
to Telegram and dropped, as python-telegram-bot's own polling does.

Started by the test as ``python -m tests.faults.twin_stopping BOOK``, and again whenever it has ended.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from telegram import Bot

from bot.app import Program
from bot.databases import open_database
from bot.keys import key_of
from bot.telegram.minimise import Incoming
from bot.telegram.polling import Poller, Store, inbox_store
from bot.telegram.waiting import any_set
from tests.faults.crash_points_again import again_and_again
from tests.faults.crash_points_run import Prepared, prepare

_IN_HAND = 0.15  # seconds for which updates wait in memory, as they do in any program that has much to do


def dropping(bot: Bot, store: Store, stop: asyncio.Event) -> Store:
    """Give a store that forgets what waits for it when the program is to stop."""

    async def late(updates: Sequence[Incoming]) -> None:
        await any_set(stop, timeout=_IN_HAND)
        if not stop.is_set():
            await store(updates)
            return
        after = max(update.update_id for update in updates) + 1
        await bot.do_api_request("getUpdates", api_kwargs={"offset": after, "timeout": 0})

    return late


async def run(made: Prepared) -> int:
    """Put the parts together as ``bot.app.run_bot`` does, all but one of them the real ones."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    db = await open_database(made.settings)
    program = Program(made.settings, db, made.bot, made.now, made.tools, made.renderer, key_of(made.settings))
    keep = inbox_store(db, made.now, program.inbox_wake.set)
    program.poller = Poller(made.bot, dropping(made.bot, keep, stop), watching=program.guarding.of, hold=program._hold)
    try:
        await program.run(stop)
    finally:
        await made.bot.shutdown()
        await db.close()
    return 0


if __name__ == "__main__":
    prepared = prepare()
    sys.exit(again_and_again(lambda: asyncio.run(run(prepared)), Path(sys.argv[1])))
