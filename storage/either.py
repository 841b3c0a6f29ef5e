"""The organisation's database where it is: in a file, or on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

from storage.database import Database
from storage.keys import Key
from storage.sqlite import open_sqlite


async def open_either(file: Path, url: str | None, key: Key, *, create: bool = False) -> Database:
    """Open the database on the server that ``url`` names, or without one the file; with ``create`` make it when it is
    missing, or fill an empty database on a server with our tables.

    Raises StorageErrors, each one sentence that says what to do.
    """
    if url is None:
        return await open_sqlite(file, key, create=create)
    from storage.postgres import open_postgres  # loading psycopg is not for those who have a file

    return await open_postgres(url, key, create=create)
