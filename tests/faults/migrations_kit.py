"""Databases of every released schema with something in each table, killed while they are migrated, and looked at."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from storage import answers, audit
from storage.database import StorageError, Transaction
from storage.ids import new_id
from storage.migrating import Step, backup_path, shipped_steps, statements
from storage.sqlite import open_sqlite
from storage.sqlite_connect import Connection, connect
from storage.times import stamp
from tests.integration.storage_kit import KEY, NOW, answer, cast, citizen, debrief

HALF = "half a step"
STUCK = "the rerun does not finish"
ALTERED = "rows are lost or altered"
SCHEMA = "not the schema of a fresh database"
BACKUP = "the backup from before does not hold what was there"
_WEEKS = 5  # the schema from which on debriefs know of weeks
_ROWS = 3
# Columns that not every text or number fits: the schema's own rules, written down once more on purpose.
_RULED: Mapping[str, Any] = {
    "people.role": "mentor",
    "people.tidy": "at_end",
    "consents.kind": "use",
    "invites.role": "mentor",
    "reflections.status": "saved",
    "followups.status": "open",
    "inbox.status": "done",
    "outbox.kind": "send",
    "outbox.status": "sent",
    "contact_threads.ended": "contact",
    "reminders.status": "sent",
    "person_hours.opens": "08:00",
    "person_hours.closes": "16:00",
    "lead_calls.kind": "today",
    "week_files.kind": "picture",
    "coding_imports.kind": "csv",
    "codings.starts": 0,
    "codings.ends": 4,
    "retention_told.days": 7,
    "backups.made_by": "clock",
    "erasures.kind": "citizen",
}
Dump = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


def at_schema(path: Path, version: int) -> None:
    """A database that stopped at a schema: debriefs by the storage's own functions, and rows in every other table."""
    asyncio.run(_stored(path, version))
    with closing(connect(path, KEY)) as connection:
        connection.execute("BEGIN")
        for table in _tables(connection):
            if table != "audit":  # written by its own function: later schemas refuse any other row
                _fill(connection, table)
        connection.execute("COMMIT")
        assert not connection.execute("PRAGMA foreign_key_check").fetchall()


async def _stored(path: Path, version: int) -> None:
    db = await open_sqlite(path, KEY, create=True, steps=shipped_steps()[:version])
    try:
        async with db.transaction() as tx:
            await _people_and_debriefs(tx, version)
    finally:
        await db.close()


async def _people_and_debriefs(tx: Transaction, version: int) -> None:
    who = await cast(tx)
    for mentor in (who.anna, who.bo, who.sif):
        told = debrief(tx, mentor, status="saved", before_weeks=version < _WEEKS)
        citizen(tx, mentor, f"B{mentor.telegram_id}")
        first = answer(told, "day", "Blåbærgrød på Øen", message_id=mentor.telegram_id)
        answers.put_answer(tx, first, None)
        answers.put_answer(tx, answer(told, "day", {"value": "next"}), first.id)
    columns = [row["name"] for row in await tx.all("SELECT name FROM pragma_table_info('audit')")]
    for subject in ("one", "two", None):
        if "hash" in columns:
            audit.note(tx, audit.OPERATOR, "invented", subject, NOW)
        else:
            tx.write(
                "INSERT INTO audit (id, at, actor, action, subject) VALUES (?, ?, 'operator', 'invented', ?)",
                new_id(NOW),
                stamp(NOW),
                subject,
            )


def _tables(connection: Connection) -> list[str]:
    """In the order in which they were made, so that what is referred to comes first."""
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def _fill(connection: Connection, table: str) -> None:
    """Top the table up with invented rows."""
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    there = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - the schema's own names
    for number in range(there, _ROWS):
        row = {name: _invented(table, name, kind, number) for _, name, kind, *_ in columns}
        for references in _references(connection, table):
            row |= _referred(connection, references, number)
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))  # noqa: S608


def _invented(table: str, column: str, kind: str, number: int) -> object:
    ruled = _RULED.get(f"{table}.{column}")
    if ruled is not None:
        return ruled
    if kind != "TEXT":
        return number if column.endswith(("_id", "seq")) else 1
    if column == "at" or column.endswith(("_at", "_on", "_until", "_before", "_day")):
        return stamp(NOW + timedelta(days=number)) if column.endswith("_on") else stamp(NOW)  # days are keys
    return f"{column} {number} æøå"


def _references(connection: Connection, table: str) -> list[list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in connection.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
        found.setdefault(row[0], []).append(row)
    return list(found.values())


def _referred(connection: Connection, references: list[tuple[Any, ...]], number: int) -> dict[str, object]:
    """Columns of one foreign key: the row of that number in the other table; what is optional at times stays empty."""
    other, own, theirs = references[0][2], [row[3] for row in references], [row[4] for row in references]
    rows = connection.execute(f"SELECT {', '.join(theirs)} FROM {other} ORDER BY 1").fetchall()  # noqa: S608
    return dict(zip(own, rows[number % len(rows)], strict=True))


def dump(path: Path, only: Dump | None = None) -> Dump:
    """Each table with its columns and sorted rows; with ``only`` the tables and columns that are in there."""
    with closing(connect(path, KEY)) as connection:
        found: Dump = {}
        for table in sorted(_tables(connection)):
            columns = sorted(row[1] for row in connection.execute(f'PRAGMA table_info("{table}")'))
            if only is not None:
                columns = [name for name in columns if table in only and name in only[table][0]]
            if columns:
                rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()  # noqa: S608
                found[table] = (columns, sorted(rows, key=repr))
    return found


def schema(path: Path) -> tuple[int, list[tuple[str, ...]]]:
    """The version, and all that the schema says."""
    with closing(connect(path, KEY)) as connection:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        said = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").fetchall()
    return version, said


def fresh_schemas(folder: Path) -> dict[int, list[tuple[str, ...]]]:
    """What each version's schema says in a database made in one go."""
    found = {}
    for step in shipped_steps():
        path = folder / f"{step.version}.db"
        asyncio.run(_made(path, shipped_steps()[: step.version]))
        found[step.version] = schema(path)[1]
    return found


async def _made(path: Path, steps: Sequence[Step]) -> None:
    await (await open_sqlite(path, KEY, create=True, steps=steps)).close()


def migrated(path: Path, place: int = 0, *more: str, after: float | None = None) -> tuple[str, float]:
    """Migrate in a process that ends at ``place``, or ``after`` so many seconds; what it said, and its seconds."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.migrations_child", str(path), str(place), *more],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "go\n"
        began = time.monotonic()
        if after is not None:
            time.sleep(after)
            process.kill()
        said = process.stdout.read()
    return said, time.monotonic() - began


def violations(path: Path, start: int, before: Dump, fresh: Mapping[int, list[tuple[str, ...]]]) -> list[str]:
    """What is wrong after a kill, and after the rerun that this does."""
    found = []
    version, said = schema(path)
    if said != fresh[version]:
        found.append(HALF)
    try:
        asyncio.run(_rerun(path))
    except StorageError:
        return [*found, STUCK]
    if schema(path) != (max(fresh), fresh[max(fresh)]):
        found.append(SCHEMA)
    # A column that a later schema takes away would be missing here, and its migration must say where it went.
    if dump(path, before) != before:
        found.append(ALTERED)
    copy = backup_path(path, start)
    if not copy.exists() or schema(copy) != (start, fresh[start]) or dump(copy) != before:
        found.append(BACKUP)
    return found


async def _rerun(path: Path) -> None:
    db = await open_sqlite(path, KEY, create=False)
    try:
        await db.verify()
    finally:
        await db.close()


def commits(start: int) -> list[int]:
    """The places of each step's commit among all that the migration asks."""
    found, place = [], len(("its version", "the backup", "foreign keys off"))
    for step in shipped_steps()[start:]:
        around = ("begin", "its version", "references", "version", "commit")
        place += len(around) + len(list(statements(step.sql)))
        found.append(place)
    return found
