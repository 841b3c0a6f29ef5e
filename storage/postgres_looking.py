"""Looking at a PostgreSQL server without changing anything: no migration, no table made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection, IsolationLevel
from psycopg.conninfo import conninfo_to_dict

from storage.database import WrongKey
from storage.keys import Key
from storage.migrating import shipped_steps
from storage.postgres import _View as View  # the one reader there is
from storage.postgres_connect import LOCAL, prepared_connection
from storage.postgres_errors import translated
from storage.sealing import Seal

# How an advisory lock with one 64-bit number stands in pg_locks (postgresql.org/docs/current/view-pg-locks.html).
_ADVISORY = (
    "SELECT (classid::bigint << 32) | objid::bigint AS number FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_FACTS = (
    "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,"
    " pg_database_size(current_database()) AS bytes, to_regclass('eftertanke') IS NOT NULL AS ours,"
    " (SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()) AS tables,"
    " COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS tls"
)


@dataclass(frozen=True, slots=True)
class Server:
    """``number``: its version as the server counts, 150004; ``local``: on this machine; ``bytes``: the database's size;
    ``tables``: how many there are; ``schema``: 0 where we never were, and then ``key_id`` is None; ``held``: numbers of
    the roles that a process has."""

    name: str
    number: int
    version: str
    tls: bool
    local: bool
    bytes: int
    tables: int
    schema: int
    key_id: str | None
    held: frozenset[int]

    @property
    def empty(self) -> bool:
        """Nothing of anybody is there."""
        return self.tables == 0


@dataclass(frozen=True)
class ServerLook:
    """``view``: for reading. ``newest``: the schema that this program knows."""

    server: Server
    view: View
    newest: int


def told_name(url: str) -> str:
    """Database and host, to be shown; never the user or the password. Raises StorageError for what is no URL."""
    with translated():
        told = conninfo_to_dict(url)
    host = str(told.get("host") or "this machine")
    return f"{told.get('dbname') or 'the default database'} on {'this machine' if host.startswith('/') else host}"


async def server_of(url: str, key: Key | None = None) -> Server:
    """What there is. Raises StorageErrors: StorageGone, UnsafeSettings."""
    with translated():
        async with await prepared_connection(url, Seal(key or Key(bytes(32))))() as connection:
            return await _server(connection, url)


@asynccontextmanager
async def server_looked_into(url: str, key: Key) -> AsyncIterator[ServerLook]:
    """The database as it stands at one moment. Raises StorageErrors: what opening it would say, WrongKey too."""
    seal = Seal(key)
    with translated():
        async with await prepared_connection(url, seal)() as connection:
            server = await _server(connection, url)
            if server.key_id not in (None, key.id):
                raise WrongKey(
                    "The database on the server belongs to another key; use the one that it was set up with."
                )
            await connection.set_autocommit(False)
            await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
            await connection.set_read_only(True)
            try:
                yield ServerLook(server, View(connection, seal), shipped_steps()[-1].version)
            finally:
                await connection.rollback()


async def _server(connection: AsyncConnection[dict[str, Any]], url: str) -> Server:
    facts = await (await connection.execute(_FACTS)).fetchone() or {}
    ours: dict[str, Any] = {}
    if facts["ours"]:
        ours = await (await connection.execute("SELECT schema_version, key_id FROM eftertanke")).fetchone() or {}
    held = await (await connection.execute(_ADVISORY)).fetchall()
    return Server(
        told_name(url),
        facts["number"],
        facts["version"],
        facts["tls"],
        connection.info.host.startswith("/") or connection.info.host in LOCAL,
        facts["bytes"],
        facts["tables"],
        ours.get("schema_version", 0),
        ours.get("key_id"),
        frozenset(row["number"] for row in held),
    )
