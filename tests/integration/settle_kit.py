"""A server that is dumped, goes on, is lost and comes back as it was dumped; and whoever looks for people in it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bot.databases import open_database
from bot.practice_sample import fill
from bot.settings import load_settings
from storage import citizens, erasure_register, outbox, people, signs
from storage.database import Database
from storage.ids import new_id
from storage.people import Role
from tests.integration import engines
from tests.integration.cli_kit import Desk, Said, enrol
from tests.integration.erasing_kit import more
from tests.integration.sample_kit import TOOLS, UNTIL

T = TypeVar("T")
Tables = dict[str, list[dict[str, Any]]]
PROOF = frozenset({"audit", "erasures"})
"""Where the id of who was erased stays: that it was done must be provable."""


@dataclass(frozen=True)
class Lost:
    """A desk whose server was dumped; ``folder`` is where the list of erasures is kept elsewhere."""

    desk: Desk
    folder: Path

    @property
    def own(self) -> Path:
        """The list in the data folder."""
        return self.desk.data / erasure_register.FILE

    @property
    def among_backups(self) -> Path:
        """The list among the backups."""
        return Path(f"{self.desk.data}-backups") / erasure_register.FILE

    @property
    def elsewhere(self) -> Path:
        """A copy of it that is kept on no machine of ours."""
        return self.folder / "elsewhere" / "list.jsonl"

    def dump(self) -> None:
        """The server as it stands is what will be brought back. (It copies by itself here: its pg_dump is not of one
        version with it everywhere.)"""
        _copy(self.folder, "first", "dump")

    def lose(self) -> None:
        """Keep the list elsewhere, lose every other copy of it, and bring the dump back."""
        self.elsewhere.parent.mkdir()
        shutil.copy(self.own, self.elsewhere)
        self.own.unlink()
        self.among_backups.unlink()
        self.bring_back()

    def bring_back(self) -> None:
        """The dump as it was, as what the commands work on."""
        _copy(self.folder, "dump", "second")
        self.desk.env(EFTERTANKE_DATABASE_URL=engines.address_of(self.folder / "second"))

    def settle(self, *options: str) -> Said:
        """Run the command, with an answer to its question."""
        return self.desk.run("settle", "--yes", *options)

    def with_list(self) -> Said:
        """The same with the list from elsewhere; it must go well."""
        said = self.settle("--erasures", str(self.elsewhere))
        assert (said.code, said.err) == (0, ""), said
        return said


def _copy(folder: Path, source: str, target: str) -> None:
    names = [str(conninfo_to_dict(engines.url_of(folder / one, empty=True))["dbname"]) for one in (source, target)]
    old, new = (sql.Identifier(one) for one in names)
    with psycopg.connect(engines.server().url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(new))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(new, old))


def on_desk(work: Callable[[Database], Awaitable[T]]) -> T:
    """What ``work`` gives, with the database of the desk's settings."""

    async def go() -> T:
        db = await open_database(load_settings(os.environ))
        try:
            return await work(db)
        finally:
            await db.close()

    return asyncio.run(go())


async def small(db: Database) -> None:
    """Two mentors with a citizen each, a lead, and a message that waits; the bot was there a moment ago."""
    async with db.transaction() as tx:
        for name, number, pseudonym in (("Anna", 1000, "Kilde"), ("Bo", 2000, "Lind")):
            mentor = await enrol(tx, name, number, now=UNTIL)
            citizens.add(
                tx, id=new_id(UNTIL), team_id=mentor.team_id or "", mentor_id=mentor.id, pseudonym=pseudonym, now=UNTIL
            )
        await enrol(tx, "Lea", 3000, role=Role.LEAD, now=UNTIL)
        outbox.queue_send(tx, chat_id=1001, payload=json.dumps({"text": "Husk Kilde"}), now=UNTIL)
        signs.seen(tx, signs.POLL, UNTIL)


async def full(db: Database) -> None:
    """Weeks of a team, and rows of everybody in the tables that those leave out."""
    await fill(db, TOOLS, until=UNTIL, weeks=2, mentors=3)
    async with db.transaction() as tx:
        await more(tx)
        signs.seen(tx, signs.POLL, UNTIL)


async def tables(db: Database) -> Tables:
    """Everything stored, by table, with what is sealed opened."""
    with engines.on("postgres"):
        async with db.snapshot() as view:
            return {
                name: [dict(row) for row in await view.all(f'SELECT * FROM "{name}"')]  # noqa: S608 - its own names
                for name in await engines.tables_of(view)
            }


def where(stored: Tables, *traces: str | int) -> set[str]:
    """The tables with a cell that is one of these numbers, or has one of these texts in it."""
    texts = [one for one in traces if isinstance(one, str)]
    numbers = {one for one in traces if isinstance(one, int)}
    return {
        table
        for table, rows in stored.items()
        for row in rows
        for cell in row.values()
        if (cell in numbers if isinstance(cell, int) else any(one in str(cell) for one in texts))
    }


def changed(before: Tables, after: Tables) -> set[str]:
    """The tables that do not have the same rows."""
    assert before.keys() == after.keys()

    def counted(rows: list[dict[str, Any]]) -> Counter[str]:
        return Counter(json.dumps(row, sort_keys=True, default=str) for row in rows)

    return {name for name in before if counted(before[name]) != counted(after[name])}


def id_of(stored: Tables, table: str, column: str, value: object) -> str:
    """The id of the one row of this table with this value."""
    (row,) = [row for row in stored[table] if row[column] == value]
    return str(row["id"])


async def here(db: Database) -> tuple[list[str], list[str]]:
    """The names of who has not left, and pseudonyms, both sorted."""
    async with db.transaction() as tx:
        rows = await tx.all("SELECT pseudonym FROM citizens")
        found = [one.name for one in await people.people(tx) if one.left_at is None]
    return sorted(found), sorted(row["pseudonym"] for row in rows)


async def waiting(db: Database) -> list[str]:
    """The texts that wait to be sent, by chat."""
    async with db.transaction() as tx:
        asked = "SELECT payload FROM outbox WHERE status = 'pending' AND kind = 'send' ORDER BY chat_id"
        return [json.loads(row["payload"])["text"] for row in await tx.all(asked)]


def when(stored: Tables) -> list[datetime]:
    """Of which moments copies were settled."""
    return [datetime.fromisoformat(row["backup_made_at"]) for row in stored["restores"]]
