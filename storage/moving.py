"""A whole installation from its file into an empty PostgreSQL database: everything, compared, or nothing.

One transaction holds all of it, so that who is killed half-way leaves no row behind; it is committed only after what
stands in both was read back and is the same. The file is only read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, TypeAlias

from psycopg import AsyncConnection, sql

from storage.database import BadMigration, Conflict, Reader, Row, Snapshot, StorageError
from storage.keys import Key
from storage.looking import looked_into
from storage.postgres import _View as View
from storage.postgres_connect import Connect, prepared_connection
from storage.postgres_errors import translated
from storage.postgres_migrating import migrate
from storage.retention import MARK
from storage.sealing import KEYED, SEALED, SEALED_WITHIN, Seal

_Connection: TypeAlias = AsyncConnection[dict[str, Any]]
_Hide: TypeAlias = Callable[[str], str]
_WHOLE = 2**256


@dataclass(frozen=True, slots=True)
class Content:
    """``rows``: how many a table has. ``hash``: over all cells of all rows, in whatever order they are read."""

    rows: Mapping[str, int]
    hash: str


async def move(file: Path, key: Key, url: str) -> Content:
    """Copy everything; what was copied. The caller holds the lock of ``file`` (``storage.instance``).

    Raises StorageErrors: Conflict where the target has rows already or what arrived is not the same, and what opening
    either of them would say. Then nothing was written.
    """
    seal = Seal(key)
    connect = prepared_connection(url, seal)
    async with looked_into(file, key) as look:
        if look.version != look.newest:
            raise BadMigration(
                f"The file has schema {look.version}, this program {look.newest}; start this version of the bot on "
                "it once, so that it is brought up to date, then stop it and move."
            )
        tables = await _in_order(look.view)
        with translated():
            await migrate(connect, key)
            return await _moved(look.view, tables, connect, seal)


async def _moved(source: Snapshot, tables: Sequence[str], connect: Connect, seal: Seal) -> Content:
    async with await connect() as connection, connection.transaction():
        # Reading and comparing a large file takes longer than a worker may ever leave its transaction alone.
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        await _must_be_empty(connection, tables)
        # Rows of an audit that was pruned do not begin at the beginning; what arrives is compared in the end.
        await connection.execute("ALTER TABLE audit DISABLE TRIGGER audit_added")
        for table in tables:
            await _copy(source, connection, table, seal)
            await _number_on(connection, table)
        await connection.execute("ALTER TABLE audit ENABLE TRIGGER audit_added")
        before = await content(source, tables, seal.digest)
        after = await content(View(connection, seal), tables)
        if before != after:
            raise Conflict("What arrived on the server is not what the file holds, so nothing was kept; try again.")
        return after


async def content(reader: Snapshot, tables: Sequence[str], digest: _Hide = str) -> Content:
    """What stands in these tables. ``digest``: what the other engine stores of texts that are only compared."""
    rows, total = {}, 0
    for table in tables:
        rows[table] = 0
        async for row in reader.rows(f'SELECT * FROM "{table}"'):  # noqa: S608 - a name from the schema
            cells = {name: row[name] for name in sorted(row)}
            for name in KEYED.get(table, ()):
                cells[name] = digest(cells[name])
            told = json.dumps([table, cells], ensure_ascii=False).encode()
            total = (total + int.from_bytes(hashlib.sha256(told).digest(), "big")) % _WHOLE
            rows[table] += 1
    return Content(rows, f"{total:064x}")


async def _in_order(view: Reader) -> list[str]:
    """All tables, those that others name first."""
    found = await view.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    order: TopologicalSorter[str] = TopologicalSorter()
    for table in sorted(row["name"] for row in found):
        keys = await view.all(f'PRAGMA foreign_key_list("{table}")')
        order.add(table, *sorted({key["table"] for key in keys} - {table}))
    return list(order.static_order())


async def _must_be_empty(connection: _Connection, tables: Sequence[str]) -> None:
    """And stay so: until the end of the transaction nobody else reads or writes."""
    names = [sql.Identifier(table) for table in tables]
    await connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.SQL(", ").join(names)))
    for name in names:
        cursor = await connection.execute(sql.SQL("SELECT 1 AS there FROM {} LIMIT 1").format(name))
        if await cursor.fetchone() is not None:
            raise Conflict("The database on the server has data already, and nothing is mixed; give an empty one.")


async def _copy(source: Snapshot, connection: _Connection, table: str, seal: Seal) -> None:
    columns = await _columns(connection, table)
    hide = _hiding(table, seal)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    by = ' ORDER BY "seq"' if "seq" in columns else ""
    async with connection.cursor() as cursor, cursor.copy(into) as copy:
        async for row in source.rows(f'SELECT * FROM "{table}"{by}'):  # noqa: S608 - names from the schema
            if set(row) != set(columns):
                raise StorageError(f"The tables {table} of the two engines differ; report this mistake.")
            await copy.write_row([_cell(row, name, hide) for name in columns])


def _cell(row: Row, name: str, hide: Mapping[str, _Hide]) -> Any:
    value = row[name]
    return hide[name](value) if name in hide and value is not None else value


def _hiding(table: str, seal: Seal) -> dict[str, _Hide]:
    """Column → how its texts are hidden."""
    hide: dict[str, _Hide] = dict.fromkeys(SEALED.get(table, ()), seal.close)
    hide |= dict.fromkeys(SEALED_WITHIN.get(table, ()), seal.close_parts)
    if table == "reflections":
        # It tells nothing that anybody wrote, and is asked for by how it begins.
        hide["state"] = lambda state: state if state.startswith(MARK) else seal.close(state)
    return hide | dict.fromkeys(KEYED.get(table, ()), seal.digest)


async def _columns(connection: _Connection, table: str) -> list[str]:
    cursor = await connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s"
        " ORDER BY ordinal_position",
        (table,),
    )
    return [row["column_name"] for row in await cursor.fetchall()]


async def _number_on(connection: _Connection, table: str) -> None:
    """Let the numbers that a table gives by itself go on after the last one."""
    cursor = await connection.execute(
        "SELECT 1 AS there FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s"
        " AND column_name = 'seq' AND is_identity = 'YES'",
        (table,),
    )
    if await cursor.fetchone() is not None:
        await connection.execute(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence({}, 'seq'), COALESCE(max(seq), 1), max(seq) IS NOT NULL) FROM {}"
            ).format(sql.Literal(table), sql.Identifier(table))
        )
