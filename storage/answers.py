"""Answers. A row is never overwritten: changing an answer adds a revision and marks the earlier one superseded."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from storage.database import Reader, Row, Snapshot, Transaction
from storage.sealing import sealed, sealed_parts
from storage.times import moment, moment_or_none, stamp, stamp_or_none


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One revision of one answer. ``value``: decoded JSON, by kind. Times in UTC.

    ``superseded_at`` without ``superseded_by``: the branch was closed, nothing took its place. ``message_id``: the
    mentor's own chat message that gave it. ``guide_version``, ``guide_hash``, ``wording_hash``: what was asked and how.
    """

    id: str
    reflection_id: str
    question_id: str
    revision: int
    superseded_at: datetime | None
    superseded_by: str | None
    kind: str
    value: Any
    text: str | None
    skipped: bool
    assumed: bool
    asked_at: datetime | None
    answered_at: datetime
    guide_version: int
    guide_hash: str
    wording_hash: str
    language: str
    visibility: str
    message_id: int | None


class Standing(NamedTuple):
    """A current answer, as far as the next turn of its debrief needs it: some fifteen are read for each turn.

    ``content``: JSON, by kind, as stored; ``answered``: when, as stored.
    """

    id: str
    question_id: str
    revision: int
    content: str
    skipped: bool
    assumed: bool
    answered: str

    @property
    def answered_at(self) -> datetime:
        """When it was answered, in UTC."""
        return moment(self.answered)


STANDING = "a.id, a.question_id, a.revision, a.value, a.skipped, a.assumed, a.answered_at"
"""The columns of ``answers AS a`` that ``standing_of`` reads."""


def standing_of(row: Row) -> Standing:
    """The current answer in a row of ``STANDING``."""
    return Standing(
        row["id"],
        row["question_id"],
        row["revision"],
        row["value"],
        bool(row["skipped"]),
        bool(row["assumed"]),
        row["answered_at"],
    )


def answer_of(row: Row) -> AnswerRow:
    """The answer in a row of ``answers``."""
    return AnswerRow(
        id=row["id"],
        reflection_id=row["reflection_id"],
        question_id=row["question_id"],
        revision=row["revision"],
        superseded_at=moment_or_none(row["superseded_at"]),
        superseded_by=row["superseded_by"],
        kind=row["kind"],
        value=None if row["value"] is None else json.loads(row["value"]),
        text=row["text"],
        skipped=bool(row["skipped"]),
        assumed=bool(row["assumed"]),
        asked_at=moment_or_none(row["asked_at"]),
        answered_at=moment(row["answered_at"]),
        guide_version=row["guide_version"],
        guide_hash=row["guide_hash"],
        wording_hash=row["wording_hash"],
        language=row["language"],
        visibility=row["visibility"],
        message_id=row["message_id"],
    )


async def current(tx: Reader, reflection_id: str) -> list[AnswerRow]:
    """What counts now in a debrief, in the order it was answered."""
    rows = await tx.all(
        "SELECT * FROM answers WHERE reflection_id = ? AND superseded_at IS NULL ORDER BY id", reflection_id
    )
    return [answer_of(row) for row in rows]


async def standing(tx: Reader, reflection_id: str) -> list[Standing]:
    """As ``current``, for who goes on with the debrief."""
    rows = await tx.all(
        f"SELECT {STANDING} FROM answers AS a WHERE a.reflection_id = ? AND a.superseded_at IS NULL ORDER BY a.id",  # noqa: S608 - a constant
        reflection_id,
    )
    return [standing_of(row) for row in rows]


async def all_of(tx: Reader, reflection_id: str, *, revisions: bool) -> list[AnswerRow]:
    """The answers of a debrief in the order they were given; with ``revisions`` the superseded ones too."""
    if not revisions:
        return await current(tx, reflection_id)
    rows = await tx.all("SELECT * FROM answers WHERE reflection_id = ? ORDER BY id", reflection_id)
    return [answer_of(row) for row in rows]


async def stream(snapshot: Snapshot, *, revisions: bool) -> AsyncIterator[AnswerRow]:
    """Every answer of every debrief, by debrief id and then as given, for exports of any size."""
    sql = "SELECT * FROM answers WHERE superseded_at IS NULL ORDER BY reflection_id, id"
    if revisions:
        sql = "SELECT * FROM answers ORDER BY reflection_id, id"
    async for row in snapshot.rows(sql):
        yield answer_of(row)


async def revision_numbers(tx: Reader, reflection_id: str) -> dict[str, int]:
    """The highest revision of each question of a debrief, superseded ones counted: the next answer takes one more."""
    rows = await tx.all(
        "SELECT question_id, max(revision) AS highest FROM answers WHERE reflection_id = ? GROUP BY question_id",
        reflection_id,
    )
    return {row["question_id"]: row["highest"] for row in rows}


async def by_message(tx: Reader, mentor_id: str, message_id: int) -> AnswerRow | None:
    """The newest revision that this mentor's chat message gave; look at ``superseded_at`` before writing over it."""
    row = await tx.one(
        "SELECT a.* FROM answers AS a JOIN reflections AS r ON r.id = a.reflection_id"
        " WHERE a.message_id = ? AND r.mentor_id = ? ORDER BY a.revision DESC, a.id DESC LIMIT 1",
        message_id,
        mentor_id,
    )
    return None if row is None else answer_of(row)


def put_answer(tx: Transaction, answer: AnswerRow, previous_id: str | None) -> Standing:
    """Add an answer (queued), and give it back as it stands now.

    ``previous_id``: the current one that it supersedes, at the time it was answered.

    The table numbers the revision, counting superseded ones too; ``answer.revision`` is not looked at.

    The transaction fails with Conflict when another answer is current meanwhile, or has this revision: nothing is lost.
    """
    if previous_id is not None:
        # First, since there is at most one current answer to a question at any time.
        tx.write(
            "UPDATE answers SET superseded_at = ?, superseded_by = ? WHERE id = ? AND superseded_at IS NULL",
            stamp(answer.answered_at),
            answer.id,
            previous_id,
        )
    content = json.dumps(answer.value, ensure_ascii=False)
    _insert(tx, answer, None if answer.value is None else content)
    return Standing(
        answer.id,
        answer.question_id,
        answer.revision,
        content,
        answer.skipped,
        answer.assumed,
        stamp(answer.answered_at),
    )


def _insert(tx: Transaction, answer: AnswerRow, content: str | None) -> None:
    tx.write(
        "INSERT INTO answers (id, reflection_id, question_id, revision, superseded_at, superseded_by, kind, value,"
        " text, skipped, assumed, asked_at, answered_at, guide_version, guide_hash, wording_hash, language,"
        " visibility, message_id) VALUES (?, ?, ?, (SELECT COALESCE(MAX(revision), 0) + 1 FROM answers"
        " WHERE reflection_id = ? AND question_id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        answer.id,
        answer.reflection_id,
        answer.question_id,
        answer.reflection_id,
        answer.question_id,
        stamp_or_none(answer.superseded_at),
        answer.superseded_by,
        answer.kind,
        None if content is None else sealed_parts(content),
        sealed(answer.text),
        int(answer.skipped),
        int(answer.assumed),
        stamp_or_none(answer.asked_at),
        stamp(answer.answered_at),
        answer.guide_version,
        answer.guide_hash,
        answer.wording_hash,
        answer.language,
        answer.visibility,
        answer.message_id,
    )


def supersede(tx: Transaction, answer_id: str, now: datetime) -> None:
    """The branch of this answer closed: it counts no longer and stays on record (queued)."""
    tx.write("UPDATE answers SET superseded_at = ? WHERE id = ? AND superseded_at IS NULL", stamp(now), answer_id)
