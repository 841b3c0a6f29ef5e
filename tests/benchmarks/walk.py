"""One full-length debrief, walked once through the real service: what every invented mentor then does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.dialogue.events import Chose, ChoseCitizen, Event, Press, Pressed, Typed
from bot.dialogue.guide import Choice, Kind, Question
from bot.dialogue.state import CitizenRef, Stage
from bot.organisation import Organisation
from bot.service import debrief
from bot.service.loaded import load
from bot.service.tools import Tools, keep_guide
from bot.telegram.callbacks import CHOOSE, CITIZEN
from bot.workdays import danish_holidays
from prompts import load_guide
from storage import citizens, people, reflections
from storage.database import Database, Transaction
from storage.keys import Key
from storage.people import Person, Role
from storage.sqlite import open_sqlite
from tests.benchmarks.stands import HERE, TYPED, Stand, Walk

KEY = Key(bytes(range(32)))
NOW = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)
_PICKED = {"outcome": "as_agreed", "contact_when": "earlier_today", "next_contact": "in_3_days", "adjusted": "time"}


def tools() -> Tools:
    """The shipped guide for an organisation that said nothing about itself."""
    return Tools(load_guide(), Organisation(), danish_holidays)


async def record(folder: Path) -> Walk:
    """Walk through a debrief in a database of its own in ``folder``."""
    database = await open_sqlite(folder / "walk.db", KEY, create=True)
    try:
        return await _Walker(database, tools()).walk()
    finally:
        await database.close()


class _Walker:
    def __init__(self, database: Database, given: Tools) -> None:
        self.database, self.tools = database, given
        self.reflection = ""

    async def walk(self) -> Walk:
        async with self.database.transaction() as tx:
            person = await self._begin(tx)
            stands: list[Stand] = []
            while (stand := await self._answer(tx, person)) is not None:
                assert stand.question not in {one.question for one in stands}, f"{stand.question} is asked twice"
                stands.append(stand)
            await self._act(tx, person, Press.SAVE)
            whole = Stand("", "", "", 0, None, *await self._rows(tx))
        return Walk(tuple(stands), whole)

    async def _begin(self, tx: Transaction) -> Person:
        keep_guide(tx, self.tools, NOW)
        team = await people.team_named(tx, "Nord", NOW)
        person = people.add_person(
            tx,
            telegram_id=1,
            chat_id=1,
            name="Anna",
            role=Role.MENTOR,
            team_id=team.id,
            language="da",
            zone="Europe/Copenhagen",
            now=NOW,
        )
        citizens.add(tx, id=HERE, team_id=team.id, mentor_id=person.id, pseudonym="B07", now=NOW)
        await debrief.start(tx, self.tools, person, NOW)
        found = await reflections.open_of(tx, person.id)
        assert found is not None
        self.reflection = found.id
        await self._act(tx, person, Press.FULL)
        return person

    async def _answer(self, tx: Transaction, person: Person) -> Stand | None:
        """Answer the live question; None when all is answered."""
        found = await reflections.get(tx, self.reflection)
        assert found is not None
        state = (await load(tx, self.tools, found)).state
        if state.stage is Stage.REVIEW:
            return None
        assert state.stage is Stage.QUESTION, "the walk is an everyday visit"
        question = self.tools.guide.guide[state.question]
        verb, arg = _move(question)
        rows = await self._rows(tx)
        event: Event = Typed(TYPED, 1000 + len(rows[1]))
        if verb:
            event = ChoseCitizen(state.visit, CitizenRef(HERE, "B07")) if verb == CITIZEN else Chose(state.visit, arg)
        await debrief.act(tx, self.tools, person, found, event, NOW)
        keep = None
        if not verb:
            keep = state.visit
            await self._act(tx, person, Press.KEEP)
        return Stand(question.id, verb, arg, state.visit, keep, *rows)

    async def _act(self, tx: Transaction, person: Person, press: Press) -> None:
        found = await reflections.get(tx, self.reflection)
        assert found is not None
        visit = (await load(tx, self.tools, found)).state.visit
        await debrief.act(tx, self.tools, person, found, Pressed(visit, press), NOW)

    async def _rows(self, tx: Transaction) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        row = await tx.one("SELECT * FROM reflections WHERE id = ?", self.reflection)
        assert row is not None
        given = await tx.all("SELECT * FROM answers WHERE reflection_id = ? ORDER BY id", self.reflection)
        return dict(row), [dict(answer) for answer in given]


def _move(question: Question) -> tuple[str, str]:
    """The verb and argument of the button that answers this question; "" for typing."""
    match question.kind:
        case Kind.TEXT:
            return "", ""
        case Kind.CITIZEN:
            return CITIZEN, HERE
        case Kind.SCALE:
            return CHOOSE, "2"
    plain = [choice.id for choice in question.choices if _is_plain(choice)]
    return CHOOSE, _PICKED.get(question.id, plain[len(plain) // 2])


def _is_plain(choice: Choice) -> bool:
    return choice.companion is None and not choice.exclusive
