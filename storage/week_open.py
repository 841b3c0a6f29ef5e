"""How contact stood with a team's citizens at a moment: the last meeting, what was tried since, and the threads.

A citizen costs the same however many years lie behind them: the last meeting is looked for from the newest backwards,
and everything else from there on.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.database import Reader, Row
from storage.times import moment, moment_or_none, stamp
from storage.week import as_stored


@dataclass(frozen=True, slots=True)
class Then:
    """A team at a moment in UTC: what happened at ``until`` or later is not known yet."""

    team_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A citizen of the team who was not put away then. ``since``: first registered; ``met``: the last meeting that
    debriefs tell of, ``told``: when the meeting of the last debrief was or should have been."""

    id: str
    pseudonym: str
    mentor: str
    since: datetime
    channels: tuple[str, ...]
    met: datetime | None
    told: datetime | None


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt at contact that counts, since the last meeting."""

    channel: str
    result: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadThen:
    """A contact thread that was open after the last meeting. ``ended``: how it did; ``state``: as stored."""

    closed_at: datetime | None
    ended: str | None
    told_lead: datetime | None
    told_caseworker: datetime | None
    paused_until: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class Since:
    """What happened with a citizen after the last meeting, the earliest first."""

    tried: tuple[Tried, ...]
    threads: tuple[ThreadThen, ...]


_HERE = "c.team_id = ? AND c.created_at < ? AND (c.archived_at IS NULL OR c.archived_at >= ?)"
_MET = (
    "SELECT r.met_at FROM reflections AS r JOIN answers AS o ON o.reflection_id = r.id AND o.question_id = ?"
    " AND o.superseded_at IS NULL AND o.value IN ({held}) WHERE r.citizen_id = c.id AND r.met_at < ?"
    " AND r.finished_at IS NOT NULL ORDER BY r.met_at DESC LIMIT 1"
)
_TOLD = (
    "SELECT r.met_at FROM reflections AS r WHERE r.citizen_id = c.id AND r.met_at < ? AND r.finished_at IS NOT NULL"
    " ORDER BY r.met_at DESC LIMIT 1"
)
_TRIED = (
    "SELECT channel, result, at FROM contact_attempts WHERE citizen_id = ? AND superseded_at IS NULL AND at > ?"
    " AND at < ? ORDER BY at, id"
)
_THREADS = (
    "SELECT closed_at, ended, lead_told_at, caseworker_told_at, paused_until, state FROM contact_threads"
    " WHERE citizen_id = ? AND opened_at < ? AND (closed_at IS NULL OR closed_at > ?) ORDER BY opened_at, id"
)


async def citizens(tx: Reader, then: Then, *, outcome: str, held: Collection[str]) -> list[Known]:
    """The team's citizens. ``held``: the choices of the question ``outcome`` that are a meeting that took place."""
    marks = _marks(as_stored(held))
    rows = await tx.all(
        "SELECT c.id, c.pseudonym, c.created_at, c.channels, p.name,"  # noqa: S608 - question marks and constants only
        f" ({_MET.format(held=marks)}) AS met, ({_TOLD}) AS told"
        f" FROM citizens AS c JOIN people AS p ON p.id = c.mentor_id WHERE {_HERE} ORDER BY c.id",
        outcome,
        *as_stored(held),
        stamp(then.until),
        stamp(then.until),
        *_here(then),
    )
    return [_known(row) for row in rows]


def _known(row: Row) -> Known:
    channels = tuple(json.loads(row["channels"])) if row["channels"] else ()
    met, told = moment_or_none(row["met"]), moment_or_none(row["told"])
    return Known(row["id"], row["pseudonym"], row["name"], moment(row["created_at"]), channels, met, told)


async def since(tx: Reader, then: Then, ones: Sequence[Known]) -> list[Since]:
    """What happened with each of these citizens after the last meeting."""
    until = stamp(then.until)
    asked: list[tuple[str, ...]] = []
    for one in ones:
        last = stamp(one.met) if one.met else ""  # before every time
        asked += [(_TRIED, one.id, last, until), (_THREADS, one.id, until, last)]
    found = await tx.several(*asked) if asked else []
    return [
        Since(
            tuple(Tried(row["channel"], row["result"], moment(row["at"])) for row in tried),
            tuple(_thread(row) for row in threads),
        )
        for tried, threads in zip(found[::2], found[1::2], strict=True)
    ]


def _thread(row: Row) -> ThreadThen:
    return ThreadThen(
        closed_at=moment_or_none(row["closed_at"]),
        ended=row["ended"],
        told_lead=moment_or_none(row["lead_told_at"]),
        told_caseworker=moment_or_none(row["caseworker_told_at"]),
        paused_until=moment_or_none(row["paused_until"]),
        state=row["state"],
    )


def _here(then: Then) -> tuple[str, str, str]:
    return then.team_id, stamp(then.until), stamp(then.until)


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))
