"""Where a measured database lies: a file, or a name on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from storage.database import Database
from storage.sqlite import open_sqlite
from tests.benchmarks.walk import KEY


async def open_at(where: Path | str, *, create: bool) -> Database:
    """Open an encrypted file, or a database on a server (a connection string). Raises StorageErrors."""
    if isinstance(where, Path):
        return await open_sqlite(where, KEY, create=create)
    # Imported where it is used: the memory of a side on a file must not hold it.
    from storage.postgres import open_postgres

    return await open_postgres(where, KEY, create=create)


def address(conninfo: str) -> str:
    """A connection string in the form in which a setting gives it."""
    from psycopg.conninfo import conninfo_to_dict

    told = conninfo_to_dict(conninfo)
    secret = f":{quote(str(told['password']), safe='')}" if told.get("password") else ""
    host = quote(str(told.get("host", "")), safe="")
    user, port = told.get("user", "postgres"), told.get("port", 5432)
    return f"postgresql://{user}{secret}@/{told['dbname']}?host={host}&port={port}"
