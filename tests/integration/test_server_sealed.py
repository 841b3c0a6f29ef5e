"""On a server what people write stands sealed in its column: who reads the tables without the key reads none of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bot.practice_sample import fill
from storage import asked, codings, erasing, guard_names, inbox, outbox, people, supervision
from storage.codings import Mark
from storage.database import Database, Transaction, WrongKey
from storage.inbox import Incoming
from storage.keys import Key
from storage.postgres import open_postgres
from storage.sealing import KEYED, SEALED
from tests.integration import engines
from tests.integration.erasing_kit import more
from tests.integration.sample_kit import TOOLS, UNTIL, opened
from tests.integration.storage_kit import cast

CANARY = "Kanariefuglen Pip"
_MARK = "sealed1:"
_LONG = 12  # characters: a shorter text may stand in an id by chance


@pytest.fixture(autouse=True)
def on_a_server() -> None:
    """These are about PostgreSQL only."""
    engines.server()


@asynccontextmanager
async def filled(folder: Path) -> AsyncIterator[Database]:
    """Weeks of a team, and by the storage modules' own functions whatever they leave out."""
    with engines.on("postgres"):
        db = await opened(folder)
    try:
        await fill(db, TOOLS, until=UNTIL, weeks=1, mentors=2)
        async with db.transaction() as tx:
            anyone = (await people.people(tx))[0]
            guard_names.add(tx, anyone.id, CANARY, UNTIL)
            asked.ask(tx, anyone.id, "todo", CANARY, UNTIL)
            await inbox.put(tx, [Incoming(1, "h", 5, f'{{"text": "{CANARY}"}}')], UNTIL)
            outbox.queue_send(tx, chat_id=5, payload=CANARY, now=UNTIL)
            for payload in (CANARY, f"{CANARY} igen"):
                outbox.queue_card(tx, chat_id=5, card="page:x", payload=payload, fresh=False, now=UNTIL)
            outbox.queue_delete(tx, chat_id=5, message_ids=[1], now=UNTIL)
            outbox.queue_file(tx, chat_id=5, payload=CANARY, file=CANARY.encode(), now=UNTIL)
            assert await _taken_up(tx, anyone.id)
            row = await tx.one("SELECT reflection_id, question_id, revision FROM answers WHERE superseded_at IS NULL")
            assert row is not None
            place = (str(row["reflection_id"]), str(row["question_id"]), int(row["revision"]))
            mark = Mark(*place, None, None, "relation.trust", "Koder", UNTIL, CANARY, CANARY)
            codings.add(tx, mark, codings.add_import(tx, "0" * 64, "csv", UNTIL), UNTIL)
        yield db
    finally:
        await db.close()


async def _taken_up(tx: Transaction, lead_id: str) -> bool:
    """The first wish for supervision that nobody has taken up gets a remark."""
    for row in await tx.all("SELECT id FROM reflections ORDER BY id"):
        wish = await supervision.wish_in(tx, row["id"])
        if wish is not None:
            day = UNTIL.date()
            if await supervision.take_up(tx, wish, lead_id=lead_id, day=day, remark=CANARY, chip=None, now=UNTIL):
                return True
    return False


async def texts(db: Database) -> set[str]:
    """What people wrote, opened."""
    found: set[str] = set()
    async with db.snapshot() as view:
        for table, columns in SEALED.items():
            async for row in view.rows(f"SELECT {', '.join(columns)} FROM {table}"):  # noqa: S608 - our own names
                found |= {row[name] for name in columns if row[name]}
    return found


def raw(folder: Path) -> dict[tuple[str, str], list[str]]:
    """Table and column → what stands there, as anybody who can read the tables sees it."""
    with psycopg.connect(engines.url_of(folder)) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        ).fetchall()
        return {
            (table, name): [
                str(value)
                for (value,) in connection.execute(
                    sql.SQL("SELECT {} FROM {}").format(sql.Identifier(name), sql.Identifier(table))
                ).fetchall()
                if value is not None
            ]
            for table, name in columns
        }


async def test_no_text_stands_in_the_clear(tmp_path: Path) -> None:
    """Every cell of the columns for free text is sealed, no two alike, and no text that anybody wrote stands anywhere
    else."""
    async with filled(tmp_path) as db:
        written = {text for text in await texts(db) if len(text) >= _LONG}
    cells = raw(tmp_path)
    for table, columns in SEALED.items():
        for name in columns:
            assert cells[table, name], f"{table}.{name} was not filled"
            assert all(cell.startswith(_MARK) for cell in cells[table, name] if cell), (table, name)
    typed = [cell for cell in cells["answers", "value"] if "parts" in cell]
    assert typed and all(text.startswith(_MARK) for cell in typed for _, text in json.loads(cell)["parts"])
    for table, columns in KEYED.items():
        assert all(len(cell) == 64 for name in columns for cell in cells[table, name])
    sealed = [cell for table, columns in SEALED.items() for name in columns for cell in cells[table, name] if cell]
    assert len(set(sealed)) == len(sealed) > 50
    assert len(written) > 20 and CANARY in written
    guides = ("guides", "content")  # the questions, which everybody may read
    open_cells = {place: "\n".join(column) for place, column in cells.items() if place != guides}
    assert [place for place, column in open_cells.items() if "Kanariefugl" in column] == []
    assert {place for place, column in open_cells.items() if any(text in column for text in written)} == set()


async def test_another_key_opens_nothing(tmp_path: Path) -> None:
    """It is refused in one sentence; and even past that refusal no text opens."""
    async with filled(tmp_path) as db:
        written = await texts(db)
    url = engines.url_of(tmp_path)
    with pytest.raises(WrongKey, match="belongs to another key"):
        await open_postgres(url, Key.new())
    other = Key.new()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE eftertanke SET key_id = %s", (other.id,))
    db = await open_postgres(url, other)
    assert written.isdisjoint(await texts(db))
    await db.close()


async def test_a_name_is_on_the_list_once(tmp_path: Path) -> None:
    """Names are compared without standing there: the same name in another spelling is still one."""
    with engines.on("postgres"):
        db = await opened(tmp_path)
    async with db.transaction() as tx:
        anna = (await cast(tx)).anna
        for name in (CANARY, "kanariefuglen  PIP", "Andefugl"):
            guard_names.add(tx, anna.id, name, UNTIL)
        assert [one.name for one in await guard_names.of_person(tx, anna.id)] == ["Andefugl", CANARY]
    await db.close()


async def test_erasing_reaches_what_is_sealed(tmp_path: Path) -> None:
    """A citizen and a mentor are erased: no row of any table names them, and a search that had found the citizen has
    forgotten them, although no query can look into what is sealed."""
    with engines.on("postgres"):
        db = await opened(tmp_path)
    await fill(db, TOOLS, until=UNTIL, weeks=1, mentors=2)
    async with db.transaction() as tx:
        await more(tx)
        found = [row for row in await tx.all("SELECT id, state FROM reflections") if '"found": [[' in row["state"]]
        (gone,) = {row["state"].split('"found": [["')[1][:36] for row in found[:1]}
        mentor = next(one for one in await people.people(tx) if one.role is people.Role.MENTOR)
    async with db.transaction() as tx:
        await erasing.citizen(tx, gone)
        await erasing.mentor(tx, mentor.id)
    async with db.snapshot() as view:
        for table in {table for table, _ in raw(tmp_path)} - {"audit", "erasures"}:
            rows = [row async for row in view.rows(f"SELECT * FROM {table}")]  # noqa: S608 - a table's name
            assert not [row for row in rows if gone in str(row)], table
    await db.close()
