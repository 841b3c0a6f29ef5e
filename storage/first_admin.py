"""Whether somebody can give others a way in: an admin, or an invitation for one."""

from __future__ import annotations

from datetime import datetime

from storage.database import Reader
from storage.times import moment_or_none, stamp


async def is_there(tx: Reader) -> bool:
    """Somebody is admin and has not left."""
    return await tx.one("SELECT 1 AS there FROM people WHERE role = 'admin' AND left_at IS NULL LIMIT 1") is not None


async def invited_until(tx: Reader, now: datetime) -> datetime | None:
    """Up to when an admin's invitation that nobody has used is good (UTC); None when there is none."""
    row = await tx.one(
        "SELECT max(expires_at) AS until FROM invites WHERE role = 'admin' AND used_at IS NULL AND expires_at > ?",
        stamp(now),
    )
    return None if row is None else moment_or_none(row["until"])
