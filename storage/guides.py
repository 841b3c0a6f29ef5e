"""Every guide that was ever answered, whole: an open debrief goes on under its own, and an old answer can be read."""

from __future__ import annotations

from datetime import datetime

from storage.database import Reader, Transaction
from storage.times import stamp


def keep(tx: Transaction, hash: str, guide: str, version: int, content: str, now: datetime) -> None:
    """Keep a guide's logic and wording under the hash of both (queued); one that is kept already stays as it is."""
    tx.write(
        "INSERT INTO guides (hash, guide, version, content, first_used_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (hash) DO NOTHING",
        hash,
        guide,
        version,
        content,
        stamp(now),
    )


async def content(tx: Reader, hash: str) -> str | None:
    """The guide with this hash, as it was kept; None when nobody ever answered it."""
    row = await tx.one("SELECT content FROM guides WHERE hash = ?", hash)
    return None if row is None else str(row["content"])


async def kept(tx: Reader) -> dict[str, str]:
    """Every guide that was kept, as it was kept, by its hash; by name and version."""
    rows = await tx.all("SELECT hash, content FROM guides ORDER BY guide, version, hash")
    return {row["hash"]: str(row["content"]) for row in rows}
