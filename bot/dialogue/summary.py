"""What a team's week amounts to: the figures of the weekly summary, with nothing in them that a lead may not see.

Figures about relation, participation and strain are of the whole team, and only where at least ``LEAST_MENTORS``
mentors and ``LEAST_ANSWERS`` answers contributed in that week; nothing here orders mentors by any figure. Answers kept
private are in none of it: what is shared was shared by the mentor, word for word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import utc

LEAST_MENTORS = 3
LEAST_ANSWERS = 10
LEAST_EVENTS = 3
LEAST_TELLERS = 2
"""So many unsafe events, told of by so many mentors, before a week tells what kinds they were."""
WEEKS_SHOWN = 8
"""The week itself and those before it."""

BANDS = (7, 14, 30)
"""Days without contact after which a citizen is listed, and listed more strongly."""

Series = tuple[int, ...]
"""One number a week, as many as ``WeeklySummary.weeks``, the oldest first: the last is the week itself."""


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week: Monday to Sunday, numbered by its Thursday (ISO 8601). ValueError for a week there is not."""

    year: int
    number: int

    def __post_init__(self) -> None:
        date.fromisocalendar(self.year, self.number, 1)

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From Monday's midnight to the next one's, in UTC: 167 or 169 hours where the clocks change."""
        monday = self.monday
        return utc(monday, time(0), zone), utc(monday + timedelta(days=7), time(0), zone)

    def moved(self, weeks: int) -> Week:
        """The week so many weeks later."""
        return week_of(self.monday + timedelta(weeks=weeks))

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"


def week_of(day: date) -> Week:
    """The week a local day lies in."""
    year, number, _ = day.isocalendar()
    return Week(year, number)


@dataclass(frozen=True, slots=True)
class Count:
    """How often a choice was made: ``choice`` is the guide's id, ``weeks`` a number for each week."""

    choice: str
    weeks: Series

    @property
    def now(self) -> int:
        """In the week itself."""
        return self.weeks[-1]


@dataclass(frozen=True, slots=True)
class WaitingDecision:
    """An absence that is not decided or not carried through yet. ``kind``: the follow-up's kind, or
    ``absence_decision`` where nothing was decided; ``pseudonym`` "?": nobody said who. ``by`` (UTC): the deadline, None
    without one, and for a hearing until the mentor shared that answer. Overdue ones come first."""

    pseudonym: str
    mentor: str
    kind: str
    by: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Absence:
    """What was decided about absence in the week, by choice, and what waits at the week's end."""

    decisions: tuple[Count, ...]
    waiting: tuple[WaitingDecision, ...]


@dataclass(frozen=True, slots=True)
class WithoutContact:
    """A citizen nobody has been in contact with for more than ``band`` days at the week's end.

    ``days`` since the last contact, or since the citizen was first registered where none is known (``never``).
    ``tried``: attempts since then by channel, most first; ``untried``: channels agreed with the citizen that were not
    tried; of those nothing was agreed with (``agreed``) visit, call and text. ``told_lead``, ``told_caseworker``: when
    (UTC). ``paused``: the thread holds a pause.
    """

    pseudonym: str
    mentor: str
    days: int
    band: int
    never: bool
    tried: tuple[tuple[str, int], ...]
    untried: tuple[str, ...]
    told_lead: datetime | None
    told_caseworker: datetime | None
    paused: bool
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class SafetyEvent:
    """A tough event whose mentor let the lead know of it, by telling or by sharing. ``kinds``: only what was shared.
    ``spoken``: the mentor said they had got hold of the lead, or the lead took its wish for supervision up."""

    mentor: str
    at: datetime
    kinds: tuple[str, ...]
    spoken: bool
    reflection_id: str = ""


@dataclass(frozen=True, slots=True)
class Safety:
    """How many debriefs told of something unsafe (``just_hard`` alone is none), and by kind, without names.

    ``spoken``: in how many of this week's the mentor had got hold of the lead or a colleague; ``alone``: of nobody
    yet. ``known``: those a lead may know by name. ``shown``: for each week whether its kinds are told: at least
    ``LEAST_EVENTS`` events by ``LEAST_TELLERS`` mentors; where not, the numbers of ``kinds`` are 0 and say nothing.
    """

    events: Series
    kinds: tuple[Count, ...]
    spoken: int
    alone: int
    known: tuple[SafetyEvent, ...]
    shown: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class SupervisionWish:
    """A mentor asked for supervision; ``soon`` ones come first, then the oldest. ``focus``: only once shared;
    ``pseudonym``: once anything of the debrief is.

    Wishes are listed until they are taken up, from whatever week they are.
    """

    reflection_id: str
    mentor: str
    at: datetime
    soon: bool
    focus: str | None
    pseudonym: str | None


@dataclass(frozen=True, slots=True)
class Distribution:
    """How a question about relation, participation or strain was answered by the team.

    ``counts``: one for each choice in the guide's order, with a number for each week. ``shown``: for each week whether
    enough mentors and answers contributed; where not, the numbers of that week are 0 and say nothing.
    """

    question: str
    counts: tuple[Count, ...]
    shown: tuple[bool, ...]

    @property
    def total(self) -> int:
        """Answers in the week itself; 0 where it is left out."""
        return sum(count.now for count in self.counts)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A follow-up whose day has passed at the week's end: an agreed task, or a next contact that was neither had nor
    tried. What it says stays with the mentor: only its kind is here. Absences stand in ``Absence.waiting``; whatever
    would give a tough visit away, and a mentor's own reminders, stand nowhere."""

    pseudonym: str | None
    mentor: str
    kind: str
    due_at: datetime
    days: int


@dataclass(frozen=True, slots=True)
class WeeklySummary:
    """The week of one team. ``at`` (UTC): as of when its open things are listed, the week's end or now if that is
    earlier. ``weeks``: the week and those before it, the oldest first. Minutes are summed over debriefs.

    ``mentors``: how many wrote a debrief this week. ``contacts``: debriefs whose meeting took place in some form.
    ``after_all``: those of ``outcomes`` that were held in another form after all, so no longer missed.
    """

    team: str
    week: Week
    weeks: tuple[Week, ...]
    zone: str
    at: datetime
    mentors: int
    debriefs: Series
    contacts: Series
    minutes: Series
    minutes_travel: Series
    acute: Series
    outcomes: tuple[Count, ...]
    flexibility: tuple[Count, ...]
    absence: Absence
    without_contact: tuple[WithoutContact, ...]
    safety: Safety
    supervision: tuple[SupervisionWish, ...]
    distributions: tuple[Distribution, ...]
    overdue: tuple[Overdue, ...]
    after_all: tuple[Count, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing was written in the week, and nothing is open."""
        open_things = (self.absence.waiting, self.without_contact, self.supervision, self.overdue)
        return self.debriefs[-1] == 0 and self.safety.events[-1] == 0 and not any(open_things)
