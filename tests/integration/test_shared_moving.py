"""A worker that leaves its transaction alone is ended by the server; a move, which must read for long, is not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from storage import moving, postgres_connect
from storage.database import StorageError, StorageGone
from storage.moving import Content, move
from storage.postgres import open_postgres
from tests.integration import engines
from tests.integration.storage_kit import KEY, cast, opened_file

_IDLE = "1s"  # instead of a minute
_LONG = 2.5  # seconds


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server waits a second for who has a transaction and says nothing."""
    settings = {**postgres_connect._SETTINGS, "idle_in_transaction_session_timeout": _IDLE}
    monkeypatch.setattr(postgres_connect, "_SETTINGS", settings)


async def test_a_move_has_all_the_time_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the file is read for long, nothing is said to the server: everything arrives all the same."""
    read = moving.content

    async def slowly(reader: Any, tables: Sequence[str], *how: Any) -> Content:
        found = await read(reader, tables, *how)
        await asyncio.sleep(_LONG)
        return found

    monkeypatch.setattr(moving, "content", slowly)
    async with opened_file(tmp_path) as file, file.transaction() as tx:
        await cast(tx)
    moved = await move(tmp_path / "e.db", KEY, engines.url_of(tmp_path, empty=True))
    assert moved.rows["people"] == 4
    db = await open_postgres(engines.url_of(tmp_path), KEY, create=False)
    async with db.snapshot() as there:
        assert len(await there.all("SELECT id FROM people")) == 4
    await db.close()


async def test_a_worker_that_hangs_is_ended(tmp_path: Path) -> None:
    """Who has rows in hand and does nothing loses them, so that another can go on; nothing of it is there."""
    db = await open_postgres(engines.url_of(tmp_path), KEY)
    with pytest.raises(StorageError) as raised:
        async with db.transaction() as tx:
            await cast(tx)
            assert len(await tx.all("SELECT id FROM people")) == 4
            await tx.one("SELECT 1 AS x")  # by itself: after several at once the server does not count the seconds
            await asyncio.sleep(_LONG)
    assert isinstance(raised.value, StorageGone), raised.value
    async with db.transaction() as tx:
        assert await tx.all("SELECT id FROM people") == []
    await db.close()
