"""Odd texts in every place where people can put text, and everything the program then shows, writes and says."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.commands.shared import CommandError, clean_name
from bot.logs import set_up_logging
from bot.organisation import Organisation, load_organisation
from bot.reports.sheet import Sheet
from bot.service.reach_typed import LONGEST_NOTE
from bot.service.tools import Tools, keep_guide
from bot.workdays import danish_holidays
from prompts import load_codebook, load_guide
from storage import codings, contact, people, shares
from storage.citizens import Citizen
from storage.codings import Mark
from storage.database import Database
from storage.ids import new_id
from storage.people import Consent, Person, Role
from tests.faults import odd_acts
from tests.faults.odd_acts import MONDAY, PSEUDONYM, Recorder
from tests.faults.odd_texts import Odd
from tests.integration.week_figures_kit import TYPE, Moves, Office

LAST_WEEK = MONDAY - timedelta(days=5)
A_TEAM = 5
HELD: Moves = {"outcome": ("as_agreed",), "opening": ("took_it",), "contact_when": ("now",), "supervision": ("soon",),
               "next_contact": ("no",)}  # fmt: skip
HELD_TEXTS = ("what_happened", "citizen_wanted", "relation_note", "opening_note", "mentor_note", "supervision_focus",
              "agreements")  # fmt: skip
MISSED: Moves = {"outcome": ("did_not_come",), "contact_when": ("now",), "reach_tried": ("call", "no_answer"),
                 "absence_decision": ("wait",), "next_contact": ("no",)}  # fmt: skip
MISSED_TEXTS = ("absence_guess", "decision_basis", "absence_pressure")
_PARTS = 6  # messages of one answer


@dataclass
class Scene:
    """What was planted, and what came of it."""

    odd: Odd
    here: Recorder
    drawn: list[str]
    log: io.StringIO
    mentors: list[Person] = field(default_factory=list)
    leads: list[Person] = field(default_factory=list)
    citizens: list[Citizen] = field(default_factory=list)


def organisation_file(folder: Path, odd: Odd) -> Organisation:
    """organisation.yaml as an operator might write it."""
    told: dict[str, Any] = {
        "name": odd.text("organisation.name", only="line", longest=200),
        "emergency_card": [
            {"label": odd.text("organisation.label", only="line", longest=60), "number": "112"} for _ in range(3)
        ],
        "support": {"counselling": odd.text("organisation.support", only="line", longest=200)},
    }
    file = folder / "organisation.yaml"
    file.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return load_organisation(file, must_exist=True)


async def planted(
    db: Database, organisation: Organisation, odd: Odd, mentors: int, program: type[Recorder] = Recorder
) -> Scene:
    """Fill a database; everything is typed or put there through the program's own use cases."""
    tools = Tools(load_guide(), organisation, danish_holidays)
    with _recorded() as (drawn, log):
        scene = Scene(odd, program(db, MONDAY, tools), drawn, log)
        async with db.transaction() as tx:
            keep_guide(tx, tools, LAST_WEEK)
        office = Office(db)
        for number in range(mentors):
            await _mentor(scene, office, number)
        await odd_acts.carried_out(scene.here, odd, scene.mentors, scene.leads)
    return scene


@contextmanager
def _recorded() -> Iterator[tuple[list[str], io.StringIO]]:
    """What is written into pictures, and the log at DEBUG."""
    drawn: list[str] = []
    log = io.StringIO()
    write = Sheet.text

    def text(self: Sheet, x: float, y: float, text: str, size: float, **looks: Any) -> None:
        drawn.append(text)
        write(self, x, y, text, size, **looks)

    Sheet.text = text  # type: ignore[method-assign] # pictures are pixels: this is the last place where they are text
    try:
        with logged(log):
            yield drawn, log
    finally:
        Sheet.text = write  # type: ignore[method-assign]


@contextmanager
def logged(stream: io.StringIO, weaker: logging.Handler | None = None) -> Iterator[None]:
    """Let the program log there at DEBUG, or with a ``weaker`` handler, and then put everything back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_logging("DEBUG", stream=stream)
    if weaker is not None:
        root.handlers[:] = [weaker]
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(False)


def _name(odd: Odd, what: str) -> str:
    """A name as the operator's commands take it."""
    while True:
        name = odd.text(what, only="name", longest=60)
        try:
            return clean_name(name, what)
        except CommandError:
            odd.planted.pop()


async def _mentor(scene: Scene, office: Office, number: int) -> None:
    """Somebody who writes everything that can be written; the first of a team comes with a lead."""
    odd, here = scene.odd, scene.here
    if number % A_TEAM == 0:
        team = _name(odd, "team.name")
        scene.leads.append(await office.enrol(_name(odd, "person.name"), team, Role.LEAD))
    async with here.db.transaction() as tx:
        found = [one for one in await people.teams(tx) if one.id == scene.leads[-1].team_id]
    mentor = await office.enrol(_name(odd, "person.name"), found[0].name)
    scene.mentors.append(mentor)
    async with here.db.transaction() as tx:
        people.consent(tx, mentor.id, Consent.USE, True, MONDAY)
        people.consent(tx, mentor.id, Consent.CODING, True, MONDAY)
    first = await office.citizen(mentor, odd.text("pseudonym", only="pseudonym", longest=PSEUDONYM), LAST_WEEK)
    second = await office.citizen(mentor, odd.text("pseudonym", only="pseudonym", longest=PSEUDONYM), LAST_WEEK)
    scene.citizens += [first, second]
    made = await office.debrief(mentor, first, LAST_WEEK, {**HELD, **_texts(odd, HELD_TEXTS)}, full=True)
    reason = (f"{TYPE}{odd.text('absence_reason', longest=500)}", "ill")
    missed = {**MISSED, **_texts(odd, MISSED_TEXTS), "absence_reason": reason}
    await office.debrief(mentor, second, LAST_WEEK + timedelta(hours=2), missed, full=True)
    async with here.db.transaction() as tx:
        shares.share(tx, made, ["supervision_focus", "what_happened"], MONDAY)
    await _coded(scene, made)
    await _noted(scene, mentor, second)


def _texts(odd: Odd, questions: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Agreements become things to do, whose edges are read as a time: what is odd stands in their middle."""
    found = {one: tuple(odd.text(one) for _ in range(_PARTS)) for one in questions}
    if "agreements" in found:
        found["agreements"] = tuple(f"Husk {text} på sedlen" for text in found["agreements"])
    return found


async def _coded(scene: Scene, reflection_id: str) -> None:
    odd, codes = scene.odd, [code.id for code in load_codebook().codes]
    async with scene.here.db.transaction() as tx:
        given = codings.add_import(tx, new_id(MONDAY), "csv", MONDAY)
        rows = await tx.all(
            "SELECT question_id, revision FROM answers WHERE reflection_id = ? AND superseded_at IS NULL"
            " AND question_id IN ('what_happened', 'agreements')",
            reflection_id,
        )
        for row in rows:
            mark = Mark(
                reflection_id=reflection_id,
                question_id=row["question_id"],
                revision=row["revision"],
                starts=None,
                ends=None,
                code=codes[0],
                coder=odd.text("coding.coder", only="name", longest=60),
                coded_at=MONDAY,
                condensation=odd.text("coding.condensation", longest=500),
                theme=odd.text("coding.theme", only="line", longest=60),
            )
            codings.add(tx, mark, given, MONDAY)


async def _noted(scene: Scene, mentor: Person, citizen: Citizen) -> None:
    async with scene.here.db.transaction() as tx:
        thread = await tx.one("SELECT id FROM contact_threads WHERE citizen_id = ?", citizen.id)
        assert thread is not None
        text = scene.odd.text("note", longest=LONGEST_NOTE, only="line")
        contact.note_next_time(
            tx, citizen_id=citizen.id, thread_id=thread["id"], mentor_id=mentor.id, text=text, now=MONDAY
        )
