"""Years of debriefs in a database: copies of a few that the real use cases wrote, moved to other people and days."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.dialogue.events import Press
from bot.dialogue.summary import Week
from storage.database import Transaction
from storage.ids import new_id, new_token
from storage.keys import Key
from storage.people import Person
from storage.sqlite import open_sqlite
from storage.sqlite_connect import Connection, connect
from tests.integration.week_figures_kit import Moves, Office, at, office

KEY = Key(bytes(range(32)))
WEEK = Week(2026, 47)
DAY = timedelta(days=1)
_BEGAN = at(WEEK, 0)
_MENTORS = 80
_CITIZENS = 6  # of a mentor at a time; every year others
_TABLES = ("reflections", "answers", "followups", "contact_threads", "contact_attempts")
_FULL: Moves = {
    "outcome": ("as_agreed",), "contact_when": ("earlier_today",), "minutes_used": ("m45",), "toughness": ("2",),
    "what_happened": ("Vi gik en tur langs vandet.",), "contact_quality": ("good",), "goal_agreement": ("4",),
    "task_agreement": ("3",), "whose_meaning": ("both",), "citizen_wanted": ("Ro på.",), "adjusted": ("time",),
    "who_decided": ("together",), "opening": ("none",), "time_enough": ("yes",), "participation": ("co_decided",),
    "distance": ("Tæt på.",), "supervision": ("no",), "agreements": ("Jeg ringer til boligforeningen.",),
    "next_contact": ("in_3_days",),
}  # fmt: skip
_SHORT: Moves = {
    "outcome": ("moved_place",), "minutes_used": ("m60",), "toughness": ("3",), "adjusted": ("place",),
    "next_contact": ("in_a_week",),
}  # fmt: skip
_MISSED: Moves = {
    "outcome": ("did_not_come",), "reach_tried": ("call",), "absence_decision": ("register",),
    "absence_reason": ("nothing_yet",), "next_contact": ("tomorrow",),
}  # fmt: skip
_TOUGH: Moves = {
    "outcome": ("acute",), "minutes_used": ("m90",), "toughness": ("5",), "safe_now": ("yes",),
    "safety": (Press.MORE, "threat", Press.DONE), "safety_reached": (Press.MORE, "lead", Press.DONE),
    "next_moved": ("none_today",), "adjusted": ("outside_hours",), "next_contact": ("in_3_days",),
}  # fmt: skip
_SHARES = ((_FULL, True, 55), (_SHORT, False, 25), (_MISSED, False, 16), (_TOUGH, False, 4))  # in a hundred


@dataclass(frozen=True)
class Model:
    """The rows one debrief wrote, by table. ``often``: in how many of a hundred it is like this."""

    rows: dict[str, list[dict[str, Any]]]
    often: int


async def models() -> list[Model]:
    """Walk through each kind of debrief once, and keep what it stored."""
    found = []
    for moves, full, often in _SHARES:
        with TemporaryDirectory() as name:
            async with office(Path(name)) as one:
                anna = await one.enrol("Anna")
                citizen = await one.citizen(anna, "B07", _BEGAN - DAY)
                await one.debrief(anna, citizen, _BEGAN, moves, full=full)
                async with one.db.transaction() as tx:
                    found.append(Model({table: await _all(tx, table) for table in _TABLES}, often))
    return found


async def _all(tx: Transaction, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await tx.all(f"SELECT * FROM {table}")]  # noqa: S608 - our own table names


async def fill(path: Path, answers: int, years: int, teams: int, kinds: list[Model]) -> int:
    """Fill a new database with so many answers, spread over so many years up to ``WEEK``'s end; how many there are."""
    db = await open_sqlite(path, KEY, create=True)
    try:
        one = Office(db)
        mentors = [await one.enrol(f"Mentor {n}", f"Team {n % teams}") for n in range(_MENTORS)]
        async with db.transaction() as tx:
            rows = await tx.all("SELECT content, hash, guide, version FROM guides")
            assert len(rows) == 1
    finally:
        await db.close()
    connection = connect(path, KEY)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # only while filling: the measured connection is its own
        connection.execute("PRAGMA wal_autocheckpoint = 20000")
        stored = _Filling(connection, mentors, kinds, random.Random(47)).fill(answers, years)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
    return stored


class _Filling:
    def __init__(
        self, connection: Connection, mentors: list[Person], kinds: list[Model], chance: random.Random
    ) -> None:
        self.connection, self.mentors, self.kinds, self.chance = connection, mentors, kinds, chance
        self.citizens: dict[tuple[int, int, int], str] = {}

    def fill(self, answers: int, years: int) -> int:
        end = at(WEEK.moved(1), 0)
        days, given, number = years * 364, 0, 0
        self.connection.execute("BEGIN")
        while given < answers:
            day = end - DAY * (days - days * given / answers)
            given += self._debrief(number, day.replace(microsecond=0), end)
            number += 1
            if number % 2_000 == 0:
                self.connection.execute("COMMIT")
                self.connection.execute("BEGIN")
        self.connection.execute("COMMIT")
        return given

    def _debrief(self, number: int, when: datetime, end: datetime) -> int:
        place = number % len(self.mentors)
        citizen = self._citizen(place, self.chance.randrange(_CITIZENS), when, end)
        model = self.chance.choices(self.kinds, [kind.often for kind in self.kinds])[0]
        copied = _copy(model, self.mentors[place], citizen, when, recent=end - when < 21 * DAY, chance=self.chance)
        for table, row in copied:
            marks = ", ".join("?" * len(row))
            self.connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 - our own names
        return len(model.rows["answers"])

    def _citizen(self, place: int, number: int, when: datetime, end: datetime) -> str:
        """One of the mentor's citizens of that year; those of earlier years are put away."""
        ago = (end - when).days // 364
        key = (place, number, ago)
        if key not in self.citizens:
            self.citizens[key] = made = new_id(when)
            mentor, name = self.mentors[place], f"B{place}.{number}.{ago}"
            gone = _said(end - DAY * 364 * ago) if ago else None
            self.connection.execute(
                "INSERT INTO citizens (id, team_id, mentor_id, pseudonym, pseudonym_key, created_at, used_at,"
                " archived_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (made, mentor.team_id, mentor.id, name, name, _said(when), _said(when), gone),
            )
        return self.citizens[key]


def _said(when: datetime) -> str:
    return when.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _copy(
    model: Model, mentor: Person, citizen: str, when: datetime, *, recent: bool, chance: random.Random
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a debrief under other names. What is old is mostly done; threads are closed, or they would be one."""
    ids = {row["id"]: new_id(when) for rows in model.rows.values() for row in rows}
    taken: dict[str, Any] | None = None
    whose = {"mentor_id": mentor.id, "team_id": mentor.team_id, "citizen_id": citizen}
    wish = chance.random() < 0.03
    for table in _TABLES:
        for row in model.rows[table]:
            made = {name: _moved(ids.get(value, value), when) for name, value in row.items()}
            made |= {name: value for name, value in whose.items() if name in row}
            if table == "reflections":
                made["token"] = new_token()
            elif table == "answers" and row["question_id"] == "supervision" and wish:
                made["value"] = '{"value": "next"}'
                taken = _taken(made, mentor, when)
            elif table == "followups" and not (recent or chance.random() < 0.05):
                made |= {"status": "done", "closed_at": _moved(row["created_at"], when + 3 * DAY)}
            elif table == "contact_threads":
                made |= {"closed_at": _moved(row["opened_at"], when + 2 * DAY), "ended": "contact"}
            yield table, made
    if taken is not None and not recent:
        yield "supervision_taken", taken


def _taken(wish: dict[str, Any], lead: Person, when: datetime) -> dict[str, Any]:
    """A wish is taken up within two weeks; by whom makes no difference here."""
    return {
        "id": new_id(when), "reflection_id": wish["reflection_id"], "wish_id": wish["id"], "lead_id": lead.id,
        "day": f"{when + 9 * DAY:%Y-%m-%d}", "marked_at": _said(when + 9 * DAY),
    }  # fmt: skip


def _moved(value: Any, when: datetime) -> Any:
    """A time moved by as much as the debrief; anything else as it is."""
    if not isinstance(value, str) or len(value) != 27 or value[10] != "T":
        return value
    return _said(datetime.fromisoformat(value) - _BEGAN + when)
