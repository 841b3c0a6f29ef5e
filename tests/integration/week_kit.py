"""Weeks in the chat: real updates through the router, Monday's tick, and files, on a real encrypted database.

Files are "delivered" as messages with their caption; what is in them is kept in ``files``. All names are invented.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.drawing import Draughtsman, Makers, makers
from bot.telling import MondayTelling
from storage import outbox
from storage.database import Database
from storage.people import Person, Role
from tests.integration.remind_kit import Chats
from tests.integration.week_figures_kit import Office, office


@dataclass(frozen=True)
class Sent:
    """A file as it was sent."""

    chat_id: int
    as_what: str
    name: str
    caption: str
    data: bytes


@dataclass
class WeekChats(Chats):
    """The program without Telegram. ``drawn_by`` makes the files; those of the program unless told otherwise."""

    files: list[Sent] = field(default_factory=list)
    drawn_by: Makers | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.mondays = self.program()
        drawn_by = self.drawn_by or makers(self.tools, self.renderer)
        self.draughtsman = Draughtsman(
            self.db, self.tools, self.renderer, lambda: self.now, drawn_by, asyncio.Event(), lambda: None
        )

    def program(self) -> MondayTelling:
        """The part that tells by itself, as after a start."""
        return MondayTelling(self.db, self.tools, self.renderer, lambda: self.now, lambda: None, lambda: None)

    async def look(self, at: datetime | None = None) -> None:
        """Move the clock there, let Monday's tick look once, and deliver."""
        self.now = at if at is not None else self.now
        await self.mondays.run()
        await self.deliver()

    async def draw(self) -> None:
        """Make every file that may be made now, and deliver."""
        while await self.draughtsman.one():
            pass
        await self.deliver()

    async def deliver(self) -> None:
        """As the sender; files are kept for the test to look at."""
        async with self.db.transaction() as tx:
            rows = await tx.all("SELECT seq, chat_id, payload FROM outbox WHERE file IS NOT NULL ORDER BY seq")
            for row in rows:
                content: Mapping[str, Any] = json.loads(row["payload"])
                data = await outbox.file_of(tx, row["seq"])
                how = content["file"]
                self.files.append(Sent(row["chat_id"], how["as"], how["name"], content["text"], data or b""))
        await super().deliver()


@dataclass(frozen=True)
class Team:
    """Anna, Bo and Cleo are mentors in Nord, Lea leads it; Adam administers, Kaja codes, Sif leads another team."""

    desk: Office
    anna: Person
    bo: Person
    cleo: Person
    lea: Person
    adam: Person
    kaja: Person
    sif: Person


def fake_makers(picture: Callable[[], bytes] = lambda: b"\x89PNG\r\n\x1a\n invented") -> Makers:
    """Makers that take no time; ``picture`` may raise."""
    return Makers(lambda summary, language: picture(), lambda summary, language: f"{summary.week} {language}".encode())


@asynccontextmanager
async def team(folder: Path, now: datetime, *, drawn_by: Makers | None = None) -> AsyncIterator[tuple[WeekChats, Team]]:
    """A database with everybody in it."""
    async with office(folder) as desk:
        here = WeekChats(desk.db, now, drawn_by=drawn_by)
        anna, bo, cleo = [await desk.enrol(name) for name in ("Anna", "Bo", "Cleo")]
        lea = await desk.enrol("Lea", role=Role.LEAD)
        adam, kaja = await desk.enrol("Adam", role=Role.ADMIN), await desk.enrol("Kaja", role=Role.CODER)
        sif = await desk.enrol("Sif", "Syd", Role.LEAD)
        yield here, Team(desk, anna, bo, cleo, lea, adam, kaja, sif)


async def told(db: Database, who: Person) -> list[str]:
    """The weeks somebody was told of by itself."""
    async with db.transaction() as tx:
        rows = await tx.all("SELECT week FROM weekly_sent WHERE person_id = ? ORDER BY week", who.id)
    return [row["week"] for row in rows]


DAY = timedelta(days=1)
