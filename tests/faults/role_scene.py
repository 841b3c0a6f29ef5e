"""Two teams in which everybody has something of their own, and every id in it with whose it is.

Anna's and Lea's pages are those of the walk in ``test_permissions``; the other team, the coder and what is typed come
on top. Whatever only some may read is a mark; all of them are invented.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from storage import guard_names
from storage.people import Person
from tests.integration.supervision_kit import FOCUS, Cast, Talks, talks, wishes
from tests.integration.test_permissions import harvest

REMINDER, TOLD, LISTED = "Privat-Fasan-Q1", "Privat-Fasan-Q2", "Privat-Fasan-Q3"
S_REMINDER, S_FOCUS, S_TOLD = "Privat-Isfugl-Q4", "Delt-Isfugl-Q5", "Privat-Isfugl-Q6"
READERS: Mapping[str, frozenset[str]] = {
    REMINDER: frozenset({"anna"}),
    TOLD: frozenset({"anna"}),
    LISTED: frozenset({"anna"}),
    FOCUS: frozenset({"anna", "lea"}),
    "B07": frozenset({"anna", "lea"}),
    "Stjerne syv": frozenset({"anna", "lea"}),
    "K12": frozenset({"bo", "lea"}),
    S_REMINDER: frozenset({"sif"}),
    S_TOLD: frozenset({"sif"}),
    S_FOCUS: frozenset({"sif", "tue"}),
    "S01": frozenset({"sif", "tue"}),
}
"""Mark → who may be shown it: whose it is, and the lead of their team if it was shared or is in the log."""

_OWNED = (
    ("debrief", "SELECT token AS id, mentor_id AS owner FROM reflections"),
    ("reflection", "SELECT id, mentor_id AS owner FROM reflections"),
    ("citizen", "SELECT id, mentor_id AS owner FROM citizens"),
    ("thread", "SELECT id, mentor_id AS owner FROM contact_threads"),
    ("attempt", "SELECT id, mentor_id AS owner FROM contact_attempts"),
    ("followup", "SELECT id, mentor_id AS owner FROM followups"),
    ("reminder", "SELECT id, person_id AS owner FROM reminders"),
    ("call", "SELECT id, mentor_id AS owner FROM lead_calls"),
    ("taken", "SELECT t.id, r.mentor_id AS owner FROM supervision_taken AS t"
              " JOIN reflections AS r ON r.id = t.reflection_id"),
    ("listed", "SELECT id, person_id AS owner FROM guard_names"),
    ("person", "SELECT id, id AS owner FROM people"),
)  # fmt: skip
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![0-9a-z])[0-9a-z]{8}(?![0-9a-z])")


@dataclass(frozen=True)
class Thing:
    """An id that is somebody's: what it is the id of, and whose."""

    id: str
    kind: str
    owner: str


@dataclass
class Scene:
    """``buttons``: whose page → what its buttons send; ``things``: every id by itself."""

    here: Talks
    cast: Cast
    buttons: dict[str, set[str]]
    things: dict[str, Thing] = field(default_factory=dict)

    def owner(self, data: str, page_of: str) -> str:
        """Whose a button is: whoever's the first id in it is, else whose page it stands on."""
        found = [self.things[one] for one in _ID.findall(data) if one in self.things]
        return found[0].owner if found else page_of

    def moulds(self) -> set[tuple[str, str]]:
        """Every shape of a button, "{}" in place of one of its ids, with the kind of that id. A debrief's buttons
        count once, whichever visit they are of."""
        found = {}
        for data in sorted(set().union(*self.buttons.values())):
            for one in (one for one in _ID.findall(data) if one in self.things):
                mould = data.replace(one, "{}", 1)
                found[re.sub(r"^\{\}:\w+:", "{}:*:", mould)] = (mould, self.things[one].kind)
        listed = [mould for mould, _ in found.values() if ":f{}" in mould]  # on the list of what there is to do
        return {*found.values(), *((mould.replace(":f{}", ":r{}"), "reminder") for mould in listed)}


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """Everybody's week, until everything that has a page has been on it."""
    async with talks(folder) as (here, cast):
        async with here.db.transaction() as tx:
            guard_names.add(tx, cast.anna.id, LISTED, here.now)
        await _tells(here, cast.anna, "Stjerne syv", TOLD)
        await here.send(cast.anna, f"/paamind i morgen kl. 10 {REMINDER}")
        made = Scene(here, cast, await harvest(here, cast))
        here.now += timedelta(days=2)  # a working day again
        for name, steps in _MORE:
            await _walk(made, name, steps)
        await _tells(here, cast.sif, "S01", S_TOLD)
        await wishes(here, cast.sif, "S01", focus=S_FOCUS, share=True)
        await _look(made)
        async with here.db.transaction() as tx:
            for kind, question in _OWNED:
                for row in await tx.all(question):
                    made.things[row["id"]] = Thing(row["id"], kind, _name(cast, row["owner"]))
        yield made


_MORE = (
    ("anna", (">/indstillinger", "Navne", ">/minedata", ">/log B07", "Linje til", ">/hvemharset")),
    ("bo", (">/borgere", "K12", ">/debrief", "K12", "Som aftalt", ">/stop", ">/debrief")),
    ("sif", (f">/paamind i morgen kl. 10 {S_REMINDER}", ">/huskeliste", "1 · ", ">/stop",
             ">/debrief", "S01", "Kom ikke", "Ringet", ">/stop", ">/kontakt S01", "Ringet", ">/kontakt S01", "Mere")),
    ("tue", (">/supervision", ">/uge", ">/log S01")),
    ("lea", (">/log B07", ">/minedata", ">/uge 48", "Tryghed", "Anna")),
    ("kim", (">/eksport", ">/minedata", ">/indstillinger")),
    ("ada", (">/hvemharset", ">/minedata", ">/indstillinger")),
)  # fmt: skip
"""Whose, and what they type (after ">") or press."""


async def _walk(made: Scene, name: str, steps: tuple[str, ...]) -> None:
    who: Person = getattr(made.cast, name)
    for step in steps:
        await (made.here.send(who, step[1:]) if step.startswith(">") else made.here.press(who, step))
        await _look(made)


async def _look(made: Scene) -> None:
    """Take down every button that stands in a chat now."""
    for name in ("anna", "bo", "lea", "sif", "tue", "ada", "kim"):
        for message in made.here.screen(getattr(made.cast, name)):
            made.buttons.setdefault(name, set()).update(data for _, data in message.buttons)


async def _tells(here: Talks, mentor: Person, pseudonym: str, text: str) -> None:
    """A debrief with something that only its mentor may read, stopped when it is told."""
    await here.send(mentor, "/debrief")
    for label in (pseudonym, "Som aftalt", "Hele refleksionen"):
        await here.press(mentor, label)
    while "Hvad skete der?" not in here.screen(mentor)[-1].text:
        await here.press(mentor, "Hop over")
    await here.send(mentor, text)
    await here.send(mentor, "/stop")


def _name(cast: Cast, person_id: str) -> str:
    people = {name: one for name, one in vars(cast).items() if isinstance(one, Person)}
    return next(name for name, one in people.items() if one.id == person_id)
