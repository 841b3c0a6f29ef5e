"""The stage of a conversation: the real program as a process of its own, on an encrypted database, behind the
practice phone's Bot API; and what it stored, read back."""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import bot
from bot.practice.client import HttpPhone
from bot.practice.clock import ZONE
from bot.practice.local import LocalPhone
from bot.practice.plug import Launch
from bot.practice.start import PracticeFolders, bot_environment
from bot.practice_cast import TEAM, prepare
from bot.service.reading import Purpose, ReadReflection, read
from bot.service.reading_answers import ReadAnswer
from bot.workdays import danish_holidays
from storage import due, invites, people
from storage.keys import read_key
from storage.people import Role
from storage.sqlite import SqliteDatabase, open_sqlite
from storage.sqlite_connect import connect
from tests.acceptance.person import Person
from tests.acceptance.words import words
from tests.ready import ready

ROOT = Path(bot.__file__).parents[1]
QUIET_SECONDS = 0.015  # looks wait for what they look for; this only keeps acts apart


@dataclass
class Stage:
    """``env`` is what the bot gets when it is next started; ``codes`` are invitations by name."""

    phone: HttpPhone
    folders: PracticeFolders
    token: str
    codes: Mapping[str, Sequence[str]]
    env: dict[str, str]

    def person(self, name: str, language: str = "da") -> Person:
        """Anna, Bo, Lea or Fremmed, spoken to in this language."""
        return Person(self.phone, self.phone.person(name), words(language))

    @property
    def log(self) -> str:
        """Everything the bot has logged so far."""
        return (self.folders.data / "bot.log").read_text(encoding="utf-8")

    @asynccontextmanager
    async def database(self) -> AsyncIterator[SqliteDatabase]:
        """The bot's database, beside the running bot."""
        db = await open_sqlite(self.folders.data / "eftertanke.db", read_key(None, self.folders.key_file), create=False)
        try:
            yield db
        finally:
            await db.close()

    async def debriefs(self, *, revisions: bool = False) -> list[ReadReflection]:
        """Every stored debrief as an export for the record reads it, the oldest first."""
        async with self.database() as db, db.snapshot() as snapshot:
            return [one async for one in read(snapshot, Purpose.RECORD, revisions=revisions)]

    async def newest(self, mentor: str = "Anna") -> Debrief:
        """The mentor's newest debrief."""
        return Debrief([one for one in await self.debriefs(revisions=True) if one.mentor == mentor][-1])

    def everything_stored(self) -> str:
        """The whole database, decrypted, as one text."""
        return "\n".join(str(cell) for _, row in self._rows() for cell in row)

    def tables_with(self, cell: object) -> set[str]:
        """The tables in which this very value stands."""
        return {table for table, row in self._rows() if cell in row}

    def _rows(self) -> list[tuple[str, tuple[Any, ...]]]:
        connection = connect(self.folders.data / "eftertanke.db", read_key(None, self.folders.key_file))
        try:
            tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return [(table, row) for table in tables for row in connection.execute(f'SELECT * FROM "{table}"')]  # noqa: S608 - its own names
        finally:
            connection.close()

    async def invite(self, name: str, role: Role = Role.MENTOR, *, hours: float = 72) -> str:
        """An invitation into the practice's team, as the operator makes it; gives its code."""
        async with self.database() as db, db.transaction() as tx:
            now = await self.phone.now()
            team = await people.team_named(tx, TEAM, now)
            code, _ = invites.add_invite(tx, role=role, name=name, team_id=team.id, now=now, ttl=timedelta(hours=hours))
        return code

    async def at_work(self) -> None:
        """Move the clock to nine o'clock on the next working day, when people may be reminded."""
        now = await self.phone.now()
        day = now.astimezone(ZONE).date() + timedelta(days=1)
        while day.weekday() > 4 or day in danish_holidays(now):
            day += timedelta(days=1)
        await self.phone.move_to(datetime.combine(day, time(9), ZONE))

    async def to_next_reminder(self) -> datetime:
        """Move the clock to when the next reminder falls due, and give that time."""
        async with self.database() as db, db.snapshot() as snapshot:
            at = await due.next_due(snapshot)
        assert at is not None, "nobody waits for a reminder"
        await self.phone.move_to(max(at, await self.phone.now()))
        return at

    async def restart(self) -> None:
        """Pull the plug and start the bot again."""
        await self.phone.kill_bot()
        await self.phone.start_bot()
        await self.phone.wait_until_listening()


@dataclass(frozen=True)
class Debrief:
    """A stored debrief: ``current`` is what counts now, ``history`` every revision of a question."""

    read: ReadReflection

    @property
    def current(self) -> dict[str, ReadAnswer]:
        """Question id → the answer that counts."""
        return {one.question_id: one for one in self.read.answers if one.superseded_at is None}

    def history(self, question_id: str) -> list[ReadAnswer]:
        """All revisions of an answer, the first one first."""
        return sorted((a for a in self.read.answers if a.question_id == question_id), key=lambda a: a.revision)

    def values(self) -> dict[str, object]:
        """Question id → value, for what was really answered."""
        return {q: a.value for q, a in self.current.items() if not a.assumed and not a.skipped}


@asynccontextmanager
async def running(folder: Path, **more: str) -> AsyncIterator[Stage]:
    """A stage with the program running on fresh data; ``more`` goes into the bot's environment."""
    folders = PracticeFolders(folder / "data", folder / "key")
    folders.data.mkdir(mode=0o700)
    folders.key_file.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    folders.key_file.chmod(0o600)
    codes = await prepare(folders.data, folders.key_file)
    env: dict[str, str] = {}

    def launch(local: LocalPhone) -> Launch:
        env.update(bot_environment(folders, local.token, local.api_url))
        env.update({"EFTERTANKE_LOG_LEVEL": "DEBUG", "PYTHONPATH": str(ROOT), **more})
        return Launch([sys.executable, "-m", "bot", "run"], env, start=ready)

    known = [name for name, codes_of in codes.items() if not codes_of]
    async with LocalPhone(folders.data, launch, known=known, quiet=QUIET_SECONDS) as local:
        await local.client.wait_until_listening()
        yield Stage(local.client, folders, local.token, codes, env)
        await local.client.kill_bot()  # quicker than asking it
