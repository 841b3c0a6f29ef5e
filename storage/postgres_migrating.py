"""The schema on PostgreSQL: the same migrations, each whole or not at all, one process at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

from psycopg import AsyncConnection

from storage.database import NewerSchema, NoDatabase, UnsafeSettings, WrongKey
from storage.keys import Key
from storage.migrating import Step, shipped_steps, statements
from storage.postgres_connect import Connect
from storage.postgres_sql import of_schema

OLDEST = 140_000
"""The oldest PostgreSQL that this program is made for, as the server counts its versions."""
LOCK = 0x0EF7E27A  # any number that only this program uses
_COMMENTS = re.compile(r"--.*")
_SHA256 = """CREATE FUNCTION sha256_hex(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex') $$"""


async def migrate(connect: Connect, key: Key, *, create: bool = True) -> int:
    """Bring the schema up to the newest step; how many steps that took. ``create``: also where there is none.

    Raises NewerSchema, WrongKey, NoDatabase, UnsafeSettings (a server that is too old)."""
    steps = shipped_steps()
    async with await connect() as connection:
        if connection.info.server_version < OLDEST:
            raise UnsafeSettings(
                f"The server is PostgreSQL {connection.info.server_version // 10_000}; version {OLDEST // 10_000} or "
                "newer is needed."
            )
        await connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            async with connection.transaction():
                version = await _version(connection, key, create=create)
            if version > steps[-1].version:
                raise NewerSchema(
                    f"The database has schema {version}, this program knows {steps[-1].version}; "
                    "install the newer version again."
                )
            todo = [step for step in steps if step.version > version]
            for step in todo:
                async with connection.transaction():
                    for statement in _statements(step):
                        await connection.execute(statement)
                    await connection.execute("UPDATE eftertanke SET schema_version = %s", (step.version,))
            return len(todo)
        finally:
            await connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


async def _version(connection: AsyncConnection[dict[str, Any]], key: Key, *, create: bool) -> int:
    """The schema that there is, 0 in an empty database. The key's id stands beside it: what another key sealed could
    not be read, and must not be mixed with ours."""
    if not create:
        row = await (await connection.execute("SELECT to_regclass('eftertanke') IS NULL AS missing")).fetchone()
        if row is None or row["missing"]:
            raise NoDatabase(
                "Nothing is in that database on the server yet; run `eftertanke setup` first, or correct "
                "EFTERTANKE_DATABASE_URL."
            )
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS eftertanke (schema_version INTEGER NOT NULL, key_id TEXT NOT NULL)"
    )
    row = await (await connection.execute("SELECT schema_version, key_id FROM eftertanke")).fetchone()
    if row is None:
        await connection.execute(_SHA256)
        await connection.execute("INSERT INTO eftertanke (schema_version, key_id) VALUES (0, %s)", (key.id,))
        return 0
    if row["key_id"] != key.id:
        raise WrongKey("The database on the server belongs to another key; use the one that it was set up with.")
    return int(row["schema_version"])


def _statements(step: Step) -> Iterator[str]:
    """A step as this server takes it. What is said in SQLite's own words (triggers, what looks at them, and chaining
    audit rows from before there was a chain, of which no server has any) is left out; ``postgres/<number>.sql`` says
    it anew."""
    for statement in statements(step.sql):
        bare = _COMMENTS.sub("", statement).strip()
        if not bare.startswith(("CREATE TRIGGER", "CREATE VIEW", "WITH RECURSIVE")):
            yield of_schema(statement)
    own = resources.files("storage").joinpath("migrations", "postgres", f"{step.version:04}.sql")
    if own.is_file():
        yield own.read_text(encoding="utf-8")
