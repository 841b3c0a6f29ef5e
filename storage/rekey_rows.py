"""What the database says about its change of key: once for each key, however often the change was interrupted."""

from __future__ import annotations

from datetime import datetime

from storage import audit
from storage.backup_rows import MadeBy
from storage.database import Transaction

_ACTION = "rekey"


async def note(tx: Transaction, key_id: str, now: datetime) -> None:
    """Leave an audit row that the database went over to this key, unless there is one."""
    if not await tx.one("SELECT 1 AS found FROM audit WHERE action = ? AND subject = ?", _ACTION, key_id):
        audit.note(tx, audit.OPERATOR, _ACTION, key_id, now)


async def backed_up(tx: Transaction, key_id: str) -> bool:
    """Whether a backup was made and verified for this change."""
    row = await tx.one(
        "SELECT 1 AS found FROM backups WHERE made_by = ? AND verified_at IS NOT NULL AND made_at >="
        " (SELECT max(at) FROM audit WHERE action = ? AND subject = ?) LIMIT 1",
        MadeBy.REKEY.value,
        _ACTION,
        key_id,
    )
    return row is not None
