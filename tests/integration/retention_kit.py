"""A database with something of every age and kind, and the tick that deletes. All names and texts are invented."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.organisation import Organisation
from bot.organisation_parts import Retention
from bot.retaining import Retaining, Settle
from bot.service.tools import Tools
from bot.telegram.cards.render import Renderer
from bot.workdays import danish_holidays
from prompts import load_guide, load_law, load_messages
from storage import answers, outbox, people, reflections
from storage.database import Database, Transaction
from storage.reflections import Reflection
from storage.rewriting import settle
from storage.times import stamp
from tests.integration.storage_kit import Cast, answer, cast, debrief, opened

RUN = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)  # 4.30 in Copenhagen on the 1st
DAY = timedelta(days=1)
ANSWERS, LOG = 24, 60
OLD = datetime(2024, 11, 30, 12, 0, tzinfo=UTC)  # older than the answers are kept
VERY_OLD = datetime(2021, 11, 30, 12, 0, tzinfo=UTC)  # older than the log is kept
YOUNG = datetime(2024, 12, 1, 12, 0, tzinfo=UTC)  # just young enough
AGES = {"young": YOUNG, "old": OLD, "very_old": VERY_OLD}
LOADED = load_guide()


@dataclass
class Archive:
    """The program without Telegram."""

    db: Database
    cast: Cast
    now: datetime = RUN
    settle: Settle = settle
    months: Retention = field(default_factory=lambda: Retention(answers=ANSWERS, contact_log=LOG, audit=LOG))
    woken: int = 0

    def __post_init__(self) -> None:
        self.tools = Tools(LOADED, Organisation(retention=self.months), danish_holidays)
        self.renderer = Renderer(
            {one: load_messages(language=one) for one in ("da", "en")},
            {one: load_law(one) for one in ("da", "en")},
            self.tools.organisation,
        )

    def program(self, at_once: int = 2) -> Retaining:
        """The tick, as after a start."""

        def woken() -> None:
            self.woken += 1

        return Retaining(
            self.db, self.tools, self.renderer, lambda: self.now, woken, settle=self.settle, at_once=at_once
        )

    async def tick(self, at: datetime | None = None) -> None:
        """A freshly started program looks once."""
        self.now = at if at is not None else self.now
        await self.program().run()

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        async with self.db.transaction() as tx:
            return [tuple(row.values()) for row in await tx.all(sql, *values)]

    async def write(self, sql: str, *values: Any) -> None:
        """One statement."""
        async with self.db.transaction() as tx:
            tx.write(sql, *values)

    async def sent(self, chat_id: int) -> list[str]:
        """The texts that wait to be sent to this chat."""
        rows = await self.rows("SELECT payload FROM outbox WHERE chat_id = ? AND kind IN ('send', 'card')", chat_id)
        return [json.loads(payload)["text"] for (payload,) in rows]


def aged(
    tx: Transaction,
    cast: Cast,
    begun: datetime,
    *,
    text: str = "invented",
    status: str = "saved",
    card: int | None = None,
) -> Reflection:
    """A debrief of Anna's: a private answer and one for the log, both changed once, a draft in its state."""
    made = debrief(tx, cast.anna, status=status, started=begun)
    ended = begun + timedelta(hours=1)
    finished = ended if status in ("saved", "stopped", "closed") else None
    state = json.dumps({"zone": "Europe/Copenhagen", "visit": 3, "draft": f"{text} draft"})
    reflections.put(
        tx, made.id, state=state, status=status, length="short", citizen_id=None, finished_at=finished,
        touched_at=ended,
    )  # fmt: skip
    for question, visibility in (("went_well", "P"), ("outcome", "L")):
        first = replace(answer(made, question, {"value": None}), text=f"{text} first", visibility=visibility)
        answers.put_answer(tx, replace(first, answered_at=ended), None)
        again = replace(answer(made, question, {"value": None}), text=f"{text} again", visibility=visibility)
        answers.put_answer(tx, replace(again, answered_at=ended + timedelta(minutes=5)), first.id)
    if card is not None:
        outbox.set_card(tx, cast.anna.chat_id, f"debrief:{made.id}", card, ended)
    return made


@asynccontextmanager
async def archive(folder: Path, **more: Any) -> AsyncIterator[Archive]:
    """A database with the cast in it and nothing else."""
    async with opened(folder) as db:
        async with db.transaction() as tx:
            everybody = await cast(tx)
            for one in (everybody.anna, everybody.bo, everybody.lea, everybody.sif):
                tx.write("UPDATE people SET created_at = ? WHERE id = ?", stamp(VERY_OLD), one.id)
        yield Archive(db, everybody, **more)


async def leave(tx: Transaction, person_id: str, at: datetime) -> None:
    """Somebody leaves."""
    people.mark_left(tx, person_id, at)
