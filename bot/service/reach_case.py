"""A contact thread with all that is needed to say what comes next: rows on one side, the pure ladder on the other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.dialogue.ladder import ContactSettings, Proposal, next_step
from bot.dialogue.threads import Attempt, Channel, Result, Thread
from bot.dialogue.worktime import WorkTime
from bot.service.hours import work_of
from bot.service.tools import Tools
from storage import attempts, citizens, contact, people, threads
from storage.attempts import Attempt as AttemptRow
from storage.citizens import Agreed, Citizen
from storage.database import Transaction
from storage.people import Person, Role
from storage.threads import Thread as ThreadRow
from storage.times import moment_or_none, stamp, stamp_or_none

OUTCOME, WHEN, HELD = "outcome", "contact_when", "held"  # the guide's words, the same for ever
Logged = tuple[str, str, datetime, str]  # channel, result, time, and the row it was logged as


@dataclass(frozen=True)
class Marks:
    """Where the ladder stands beyond the columns of the thread, kept as its JSON.

    ``version`` grows with every change, so that a button pressed twice or from an old card writes nothing.
    ``worried_at``, ``lead_told_at``, ``caseworker_told_at``: the last time. ``answered``: steps seen to.
    ``planned``: step, since when, and for when its reminder was planned. ``logged``: what a debrief logged, by its id.
    """

    version: int = 0
    worried_at: datetime | None = None
    lead_told_at: datetime | None = None
    caseworker_told_at: datetime | None = None
    answered: frozenset[str] = frozenset()
    planned: tuple[str, datetime, datetime] | None = None
    logged: dict[str, tuple[Logged, ...]] = field(default_factory=dict)

    def to_json(self) -> str:
        """As it stands in the thread's state."""
        planned = self.planned and [self.planned[0], stamp(self.planned[1]), stamp(self.planned[2])]
        kept = {
            "version": self.version,
            "worried_at": stamp_or_none(self.worried_at),
            "lead_told_at": stamp_or_none(self.lead_told_at),
            "caseworker_told_at": stamp_or_none(self.caseworker_told_at),
            "answered": sorted(self.answered),
            "planned": planned,
            "logged": {one: [[c, r, stamp(at), row] for c, r, at, row in of] for one, of in self.logged.items()},
        }
        return json.dumps({name: value for name, value in kept.items() if value})

    @classmethod
    def from_json(cls, text: str) -> Marks:
        """The inverse of ``to_json``."""
        kept = json.loads(text)
        planned = kept.get("planned")
        logged = kept.get("logged", {})
        return cls(
            version=kept.get("version", 0),
            worried_at=moment_or_none(kept.get("worried_at")),
            lead_told_at=moment_or_none(kept.get("lead_told_at")),
            caseworker_told_at=moment_or_none(kept.get("caseworker_told_at")),
            answered=frozenset(kept.get("answered", ())),
            planned=(planned[0], _at(planned[1]), _at(planned[2])) if planned else None,
            logged={one: tuple((c, r, _at(at), row) for c, r, at, row in of) for one, of in logged.items()},
        )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class Case:
    """``row`` and ``rows``: the thread and everything logged in it, as stored; ``thread``: the same as the ladder knows
    it. ``mentor``: whose thread it is."""

    row: ThreadRow
    rows: tuple[AttemptRow, ...]
    marks: Marks
    citizen: Citizen
    mentor: Person
    agreed: Agreed
    thread: Thread
    settings: ContactSettings
    work: WorkTime

    @property
    def id(self) -> str:
        """The thread's id."""
        return self.row.id

    @property
    def is_open(self) -> bool:
        """Whether the citizen is still being tried."""
        return self.row.closed_at is None

    @property
    def zone(self) -> ZoneInfo:
        """The mentor's zone."""
        return ZoneInfo(self.mentor.zone)

    def proposal(self, tools: Tools, now: datetime) -> Proposal | None:
        """What comes next, seen from ``now``; None when the thread has ended, or the ladder."""
        return next_step(tools.ladder.ladder, self.thread, self.settings, now, self.work)

    def by_day(self, tools: Tools, now: datetime) -> Proposal | None:
        """The same with the question about worry left open: it comes before days, but it holds nothing up."""
        calm = self.thread if self.thread.worried is not None else replace(self.thread, worried=False)
        return next_step(tools.ladder.ladder, calm, self.settings, now, self.work)

    @property
    def asks_about_worry(self) -> bool:
        """Whether the mentor has not said yet if they are worried."""
        return self.is_open and self.thread.worried is None


async def load(tx: Transaction, tools: Tools, thread_id: str, now: datetime) -> Case | None:
    """The thread with this id, open or closed; None when there is none."""
    row = await threads.get(tx, thread_id)
    if row is None:
        return None
    citizen, mentor = await citizens.get(tx, row.citizen_id), await people.person(tx, row.mentor_id)
    if citizen is None or mentor is None:
        return None
    rows = tuple(await attempts.attempts_of(tx, row.id))
    agreed = (await citizens.agreed(tx, [citizen.id]))[citizen.id]
    last = (await last_contacts(tx, tools, [citizen.id])).get(citizen.id)
    marks = Marks.from_json(row.state)
    return Case(
        row=row,
        rows=rows,
        marks=marks,
        citizen=citizen,
        mentor=mentor,
        agreed=agreed,
        thread=_thread(row, rows, marks, last, mentor.zone),
        settings=settings_of(agreed),
        work=await work_of(tx, tools, mentor, now),
    )


def settings_of(agreed: Agreed) -> ContactSettings:
    """What was agreed with the citizen, as the ladder knows it. Channels it does not know are passed over."""
    known = {channel.value for channel in Channel}
    channels = frozenset(Channel(one) for one in agreed.channels if one in known)
    return ContactSettings(channels, agreed.rhythm_days, agreed.weekly_cap)


def _thread(row: ThreadRow, rows: Sequence[AttemptRow], marks: Marks, last: datetime | None, zone: str) -> Thread:
    put_right = {one.superseded_by: one.id for one in rows if one.superseded_by}
    logged = tuple(
        Attempt(
            id=one.id,
            channel=Channel(one.channel),
            result=Result(one.result),
            at=one.at,
            corrected=one.superseded_at is not None,
            replaces=put_right.get(one.id),
        )
        for one in sorted(rows, key=lambda one: one.id)
    )
    return Thread(
        opened_at=row.opened_at,
        last_contact_at=last,
        attempts=logged,
        worried=row.worried,
        worried_at=marks.worried_at,
        answered=marks.answered,
        lead_told_at=marks.lead_told_at or row.lead_told_at,
        caseworker_told_at=marks.caseworker_told_at or row.caseworker_told_at,
        paused_until=row.paused_until,
        closed_at=row.closed_at,
        zone=zone,
    )


async def last_contacts(tx: Transaction, tools: Tools, citizen_ids: Sequence[str]) -> dict[str, datetime]:
    """When there last was contact with each of these citizens: a meeting that took place, as a debrief tells it, or
    being reached. Who was never in contact is missing."""
    if not citizen_ids:
        return {}
    held = tools.guide.guide.groups.get(HELD, frozenset())
    latest = await contact.reached(tx, citizen_ids)
    for told in await contact.told_by_debriefs(tx, citizen_ids, outcome=OUTCOME, when=WHEN):
        if told.outcome in held:
            latest[told.citizen_id] = max(told.at, latest.get(told.citizen_id, told.at))
    return latest


async def owned(tx: Transaction, tools: Tools, person: Person, thread_id: str, now: datetime) -> Case | None:
    """The thread with this id if it is this mentor's own; None for anybody else's."""
    case = await load(tx, tools, thread_id, now) if person.role is Role.MENTOR else None
    if case is None or case.mentor.id != person.id or case.citizen.mentor_id != person.id:
        return None
    return case
