"""A mentor's own week: their debriefs, and which of them they wrote something in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.answers import AnswerRow, answer_of
from storage.database import Reader
from storage.times import moment, stamp

_AT_ONCE = 500  # debriefs asked for in one statement


@dataclass(frozen=True, slots=True)
class Debrief:
    """One of a mentor's debriefs. ``token``: its name in buttons; ``met_at``: when the meeting was (UTC)."""

    id: str
    token: str
    guide_hash: str
    pseudonym: str | None
    met_at: datetime


async def debriefs(tx: Reader, mentor_id: str, since: datetime, until: datetime) -> list[Debrief]:
    """Their debriefs about meetings from ``since`` until before ``until`` (UTC) that are finished, the oldest first."""
    rows = await tx.all(
        "SELECT r.id, r.token, r.guide_hash, r.met_at, z.pseudonym FROM reflections AS r"
        " LEFT JOIN citizens AS z ON z.id = r.citizen_id"
        " WHERE r.mentor_id = ? AND r.met_at >= ? AND r.met_at < ? AND r.finished_at IS NOT NULL"
        " ORDER BY r.met_at, r.id",
        mentor_id,
        stamp(since),
        stamp(until),
    )
    return [
        Debrief(row["id"], row["token"], row["guide_hash"], row["pseudonym"], moment(row["met_at"])) for row in rows
    ]


async def met_at(tx: Reader, reflection_id: str) -> datetime:
    """When the meeting of a debrief was (UTC). Raises LookupError when there is no such debrief."""
    row = await tx.one("SELECT met_at FROM reflections WHERE id = ?", reflection_id)
    if row is None:
        raise LookupError("there is no such debrief")
    return moment(row["met_at"])


async def given(
    tx: Reader, reflection_ids: Sequence[str], question_ids: Sequence[str]
) -> dict[str, dict[str, AnswerRow]]:
    """The current answers to these questions, by debrief and question."""
    found: dict[str, dict[str, AnswerRow]] = {}
    for start in range(0, len(reflection_ids), _AT_ONCE):
        part = reflection_ids[start : start + _AT_ONCE]
        rows = await tx.all(
            "SELECT * FROM answers WHERE superseded_at IS NULL"  # noqa: S608 - question marks only
            f" AND reflection_id IN ({_marks(part)}) AND question_id IN ({_marks(question_ids)})",
            *part,
            *question_ids,
        )
        for row in rows:
            found.setdefault(row["reflection_id"], {})[row["question_id"]] = answer_of(row)
    return found


async def typed_in(tx: Reader, reflection_ids: Sequence[str]) -> frozenset[str]:
    """Those of these debriefs in which something typed stands."""
    found: set[str] = set()
    for start in range(0, len(reflection_ids), _AT_ONCE):
        part = reflection_ids[start : start + _AT_ONCE]
        rows = await tx.all(
            "SELECT DISTINCT reflection_id FROM answers WHERE superseded_at IS NULL AND text <> ''"  # noqa: S608 - question marks only
            f" AND reflection_id IN ({_marks(part)})",
            *part,
        )
        found.update(row["reflection_id"] for row in rows)
    return frozenset(found)


def _marks(part: Sequence[object]) -> str:
    return ", ".join("?" * len(part))
