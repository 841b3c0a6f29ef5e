"""Supervision: what mentors asked for, and what leads took up of it. What was shared is in ``supervision_shared``.

A wish is the current answer to the question ``supervision`` in a debrief that has ended, when it says ``next`` or
``soon``; changed to "no" it is one no more. Its team is the one the debrief was written in. What was shared and taken
back is nowhere to be found here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from storage.database import Reader, Row, Transaction
from storage.ids import new_id
from storage.sealing import sealed
from storage.times import moment, stamp

SOON = '{"value": "soon"}'

# Word for word what the index ``answers_wishes`` says, or it would not be used; and CROSS JOIN, which SQLite takes as
# the order to go in: from the few wishes, not from all of a team's debriefs (sqlite.org/optoverview.html §7.3).
_IS_WISH = (
    "w.question_id = 'supervision' AND w.superseded_at IS NULL"
    """ AND w.value IN ('{"value": "next"}', '{"value": "soon"}')"""
)
_WISH = (
    "SELECT r.id, r.token, r.mentor_id, r.team_id, r.started_at, p.name AS mentor, w.id AS wish_id, w.answered_at,"  # noqa: S608 - a constant
    " w.value AS wished, z.pseudonym, f.text AS focus,"
    " (SELECT count(*) FROM shares AS s WHERE s.reflection_id = r.id AND s.withdrawn_at IS NULL) AS shared"
    " FROM answers AS w CROSS JOIN reflections AS r JOIN people AS p ON p.id = r.mentor_id"
    " LEFT JOIN citizens AS z ON z.id = r.citizen_id"
    " LEFT JOIN shares AS fs ON fs.reflection_id = r.id AND fs.question_id = 'supervision_focus'"
    " AND fs.withdrawn_at IS NULL"
    " LEFT JOIN answers AS f ON f.reflection_id = r.id AND f.question_id = 'supervision_focus'"
    " AND f.superseded_at IS NULL AND fs.id IS NOT NULL"
    f" WHERE {_IS_WISH} AND r.id = w.reflection_id AND r.finished_at IS NOT NULL"
)
_UNTAKEN = (
    " AND NOT EXISTS (SELECT 1 FROM supervision_taken AS t WHERE t.wish_id = w.id AND t.marked_at <= ?"
    " AND (t.undone_at IS NULL OR t.undone_at > ?))"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A mentor asked for supervision ``at`` (UTC). ``mentor``: the name. ``token``: the debrief's in buttons.

    ``focus`` and ``pseudonym`` are there only once shared: the focus itself, the pseudonym with anything of the
    debrief. ``shared``: how many answers are.
    """

    reflection_id: str
    token: str
    wish_id: str
    mentor_id: str
    mentor: str
    team_id: str | None
    at: datetime
    written_at: datetime
    soon: bool
    focus: str | None
    pseudonym: str | None
    shared: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A wish was taken up on ``day`` (the lead's local date), marked ``marked_at`` (UTC). ``lead``, ``mentor``: names.

    What went back to the mentor: ``remark`` as the lead typed it, or ``chip``, a ready one by its key.
    """

    id: str
    reflection_id: str
    token: str
    wish_id: str
    lead_id: str
    lead: str
    mentor: str
    team_id: str | None
    day: date
    remark: str | None
    chip: str | None
    marked_at: datetime
    written_at: datetime


def _wish(row: Row) -> Wish:
    return Wish(
        reflection_id=row["id"],
        token=row["token"],
        wish_id=row["wish_id"],
        mentor_id=row["mentor_id"],
        mentor=row["mentor"],
        team_id=row["team_id"],
        at=moment(row["answered_at"]),
        written_at=moment(row["started_at"]),
        soon=row["wished"] == SOON,
        focus=row["focus"],
        pseudonym=row["pseudonym"] if row["shared"] else None,
        shared=row["shared"],
    )


async def open_wishes(tx: Reader, team_id: str, at: datetime) -> list[Wish]:
    """The team's wishes not taken up by ``at`` (UTC), "soon" first, then the oldest.

    Wishes made later are left out, and so are those of mentors who had left. What is shared is what is shared now,
    also where ``at`` is long ago: what was taken back is never shown again.
    """
    rows = await tx.all(
        _WISH + " AND r.team_id = ? AND w.answered_at <= ? AND (p.left_at IS NULL OR p.left_at > ?)" + _UNTAKEN,
        team_id,
        stamp(at),
        stamp(at),
        stamp(at),
        stamp(at),
    )
    return sorted(map(_wish, rows), key=lambda one: (not one.soon, one.at, one.wish_id))


async def wishes_of(tx: Reader, mentor_id: str, at: datetime) -> list[Wish]:
    """A mentor's own wishes not taken up yet, the newest first. For the mentor: ``focus`` and ``pseudonym`` are hidden
    here all the same."""
    rows = await tx.all(
        _WISH + " AND r.mentor_id = ?" + _UNTAKEN + " ORDER BY w.answered_at DESC, w.id DESC",
        mentor_id,
        stamp(at),
        stamp(at),
    )
    return [_wish(row) for row in rows]


async def wish_in(tx: Reader, reflection_id: str) -> Wish | None:
    """The wish of a debrief, taken up or not; None when it has none."""
    row = await tx.one(_WISH + " AND w.reflection_id = ?", reflection_id)
    return None if row is None else _wish(row)


async def take_up(
    tx: Transaction, wish: Wish, *, lead_id: str, day: date, remark: str | None, chip: str | None, now: datetime
) -> bool:
    """Mark a wish as taken up. False when somebody has: the first one counts."""
    changed = await tx.run(
        "INSERT INTO supervision_taken (id, reflection_id, wish_id, lead_id, day, remark, chip, marked_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (wish_id) WHERE undone_at IS NULL DO NOTHING",
        new_id(now),
        wish.reflection_id,
        wish.wish_id,
        lead_id,
        day.isoformat(),
        sealed(remark),
        chip,
        stamp(now),
    )
    return changed == 1


async def undo(tx: Transaction, taken_id: str, now: datetime) -> bool:
    """It was marked by mistake. False when it was taken back before."""
    changed = await tx.run(
        "UPDATE supervision_taken SET undone_at = ? WHERE id = ? AND undone_at IS NULL", stamp(now), taken_id
    )
    return changed == 1


_TAKEN = (
    "SELECT t.*, r.token, r.team_id, r.started_at, l.name AS lead, m.name AS mentor FROM supervision_taken AS t"
    " CROSS JOIN reflections AS r JOIN people AS l ON l.id = t.lead_id"
    " JOIN people AS m ON m.id = r.mentor_id WHERE r.id = t.reflection_id AND t.undone_at IS NULL"
)


def _taken(row: Row) -> Taken:
    return Taken(
        id=row["id"],
        reflection_id=row["reflection_id"],
        token=row["token"],
        wish_id=row["wish_id"],
        lead_id=row["lead_id"],
        lead=row["lead"],
        mentor=row["mentor"],
        team_id=row["team_id"],
        day=date.fromisoformat(row["day"]),
        remark=row["remark"],
        chip=row["chip"],
        marked_at=moment(row["marked_at"]),
        written_at=moment(row["started_at"]),
    )


async def taken_by_id(tx: Reader, taken_id: str) -> Taken | None:
    """The mark with this id; None when it was undone. The caller checks whose it is."""
    row = await tx.one(_TAKEN + " AND t.id = ?", taken_id)
    return None if row is None else _taken(row)


async def taken_of(tx: Reader, wish_id: str) -> Taken | None:
    """How this wish was taken up; None when it was not, or that was undone."""
    row = await tx.one(_TAKEN + " AND t.wish_id = ?", wish_id)
    return None if row is None else _taken(row)


async def taken_days(tx: Reader, reflection_ids: Sequence[str], after: datetime) -> dict[str, date]:
    """On which day the wish of each of these debriefs was taken up, if that was marked after this time (UTC)."""
    found: dict[str, date] = {}
    for one in dict.fromkeys(reflection_ids):
        for row in await tx.all(
            _TAKEN + " AND t.reflection_id = ? AND t.marked_at > ? ORDER BY t.marked_at", one, stamp(after)
        ):
            found[one] = _taken(row).day
    return found


async def taken_for(tx: Reader, mentor_id: str, limit: int) -> list[Taken]:
    """What was taken up with a mentor, the last one first."""
    rows = await tx.all(_TAKEN + " AND r.mentor_id = ? ORDER BY t.marked_at DESC, t.id DESC LIMIT ?", mentor_id, limit)
    return [_taken(row) for row in rows]


async def taken_in_team(tx: Reader, team_id: str, since: datetime, limit: int) -> list[Taken]:
    """What was marked in a team since then, the last one first."""
    rows = await tx.all(
        _TAKEN + " AND r.team_id = ? AND t.marked_at >= ? ORDER BY t.marked_at DESC, t.id DESC LIMIT ?",
        team_id,
        stamp(since),
        limit,
    )
    return [_taken(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Untold:
    """A lead who has not been told yet that this mentor wants supervision soon."""

    lead_id: str
    reflection_id: str
    mentor: str


async def untold(tx: Reader, since: datetime, now: datetime) -> list[Untold]:
    """Wishes for "soon" made since then and not taken up, for each lead of the team who can be reached and has not been
    told of that debrief, the oldest wish first."""
    rows = await tx.all(
        "SELECT l.id AS lead_id, r.id AS reflection_id, p.name AS mentor FROM answers AS w"  # noqa: S608 - constants
        " CROSS JOIN reflections AS r JOIN people AS p ON p.id = r.mentor_id"
        " JOIN people AS l ON l.team_id = r.team_id AND l.role = 'lead'"
        f" WHERE {_IS_WISH} AND w.value = ? AND w.answered_at >= ?"
        " AND r.id = w.reflection_id AND r.finished_at IS NOT NULL"
        " AND p.left_at IS NULL AND l.left_at IS NULL AND l.blocked_at IS NULL AND l.id <> r.mentor_id"
        " AND NOT EXISTS (SELECT 1 FROM supervision_notices AS n WHERE n.reflection_id = r.id AND n.lead_id = l.id)"
        + _UNTAKEN
        + " ORDER BY w.answered_at, r.id, l.id",
        SOON,
        stamp(since),
        stamp(now),
        stamp(now),
    )
    return [Untold(row["lead_id"], row["reflection_id"], row["mentor"]) for row in rows]


def told(tx: Transaction, one: Untold, now: datetime) -> None:
    """This lead is told (queued); told twice it is still once."""
    tx.write(
        "INSERT INTO supervision_notices (reflection_id, lead_id, told_at) VALUES (?, ?, ?)"
        " ON CONFLICT (reflection_id, lead_id) DO NOTHING",
        one.reflection_id,
        one.lead_id,
        stamp(now),
    )
