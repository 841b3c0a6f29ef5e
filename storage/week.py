"""What a team answered in the weeks of a summary: counted by the database, so that a few rows come back however many
debriefs there are. It looks at those weeks only, through the index on team and time of meeting.

Only debriefs that have ended count, and they stay with the team they were written in. Something unsafe counts from the
moment it was answered, or the lead was called: a mentor in trouble does not always come to the end.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dialogue.codec import answer_from_data, answer_to_data
from bot.dialogue.state import Answer
from bot.dialogue.summary_rows import Contributed, Counted, Tally, Tough, ToughVisit, Undecided, Written
from storage.database import Reader, Row
from storage.times import moment, stamp

_ENDED = "r.status IN ('saved', 'stopped', 'closed')"
_BEGUN = "r.team_id = ? AND r.met_at >= ? AND r.met_at < ?"
_IN_TIME = f"{_BEGUN} AND {_ENDED}"
# A call holds no debrief. It is of the one in whose course it was asked; where that one does not say so itself, it must
# also be the newest the mentor had begun.
_CALLED = (
    "EXISTS (SELECT 1 FROM lead_calls AS k JOIN lead_call_leads AS l ON l.call_id = k.id AND l.unreachable_at IS NULL"
    " WHERE k.mentor_id = r.mentor_id AND k.kind = 'now' AND k.asked_at >= r.started_at AND k.asked_at <= r.touched_at"
    " AND (g.id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM reflections AS y WHERE y.mentor_id = r.mentor_id"
    " AND y.started_at > r.started_at AND y.started_at <= k.asked_at)))"
)


@dataclass(frozen=True, slots=True)
class Weeks:
    """A team's weeks. ``edges``: where each begins and the last one ends (UTC), one more than there are weeks."""

    team_id: str
    edges: tuple[datetime, ...]

    @property
    def _inner(self) -> tuple[str, ...]:
        return tuple(stamp(edge) for edge in self.edges[1:-1])

    @property
    def number(self) -> str:
        """SQL that gives the number of the debrief's week; its values are ``numbering``."""
        steps = " ".join(f"WHEN r.met_at < ? THEN {n}" for n in range(len(self._inner)))
        return f"CASE {steps} ELSE {len(self._inner)} END"

    @property
    def numbering(self) -> tuple[str, ...]:
        """The values of ``number``."""
        return self._inner

    @property
    def place(self) -> tuple[str, ...]:
        """The values that say which debriefs: team, beginning and end."""
        return self.team_id, stamp(self.edges[0]), stamp(self.edges[-1])

    @property
    def last(self) -> tuple[str, ...]:
        """As ``place``, for the last week alone."""
        return self.team_id, stamp(self.edges[-2]), stamp(self.edges[-1])


@dataclass(frozen=True, slots=True)
class Asked:
    """The guide's words that the figures are made of: ids of questions, and of choices of ``outcome``.

    ``counted``: whose answers are counted; ``spread``: those of them that are told as distributions; ``after_all``: the
    choices of ``decision`` by which a meeting was held in another form after all.
    """

    counted: tuple[str, ...]
    spread: tuple[str, ...]
    outcome: str
    decision: str
    safety: str
    reached: str
    after_all: Collection[str]
    missed: Collection[str]
    unsafe: Collection[str]


def as_stored(choices: Collection[str]) -> tuple[str, ...]:
    """How answers of just one of these choices stand in the table, so that SQL can look for them in any engine."""
    return tuple(json.dumps(answer_to_data(Answer(value=one)), ensure_ascii=False) for one in sorted(choices))


async def counted(tx: Reader, weeks: Weeks, asked: Asked) -> Counted:
    """What was answered, week by week, and the tough visits of the last of them."""
    written, tallies, contributed, tough, visits, after_all = await tx.several(
        (_WRITTEN.format(number=weeks.number), *weeks.numbering, *weeks.place),
        (_tallies(weeks, asked), *weeks.numbering, *asked.counted, *weeks.place),
        (_contributed(weeks, asked), *weeks.numbering, *asked.spread, *weeks.place),
        (_tough(weeks, asked), *weeks.numbering, *_of_tough(asked), *weeks.place, *as_stored(asked.unsafe)),
        (_visits(asked), asked.safety, asked.reached, *_of_tough(asked), *weeks.last, *as_stored(asked.unsafe)),
        (_after_all(weeks, asked), *weeks.numbering, *_of_after_all(asked), *weeks.place),
    )
    return Counted(
        written=tuple(Written(row["week"], row["debriefs"], row["mentors"]) for row in written),
        tallies=tuple(Tally(r["week"], r["question_id"], _answer(r["value"]), r["n"]) for r in tallies),
        contributed=tuple(Contributed(r["week"], r["question_id"], r["mentors"], r["n"]) for r in contributed),
        tough=tuple(Tough(r["week"], *_said(r), r["n"], r["mentor_id"], bool(r["called"])) for r in tough),
        visits=tuple(_visit(row, asked) for row in visits),
        after_all=tuple(Tally(r["week"], asked.outcome, _answer(r["value"]), r["n"]) for r in after_all),
    )


async def undecided(tx: Reader, weeks: Weeks, asked: Asked) -> tuple[Undecided, ...]:
    """Missed meetings of these weeks about whose absence nothing was decided."""
    rows = await tx.all(
        "SELECT r.met_at, c.pseudonym, p.name FROM reflections AS r JOIN people AS p ON p.id = r.mentor_id"  # noqa: S608 - question marks and constants only
        " JOIN answers AS o ON o.reflection_id = r.id AND o.question_id = ? AND o.superseded_at IS NULL"
        f" AND o.value IN ({_marks(asked.missed)}) LEFT JOIN citizens AS c ON c.id = r.citizen_id WHERE {_IN_TIME}"
        " AND NOT EXISTS (SELECT 1 FROM answers AS d WHERE d.reflection_id = r.id AND d.question_id = ?"
        " AND d.superseded_at IS NULL AND d.skipped = 0)",
        asked.outcome,
        *as_stored(asked.missed),
        *weeks.place,
        asked.decision,
    )
    return tuple(Undecided(row["pseudonym"], row["name"], moment(row["met_at"])) for row in rows)


_WRITTEN = (
    "SELECT {number} AS week, count(*) AS debriefs, count(DISTINCT r.mentor_id) AS mentors FROM reflections AS r"  # noqa: S608 - a constant
    f" WHERE {_IN_TIME} GROUP BY 1"
)


def _tallies(weeks: Weeks, asked: Asked) -> str:
    return (
        f"SELECT {weeks.number} AS week, a.question_id, a.value, count(*) AS n FROM reflections AS r"  # noqa: S608 - question marks and constants only
        f" JOIN answers AS a ON a.reflection_id = r.id AND a.question_id IN ({_marks(asked.counted)})"
        f" AND a.superseded_at IS NULL AND a.skipped = 0 WHERE {_IN_TIME} GROUP BY 1, 2, 3"
    )


def _contributed(weeks: Weeks, asked: Asked) -> str:
    return (
        f"SELECT {weeks.number} AS week, a.question_id, count(*) AS n, count(DISTINCT r.mentor_id) AS mentors"  # noqa: S608 - question marks and constants only
        f" FROM reflections AS r JOIN answers AS a ON a.reflection_id = r.id"
        f" AND a.question_id IN ({_marks(asked.spread)}) AND a.superseded_at IS NULL AND a.skipped = 0"
        f" WHERE {_IN_TIME} GROUP BY 1, 2"
    )


def _after_all(weeks: Weeks, asked: Asked) -> str:
    return (
        f"SELECT {weeks.number} AS week, o.value, count(*) AS n FROM reflections AS r"  # noqa: S608 - question marks and constants only
        f" JOIN answers AS d ON d.reflection_id = r.id AND d.question_id = ? AND d.value IN ({_marks(asked.after_all)})"
        " AND d.superseded_at IS NULL AND d.skipped = 0 JOIN answers AS o ON o.reflection_id = r.id"
        f" AND o.question_id = ? AND o.superseded_at IS NULL AND o.skipped = 0 WHERE {_IN_TIME} GROUP BY 1, 2"
    )


def _of_after_all(asked: Asked) -> tuple[str, ...]:
    return asked.decision, *as_stored(asked.after_all), asked.outcome


def _of_tough(asked: Asked) -> tuple[str, ...]:
    return asked.outcome, asked.safety, asked.reached


def _joined(name: str) -> str:
    return (
        f" LEFT JOIN answers AS {name} ON {name}.reflection_id = r.id AND {name}.question_id = ?"
        f" AND {name}.superseded_at IS NULL AND {name}.skipped = 0"
    )


def _unsafe(asked: Asked) -> str:
    return f"{_BEGUN} AND (s.id IS NOT NULL OR o.value IN ({_marks(asked.unsafe)}) OR {_CALLED})"


def _tough(weeks: Weeks, asked: Asked) -> str:
    return (
        f"SELECT {weeks.number} AS week, o.value AS outcome, s.value AS safety, g.value AS reached, r.mentor_id,"  # noqa: S608 - question marks and constants only
        f" CASE WHEN {_CALLED} THEN 1 ELSE 0 END AS called, count(*) AS n FROM reflections AS r"
        f"{_joined('o')}{_joined('s')}{_joined('g')} WHERE {_unsafe(asked)} GROUP BY 1, 2, 3, 4, 5, 6"
    )


def _visits(asked: Asked) -> str:
    shared = (
        "EXISTS (SELECT 1 FROM shares AS h WHERE h.reflection_id = r.id AND h.question_id = ?"
        " AND h.withdrawn_at IS NULL)"
    )
    return (
        f"SELECT p.name, r.id AS reflection_id, r.met_at, CASE WHEN {shared} THEN 1 ELSE 0 END AS safety_shared,"  # noqa: S608 - question marks and constants only
        f" CASE WHEN {shared} THEN 1 ELSE 0 END AS reached_shared,"
        " CASE WHEN EXISTS (SELECT 1 FROM supervision_taken AS t WHERE t.reflection_id = r.id AND t.undone_at IS NULL)"
        f" THEN 1 ELSE 0 END AS taken_up, CASE WHEN {_CALLED} THEN 1 ELSE 0 END AS called, o.value AS outcome,"
        " s.value AS safety, g.value AS reached"
        f" FROM reflections AS r JOIN people AS p ON p.id = r.mentor_id{_joined('o')}{_joined('s')}{_joined('g')}"
        f" WHERE {_unsafe(asked)}"
    )


def _visit(row: Row, asked: Asked) -> ToughVisit:
    shared = {asked.safety: row["safety_shared"], asked.reached: row["reached_shared"]}
    outcome, safety, reached = _said(row)
    return ToughVisit(
        mentor=row["name"],
        at=moment(row["met_at"]),
        outcome=outcome,
        safety=safety,
        reached=reached,
        shared=frozenset(question for question, yes in shared.items() if yes),
        marked=bool(row["taken_up"]),
        reflection_id=row["reflection_id"],
        called=bool(row["called"]),
    )


def _said(row: Row) -> tuple[Answer | None, Answer | None, Answer | None]:
    outcome, safety, reached = (_or_none(row[name]) for name in ("outcome", "safety", "reached"))
    return outcome, safety, reached


def _or_none(value: str | None) -> Answer | None:
    return None if value is None else _answer(value)


def _answer(value: str | None) -> Answer:
    return answer_from_data(json.loads(value or "{}"), skipped=False, assumed=False)


def _marks(values: Collection[Any] | Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
