"""The organisation's database: a file in the data folder, or a PostgreSQL server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from bot.keys import key_of
from bot.settings import Settings
from storage.database import Database, StorageBusy
from storage.either import open_either
from storage.instance import single_instance

if TYPE_CHECKING:
    from storage.postgres_connect import Connect

T = TypeVar("T")
_PAUSES = (0.05, 0.2, 0.5, 1.0)  # seconds


async def open_database(settings: Settings, *, create: bool = False) -> Database:
    """Open it with its key. Raises StorageErrors. See ``open_either``."""
    url = None if settings.database_url is None else settings.database_url.get_secret_value()
    return await open_either(settings.database, url, key_of(settings), create=create)


def sharing_of(db: Database) -> Connect | None:
    """How processes on this database agree who does what; None where there can be one only."""
    connect: Connect | None = getattr(db, "connect", None)
    return connect


async def again(act: Callable[[], Awaitable[T]]) -> T:
    """What ``act`` gives, tried a few times where another process is in the way. Raises StorageErrors."""
    for pause in _PAUSES:
        try:
            return await act()
        except StorageBusy:
            await asyncio.sleep(pause)
    return await act()


@contextmanager
def allowed_to_run(settings: Settings) -> Iterator[None]:
    """One bot for a file, any number for a server. Raises AlreadyRunning."""
    if settings.database_url is not None:
        yield
        return
    with single_instance(settings.database):
        yield
