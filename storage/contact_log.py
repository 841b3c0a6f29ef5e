"""Reading for the contact and absence log. What is not for the log (visibility L) is not read at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage import audit
from storage.answers import AnswerRow, answer_of
from storage.citizens import pseudonym_key
from storage.database import Reader, Row, Transaction
from storage.times import moment, stamp

_AT_ONCE = 500  # ids asked for in one statement
_TRANSFERRED = "log_transferred"
_PASSED_ON = "pass_on"


@dataclass(frozen=True, slots=True)
class Named:
    """A citizen by pseudonym, with the team's name."""

    id: str
    pseudonym: str
    team_id: str
    team: str


@dataclass(frozen=True, slots=True)
class Debrief:
    """A debrief that has ended; ``finished_at``: for the first time. ``citizen_id``: whom it is about now."""

    id: str
    mentor_id: str
    citizen_id: str | None
    guide_hash: str
    started_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A debrief that was about this citizen once, and since ``on`` is about another one."""

    debrief: Debrief
    on: datetime


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A citizen got another mentor; ids of people."""

    at: datetime
    mentor_id: str
    to_id: str


@dataclass(frozen=True, slots=True)
class Spent:
    """Time one debrief tells of. ``at``: of the contact (UTC). Minutes: None when not said; ``assumed``: taken for
    granted by the receipt, said by nobody."""

    team: str
    pseudonym: str
    citizen_id: str
    at: datetime
    minutes: int | None
    assumed: bool
    travel: int | None


async def named(tx: Reader, text: str | None, team_id: str | None) -> list[Named]:
    """Citizens called ``text`` (None: all of them), in one team or in every one, archived ones too; by team and
    name."""
    wheres = ["1 = 1"]
    values: list[str] = []
    if text is not None:
        wheres.append("c.pseudonym_key = ?")
        values.append(pseudonym_key(text))
    if team_id is not None:
        wheres.append("c.team_id = ?")
        values.append(team_id)
    rows = await tx.all(
        "SELECT c.id, c.pseudonym, c.team_id, t.name AS team FROM citizens AS c JOIN teams AS t ON t.id = c.team_id"  # noqa: S608 - question marks only
        f" WHERE {' AND '.join(wheres)} ORDER BY t.name, c.pseudonym_key, c.id",
        *values,
    )
    return [Named(row["id"], row["pseudonym"], row["team_id"], row["team"]) for row in rows]


async def debriefs(tx: Reader, citizen_id: str) -> list[Debrief]:
    """The ended debriefs about a citizen, in the order they were begun."""
    rows = await tx.all(
        "SELECT * FROM reflections WHERE citizen_id = ? AND finished_at IS NOT NULL ORDER BY started_at, id", citizen_id
    )
    return [_debrief(row) for row in rows]


async def moved_away(
    tx: Reader, citizen_id: str, team_id: str, question: str, not_before: datetime | None
) -> list[Moved]:
    """Debriefs that were about this citizen when they ended, and are not any more. ``question``: the id of the one
    that asks whom it is about. ``not_before``: those last touched earlier are left out, as in ``spent``; without it
    every debrief of the team is looked at."""
    rows = await tx.all(
        "SELECT r.*, max(a.superseded_at) AS gone_at FROM reflections AS r JOIN answers AS a"
        " ON a.reflection_id = r.id AND a.question_id = ? AND a.superseded_at > r.finished_at AND a.value LIKE ?"
        " WHERE r.team_id = ? AND r.touched_at >= ? AND r.finished_at IS NOT NULL"
        " AND (r.citizen_id IS NULL OR r.citizen_id <> ?) GROUP BY r.id ORDER BY r.started_at, r.id",
        question,
        f'%"{citizen_id}"%',
        team_id,
        "" if not_before is None else stamp(not_before),
        citizen_id,
    )
    return [Moved(_debrief(row), moment(row["gone_at"])) for row in rows]


async def log_answers(tx: Reader, reflection_ids: Sequence[str]) -> dict[str, list[AnswerRow]]:
    """What these debriefs say for the log, superseded answers too, by debrief and then as given: visibility L."""
    found: dict[str, list[AnswerRow]] = {}
    for part in _parts(reflection_ids):
        rows = await tx.all(
            f"SELECT * FROM answers WHERE reflection_id IN ({_marks(part)}) AND visibility = 'L' ORDER BY id",  # noqa: S608 - question marks only
            *part,
        )
        for row in rows:
            found.setdefault(row["reflection_id"], []).append(answer_of(row))
    return found


async def shared_answers(tx: Reader, reflection_ids: Sequence[str], question: str) -> dict[str, AnswerRow]:
    """The answers to one question that these debriefs share with the lead now, by debrief."""
    found: dict[str, AnswerRow] = {}
    for part in _parts(reflection_ids):
        rows = await tx.all(
            "SELECT a.* FROM answers AS a JOIN shares AS s ON s.reflection_id = a.reflection_id"  # noqa: S608 - question marks only
            " AND s.question_id = a.question_id AND s.withdrawn_at IS NULL"
            f" WHERE a.reflection_id IN ({_marks(part)}) AND a.question_id = ? AND a.superseded_at IS NULL",
            *part,
            question,
        )
        found.update((row["reflection_id"], answer_of(row)) for row in rows)
    return found


async def carried_over(tx: Reader, reflection_ids: Sequence[str]) -> frozenset[str]:
    """Which of these debriefs have their contact attempts in contact threads, standing or corrected."""
    found: set[str] = set()
    for part in _parts(reflection_ids):
        rows = await tx.all(
            f"SELECT DISTINCT reflection_id FROM contact_attempts WHERE reflection_id IN ({_marks(part)})",  # noqa: S608 - question marks only
            *part,
        )
        found.update(row["reflection_id"] for row in rows)
    return frozenset(found)


async def ticked_off(tx: Reader, reflection_ids: Sequence[str], kind: str) -> dict[str, datetime]:
    """When the follow-ups of this kind were ticked off as done, by debrief."""
    found: dict[str, datetime] = {}
    for part in _parts(reflection_ids):
        rows = await tx.all(
            f"SELECT reflection_id, closed_at FROM followups WHERE reflection_id IN ({_marks(part)})"  # noqa: S608 - question marks only
            " AND kind = ? AND status = 'done' AND closed_at IS NOT NULL",
            *part,
            kind,
        )
        found.update((row["reflection_id"], moment(row["closed_at"])) for row in rows)
    return found


async def passed_on(tx: Reader, citizen_id: str) -> list[PassedOn]:
    """Each time the citizen got another mentor, the earliest first."""
    rows = await tx.all(
        # "0" comes right after "/": the range is found through the index, however long the audit is.
        "SELECT at, actor, subject FROM audit WHERE action = ? AND subject >= ? AND subject < ? ORDER BY seq",
        _PASSED_ON,
        f"{citizen_id}/",
        f"{citizen_id}0",
    )
    return [PassedOn(moment(row["at"]), row["actor"], str(row["subject"]).partition("/")[2]) for row in rows]


def mark_transferred(tx: Transaction, person_id: str, citizen_id: str, now: datetime) -> None:
    """The mentor says that what the log held up to now stands in the case record (queued)."""
    audit.note(tx, person_id, _TRANSFERRED, citizen_id, now)


async def transferred(tx: Reader, citizen_id: str) -> datetime | None:
    """When a mentor last said so; None when nobody did."""
    row = await tx.one("SELECT max(at) AS at FROM audit WHERE action = ? AND subject = ?", _TRANSFERRED, citizen_id)
    return None if row is None or row["at"] is None else moment(row["at"])


async def spent(
    tx: Reader, *, minutes: str, travel: str, when: str, team_id: str | None, not_before: datetime | None
) -> list[Spent]:
    """The time that ended debriefs tell of, where the answers are for the log; by team, pseudonym and debrief.

    ``minutes``, ``travel``, ``when``: ids of the questions. ``not_before``: debriefs last touched earlier are left out
    (no contact is later than that, so those of a period are all found when the period's start is given).
    """
    joined = " ".join(
        f"LEFT JOIN answers AS {name} ON {name}.reflection_id = r.id AND {name}.question_id = ?"
        f" AND {name}.superseded_at IS NULL AND {name}.visibility = 'L'"
        for name in ("m", "t", "w")
    )
    wheres = "r.finished_at IS NOT NULL AND (m.value IS NOT NULL OR t.value IS NOT NULL)"
    values: list[str] = [minutes, travel, when]
    if team_id is not None:
        wheres += " AND c.team_id = ?"
        values.append(team_id)
    if not_before is not None:
        wheres += " AND r.touched_at >= ?"
        values.append(stamp(not_before))
    rows = await tx.all(
        "SELECT n.name AS team, c.id AS citizen_id, c.pseudonym, r.started_at, m.value AS minutes,"  # noqa: S608 - question marks only
        " m.assumed, t.value AS travel, w.value AS told FROM reflections AS r JOIN citizens AS c ON c.id = r.citizen_id"
        f" JOIN teams AS n ON n.id = c.team_id {joined} WHERE {wheres} ORDER BY n.name, c.pseudonym_key, r.id",
        *values,
    )
    return [one for one in map(_spent, rows) if one.minutes is not None or one.travel is not None]


def _spent(row: Row) -> Spent:
    told = json.loads(row["told"] or "{}").get("at")
    return Spent(
        team=row["team"],
        pseudonym=row["pseudonym"],
        citizen_id=row["citizen_id"],
        at=moment(told) if told else moment(row["started_at"]),
        minutes=_number(row["minutes"]),
        assumed=bool(row["assumed"]),
        travel=_number(row["travel"]),
    )


def _number(value: str | None) -> int | None:
    found = json.loads(value or "{}").get("value")
    return found if isinstance(found, int) else None


def _debrief(row: Row) -> Debrief:
    return Debrief(
        id=row["id"],
        mentor_id=row["mentor_id"],
        citizen_id=row["citizen_id"],
        guide_hash=row["guide_hash"],
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
    )


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    wanted = list(dict.fromkeys(ids))
    return (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))


def _marks(part: Sequence[object]) -> str:
    return ", ".join("?" * len(part))
