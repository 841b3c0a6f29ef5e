"""A citizen's contact and absence log: what was done and when, corrections beside what they correct. Pure.

Only what visibility L lets into the log (the guide's section on visibility), what was shared of a hearing, and the rows
of contact threads. Nothing is concluded: what does not stand in a row does not stand here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local, utc

# The guide's words, the same for ever.
CITIZEN, OUTCOME, WHEN, MINUTES, TRAVEL = "citizen", "outcome", "contact_when", "minutes_used", "minutes_travel"
TRIED, DECISION, REASON, HEARING, AGREEMENTS = (
    "reach_tried", "absence_decision", "absence_reason", "hearing", "agreements",
)  # fmt: skip
HELD, MISSED, NOTIFIED, MINE, UNSAFE = "held", "missed", "notified", "mine", "unsafe"
RECORD_ENTRY = "record_entry"
UNPLANNED = frozenset({"acute", "by_chance", "text_only"})
"""Contact that was no agreed meeting: it counts as contact, not among what became of agreed meetings."""
_REGISTERED = frozenset({"register", "already_registered"})
_DAY = timedelta(days=1)


class Became(StrEnum):
    """What a meeting counts as. HELD_OTHERWISE: nobody came, and it was held after all in another way: no absence.
    EXCUSED: nobody came, and the mentor notes that the citizen was ill or had cancelled."""

    HELD = "held"
    HELD_OTHERWISE = "held_otherwise"
    MISSED = "missed"
    NOTIFIED = "notified"
    EXCUSED = "excused"
    MINE = "mine"
    UNSAFE = "unsafe"
    UNPLANNED = "unplanned"


class Happened(StrEnum):
    """What else the log holds. CONTACT: the citizen was reached, outside debriefs and attempts. ENDED: a thread was
    closed without contact."""

    LEAD_TOLD = "lead_told"
    CASEWORKER_TOLD = "caseworker_told"
    CONTACT = "contact"
    ENDED = "ended"
    PASSED_ON = "passed_on"


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both included; None: open at that end. ``zone`` says where days begin and end."""

    since: date | None
    until: date | None
    zone: ZoneInfo

    @property
    def starts_at(self) -> datetime | None:
        """The first instant (UTC)."""
        return None if self.since is None else utc(self.since, time(), self.zone)

    def holds(self, at: datetime) -> bool:
        """Whether this instant falls in the period."""
        day = local(at, self.zone).date()
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


def last_days(days: int, now: datetime, zone: ZoneInfo) -> Period:
    """The last ``days`` days, today included."""
    today = local(now, zone).date()
    return Period(today - (days - 1) * _DAY, today, zone)


@dataclass(frozen=True, slots=True)
class Was:
    """What stood there before, and until when (UTC)."""

    said: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Field:
    """One answer in words. ``said`` None: taken back. ``typed``: people's own words rather than a choice."""

    question: str
    name: str
    said: str | None
    typed: str | None = None
    before: tuple[Was, ...] = ()


@dataclass(frozen=True, slots=True)
class Meeting:
    """What one debrief tells. ``times``: every time it was said to be, the standing one last. ``became`` None: the
    debrief does not say, or is ``elsewhere``: since then about another citizen, so that nothing of it counts.
    ``recorded``: when the mentor ticked off that the absence stands in the case record; ``hearing_seen_to``: that the
    hearing was followed up, where its answer is shared."""

    reflection_id: str
    mentor_id: str
    times: tuple[datetime, ...]
    has_time: bool
    became: Became | None
    outcome: Field | None
    minutes: int | None
    minutes_assumed: bool
    travel: int | None
    decision: str | None
    fields: tuple[Field, ...]
    moved: tuple[Was, ...] = ()
    elsewhere: datetime | None = None
    recorded: datetime | None = None
    hearing_seen_to: datetime | None = None

    @property
    def at(self) -> datetime:
        """When it was (UTC), as it is said now."""
        return self.times[-1]

    @property
    def counts(self) -> bool:
        """False when it turned out to be about another citizen."""
        return self.elsewhere is None

    @property
    def registered(self) -> bool:
        """Whether its absence is registered."""
        return self.decision in _REGISTERED and self.became is Became.MISSED


@dataclass(frozen=True, slots=True)
class Try:
    """A way, a result and a time (UTC); ``until``: when it was corrected, None while it stands."""

    channel: str
    result: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: ``forms`` as it was logged, corrected and stands, the last one last."""

    mentor_id: str
    forms: tuple[Try, ...]

    @property
    def last(self) -> Try:
        """What stands, or stood last."""
        return self.forms[-1]

    @property
    def counts(self) -> bool:
        """False when it was taken back."""
        return self.last.until is None

    @property
    def at(self) -> datetime:
        """When it was made (UTC)."""
        return self.last.at


@dataclass(frozen=True, slots=True)
class Event:
    """Something else, by a mentor; ``to_id``: to whom a citizen was passed on."""

    kind: Happened
    at: datetime
    mentor_id: str
    to_id: str | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """Everything in a period. ``transferred_at``: when the mentor said that it stands in the case record. ``hidden``:
    colleagues' own words are left out."""

    period: Period
    meetings: tuple[Meeting, ...]
    attempts: tuple[Attempt, ...]
    events: tuple[Event, ...]
    transferred_at: datetime | None = None
    hidden: bool = False

    @property
    def entries(self) -> tuple[Meeting | Attempt | Event, ...]:
        """All of it by time."""
        return tuple(sorted((*self.meetings, *self.attempts, *self.events), key=lambda one: one.at))

    @property
    def by(self) -> frozenset[str]:
        """Ids of the people whose doings stand here."""
        return frozenset(one.mentor_id for one in self.entries)


def within(
    period: Period,
    meetings: Sequence[Meeting],
    attempts: Sequence[Attempt],
    events: Sequence[Event],
    transferred_at: datetime | None,
    hidden: bool = False,
) -> Log:
    """The log of a period: what is in it now, and what was said to be in it before it was corrected."""
    return Log(
        period=period,
        meetings=tuple(one for one in meetings if any(map(period.holds, one.times))),
        attempts=tuple(one for one in attempts if any(period.holds(form.at) for form in one.forms)),
        events=tuple(one for one in events if period.holds(one.at)),
        transferred_at=transferred_at,
        hidden=hidden,
    )


def became(group: str | None, outcome: str, decision: str | None) -> Became | None:
    """What a meeting counts as, from its outcome, the outcome's class in the guide, and the absence decision."""
    match group:
        case _ if group == HELD:
            return Became.UNPLANNED if outcome in UNPLANNED else Became.HELD
        case _ if group == MISSED:
            others = {"held_otherwise": Became.HELD_OTHERWISE, "ill_or_cancelled": Became.EXCUSED}
            return others.get(decision or "", Became.MISSED)
        case _ if group in (NOTIFIED, MINE, UNSAFE):
            return Became(group)
    return None


def explained(closed_at: datetime, attempts: Sequence[Attempt]) -> bool:
    """Whether an attempt that reached the citizen already tells of this contact."""
    return any(one.counts and one.last.result == "reached" and one.at == closed_at for one in attempts)


def edges(log: Log, now: datetime) -> tuple[date, date]:
    """The first and the last local day to name for the log: the period's own, else of what stands there, up to
    today."""
    today = local(now.astimezone(UTC), log.period.zone).date()
    days = [local(one.at, log.period.zone).date() for one in log.entries]
    last = log.period.until or max([today, *days])
    first = log.period.since or min([last, *days])
    return first, last
