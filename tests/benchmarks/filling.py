"""A database with a crowd in it, and as many earlier answers as wanted. Rows are copies of what the service wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from bot.service.tools import keep_guide
from storage import citizens, outbox, people
from storage.database import Transaction
from storage.ids import new_id
from storage.people import Role
from storage.sealing import SEALED, SEALED_WITHIN, sealed, sealed_parts
from storage.sqlite_connect import Connection, connect
from storage.times import stamp
from tests.benchmarks.crowd import CARD_MESSAGE, Crowd, Mentor
from tests.benchmarks.places import open_at
from tests.benchmarks.stands import HERE, Stand
from tests.benchmarks.walk import KEY, NOW, tools

_DAYS = 700  # how far back the earlier debriefs lie
_IN_ONE = 5_000
_TIMES = ("started_at", "finished_at", "touched_at", "met_at", "asked_at", "answered_at")
Rows = tuple[dict[str, Any], list[dict[str, Any]]]


async def fill(where: Path | str, crowd: Crowd, stored: int, now: datetime = NOW) -> None:
    """Make the database (a file, or the name of one on a server): the crowd with its open debriefs as of ``now``, and
    ``stored`` answers of saved ones before them."""
    database = await open_at(where, create=True)
    try:
        async with database.transaction() as tx:
            keep_guide(tx, tools(), now)
            team = await people.team_named(tx, "Nord", now)
        for part in _parts(crowd.mentors):
            async with database.transaction() as tx:
                for mentor in part:
                    _enrol(tx, mentor, team.id, now)
    finally:
        await database.close()
    earlier = _earlier(crowd, stored, team.id)
    begun = (_begun(mentor, crowd.walk.stands[mentor.at], team.id, now) for mentor in crowd.mentors)
    if isinstance(where, Path):
        _store(where, chain(earlier, begun))
    else:
        from tests.benchmarks.copying import copy_in

        await copy_in(where, chain(earlier, begun))
    database = await open_at(where, create=False)
    try:
        for part in _parts(crowd.mentors):
            async with database.transaction() as tx:
                for mentor in part:
                    outbox.set_card(tx, mentor.chat, f"debrief:{mentor.reflection}", CARD_MESSAGE, now)
    finally:
        await database.close()


def _parts(mentors: Sequence[Mentor]) -> Iterator[Sequence[Mentor]]:
    """A few thousand at a time: a server holds all that was sent it in one go."""
    return (mentors[at : at + _IN_ONE] for at in range(0, len(mentors), _IN_ONE))


def begin(tx: Transaction, mentor: Mentor, stand: Stand, team: str) -> None:
    """The mentor's open debrief, as far as ``stand`` (queued); an earlier one is saved."""
    if mentor.reflection:
        tx.write("UPDATE reflections SET status = 'saved' WHERE id = ?", mentor.reflection)
    reflection, answers = _begun(mentor, stand, team, NOW)
    tx.write(_insert("reflections", reflection), *_hidden("reflections", reflection).values())
    for answer in answers:
        tx.write(_insert("answers", answer), *_hidden("answers", answer).values())
    outbox.set_card(tx, mentor.chat, f"debrief:{mentor.reflection}", CARD_MESSAGE, NOW)


def _begun(mentor: Mentor, stand: Stand, team: str, now: datetime) -> Rows:
    """The rows of an open debrief that was touched just now; the mentor remembers which it is."""
    reflection, answers = _copy(stand, mentor, team, mentor.token, now)
    mentor.reflection = reflection["id"]
    return reflection | {"touched_at": stamp(now)}, answers


def _hidden(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row as a storage module hands it over: free text marked, so that a server gets it sealed."""
    marked = row | {name: sealed(row[name]) for name in SEALED.get(table, ())}
    return marked | {name: sealed_parts(row[name]) for name in SEALED_WITHIN.get(table, ()) if row[name] is not None}


def _enrol(tx: Transaction, mentor: Mentor, team: str, now: datetime) -> None:
    made = people.add_person(
        tx,
        telegram_id=mentor.chat,
        chat_id=mentor.chat,
        name=f"Mentor {mentor.number}",
        role=Role.MENTOR,
        team_id=team,
        language="da",
        zone="Europe/Copenhagen",
        now=now,
    )
    mentor.id = made.id
    citizens.add(tx, id=mentor.citizen, team_id=team, mentor_id=made.id, pseudonym=f"B{mentor.number:04d}", now=now)


def _store(path: Path, debriefs: Iterable[Rows]) -> None:
    connection = connect(path, KEY)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # only while filling: the measured connection is its own
        connection.execute("PRAGMA wal_autocheckpoint = 20000")
        connection.execute("BEGIN")
        _insert_all(connection, debriefs)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


def _insert_all(connection: Connection, debriefs: Iterable[Rows]) -> None:
    for count, (reflection, answers) in enumerate(debriefs, 1):
        connection.execute(_insert("reflections", reflection), tuple(reflection.values()))
        if answers:
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
