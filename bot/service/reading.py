"""Reading reflections back: what was stored, said in the terms of exports, one debrief after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from bot.dialogue.guide import Kind
from bot.service.reading_answers import ReadAnswer, read_answer
from prompts import LoadedGuide
from storage import answers, citizens, guides, people, reflections, shares
from storage.answers import AnswerRow
from storage.database import Snapshot
from storage.people import Consent
from storage.reflections import Reflection

_MINUTES = "minutes_used"
T = TypeVar("T")


class Purpose(StrEnum):
    """What an export is for. CODING: only what mentors consented to, under numbers instead of names. RECORD: all."""

    CODING = "coding"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class ReadReflection:
    """One debrief for reading; times in UTC. ``minutes_used`` None: not asked or not said. ``consent``: what the mentor
    last said to coding, None: never asked."""

    reflection_id: str
    mentor: str
    citizen: str | None
    team: str | None
    guide: str
    guide_version: int
    guide_hash: str
    length: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    minutes_used: int | None
    answers: tuple[ReadAnswer, ...]
    consent: bool | None = None


@dataclass
class Left:
    """How many wanted reflections were passed over, because their mentors did not consent to coding; grows while
    reading. ``seen``: how many debriefs were looked at, wanted or not."""

    out: int = 0
    seen: int = 0


Wanted: TypeAlias = Callable[[Reflection], bool]
"""Whether a debrief belongs into an export, whoever gave it."""


class GuideMissingError(Exception):
    """A reflection's guide is not stored, or cannot be read; the text is one sentence."""


async def read(
    snapshot: Snapshot,
    purpose: Purpose,
    *,
    revisions: bool,
    left: Left | None = None,
    wanted: Wanted = lambda _reflection: True,
) -> AsyncIterator[ReadReflection]:
    """Every debrief that serves the purpose, in the order they were begun; memory does not grow with their number.

    With ``revisions`` also superseded answers. Raises GuideMissingError, StorageError.
    """
    left = Left() if left is None else left
    mentors = await _mentors(snapshot, purpose)
    teams = {team.id: team.name for team in await people.teams(snapshot)}
    shelf = _Shelf(snapshot)
    given = _Merged(answers.stream(snapshot, revisions=revisions), lambda row: row.reflection_id)
    shared = _Merged(shares.stream(snapshot), lambda row: row[0])
    async for reflection in reflections.stream(snapshot):
        left.seen += 1
        if not wanted(reflection):
            continue
        mentor = mentors.get(reflection.mentor_id)
        if mentor is None:
            left.out += 1
            continue
        rows = await given.of(reflection.id)
        seen = frozenset([question_id for _, question_id in await shared.of(reflection.id)])
        yield await _reflection(shelf, reflection, rows, seen, mentor, teams.get(reflection.team_id or ""))


@dataclass(frozen=True, slots=True)
class _Mentor:
    shown: str
    zone: str
    consent: bool | None


async def _mentors(snapshot: Snapshot, purpose: Purpose) -> dict[str, _Mentor]:
    """Whose reflections may be read, by person id. Everybody is numbered, so that nobody's number depends on what
    others consent to."""
    known = {person.id: person for person in await people.people(snapshot)}
    found = {}
    for number, person_id in enumerate(await people.joined(snapshot), start=1):
        person = known[person_id]
        consent = (await people.latest_consents(snapshot, person_id)).get(Consent.CODING)
        if purpose is Purpose.RECORD:
            found[person_id] = _Mentor(person.name, person.zone, consent)
        elif consent:
            found[person_id] = _Mentor(f"M{number:02}", person.zone, consent)
    return found


class _Merged(Generic[T]):
    """What belongs to one debrief after the other, from a stream in the same order as the debriefs; ``of`` tells to
    which one something belongs."""

    def __init__(self, rows: AsyncIterator[T], of: Callable[[T], str]) -> None:
        self._rows, self._owner = rows, of
        self._next: T | None = None
        self._begun = False

    async def of(self, reflection_id: str) -> list[T]:
        """What belongs to this debrief; what belongs to those before it is passed over."""
        if not self._begun:
            self._begun = True
            self._next = await anext(self._rows, None)
        found: list[T] = []
        while self._next is not None and (owner := self._owner(self._next)) <= reflection_id:
            if owner == reflection_id:
                found.append(self._next)
            self._next = await anext(self._rows, None)
        return found


@dataclass
class _Shelf:
    """Every guide version and every citizen that was met, asked for once."""

    snapshot: Snapshot
    known: dict[str, LoadedGuide] = field(default_factory=dict)
    met: dict[str, str] = field(default_factory=dict)

    async def names(self, ids: Sequence[str]) -> dict[str, str]:
        """The pseudonyms by id, these among them as far as they are known; there are few citizens."""
        if new := [id for id in ids if id and id not in self.met]:
            self.met.update(await citizens.names_by_id(self.snapshot, new))
        return self.met

    async def guide(self, guide_hash: str) -> LoadedGuide:
        if guide_hash not in self.known:
            content = await guides.content(self.snapshot, guide_hash)
            try:
                self.known[guide_hash] = LoadedGuide.from_json(content or "")
            except ValueError:
                raise GuideMissingError(
                    f"The guide {guide_hash[:12]} that was answered cannot be read from the database; "
                    "restore a backup, or report this mistake."
                ) from None
        return self.known[guide_hash]


async def _reflection(
    shelf: _Shelf,
    reflection: Reflection,
    rows: Sequence[AnswerRow],
    shared: frozenset[str],
    mentor: _Mentor,
    team: str | None,
) -> ReadReflection:
    known = [row for row in rows if row.kind == Kind.CITIZEN and row.value]
    ids = [str(row.value.get("value")) for row in known] + [reflection.citizen_id or ""]
    names = await shelf.names(ids)
    given = tuple([read_answer(await shelf.guide(row.guide_hash), row, shared, names, mentor.zone) for row in rows])
    return ReadReflection(
        reflection_id=reflection.id,
        mentor=mentor.shown,
        citizen=names.get(reflection.citizen_id or ""),
        team=team,
        guide=reflection.guide,
        guide_version=reflection.guide_version,
        guide_hash=reflection.guide_hash,
        length=reflection.length,
        status=reflection.status,
        started_at=reflection.started_at,
        finished_at=reflection.finished_at,
        minutes_used=_minutes(given),
        answers=given,
        consent=mentor.consent,
    )


def _minutes(given: Sequence[ReadAnswer]) -> int | None:
    for answer in given:
        if answer.question_id == _MINUTES and answer.superseded_at is None and isinstance(answer.value, int):
            return answer.value
    return None
