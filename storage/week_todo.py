"""What was still to be done in a team at a moment: kinds and days, never what it says.

A follow-up belongs to the team of its citizen, or of its debrief where nobody was named. Done, dropped and lapsed since
then, it was open then. What a citizen's page was put away with is looked at for half a year.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.dialogue.summary_rows import OpenFollowup
from storage.database import Reader, Row
from storage.times import moment, moment_or_none, stamp
from storage.week_open import Then

_PUT_AWAY = timedelta(days=182)


@dataclass(frozen=True, slots=True)
class Sought:
    """Kinds of follow-up. ``any_day``: all of them; ``due``: those that fell due; ``contact``: the next contact, if it
    fell due after the citizen was last dealt with."""

    any_day: frozenset[str]
    due: frozenset[str]
    contact: str

    @property
    def every(self) -> tuple[str, ...]:
        """All kinds."""
        return tuple(sorted({*self.any_day, *self.due, self.contact}))


_TODO = (
    "SELECT f.id, f.citizen_id, c.pseudonym, p.name, f.kind, f.due_at, f.created_at, h.id AS share_id FROM {who}"
    " JOIN people AS p ON p.id = f.mentor_id LEFT JOIN shares AS h ON h.reflection_id = f.reflection_id"
    " AND h.question_id = f.question_id AND h.withdrawn_at IS NULL WHERE {which} AND f.created_at < ?"
)
_OF_CITIZEN = "citizens AS c JOIN followups AS f ON f.citizen_id = c.id"
_OF_NOBODY = (
    "followups AS f JOIN reflections AS r ON r.id = f.reflection_id LEFT JOIN citizens AS c ON c.id = f.citizen_id"
)
_HERE = "c.team_id = ? AND (c.archived_at IS NULL OR c.archived_at >= ?)"
_OPEN = "f.status = 'open'"
_CLOSED = "f.closed_at IS NOT NULL AND f.closed_at >= ?"


async def followups(
    tx: Reader, then: Then, sought: Sought, dealt: Mapping[str, datetime | None]
) -> tuple[OpenFollowup, ...]:
    """What was to be done then. ``dealt``: each citizen whose next contact is looked for, with the last contact,
    attempt or debrief."""
    here = (then.team_id, stamp(then.until - _PUT_AWAY))
    until = stamp(then.until)
    by_kind = (
        _asked(_OF_CITIZEN, f"{_HERE} AND {_OPEN} AND f.kind IN ({{}})", here, sought.any_day, (), until),
        _asked(_OF_CITIZEN, f"{_HERE} AND {_OPEN} AND f.kind IN ({{}})", here, sought.due, (), until, due=True),
        _asked(_OF_CITIZEN, f"{_HERE} AND {_CLOSED} AND f.kind IN ({{}})", (*here, until), sought.every, (), until),
        _asked(_OF_NOBODY, _nobody(_OPEN), (), sought.every, (then.team_id,), until),
        _asked(_OF_NOBODY, _nobody(_CLOSED), (until,), sought.every, (then.team_id,), until),
    )
    one = _TODO.format(who=_OF_CITIZEN, which=f"c.id = ? AND {_OPEN} AND f.kind = ? AND f.due_at > ? AND f.due_at < ?")
    next_ones = [
        (one, citizen, sought.contact, stamp(last) if last else "", until, until) for citizen, last in dealt.items()
    ]
    found = await tx.several(*by_kind, *next_ones)
    rows = {row["id"]: row for part in found for row in part}
    return tuple(_followup(row) for _, row in sorted(rows.items()))


def _nobody(state: str) -> str:
    return f"f.citizen_id IS NULL AND {state} AND f.kind IN ({{}}) AND r.team_id = ?"


def _asked(
    who: str,
    which: str,
    before: Sequence[str],
    kinds: Collection[str],
    after: Sequence[str],
    until: str,
    *,
    due: bool = False,
) -> tuple[str, ...]:
    """One query with its values; ``which`` has a place for the kinds."""
    marks = which.format(", ".join("?" * len(kinds)))
    day = (" AND f.due_at < ?", (until,)) if due else ("", ())
    return _TODO.format(who=who, which=marks + day[0]), *before, *sorted(kinds), *after, *day[1], until


def _followup(row: Row) -> OpenFollowup:
    return OpenFollowup(
        citizen_id=row["citizen_id"],
        pseudonym=row["pseudonym"],
        mentor=row["name"],
        kind=row["kind"],
        due_at=moment_or_none(row["due_at"]),
        created_at=moment(row["created_at"]),
        shared=row["share_id"] is not None,
    )
