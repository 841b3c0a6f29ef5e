"""What mentors let their lead see, debrief by debrief, and who has read it. What was taken back is nowhere here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.database import Reader, Row, Transaction
from storage.people import Person, person_of
from storage.times import moment, stamp

_AT_ONCE = 500  # debriefs asked for in one statement


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody read these of the shared answers: their name, and when last (UTC)."""

    reader: str
    last_at: datetime
    questions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SharedIn:
    """Answers of a debrief that the lead may see. ``last_at``: when one was shared last; ``unread``: how many of them
    this reader has not read."""

    reflection_id: str
    token: str
    mentor_id: str
    mentor: str
    pseudonym: str | None
    written_at: datetime
    last_at: datetime
    count: int
    unread: int


_SHARED = (
    "SELECT r.id, r.token, r.started_at, r.mentor_id, p.name AS mentor, z.pseudonym, max(s.shared_at) AS last_at,"
    " count(*) AS many, count(*) - count(d.share_id) AS unread FROM"
)
# CROSS JOIN is the order to go in: from what was shared lately, not from all of a team's debriefs.
_LATELY = " shares AS s CROSS JOIN reflections AS r"
_THEIRS = " reflections AS r CROSS JOIN shares AS s"
_REST = (
    " JOIN people AS p ON p.id = r.mentor_id LEFT JOIN citizens AS z ON z.id = r.citizen_id"
    " LEFT JOIN supervision_reads AS d ON d.share_id = s.id AND d.reader_id = ?"
    " WHERE s.reflection_id = r.id AND s.withdrawn_at IS NULL"
)
_EACH = " GROUP BY r.id, r.token, r.started_at, r.mentor_id, p.name, z.pseudonym ORDER BY last_at DESC, r.id DESC"


def _shared_in(row: Row) -> SharedIn:
    return SharedIn(
        reflection_id=row["id"],
        token=row["token"],
        mentor_id=row["mentor_id"],
        mentor=row["mentor"],
        pseudonym=row["pseudonym"],
        written_at=moment(row["started_at"]),
        last_at=moment(row["last_at"]),
        count=row["many"],
        unread=row["unread"],
    )


async def shared_in_team(tx: Reader, team_id: str, reader_id: str, since: datetime) -> list[SharedIn]:
    """Debriefs of a team of which something was shared since then and is shared still, the newest share first."""
    rows = await tx.all(
        _SHARED + _LATELY + _REST + " AND s.shared_at >= ? AND r.team_id = ?" + _EACH, reader_id, stamp(since), team_id
    )
    return [_shared_in(row) for row in rows]


async def shared_by(tx: Reader, mentor_id: str) -> list[SharedIn]:
    """Debriefs of which a mentor shares something now, the newest share first."""
    rows = await tx.all(_SHARED + _THEIRS + _REST + " AND r.mentor_id = ?" + _EACH, mentor_id, mentor_id)
    return [_shared_in(row) for row in rows]


async def note_read(tx: Transaction, reader_id: str, reflection_id: str, now: datetime, *, only: str = "") -> list[str]:
    """The reader was shown what is shared of a debrief; ``only`` one question of it. The question ids that were."""
    rows = await tx.all(
        "SELECT id, question_id FROM shares WHERE reflection_id = ? AND withdrawn_at IS NULL"
        " AND (? = '' OR question_id = ?) ORDER BY question_id",
        reflection_id,
        only,
        only,
    )
    for row in rows:
        tx.write(
            "INSERT INTO supervision_reads (reader_id, share_id, first_at, last_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (share_id, reader_id) DO UPDATE SET last_at = excluded.last_at",
            reader_id,
            row["id"],
            stamp(now),
            stamp(now),
        )
    return [row["question_id"] for row in rows]


async def readings(tx: Reader, reflection_ids: Sequence[str]) -> dict[str, list[Reading]]:
    """Who has read what is shared of each of these debriefs now, by name; unread ones are missing."""
    found: dict[str, list[Reading]] = {}
    wanted = list(dict.fromkeys(reflection_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows = await tx.all(
            "SELECT s.reflection_id, s.question_id, p.id, p.name, d.last_at FROM shares AS s"  # noqa: S608 - question marks only
            " JOIN supervision_reads AS d ON d.share_id = s.id JOIN people AS p ON p.id = d.reader_id"
            f" WHERE s.withdrawn_at IS NULL AND s.reflection_id IN ({marks})"
            " ORDER BY p.name, p.id",
            *part,
        )
        by_reader: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            by_reader.setdefault((row["reflection_id"], row["id"]), []).append(row)
        for (reflection_id, _), ones in by_reader.items():
            last_at = max(moment(row["last_at"]) for row in ones)
            questions = frozenset(row["question_id"] for row in ones)
            found.setdefault(reflection_id, []).append(Reading(ones[0]["name"], last_at, questions))
    return found


async def shown_to(tx: Reader, reflection_id: str, question_ids: Sequence[str], card: str) -> list[Person]:
    """Who has read one of these answers, also one that was taken back by now, and has this card in their chat."""
    marks = ", ".join("?" * len(question_ids))
    rows = await tx.all(
        "SELECT DISTINCT p.* FROM shares AS s JOIN supervision_reads AS d ON d.share_id = s.id"  # noqa: S608 - question marks only
        " JOIN people AS p ON p.id = d.reader_id JOIN cards AS c ON c.chat_id = p.chat_id AND c.card = ?"
        f" WHERE s.reflection_id = ? AND s.question_id IN ({marks})",
        card,
        reflection_id,
        *question_ids,
    )
    return [person_of(row) for row in rows]
