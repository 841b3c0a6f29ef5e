"""What the audit says about one person's own things: who looked at them, and what was done about the person.

Only rows about what this person wrote, or was part of, are found here; what others wrote is nobody else's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.database import Reader, Row
from storage.times import moment, moment_or_none

_NEWEST = 2_000  # rows of a kind: years of them, and still read at once
_COLUMNS = "a.seq, a.at, a.actor, a.action, a.subject, who.name"
_WHO = " LEFT JOIN people AS who ON who.id = a.actor"
# All subjects that begin with an id: the id alone, or the id and "/…", which sorts right before "0".
_ABOUT = "a.subject >= {0} AND a.subject < {0} || '0'"


@dataclass(frozen=True, slots=True)
class Done:
    """One audit row. ``name``: of the person who did it, None for the operator and the program itself; of a debrief
    ``day`` (when it was begun, UTC), ``pseudonym`` and ``guide``; of a citizen ``pseudonym``."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    name: str | None
    day: datetime | None = None
    pseudonym: str | None = None
    guide: str | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody wrote in this team from ``first`` to ``last`` (UTC)."""

    team_id: str
    first: datetime
    last: datetime


def _row(row: Row, **more: object) -> Done:
    return Done(
        row["seq"],
        moment(row["at"]),
        row["actor"],
        row["action"],
        row["subject"] or "",
        row["name"],
        **more,  # type: ignore[arg-type] # named where it is called
    )


async def of_debriefs(reader: Reader, person_id: str) -> list[Done]:
    """What others did with this person's debriefs, and what they themselves kept against the guard; newest first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS}, r.started_at, r.guide_hash, z.pseudonym FROM reflections AS r"  # noqa: S608 - own names
        f" CROSS JOIN audit AS a{_WHO} LEFT JOIN citizens AS z ON z.id = r.citizen_id"
        f" WHERE {_ABOUT.format('r.id')} AND r.mentor_id = ? AND (a.actor <> ? OR a.action = 'guard_keep')"
        " ORDER BY a.seq DESC LIMIT ?",
        person_id,
        person_id,
        _NEWEST,
    )
    return [
        _row(row, day=moment_or_none(row["started_at"]), pseudonym=row["pseudonym"], guide=row["guide_hash"])
        for row in rows
    ]


async def of_citizens(reader: Reader, person_id: str) -> list[Done]:
    """Rows about citizens whose log holds something of this person, or that they got or gave on; newest first."""
    rows = await reader.all(
        "WITH mine (id) AS (SELECT id FROM citizens WHERE mentor_id = ? UNION SELECT citizen_id FROM reflections"  # noqa: S608 - own names
        " WHERE mentor_id = ? AND citizen_id IS NOT NULL UNION SELECT citizen_id FROM contact_attempts"
        " WHERE mentor_id = ? UNION SELECT substr(subject, 1, 36) FROM audit WHERE action = 'pass_on'"
        f" AND ? IN (actor, substr(subject, 38))) SELECT {_COLUMNS}, z.pseudonym FROM mine CROSS JOIN audit AS a{_WHO}"
        f" JOIN citizens AS z ON z.id = mine.id WHERE {_ABOUT.format('mine.id')}"
        " AND a.action IN ('log_read', 'pass_on') ORDER BY a.seq DESC LIMIT ?",
        *(person_id,) * 4,
        _NEWEST,
    )
    return [_row(row, pseudonym=row["pseudonym"]) for row in rows]


async def written_since(reader: Reader, person_id: str) -> dict[str, datetime]:
    """Citizen id → when this person first wrote something that stands in the citizen's log (UTC)."""
    rows = await reader.all(
        "SELECT citizen_id, min(at) AS at FROM (SELECT citizen_id, started_at AS at FROM reflections"
        " WHERE mentor_id = ? AND citizen_id IS NOT NULL UNION ALL SELECT citizen_id, logged_at FROM contact_attempts"
        " WHERE mentor_id = ?) AS wrote GROUP BY citizen_id",
        person_id,
        person_id,
    )
    return {row["citizen_id"]: moment(row["at"]) for row in rows}


async def stays(reader: Reader, person_id: str) -> list[Stay]:
    """The teams this person has written debriefs or contact attempts in."""
    rows = await reader.all(
        "SELECT team_id, min(at) AS first, max(at) AS last FROM (SELECT team_id, started_at AS at FROM reflections"
        " WHERE mentor_id = ? AND team_id IS NOT NULL UNION ALL SELECT t.team_id, c.logged_at FROM contact_attempts"
        " AS c JOIN contact_threads AS t ON t.id = c.thread_id WHERE c.mentor_id = ?) AS wrote GROUP BY team_id",
        person_id,
        person_id,
    )
    return [Stay(row["team_id"], moment(row["first"]), moment(row["last"])) for row in rows]


async def of_team(reader: Reader, team_id: str, but: str) -> list[Done]:
    """Who but this person looked at a team's weeks, reports and hours; newest first. A row from before teams stood in
    it counts for the team that its reader leads."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM audit AS a{_WHO} WHERE a.actor <> ? AND a.action IN ('week', 'report', 'log_hours')"  # noqa: S608 - own names
        f" AND ({_ABOUT.format('?')} OR (a.subject >= 'week/' AND a.subject < 'week0' AND who.team_id = ?))"
        " ORDER BY a.seq DESC LIMIT ?",
        but,
        team_id,
        team_id,
        team_id,
        _NEWEST,
    )
    return [_row(row) for row in rows]


async def of_all(reader: Reader, but: str) -> list[Done]:
    """Exports, comparisons of codings that show texts, and hours of every team, by anybody but this person; newest
    first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM audit AS a{_WHO} WHERE a.actor <> ?"  # noqa: S608 - own names
        " AND ((a.subject IN ('coding', 'record') AND a.action = 'export')"
        " OR (a.subject IS NULL AND a.action IN ('codings_agreement', 'log_hours'))) ORDER BY a.seq DESC LIMIT ?",
        but,
        _NEWEST,
    )
    return [_row(row) for row in rows]


async def about(reader: Reader, person_id: str) -> list[Done]:
    """What others did about this person (role, team, leaving …), the exports they made themselves, and what they kept
    against the guard; newest first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM audit AS a{_WHO} WHERE (a.actor <> ? AND {_ABOUT.format('?')})"  # noqa: S608 - own names
        " OR (a.actor = ? AND a.action IN ('export', 'guard_keep')) ORDER BY a.seq DESC LIMIT ?",
        *(person_id,) * 4,
        _NEWEST,
    )
    return [_row(row) for row in rows]


async def coding_consents(reader: Reader, person_id: str) -> list[tuple[datetime, bool]]:
    """Each time this person said whether answers may be coded (UTC), the earliest first."""
    rows = await reader.all(
        "SELECT at, given FROM consents WHERE person_id = ? AND kind = 'coding' ORDER BY id", person_id
    )
    return [(moment(row["at"]), bool(row["given"])) for row in rows]
