"""An operator at the terminal, and mentors who debrief: what the tests of commands and exports share."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.cli import main
from bot.dialogue.events import Chose, ChoseCitizen, Event, Press, Pressed, Typed
from bot.dialogue.state import CitizenRef
from bot.organisation import Organisation
from bot.service import debrief
from bot.service.tools import Tools, keep_guide
from prompts import load_guide
from storage import people, reflections
from storage.database import Database, Transaction
from storage.keys import read_key
from storage.people import Consent, Person, Role
from storage.sqlite import open_sqlite

NOW = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)  # a Wednesday, 13.10 in Copenhagen
TOOLS = Tools(load_guide(), Organisation(), lambda _now: frozenset())
T = TypeVar("T")


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)

    def refused(self, *words: str, code: int = 1) -> None:
        """It gave one plain sentence on stderr that has these words, nothing else, and this exit code."""
        assert (self.code, self.out) == (code, ""), self
        self.sentence(*words)

    def sentence(self, *words: str) -> None:
        """Stderr is one plain sentence that has these words."""
        assert re.fullmatch(r"[^\n]+\.\n", self.err), self.err
        assert "Traceback" not in self.err and "Error(" not in self.err
        for word in words:
            assert word in self.err, self.err


class Desk:
    """A terminal with an environment of its own; ``data`` is where the organisation's data would be."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.data, self.key_file = folder, folder / "data", folder / "data.key"
        self._patch, self._capsys = monkeypatch, capsys
        for name in [name for name in os.environ if name.startswith("EFTERTANKE_") or name == "PORT"]:
            monkeypatch.delenv(name)
        self.env(EFTERTANKE_DATA=str(self.data), COLUMNS="200")

    def env(self, **variables: str) -> None:
        """Set variables of the environment."""
        for name, value in variables.items():
            self._patch.setenv(name, value)

    def run(self, *arguments: str) -> Said:
        """Run a command in this process."""
        self._capsys.readouterr()
        with _as_before():
            code = main(arguments)
        said = self._capsys.readouterr()
        return Said(code, said.out, said.err)

    def set_up(self) -> Said:
        """Run setup without questions."""
        said = self.run("setup", "--yes", "--name", "Nordbyens mentorer")
        assert (said.code, said.err) == (0, "")
        return said

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """The organisation's database, as the bot would open it."""
        db = await open_sqlite(self.data / "eftertanke.db", read_key(None, self.key_file), create=False)
        try:
            yield db
        finally:
            await db.close()

    def stored(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do something in one transaction."""

        async def go() -> T:
            async with self.database() as db, db.transaction() as tx:
                return await work(tx)

        return asyncio.run(go())


@contextmanager
def _as_before() -> Iterator[None]:
    """Commands set the umask and the log for their whole process; here that is the tests' process."""
    root = logging.getLogger()
    handlers, level, mask = root.handlers[:], root.level, os.umask(0o022)
    os.umask(mask)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(False)
        os.umask(mask)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A terminal on an empty folder."""
    return Desk(tmp_path, monkeypatch, capsys)


async def enrol(
    tx: Transaction,
    name: str,
    number: int,
    *,
    role: Role = Role.MENTOR,
    team: str | None = "Nord",
    language: str = "da",
    coding: bool | None = None,
    now: datetime = NOW,
) -> Person:
    """Somebody joins; Telegram's ids are ``number`` (account) and ``number + 1`` (chat)."""
    found = await people.team_named(tx, team, now) if team else None
    made = people.add_person(
        tx,
        telegram_id=number,
        chat_id=number + 1,
        name=name,
        role=role,
        team_id=found.id if found else None,
        language=language,
        zone="Europe/Copenhagen",
        now=now,
    )
    people.consent(tx, made.id, Consent.USE, True, now)
    if coding is not None:
        people.consent(tx, made.id, Consent.CODING, coding, now)
    return made


class Talk:
    """One mentor's debrief over the real use cases; each move is a transaction, a minute after the one before."""

    def __init__(self, db: Database, person: Person, now: datetime = NOW, message: int = 7_000_001) -> None:
        self.db, self.person, self.now, self._message = db, person, now, message
        self.reflection_id = ""

    async def begin(self) -> Talk:
        """/debrief."""
        async with self.db.transaction() as tx:
            keep_guide(tx, TOOLS, self.now)
            await debrief.start(tx, TOOLS, self.person, self.now)
            opened = await reflections.open_of(tx, self.person.id)
            assert opened is not None
            self.reflection_id = opened.id
        return self

    async def tap(self, *moves: str | Press | tuple[Press, str] | CitizenRef) -> Talk:
        """Choices and buttons, one after the other; a tuple is a button with its argument."""
        for move in moves:
            await self._act(lambda visit, move=move: _event(move, visit))  # type: ignore[misc] # bound for the loop
        return self

    async def type(self, text: str) -> Talk:
        """A typed message."""
        self._message += 1
        return await self._act(lambda _visit: Typed(text, self._message))

    async def _act(self, event: Callable[[int], Event]) -> Talk:
        self.now += timedelta(minutes=1)
        async with self.db.transaction() as tx:
            stands = await reflections.get(tx, self.reflection_id)
            assert stands is not None
            await debrief.act(tx, TOOLS, self.person, stands, event(json.loads(stands.state)["visit"]), self.now)
        return self

    async def asks(self) -> str:
        """The question asked, or the stage."""
        async with self.db.transaction() as tx:
            stands = await reflections.get(tx, self.reflection_id)
            assert stands is not None
        state = json.loads(stands.state)
        return str(state["question"] if state["stage"] == "question" else state["stage"])


def _event(move: str | Press | tuple[Press, str] | CitizenRef, visit: int) -> Event:
    match move:
        case CitizenRef():
            return ChoseCitizen(visit, move)
        case Press():
            return Pressed(visit, move)
        case (press, arg):
            return Pressed(visit, press, arg)
        case _:
            return Chose(visit, move)


def exported(folder: Path) -> list[dict[str, Any]]:
    """The reflections of an export."""
    text = (folder / "reflections.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def by_question(reflection: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers of an exported reflection."""
    return {answer["question_id"]: answer for answer in reflection["answers"]}
