"""The same program with one part weaker: updates are confirmed to Telegram before they are stored.

Started as a process by the test, as ``python -m tests.faults.twin_run SIGN``. Between confirming and storing it makes
the file SIGN and waits until it is gone, so that the test can pull the plug in just that moment. (Not any more when
there is a file of that name ending in .over.)
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from telegram import Bot

from bot.app import Program, build_renderer, build_tools
from bot.databases import open_database
from bot.logs import set_up_logging
from bot.now import shifted_now
from bot.organisation import load_organisation
from bot.settings import load_settings
from bot.telegram.minimise import Incoming
from bot.telegram.polling import Poller, Store, inbox_store
from bot.telegram.requests import build_bot


def confirmed_first(bot: Bot, store: Store, sign: Path) -> Store:
    """Give a store that lets Telegram forget the updates before it keeps them: what most bots do."""

    async def late(updates: Sequence[Incoming]) -> None:
        after = max(update.update_id for update in updates) + 1
        await bot.do_api_request("getUpdates", api_kwargs={"offset": after, "timeout": 0})
        await asyncio.to_thread(_wait, sign)
        await store(updates)

    return late


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
    program.poller = Poller(bot, confirmed_first(bot, inbox_store(db, now, program.inbox_wake.set), sign))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await program.run(stop)
    await db.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
