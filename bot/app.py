"""The one place where the parts are put together."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from telegram import Bot

from bot.backing_up import BackingUp
from bot.clock import Clock, Tick
from bot.copying import Copying
from bot.databases import again, allowed_to_run, open_database, sharing_of
from bot.doors import Doors, counted, metrics_of, open_doors, servers, webhook_of
from bot.drawing import Draughtsman, makers
from bot.exporting import Exporting, source_of
from bot.guarding import Guarding
from bot.health import Health, Roles
from bot.holding import Waiting
from bot.housekeeping import Housekeeping
from bot.keys import key_of
from bot.now import Now, real_now, shifted_now
from bot.organisation import Organisation, load_organisation
from bot.reminding import Reminding
from bot.retaining import Retaining
from bot.service.replies import Drawing, ExportWanted, LetGo, NamesChanged, Reply, Say
from bot.service.tools import Tools, keep_guide
from bot.settings import Settings
from bot.supervising import Supervising
from bot.telegram.cards.render import Renderer
from bot.telegram.delivery import answer_tap
from bot.telegram.menu import describe, set_menu
from bot.telegram.minimise import Incoming
from bot.telegram.pacing import Pace
from bot.telegram.polling import Poller, inbox_store
from bot.telegram.queueing import queue
from bot.telegram.requests import build_bot
from bot.telegram.router import route
from bot.telegram.sender import Sender
from bot.telegram.waiting import any_set
from bot.telegram.worker import After, Worker
from bot.telling import MondayTelling
from bot.webhooking import intake_of, keeper_of, poll
from bot.workdays import danish_holidays
from prompts import load_guide, load_law, load_messages
from prompts.ladder import load_ladder
from storage import people, wiping
from storage.database import Database, StorageError, Transaction
from storage.inbox import Pending
from storage.keys import Key

log = logging.getLogger(__name__)

Run: TypeAlias = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""Works until the event it is given is set."""

LANGUAGES = ("da", "en")
TICK_SECONDS = 15.0
SIGN_SECONDS = 20.0
LOG_SECONDS = 1800.0  # how soon what a reader held back in the write-ahead log goes after an erasure
GUARD_SECONDS = 60.0  # how soon names that another process changed are known here
MOVED_TICK_SECONDS = 0.5  # a moved clock is looked at more often, so that moving it shows at once
PRACTICE_PACE = {"in_all": 500.0, "a_chat": 50.0, "burst": 50.0}
"""A moved clock means a practice, where there is no Telegram to be spared. Not told by the address: a Bot API server
on one's own machine hands on to Telegram, which counts all the same."""


@dataclass
class Program:
    """Everything that runs, wired; ``bot`` talks to the Bot API, ``db`` is open. ``key``: the database's, for exports
    that a coder asks for in the chat; without it none is made."""

    settings: Settings
    db: Database
    bot: Bot
    now: Now
    tools: Tools
    renderer: Renderer
    key: Key | None = None
    doors: Doors = field(default_factory=Doors)

    def __post_init__(self) -> None:
        self.inbox_wake, self.outbox_wake, self.drawing_wake = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.backing_up: BackingUp | None = None
        self.guarding = Guarding(self.db, self.tools.organisation.guard_names, self.settings.language)
        self.metrics, self.roles = metrics_of(self.doors), Roles()
        store = counted(inbox_store(self.db, self.now, self.inbox_wake.set), self.metrics)
        self.poller = Poller(self.bot, store, watching=self.guarding.of, hold=self._hold)
        self.webhook = webhook_of(self.settings, store, self.guarding.of, self._hold)
        self.keeper = keeper_of(self.settings, self.bot)
        intake = intake_of(self.poller, self.webhook, self.keeper)
        self.health = Health(self.db, self.now, self.roles, intake, shared=sharing_of(self.db) is not None)
        committed = self.outbox_wake.set
        self.worker = Worker(
            self.db, self.handle, self.on_dead, self.now, self.inbox_wake, committed=committed, noted=self.metrics
        )
        practice = self.settings.clock_offset_file is not None
        pace = Pace(time.monotonic(), **PRACTICE_PACE) if practice else None
        leads = Supervising(self.db, self.tools, self.renderer, self.now, self.outbox_wake.set)
        self.sender = Sender(
            self.bot, self.db, self.now, self.outbox_wake, leads.blocked, pace=pace, noted=self.metrics
        )
        self.chores = Housekeeping(
            self.db,
            self.tools,
            self.renderer,
            self.now,
            self.outbox_wake.set,
            self.health.sign_of_life,
        )
        every = MOVED_TICK_SECONDS if practice else TICK_SECONDS
        reminding = Reminding(self.db, self.tools, self.renderer, self.now, self.outbox_wake.set)
        draw, drawn_by = self.drawing_wake, makers(self.tools, self.renderer)
        self.draughtsman = Draughtsman(
            self.db, self.tools, self.renderer, self.now, drawn_by, draw, self.outbox_wake.set
        )
        self.exporting = self._exporting(self.key) if self.key is not None else None
        mondays = MondayTelling(self.db, self.tools, self.renderer, self.now, self.outbox_wake.set, draw.set)
        for_all = (self.db, self.tools, self.renderer, self.now, self.outbox_wake.set)
        self.clock = Clock(
            [
                Tick("chores", every, self.chores.run),
                Tick("reminders", every, reminding.run),
                Tick("leads", every, leads.run),
                Tick("mondays", every, mondays.run),
                Tick("log", LOG_SECONDS, partial(wiping.keep_empty, self.db)),
                Tick("retention", every, Retaining(*for_all).run),
                Tick("copies", every, Copying(*for_all).run),
                *self._backups(every),
            ]
        )

    def _backups(self, every: float) -> list[Tick]:
        """A practice makes no backups of what is invented, unless somebody has made a folder for them. Those of a
        server are made there."""
        if self.key is None or sharing_of(self.db) is not None:
            return []
        if self.settings.clock_offset_file is not None and not self.settings.backups.is_dir():
            return []
        wanted = self.tools.organisation.backup
        self.backing_up = BackingUp(self.db, self.settings, self.key, self.now, wanted)
        return [Tick("backup", every, self.backing_up.run)]

    def _exporting(self, key: Key) -> Exporting:
        source = source_of(self.settings, key)
        return Exporting(self.db, self.renderer, self.bot, self.now, source, self.outbox_wake.set)

    async def handle(self, tx: Transaction, pending: Pending) -> Sequence[After]:
        """One stored update, inside its transaction; the tap is answered once that is committed."""
        update = Incoming.from_json(pending.payload)
        replies = await route(tx, self.tools, update, self.now())
        toasts, menus = queue(tx, self.renderer, replies, self.now())
        afters: list[After] = [partial(set_menu, self.bot, self.renderer, menu) for menu in menus]
        export = next((reply for reply in replies if isinstance(reply, ExportWanted)), None)
        if export is not None and self.exporting is not None and update.tap is not None and update.tap.id:
            afters.append(partial(self.exporting.begin, export, update.tap.id))
        elif update.tap is not None and update.tap.id:
            afters.append(partial(answer_tap, self.bot, update.tap.id, toasts[0] if toasts else None))
        if any(isinstance(reply, Drawing) for reply in replies):
            afters.append(self._draw)
        if menus or any(isinstance(reply, NamesChanged) for reply in replies):
            afters.append(self.guarding.renew)  # somebody new, another language, other names
        return [*afters, *self._letting_go(replies)]

    def _letting_go(self, replies: Sequence[Reply]) -> list[After]:
        """Only once it is committed: a turn that is rolled back needs again what the guard held back."""

        async def let_go(one: LetGo) -> None:
            self.tools.holding.drop(one.chat_id, one.message_ids)

        return [partial(let_go, reply) for reply in replies if isinstance(reply, LetGo)]

    def _hold(self, update: Incoming, typed: str) -> None:
        """Before the masked update is stored: what was typed waits in memory for its writer to choose."""
        if update.chat is not None and update.message_id is not None and self.guarding.knows(update.chat.id):
            self.tools.holding.put(update.chat.id, Waiting(update.message_id, typed, update.to_json()))

    async def _draw(self) -> None:
        self.drawing_wake.set()

    async def on_dead(self, tx: Transaction, pending: Pending) -> None:
        """An update failed too often: the mentor is told in plain words; its row is kept."""
        update = Incoming.from_json(pending.payload)
        self.tools.holding.give_back(update.update_id)
        person = await people.person_by_chat(tx, update.chat_id) if update.chat_id is not None else None
        if person is not None:
            queue(tx, self.renderer, [Say(person.chat_id, person.language, "error.dead_letter")], self.now())

    async def _sign(self, stop: asyncio.Event) -> None:
        """Whoever polls leaves word of it: with several processes that need not be the one that has the clock."""
        while not stop.is_set():
            with suppress(StorageError):  # the next time
                async with self.db.transaction() as tx:
                    await self.chores.sign(tx)
            await any_set(stop, timeout=SIGN_SECONDS)

    async def _keep_guide(self) -> None:
        async with self.db.transaction() as tx:
            keep_guide(tx, self.tools, self.now())

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop`` is set, then finish what is at hand."""
        await again(self._keep_guide)
        await self.guarding.renew()
        menus = asyncio.create_task(describe(self.bot, self.db, self.renderer, self.now))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.worker.run(stop))
                group.create_task(self.guarding.keep_renewed(GUARD_SECONDS, stop))
                for task in self._shared(stop):
                    group.create_task(task)
                for serve in servers(self.settings, self.doors, self.health, self.metrics, self.webhook):
                    group.create_task(serve(stop))
        finally:
            menus.cancel()
            if self.exporting is not None:
                await self.exporting.stop()
            if self.backing_up is not None:
                self.backing_up.stop()

    def _shared(self, stop: asyncio.Event) -> list[Coroutine[Any, Any, None]]:
        """What only one process may do at a time, done by this one where it is the only one."""
        sharing, roles = sharing_of(self.db), self._roles()
        if sharing is None:
            return [run(stop) for run in roles.values()]
        from bot.sharing import in_role, listen  # loading psycopg is not for those who have a file

        return [
            listen(sharing, self._wakes(), stop),
            self._sign(stop),
            *(in_role(sharing, name, run, stop) for name, run in roles.items()),
        ]

    def _roles(self) -> Mapping[str, Run]:
        """By name. Telegram counts messages a bot, so the pace is kept in one place."""
        intake: dict[str, Run] = {"poll": partial(poll, self.bot, self.poller)}
        if self.keeper is not None:
            intake = {"webhook": self.keeper.run}
        roles: dict[str, Run] = {
            **intake,
            "send": self.sender.run,
            "draw": self.draughtsman.run,
            "clock": self.clock.run,
        }
        return {name: self.roles.noted(name, run) for name, run in roles.items()}

    def _wakes(self) -> Mapping[str, asyncio.Event]:
        """Table → what to set when something was put into it."""
        return {"inbox": self.inbox_wake, "outbox": self.outbox_wake, "week_files": self.drawing_wake}


def build_tools(settings: Settings, organisation: Organisation) -> Tools:
    """Guides, ladder, organisation and defaults. Raises GuideError or LadderError with every mistake."""
    return Tools(
        guide=load_guide(settings.prompts),
        organisation=organisation,
        holidays=danish_holidays,
        language=settings.language,
        zone=settings.zone,
        ladder=load_ladder(settings.prompts),
    )


def build_renderer(settings: Settings, organisation: Organisation) -> Renderer:
    """Texts and law references in every language. Raises MessagesError or ValueError when a file is wrong."""
    return Renderer(
        messages={language: load_messages(settings.prompts, language) for language in LANGUAGES},
        law={language: load_law(language, settings.prompts) for language in LANGUAGES},
        organisation=organisation,
        language=settings.language,
        zone=settings.zone,
    )


async def run_bot(settings: Settings) -> int:
    """The whole program until SIGTERM or SIGINT. Raises the errors of settings, guides and storage at start."""
    token = settings.need_token().get_secret_value()
    organisation = load_organisation(settings.organisation, must_exist=settings.organisation_named)
    tools, renderer = build_tools(settings, organisation), build_renderer(settings, organisation)
    now = shifted_now(settings.clock_offset_file) if settings.clock_offset_file else real_now
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    with allowed_to_run(settings), open_doors(settings) as doors:
        db = await open_database(settings)
        bot = build_bot(token, settings.api_url)
        try:
            await Program(settings, db, bot, now, tools, renderer, key_of(settings), doors).run(stop)
        finally:
            await bot.shutdown()
            await db.close()
    return 0
