"""The organisation's database: a file in the data folder, or a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.keys import key_of
from bot.settings import Settings
from storage.database import Database
from storage.either import open_either
from storage.instance import single_instance

if TYPE_CHECKING:
    from storage.postgres_connect import Connect


async def open_database(settings: Settings, *, create: bool = False) -> Database:
    """Open it with its key. Raises StorageErrors. See ``open_either``."""
    url = None if settings.database_url is None else settings.database_url.get_secret_value()
    return await open_either(settings.database, url, key_of(settings), create=create)


def sharing_of(db: Database) -> Connect | None:
    """How processes on this database agree who does what; None where there can be one only."""
    connect: Connect | None = getattr(db, "connect", None)
    return connect


@contextmanager
def allowed_to_run(settings: Settings) -> Iterator[None]:
    """One bot for a file, any number for a server. Raises AlreadyRunning."""
    if settings.database_url is not None:
        yield
        return
    with single_instance(settings.database):
        yield
