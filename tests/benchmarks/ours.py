"""The program itself: its own minimising, inbox, worker, router, dialogue and cards, on its own encrypted database, or
with other processes on one of a server."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.guard import GUARD
from bot.telegram.callbacks import CITIZEN
from bot.telegram.minimise import minimise
from bot.telegram.polling import inbox_store
from storage.database import Database
from tests.benchmarks.crowd import Crowd, Sent
from tests.benchmarks.filling import begin
from tests.benchmarks.memory import resident_mb
from tests.benchmarks.places import open_at
from tests.benchmarks.stands import Walk
from tests.benchmarks.working import Beside, Working, now

_PATIENCE = 120.0


class Ours:
    """The process that takes updates in and works on them, and those that work beside it."""

    def __init__(self, database: Database, team: str, walk: Walk) -> None:
        self.facts: dict[str, Any] = {}
        self.finished: list[tuple[float, int]] = []
        self._database, self._team = database, team
        self._taps = {row["question_id"]: _meant(row) for row in walk.whole.answers}
        self._left, self._reached = 0, asyncio.Event()
        self._working = Working(database, self._turned)
        self._store = inbox_store(database, now, self._working.program.inbox_wake.set)
        self._beside: Beside | None = None

    @classmethod
    async def open(cls, where: Path | str, crowd: Crowd, *, workers: int = 1, walk: str = "") -> Ours:
        """Open the database that ``fill`` made for this crowd, with ``workers`` processes in all."""
        database = await open_at(where, create=False)
        async with database.transaction() as tx:
            rows = await tx.all(
                "SELECT p.chat_id, p.id, p.team_id, r.id AS reflection FROM people AS p"
                " JOIN reflections AS r ON r.mentor_id = p.id AND r.status = 'open'"
            )
        found = {row["chat_id"]: row for row in rows}
        for mentor in crowd.mentors:
            mentor.id, mentor.reflection = found[mentor.chat]["id"], found[mentor.chat]["reflection"]
        side = cls(database, rows[0]["team_id"], crowd.walk)
        side.facts = await _settings(database, where)
        if workers > 1:
            side._beside = await Beside.start(workers - 1, walk, str(where), side._turned)
        return side

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Minimise and guard, store and commit, then wait until every turn is committed, by whichever process."""
        self._left = len(updates)
        self._reached.clear()
        await self._store([minimise(update, GUARD, "da") for update in updates])
        async with asyncio.timeout(_PATIENCE):
            await self._reached.wait()

    def _turned(self, count: int) -> None:
        # Whether turns are committed one by one or several together is the workers' own business.
        self.finished.append((perf_counter(), count))
        self._left -= count
        if self._left <= 0:
            self._reached.set()

    @property
    def memory_mb(self) -> list[float]:
        """Of each of the processes."""
        return [resident_mb(), *(resident_mb(pid) for pid in (self._beside.pids if self._beside else ()))]

    async def mark(self) -> int:
        """Not needed: before it is answered, a question has no answer."""
        return 0

    async def stored(self, sent: Sequence[Sent], mark: int) -> int:
        """Answers with the right words under the right question, once, the update done and a card to be sent."""
        said: dict[tuple[str, str], list[Any]] = defaultdict(list)
        async with self._database.transaction() as tx:
            for some in _parts([one.mentor.reflection for one in sent]):
                marks = ", ".join("?" * len(some))
                for row in await tx.all(
                    "SELECT reflection_id, question_id, value, text FROM answers"  # noqa: S608 - question marks only
                    f" WHERE reflection_id IN ({marks})",
                    *some,
                ):
                    said[row["reflection_id"], row["question_id"]].append(_meant(row))
            cards = await tx.all("SELECT card FROM outbox WHERE status = 'pending' AND kind = 'card'")
            undone = await tx.all("SELECT seq FROM inbox WHERE status <> 'done'")
        if undone:
            return 0
        queued = {row["card"] for row in cards}
        return sum(
            f"debrief:{one.mentor.reflection}" in queued
            and said[one.mentor.reflection, one.stand.question] == [self._wanted_of(one)]
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
        """Let the workers finish, and close the database."""
        if self._beside is not None:
            await self._beside.close()
        await self._working.close()
        await self._database.close()


def _meant(row: Mapping[str, Any]) -> Any:
    """What a stored answer says, without the times that belong to it: the text, or the value and the picks."""
    if row["text"] is not None:
        return row["text"]
    data = json.loads(row["value"])
    return data["value"], [pick[0] for pick in data.get("picks", ())]


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[at : at + 500] for at in range(0, len(values), 500))


async def _settings(database: Database, where: Path | str) -> dict[str, Any]:
    """What the open database says of itself; raises AssertionError when it is not durable, or a file not encrypted."""
    on_file = isinstance(where, Path)
    names = ("synchronous", "journal_mode", "cipher_version") if on_file else ("synchronous_commit", "fsync")
    found: dict[str, Any] = {}
    async with database.transaction() as tx:
        for name in names:
            row = await tx.one(f"PRAGMA {name}" if on_file else f"SHOW {name}")
            found[name] = None if row is None else next(iter(row.values()))
    if not isinstance(where, Path):
        # A server that was set up without fsync would be quick for a reason that nobody may have at home.
        assert found == dict.fromkeys(names, "on"), "the server does not make commits durable"
        return found
    with where.open("rb") as stream:
        plain = stream.read(16) == b"SQLite format 3\0"
    assert found["synchronous"] == 2 and found["journal_mode"] == "wal", "the database is not durable"
    assert found["cipher_version"] and not plain, "the database is not encrypted"
    return found
