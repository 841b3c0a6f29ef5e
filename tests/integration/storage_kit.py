"""What the storage tests share: a real encrypted database with a small cast. All names and texts are invented."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import citizens, guides, people, reflections
from storage.answers import AnswerRow
from storage.database import Database, Transaction
from storage.ids import new_id, new_token
from storage.keys import Key
from storage.people import Person, Role, Team
from storage.reflections import Reflection
from storage.sqlite import SqliteDatabase, open_sqlite
from storage.times import stamp
from tests.integration import engines

NOW = datetime(2026, 11, 22, 13, 10, tzinfo=UTC)
KEY = Key(bytes(range(32)))
OTHER_KEY = Key(bytes(range(1, 33)))
MINUTE = timedelta(minutes=1)


@asynccontextmanager
async def opened(folder: Path, key: Key = KEY) -> AsyncIterator[Database]:
    """The database of a test's folder, made when it is missing, on the engine that the test is for."""
    database = await engines.open_database(folder, key)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def opened_file(folder: Path, key: Key = KEY) -> AsyncIterator[SqliteDatabase]:
    """As ``opened``, for tests that are about the file whatever the engine."""
    database = await open_sqlite(folder / "e.db", key, create=True)
    try:
        yield database
    finally:
        await database.close()


@dataclass(frozen=True)
class Cast:
    """Anna and Bo are mentors in Nord, Lea leads it, Sif is a mentor in Syd."""

    nord: Team
    syd: Team
    anna: Person
    bo: Person
    lea: Person
    sif: Person


async def cast(tx: Transaction) -> Cast:
    """Enrol everybody."""
    nord = await people.team_named(tx, "Nord", NOW)
    syd = await people.team_named(tx, "Syd", NOW)

    def enrol(number: int, name: str, role: Role, team: Team) -> Person:
        return people.add_person(
            tx,
            telegram_id=1000 + number,
            chat_id=2000 + number,
            name=name,
            role=role,
            team_id=team.id,
            language="da",
            zone="Europe/Copenhagen",
            now=NOW,
        )

    return Cast(
        nord,
        syd,
        enrol(1, "Anna", Role.MENTOR, nord),
        enrol(2, "Bo", Role.MENTOR, nord),
        enrol(3, "Lea", Role.LEAD, nord),
        enrol(4, "Sif", Role.MENTOR, syd),
    )


def debrief(
    tx: Transaction, mentor: Person, *, status: str = "open", started: datetime = NOW, before_weeks: bool = False
) -> Reflection:
    """Begin a debrief under an invented guide. ``before_weeks``: in a database that does not know of weeks yet."""
    guides.keep(tx, "hash", "efter", 3, "{}", NOW)
    made = Reflection(
        id=new_id(started),
        token=new_token(),
        mentor_id=mentor.id,
        team_id=mentor.team_id,
        citizen_id=None,
        guide="efter",
        guide_version=3,
        guide_hash="hash",
        length="short",
        status=status,
        started_at=started,
        finished_at=None,
        touched_at=started,
        nudged_at=None,
        state="{}",
    )
    if not before_weeks:
        reflections.add(tx, made)
        return made
    row = {name: getattr(made, name) for name in made.__slots__ if name != "known"}
    row |= {name: stamp(row[name]) for name in ("started_at", "touched_at")}
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    tx.write(f"INSERT INTO reflections ({columns}) VALUES ({marks})", *row.values())  # noqa: S608 - its own names
    return made


def citizen(tx: Transaction, mentor: Person, pseudonym: str, now: datetime = NOW) -> citizens.Citizen:
    """Add a citizen to a mentor's team."""
    assert mentor.team_id is not None
    return citizens.add(tx, id=new_id(now), team_id=mentor.team_id, mentor_id=mentor.id, pseudonym=pseudonym, now=now)


def answer(
    reflection: Reflection, question: str, value: object, *, revision: int = 1, message_id: int | None = None
) -> AnswerRow:
    """An answer as the service would write it."""
    return AnswerRow(
        id=new_id(NOW),
        reflection_id=reflection.id,
        question_id=question,
        revision=revision,
        superseded_at=None,
        superseded_by=None,
        kind="one",
        value=value,
        text=None,
        skipped=False,
        assumed=False,
        asked_at=NOW,
        answered_at=NOW + MINUTE * revision,
        guide_version=3,
        guide_hash="hash",
        wording_hash="words",
        language="da",
        visibility="team",
        message_id=message_id,
    )
