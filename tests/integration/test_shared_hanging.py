"""A process that stops without dying in the middle of a turn: the server takes its rows away from it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storage import postgres
from storage.database import StorageGone
from tests.integration import engines
from tests.integration.storage_kit import KEY


async def test_a_turn_that_hangs_is_ended_by_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After statements that travelled together, too, where the limit for waiting transactions does not hold. An export
    may take as long as it likes."""
    monkeypatch.setattr(postgres, "LONGEST_TURN", 1)
    db = await postgres.open_postgres(engines.url_of(tmp_path, empty=True), KEY)
    try:
        async with db.transaction() as tx:
            row = await tx.one("SELECT current_setting('server_version_num') AS number")
        if row is None or int(row["number"]) < 170_000:
            pytest.skip("servers before PostgreSQL 17 know no such limit")
        with pytest.raises(StorageGone):
            async with db.transaction() as tx:
                await tx.several(("SELECT 1 AS one",), ("SELECT seq FROM inbox FOR UPDATE",))
                await asyncio.sleep(1.6)
                await tx.one("SELECT 1 AS one")
        async with db.snapshot() as view:
            assert await view.one("SELECT 1 AS one")
            await asyncio.sleep(1.6)
            assert await view.one("SELECT 1 AS one")
    finally:
        await db.close()
