"""The program with named points to die at, and started again whenever it has died.

Started by the test as ``python -m tests.faults.crash_points_run FOLDER``; FOLDER holds the files of
``tests.faults.crash_points`` and the book of all starts.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias, cast

from telegram import Bot

from bot.app import PRACTICE_PACE, Program, build_renderer, build_tools
from bot.clock import Clock
from bot.databases import allowed_to_run, open_database
from bot.keys import key_of
from bot.logs import set_up_logging
from bot.now import Now, shifted_now
from bot.organisation import load_organisation
from bot.reminding import Reminding
from bot.service.tools import Tools
from bot.settings import Settings, load_settings
from bot.telegram.cards.render import Renderer
from bot.telegram.minimise import Incoming
from bot.telegram.pacing import Pace
from bot.telegram.polling import Poller, inbox_store
from bot.telegram.requests import build_bot
from bot.telegram.sender import Sender
from bot.telegram.worker import After, Worker
from bot.workdays import danish_holidays
from storage.database import Database, Transaction
from storage.inbox import Pending
from tests.faults import crash_points as at
from tests.faults.crash_points import PointedBot, PointedDatabase, Points
from tests.faults.crash_points_again import again_and_again

Compose: TypeAlias = Callable[[Program, Points], None]
"""Exchanges parts of a program that does not run yet."""


def pointed_database(program: Program, before: str, after: str, points: Points, about: str = "") -> Database:
    """The program's database with a point before and one after each commit, or each that writes ``about`` something."""
    return cast(Database, PointedDatabase(program.db, before, after, points, about))


def pointed(program: Program, points: Points) -> None:
    """Put points around poller, worker, sender and reminders, each of which is the real one."""
    program.poller = pointed_poller(program, points)
    program.worker = pointed_worker(program, points)
    program.sender = pointed_sender(program, points)
    program.clock = pointed_clock(program, points)


def pointed_poller(program: Program, points: Points) -> Poller:
    """The real poller with points between receiving, storing and confirming."""
    db = pointed_database(program, at.STORE_BEFORE_COMMIT, at.STORE_AFTER_COMMIT, points)
    keep = inbox_store(db, program.now, program.inbox_wake.set)

    async def store(updates: Sequence[Incoming]) -> None:
        points.passed(at.BEFORE_STORE)
        await keep(updates)

    return Poller(program.bot, store, watching=program.guarding.of, hold=program._hold)


def pointed_worker(program: Program, points: Points, kind: type[Worker] = Worker) -> Worker:
    """The real worker with points inside a turn and around its commit."""

    async def handle(tx: Transaction, pending: Pending) -> Sequence[After]:
        points.passed(at.BEFORE_HANDLE)
        afters = await program.handle(tx, pending)
        points.passed(at.BEFORE_DONE)
        return afters

    db = pointed_database(program, at.TURN_BEFORE_COMMIT, at.TURN_AFTER_COMMIT, points)
    return kind(db, handle, program.on_dead, program.now, program.inbox_wake, committed=program.outbox_wake.set)


def pointed_sender(program: Program, points: Points, kind: type[Sender] = Sender) -> Sender:
    """The real sender with points around marking as sent; those around sending are the bot's."""
    db = pointed_database(program, at.MARK_BEFORE_COMMIT, at.MARK_AFTER_COMMIT, points)
    return kind(program.bot, db, program.now, program.outbox_wake, pace=Pace(time.monotonic(), **PRACTICE_PACE))


def pointed_clock(program: Program, points: Points) -> Clock:
    """The real ticks; the one of the reminders with points around the commit that queues messages."""
    db = pointed_database(program, at.REMIND_BEFORE_COMMIT, at.REMIND_AFTER_COMMIT, points, "INTO outbox")
    reminding = Reminding(db, program.tools, program.renderer, program.now, program.outbox_wake.set)
    own = {"reminders": reminding.run}
    return Clock([replace(tick, run=own.get(tick.name, tick.run)) for tick in program.clock._ticks])


@dataclass(frozen=True)
class Prepared:
    """What every start makes of the same files and settings, made once; nobody has used it yet."""

    settings: Settings
    bot: Bot
    now: Now
    tools: Tools
    renderer: Renderer


def prepare() -> Prepared:
    """Do what comes first in ``bot.app.run_bot``."""
    settings = load_settings(os.environ)
    set_up_logging(settings.log_level, settings.secrets())
    organisation = load_organisation(settings.organisation, must_exist=False)
    assert settings.clock_offset_file is not None
    now = shifted_now(settings.clock_offset_file)
    bot = build_bot(settings.need_token().get_secret_value(), settings.api_url)
    danish_holidays(now())  # the first question takes a quarter of a second, and the answer never changes
    return Prepared(settings, bot, now, build_tools(settings, organisation), build_renderer(settings, organisation))


async def run(made: Prepared, points: Points, compose: Compose) -> int:
    """Put the parts together as ``bot.app.run_bot`` does, and run until SIGTERM, or until it dies at a point."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with allowed_to_run(made.settings):
        db = await open_database(made.settings)
        bot = cast(Bot, PointedBot(made.bot, points))
        program = Program(made.settings, db, bot, made.now, made.tools, made.renderer, key_of(made.settings))
        compose(program, points)
        try:
            await program.run(stop)
        finally:
            await made.bot.shutdown()
            await db.close()
    return 0


def main(folder: Path, compose: Compose = pointed) -> int:
    """Start it again and again, with these parts exchanged."""
    made = prepare()
    return again_and_again(lambda: asyncio.run(run(made, Points(folder), compose)), folder / "starts")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
