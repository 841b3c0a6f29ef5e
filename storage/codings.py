"""What people coded, as it was brought back. No row is overwritten: a change adds one and marks the earlier one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from storage.database import Reader, Row, Snapshot, Transaction
from storage.ids import new_id
from storage.sealing import sealed
from storage.times import moment, moment_or_none, stamp


@dataclass(frozen=True, slots=True)
class Mark:
    """One coder's code on one passage of one revision of an answer.

    ``starts``, ``ends``: code points within what the mentor typed, the end not included; both None: the whole answer.
    ``code``: its id in the codebook. ``coded_at``: UTC. ``condensation``, ``theme``: empty for none.
    """

    reflection_id: str
    question_id: str
    revision: int
    starts: int | None
    ends: int | None
    code: str
    coder: str
    coded_at: datetime
    condensation: str = ""
    theme: str = ""

    @property
    def key(self) -> tuple[str, str, int, int, int, str, str]:
        """What makes it the same coding when it comes in again."""
        starts, ends = (-1 if place is None else place for place in (self.starts, self.ends))
        return (self.reflection_id, self.question_id, self.revision, starts, ends, self.code, self.coder)


@dataclass(frozen=True, slots=True)
class Coding:
    """A stored mark. Times in UTC. ``superseded_by`` None with ``superseded_at`` set: the coder took it away."""

    id: str
    mark: Mark
    import_id: str
    imported_at: datetime
    file_hash: str
    superseded_at: datetime | None
    superseded_by: str | None


_SELECT = "SELECT c.*, i.imported_at, i.file_hash FROM codings AS c JOIN coding_imports AS i ON i.id = c.import_id"


def add_import(tx: Transaction, file_hash: str, kind: str, now: datetime) -> str:
    """Note a file that is brought in (queued); its id. ``kind``: "qdpx" or "csv"; ``file_hash``: SHA-256 (hex)."""
    made = new_id(now)
    tx.write(
        "INSERT INTO coding_imports (id, file_hash, kind, imported_at) VALUES (?, ?, ?, ?)",
        made,
        file_hash,
        kind,
        stamp(now),
    )
    return made


def add(tx: Transaction, mark: Mark, import_id: str, now: datetime, *, instead_of: str | None = None) -> str:
    """Add a coding (queued); its id. ``instead_of``: the current one that it supersedes.

    The transaction fails with Conflict when the same coding is current already.
    """
    made = new_id(now)
    if instead_of is not None:
        supersede(tx, instead_of, now, by=made)
    tx.write(
        "INSERT INTO codings (id, import_id, reflection_id, question_id, revision, starts, ends, code, coder, coded_at,"
        " condensation, theme) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        made,
        import_id,
        mark.reflection_id,
        mark.question_id,
        mark.revision,
        mark.starts,
        mark.ends,
        mark.code,
        mark.coder,
        stamp(mark.coded_at),
        sealed(mark.condensation or None),
        sealed(mark.theme or None),
    )
    return made


def supersede(tx: Transaction, coding_id: str, now: datetime, *, by: str | None = None) -> None:
    """It counts no longer and stays on record (queued); ``by``: what took its place."""
    tx.write(
        "UPDATE codings SET superseded_at = ?, superseded_by = ? WHERE id = ? AND superseded_at IS NULL",
        stamp(now),
        by,
        coding_id,
    )


async def current_of(reader: Reader, reflection_id: str) -> list[Coding]:
    """What counts now in a debrief, in the order it came in."""
    rows = await reader.all(
        f"{_SELECT} WHERE c.reflection_id = ? AND c.superseded_at IS NULL ORDER BY c.id",
        reflection_id,
    )
    return [_coding(row) for row in rows]


async def all_of(reader: Reader, reflection_id: str) -> list[Coding]:
    """Everything ever brought in for a debrief, superseded rows too, in the order it came in."""
    rows = await reader.all(f"{_SELECT} WHERE c.reflection_id = ? ORDER BY c.id", reflection_id)
    return [_coding(row) for row in rows]


async def coded(reader: Reader) -> frozenset[str]:
    """Ids of the debriefs in which something is coded now."""
    rows = await reader.all("SELECT DISTINCT reflection_id FROM codings WHERE superseded_at IS NULL")
    return frozenset(row["reflection_id"] for row in rows)


async def codes_used(reader: Reader) -> frozenset[str]:
    """Ids of the codes that count anywhere now."""
    rows = await reader.all("SELECT DISTINCT code FROM codings WHERE superseded_at IS NULL")
    return frozenset(row["code"] for row in rows)


async def stream(snapshot: Snapshot) -> AsyncIterator[Coding]:
    """Everything that counts now, by debrief, question and place, for reading of any size."""
    async for row in snapshot.rows(
        f"{_SELECT} WHERE c.superseded_at IS NULL"
        " ORDER BY c.reflection_id, c.question_id, COALESCE(c.starts, -1), c.code, c.coder, c.id"
    ):
        yield _coding(row)


def _coding(row: Row) -> Coding:
    mark = Mark(
        reflection_id=row["reflection_id"],
        question_id=row["question_id"],
        revision=row["revision"],
        starts=row["starts"],
        ends=row["ends"],
        code=row["code"],
        coder=row["coder"],
        coded_at=moment(row["coded_at"]),
        condensation=row["condensation"] or "",
        theme=row["theme"] or "",
    )
    return Coding(
        id=row["id"],
        mark=mark,
        import_id=row["import_id"],
        imported_at=moment(row["imported_at"]),
        file_hash=row["file_hash"],
        superseded_at=moment_or_none(row["superseded_at"]),
        superseded_by=row["superseded_by"],
    )
