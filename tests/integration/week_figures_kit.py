"""Debriefs of a team over weeks, through the real use cases: each in one transaction, so that many are written soon.

All names and texts are invented.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import utc
from bot.dialogue.events import Chose, ChoseCitizen, Event, Press, Pressed, Typed
from bot.dialogue.guide import Kind
from bot.dialogue.state import CitizenRef
from bot.dialogue.summary import Week, WeeklySummary
from bot.exports import jsonl
from bot.organisation import Organisation
from bot.service import debrief
from bot.service.reading import Purpose, read
from bot.service.tools import Tools, keep_guide
from bot.service.week_figures import summary_of
from prompts import load_guide
from storage import citizens, people, reflections
from storage.citizens import Citizen
from storage.database import Database, Transaction
from storage.ids import new_id
from storage.keys import Key
from storage.people import Person, Role, Team
from tests.integration import engines

TOOLS = Tools(load_guide(), Organisation(), lambda _now: frozenset())
ZONE = ZoneInfo("Europe/Copenhagen")
LONG_AGO = datetime(2019, 1, 7, 8, 0, tzinfo=ZONE)
CANARY = "kanariefugl"
Move: TypeAlias = str | Press | tuple[Press, str]
Moves: TypeAlias = Mapping[str, Sequence[Move]]
"""Question → what is tapped, or typed where the question is a text, one message each."""
TYPE = "✎"
"""Before what is typed where there are also buttons."""


def at(week: Week, weekday: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment of the week (UTC): local time; Monday is 0."""
    day = week.monday + timedelta(days=weekday)
    return utc(day, datetime.min.time().replace(hour=hour, minute=minute), ZONE)


@dataclass
class Office:
    """A database with teams that debrief."""

    db: Database
    messages: int = 9_000_000
    written: dict[str, str] = field(default_factory=dict)

    async def enrol(self, name: str, team: str = "Nord", role: Role = Role.MENTOR) -> Person:
        """Somebody joins."""
        self.messages += 1
        async with self.db.transaction() as tx:
            keep_guide(tx, TOOLS, LONG_AGO)
            found = await people.team_named(tx, team, LONG_AGO)
            return people.add_person(
                tx, telegram_id=self.messages, chat_id=self.messages, name=name, role=role, team_id=found.id,
                language="da", zone=ZONE.key, now=LONG_AGO,
            )  # fmt: skip

    async def citizen(self, mentor: Person, pseudonym: str, now: datetime) -> Citizen:
        """A citizen is registered."""
        async with self.db.transaction() as tx:
            return citizens.add(
                tx, id=new_id(now), team_id=mentor.team_id or "", mentor_id=mentor.id, pseudonym=pseudonym, now=now
            )

    async def team(self, name: str = "Nord") -> Team:
        """The team of this name."""
        async with self.db.transaction() as tx:
            return await people.team_named(tx, name, LONG_AGO)

    async def debrief(
        self, mentor: Person, citizen: Citizen | None, now: datetime, moves: Moves, *, full: bool = False,
        end: Press | None = Press.SAVE, change: Moves | None = None, until: str = "",
    ) -> str:  # fmt: skip
        """A debrief begun at ``now``, ended, and then perhaps changed on its receipt; its id. ``until``: the
        question at which it ends, half-way."""
        async with self.db.transaction() as tx:
            talk = _Talk(self, tx, mentor, citizen, now)
            await talk.begin(full=full)
            await talk.answer(moves, until)
            if end is not None:
                await talk.press(end)
            for question, taps in (change or {}).items():
                talk.now += timedelta(minutes=1)
                await talk.press(Press.CHANGE, question)
                await talk.answer({question: taps})
            return talk.id

    async def summary(self, week: Week, now: datetime | None = None, team: str = "Nord") -> WeeklySummary:
        """The summary as seen from ``now``; the Monday after unless told otherwise."""
        found = await self.team(team)
        async with self.db.snapshot() as snapshot:
            return await summary_of(snapshot, TOOLS, found, week, now or at(week.moved(1), 0, 8))

    async def exported(self) -> list[dict[str, Any]]:
        """The export for the record, as it would stand in the file."""
        async with self.db.snapshot() as snapshot:
            found = read(snapshot, Purpose.RECORD, revisions=False)
            return [json.loads(jsonl.line(one, revisions=False)) async for one in found]


class _Talk:
    def __init__(self, office: Office, tx: Transaction, mentor: Person, citizen: Citizen | None, now: datetime) -> None:
        self.office, self.tx, self.mentor, self.citizen, self.now = office, tx, mentor, citizen, now
        self.id = ""

    async def begin(self, *, full: bool) -> None:
        await debrief.start(self.tx, TOOLS, self.mentor, self.now)
        opened = await reflections.open_of(self.tx, self.mentor.id)
        assert opened is not None
        self.id = opened.id
        if full:
            await self.press(Press.FULL)

    async def answer(self, moves: Moves, until: str = "") -> None:
        """Answer what is asked; anything not told is skipped, a date is in three days."""
        for _ in range(80):
            state = await self._state()
            if state["stage"] == "rest":
                await self.press(Press.RESUME)
            elif state["stage"] != "question" or state["question"] == until:
                return
            elif state["draft"]["mode"] == "date":
                await self._act(lambda visit: Chose(visit, "d3"))
            elif state["question"] == "citizen" and "citizen" not in moves:
                await self._citizen()
            else:
                await self._make(state["question"], moves.get(state["question"], (Press.SKIP,)))
        raise AssertionError(f"never came to an end: {state['question']}")

    async def _citizen(self) -> None:
        if self.citizen is None:
            await self.press(Press.SKIP)
        else:
            ref = CitizenRef(self.citizen.id, self.citizen.pseudonym)
            await self._act(lambda visit: ChoseCitizen(visit, ref))

    async def _make(self, question: str, taps: Sequence[Move]) -> None:
        is_text = TOOLS.guide.guide[question].kind is Kind.TEXT
        for tap in taps:
            match tap:
                case Press():
                    await self.press(tap)
                case (press, arg):
                    await self.press(Press(press), arg)
                case str() if is_text or tap.startswith(TYPE):
                    await self._type(tap.removeprefix(TYPE))
                case str():
                    await self._act(lambda visit, tap=tap: Chose(visit, tap))
        if is_text and Press.SKIP not in taps:
            await self.press(Press.KEEP)

    async def _type(self, text: str) -> None:
        self.office.messages += 1
        number = self.office.messages
        await self._act(lambda _visit: Typed(text, number))

    async def press(self, press: Press, arg: str = "") -> None:
        """A button that is no choice."""
        await self._act(lambda visit: Pressed(visit, press, arg))

    async def _act(self, event: Any) -> None:
        self.now += timedelta(seconds=5)
        stands = await reflections.get(self.tx, self.id)
        assert stands is not None
        made: Event = event((await self._state())["visit"])
        await debrief.act(self.tx, TOOLS, self.mentor, stands, made, self.now)

    async def _state(self) -> dict[str, Any]:
        stands = await reflections.get(self.tx, self.id)
        assert stands is not None
        found: dict[str, Any] = json.loads(stands.state)
        return found


@asynccontextmanager
async def office(folder: Path) -> AsyncIterator[Office]:
    """An empty office."""
    db = await engines.open_database(folder, Key(bytes(range(32))))
    try:
        yield Office(db)
    finally:
        await db.close()
