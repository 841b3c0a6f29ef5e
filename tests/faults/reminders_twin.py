"""The same program with one part weaker: reminders are marked as sent first, in a transaction of its own, and the
messages are queued in the next. What most reminder bots do, the other way round or not at all.

Started as a process by the test, as ``python -m tests.faults.reminders_twin SIGN``. Between marking and queueing it
makes the file SIGN and waits until it is gone, so that the test can pull the plug in just that moment. (Not any more
when there is a file of that name ending in .over.)
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from bot.app import MOVED_TICK_SECONDS, Program, build_renderer, build_tools
from bot.clock import Clock, Tick
from bot.databases import open_database
from bot.logs import set_up_logging
from bot.now import shifted_now
from bot.organisation import load_organisation
from bot.reminding import Reminding, card_of
from bot.settings import load_settings
from bot.telegram.requests import build_bot


class MarkedFirst(Reminding):
    """Marks before it queues."""

    sign: Path

    async def _group(self) -> bool:
        now = self._now()
        async with self._db.transaction() as tx:
            claimed = await self._claim(tx, now)
            rounds = {person: self._plan(claimed, person, now) for person in claimed.reminders}
            bundles = [(bundle, card_of(bundle)) for one in rounds.values() for bundle in one.send]
            sent = await self._mark(tx, claimed, bundles, now)
        if bundles:
            await asyncio.to_thread(_wait, self.sign)
        async with self._db.transaction() as tx:
            for bundle, card in bundles:
                self._queue(tx, claimed, bundle, card, sent, now)
        if bundles:
            self._queued()
        return bool(claimed.reminders)


def _wait(sign: Path) -> None:
    if not sign.with_suffix(".over").exists():
        sign.touch()
        while sign.exists():
            time.sleep(0.005)


async def main(sign: Path) -> None:
    """Put the parts together as ``bot.app.run_bot`` does, all but one of them the real ones."""
    settings = load_settings(os.environ)
    set_up_logging(settings.log_level, settings.secrets())
    organisation = load_organisation(settings.organisation, must_exist=False)
    assert settings.clock_offset_file is not None
    now = shifted_now(settings.clock_offset_file)
    db = await open_database(settings)
    bot = build_bot(settings.need_token().get_secret_value(), settings.api_url)
    tools, renderer = build_tools(settings, organisation), build_renderer(settings, organisation)
    program = Program(settings, db, bot, now, tools, renderer)
    weaker = MarkedFirst(db, tools, renderer, now, program.outbox_wake.set)
    weaker.sign = sign
    program.clock = Clock([Tick("reminders", MOVED_TICK_SECONDS, weaker.run)])
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await program.run(stop)
    await db.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
