"""The program itself: its own minimising, inbox, worker, router, dialogue and cards, on its own encrypted database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from telegram import Bot

from bot.app import Program, build_renderer
from bot.guard import GUARD
from bot.now import real_now
from bot.organisation import Organisation
from bot.settings import load_settings
from bot.telegram.callbacks import CITIZEN
from bot.telegram.minimise import minimise
from bot.telegram.polling import inbox_store
from bot.telegram.worker import After, Worker
from storage.database import Database, Transaction
from storage.inbox import Pending
from storage.sqlite import open_sqlite
from tests.benchmarks.crowd import Crowd, Sent
from tests.benchmarks.filling import begin
from tests.benchmarks.nothing import TOKEN, Nowhere
from tests.benchmarks.stands import Walk
from tests.benchmarks.walk import KEY, tools

_PATIENCE = 60.0


class Ours:
    """``Program`` with its own worker running; only the sending, which is no part of a turn, stands still."""

    def __init__(self, database: Database, bot: Bot, team: str, walk: Walk) -> None:
        settings = load_settings({})
        renderer = build_renderer(settings, Organisation())
        program = Program(settings, database, bot, real_now, tools(), renderer)
        self.facts: dict[str, Any] = {}
        self._database, self._team, self._bot = database, team, bot
        self._taps = {row["question_id"]: _meant(row) for row in walk.whole.answers}
        self._handled, self._wanted, self._reached = 0, 0, asyncio.Event()
        self._stop = asyncio.Event()
        self._store = inbox_store(database, real_now, program.inbox_wake.set)
        self._program = program
        worker = Worker(
            database, self._handle, program.on_dead, real_now, program.inbox_wake, committed=self._committed
        )
        self._running = asyncio.create_task(worker.run(self._stop))

    @classmethod
    async def open(cls, path: Path, crowd: Crowd) -> Ours:
        """Open the database that ``fill`` made for this crowd."""
        database = await open_sqlite(path, KEY, create=False)
        async with database.transaction() as tx:
            rows = await tx.all(
                "SELECT p.chat_id, p.id, p.team_id, r.id AS reflection FROM people AS p"
                " JOIN reflections AS r ON r.mentor_id = p.id AND r.status = 'open'"
            )
        found = {row["chat_id"]: row for row in rows}
        for mentor in crowd.mentors:
            mentor.id, mentor.reflection = found[mentor.chat]["id"], found[mentor.chat]["reflection"]
        bot = Bot(TOKEN, request=Nowhere(), get_updates_request=Nowhere())
        side = cls(database, bot, rows[0]["team_id"], crowd.walk)
        side.facts = await _settings(database, path)
        return side

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Minimise and guard, store and commit, then wait until the worker has committed every turn."""
        self._wanted = self._handled + len(updates)
        self._reached.clear()
        await self._store([minimise(update, GUARD, "da") for update in updates])
        async with asyncio.timeout(_PATIENCE):
            await self._reached.wait()

    async def _handle(self, tx: Transaction, pending: Pending) -> Sequence[After]:
        self._handled += 1
        return await self._program.handle(tx, pending)

    def _committed(self) -> None:
        # Whether the worker commits turns one by one or several together is its own business.
        if self._handled >= self._wanted:
            self._reached.set()

    async def mark(self) -> int:
        """The last answer's row."""
        async with self._database.transaction() as tx:
            row = await tx.one("SELECT max(rowid) AS last FROM answers")
        return 0 if row is None else row["last"] or 0

    async def stored(self, sent: Sequence[Sent], mark: int) -> int:
        """Answers with the right words under the right question, the update done and a card waiting to be sent."""
        async with self._database.transaction() as tx:
            rows = await tx.all("SELECT reflection_id, question_id, value, text FROM answers WHERE rowid > ?", mark)
            cards = await tx.all("SELECT card FROM outbox WHERE status = 'pending' AND kind = 'card'")
            undone = await tx.all("SELECT seq FROM inbox WHERE status <> 'done'")
        if undone or len(rows) != len(sent):
            return 0
        said = {(row["reflection_id"], row["question_id"]): _meant(row) for row in rows}
        queued = {row["card"] for row in cards}
        return sum(
            f"debrief:{one.mentor.reflection}" in queued
            and said.get((one.mentor.reflection, one.stand.question)) == self._wanted_of(one)
            for one in sent
        )

    def _wanted_of(self, one: Sent) -> Any:
        """What must be stored: the text as typed, or what the walk's own tap on the same button stored."""
        if not one.stand.verb:
            return one.said
        if one.stand.verb == CITIZEN:
            return one.mentor.citizen, []
        return self._taps[one.stand.question]

    async def settle(self, crowd: Crowd, sent: Sequence[Sent]) -> None:
        """Press "go on" after typed answers, take what is queued for sent, begin anew where a debrief is at its end."""
        if keeps := crowd.keeps(sent):
            await self.take(keeps)
        renewed = crowd.move_on(sent)
        async with self._database.transaction() as tx:
            tx.write("UPDATE outbox SET status = 'sent', payload = NULL WHERE status = 'pending'")
            for mentor in renewed:
                begin(tx, mentor, crowd.walk.stands[mentor.at], self._team)

    async def close(self) -> None:
        """Let the worker finish, and close the database."""
        self._stop.set()
        await self._running
        await self._bot.shutdown()
        await self._database.close()


def _meant(row: Mapping[str, Any]) -> Any:
    """What a stored answer says, without the times that belong to it: the text, or the value and the picks."""
    if row["text"] is not None:
        return row["text"]
    data = json.loads(row["value"])
    return data["value"], [pick[0] for pick in data.get("picks", ())]


async def _settings(database: Database, path: Path) -> dict[str, Any]:
    """What the open database says of itself; raises AssertionError when it is not encrypted or not durable."""
    found: dict[str, Any] = {}
    async with database.transaction() as tx:
        for name in ("synchronous", "journal_mode", "cipher_version", "cipher_use_hmac"):
            row = await tx.one(f"PRAGMA {name}")
            found[name] = None if row is None else next(iter(row.values()))
    with path.open("rb") as stream:
        plain = stream.read(16) == b"SQLite format 3\0"
    assert found["synchronous"] == 2 and found["journal_mode"] == "wal", "the database is not durable"
    assert found["cipher_version"] and not plain, "the database is not encrypted"
    return found
