"""A database with a crowd in it, and as many earlier answers as wanted. Rows are copies of what the service wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.service.tools import keep_guide
from storage import citizens, outbox, people
from storage.database import Transaction
from storage.ids import new_id
from storage.people import Role
from storage.sqlite import open_sqlite
from storage.sqlite_connect import Connection, connect
from tests.benchmarks.crowd import CARD_MESSAGE, Crowd, Mentor
from tests.benchmarks.stands import HERE, Stand
from tests.benchmarks.walk import KEY, NOW, tools

_DAYS = 700  # how far back the earlier debriefs lie
_TIMES = ("started_at", "finished_at", "touched_at", "met_at", "asked_at", "answered_at")
Rows = tuple[dict[str, Any], list[dict[str, Any]]]


async def fill(path: Path, crowd: Crowd, stored: int) -> None:
    """Make the database: the crowd with its open debriefs, and ``stored`` answers of saved ones before them."""
    database = await open_sqlite(path, KEY, create=True)
    try:
        async with database.transaction() as tx:
            keep_guide(tx, tools(), NOW)
            team = await people.team_named(tx, "Nord", NOW)
            for mentor in crowd.mentors:
                _enrol(tx, mentor, team.id)
    finally:
        await database.close()
    if stored:
        _store(path, crowd, stored, team.id)
    database = await open_sqlite(path, KEY, create=False)
    try:
        async with database.transaction() as tx:
            for mentor in crowd.mentors:
                begin(tx, mentor, crowd.walk.stands[mentor.at], team.id)
    finally:
        await database.close()


def begin(tx: Transaction, mentor: Mentor, stand: Stand, team: str) -> None:
    """The mentor's open debrief, as far as ``stand`` (queued); an earlier one is saved."""
    if mentor.reflection:
        tx.write("UPDATE reflections SET status = 'saved' WHERE id = ?", mentor.reflection)
    reflection, answers = _copy(stand, mentor, team, mentor.token, NOW)
    mentor.reflection = reflection["id"]
    tx.write(_insert("reflections", reflection), *reflection.values())
    for answer in answers:
        tx.write(_insert("answers", answer), *answer.values())
    outbox.set_card(tx, mentor.chat, f"debrief:{mentor.reflection}", CARD_MESSAGE, NOW)


def _enrol(tx: Transaction, mentor: Mentor, team: str) -> None:
    made = people.add_person(
        tx,
        telegram_id=mentor.chat,
        chat_id=mentor.chat,
        name=f"Mentor {mentor.number}",
        role=Role.MENTOR,
        team_id=team,
        language="da",
        zone="Europe/Copenhagen",
        now=NOW,
    )
    mentor.id = made.id
    citizens.add(tx, id=mentor.citizen, team_id=team, mentor_id=made.id, pseudonym=f"B{mentor.number:04d}", now=NOW)


def _store(path: Path, crowd: Crowd, stored: int, team: str) -> None:
    connection = connect(path, KEY)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # only while filling: the measured connection is its own
        connection.execute("PRAGMA wal_autocheckpoint = 20000")
        connection.execute("BEGIN")
        _insert_all(connection, _earlier(crowd, stored, team))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


def _insert_all(connection: Connection, debriefs: Iterable[Rows]) -> None:
    for count, (reflection, answers) in enumerate(debriefs, 1):
        connection.execute(_insert("reflections", reflection), tuple(reflection.values()))
        connection.executemany(_insert("answers", answers[0]), [tuple(answer.values()) for answer in answers])
        if count % 2_000 == 0:
            connection.execute("COMMIT")
            connection.execute("BEGIN")


def _earlier(crowd: Crowd, stored: int, team: str) -> Iterator[Rows]:
    """Saved debriefs of everybody in turn, the oldest first, until there are ``stored`` answers."""
    whole, given, number = crowd.walk.whole, 0, 0
    each = len(whole.answers)
    while given < stored:
        mentor = crowd.mentors[number % len(crowd.mentors)]
        when = NOW - timedelta(days=_DAYS - _DAYS * given // stored)
        reflection, answers = _copy(whole, mentor, team, f"e{number:07d}", when)
        yield reflection, answers[: stored - given]
        given, number = given + each, number + 1


def _copy(stand: Stand, mentor: Mentor, team: str, token: str, when: datetime) -> Rows:
    reflection = _moved(stand.reflection, when) | {
        "id": new_id(when), "token": token, "mentor_id": mentor.id, "team_id": team,
    }  # fmt: skip
    if reflection["citizen_id"] is not None:
        reflection["citizen_id"] = mentor.citizen
    answers = []
    for row in stand.answers:
        answer = _moved(row, when) | {"id": new_id(when), "reflection_id": reflection["id"]}
        if answer["question_id"] == "citizen":
            answer["value"] = answer["value"].replace(HERE, mentor.citizen)
        answers.append(answer)
    return reflection, answers


def _moved(row: dict[str, Any], when: datetime) -> dict[str, Any]:
    """The row with its times on another day."""
    day = when.date().isoformat()
    return row | {name: day + row[name][10:] for name in _TIMES if row.get(name)}


def _insert(table: str, row: dict[str, Any]) -> str:
    marks = ", ".join("?" * len(row))
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608 - our own column names
