"""What a lead noted: that they have spoken with the mentor about something unsafe. Which events a lead knows of by name
is not asked here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storage.database import Reader, Transaction
from storage.ids import new_id
from storage.times import stamp

_AT_ONCE = 500  # debriefs asked for in one statement


async def spoken_marks(tx: Reader, reflection_ids: Sequence[str]) -> set[str]:
    """Those of these debriefs about which a lead noted that they have spoken with the mentor."""
    found: set[str] = set()
    wanted = list(dict.fromkeys(reflection_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows = await tx.all(
            "SELECT reflection_id FROM safety_spoken WHERE undone_at IS NULL"  # noqa: S608 - question marks only
            f" AND reflection_id IN ({marks})",
            *part,
        )
        found.update(row["reflection_id"] for row in rows)
    return found


async def mark(tx: Transaction, reflection_id: str, lead_id: str, now: datetime) -> bool:
    """This lead has spoken with the mentor about it. False when that was noted before: the first one counts."""
    changed = await tx.run(
        "INSERT INTO safety_spoken (id, reflection_id, lead_id, marked_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (reflection_id) WHERE undone_at IS NULL DO NOTHING",
        new_id(now),
        reflection_id,
        lead_id,
        stamp(now),
    )
    return changed == 1


async def undo(tx: Transaction, reflection_id: str, now: datetime) -> bool:
    """It was noted by mistake. False when nothing is noted."""
    changed = await tx.run(
        "UPDATE safety_spoken SET undone_at = ? WHERE reflection_id = ? AND undone_at IS NULL",
        stamp(now),
        reflection_id,
    )
    return changed == 1
