"""Invented weeks for the tests of the sentences, the picture and the report: an empty one, one of everything, a large
team. Nobody and nothing in them is real."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.dialogue.summary import (
    Absence,
    Count,
    Distribution,
    Overdue,
    Safety,
    SafetyEvent,
    Series,
    SupervisionWish,
    WaitingDecision,
    Week,
    WeeklySummary,
    WithoutContact,
)
from bot.service.replies import Worded
from bot.service.week_words import Labels, in_words, labels_of, sentences
from prompts import Messages, load_guide, load_messages

ZONE = "Europe/Copenhagen"
WEEK = Week(2026, 47)
END = WEEK.bounds(ZoneInfo(ZONE))[1]
ZEROS: Series = (0,) * 8
Case = tuple[WeeklySummary, str, str, str]
"""A week, one of its parts, and how that part reads in Danish and in English."""


@cache
def messages(language: str) -> Messages:
    """The shipped wording."""
    return load_messages(language=language)


@cache
def labels(language: str) -> Labels:
    """The shipped guide's labels."""
    return labels_of(load_guide(), language)


def said(language: str, lines: tuple[Worded, ...]) -> list[str]:
    """The lines in words."""
    return [in_words(messages(language), line) for line in lines]


def ago(days: float) -> datetime:
    """So many days before the week's end (UTC)."""
    return END.astimezone(UTC) - timedelta(days=days)


def upto(last: int, *, first: int = 0) -> Series:
    """Eight numbers that go from ``first`` to ``last``."""
    return tuple(first + (last - first) * place // 7 for place in range(8))


def empty() -> WeeklySummary:
    """A week in which nothing was written and nothing is open."""
    return WeeklySummary(
        team="Nord",
        week=WEEK,
        weeks=tuple(WEEK.moved(place - 7) for place in range(8)),
        zone=ZONE,
        at=END.astimezone(UTC),
        mentors=0,
        debriefs=ZEROS,
        contacts=ZEROS,
        minutes=ZEROS,
        minutes_travel=ZEROS,
        acute=ZEROS,
        outcomes=(),
        flexibility=(),
        absence=Absence((), ()),
        without_contact=(),
        safety=Safety(ZEROS, (), 0, 0, ()),
        supervision=(),
        distributions=(),
        overdue=(),
    )


def without(band: int, **changes: object) -> WithoutContact:
    """A citizen without contact."""
    days = {7: 9, 14: 17, 30: 41}[band]
    plain = WithoutContact("B07", "Anna", days, band, False, (), (), None, None, False)
    return replace(plain, **changes)  # type: ignore[arg-type]  # the fields are named by the tests


def waiting(kind: str = "decide", *, overdue: bool = False, by: datetime | None = None) -> WaitingDecision:
    """An absence that waits."""
    return WaitingDecision("B07", "Anna", kind, by, overdue)


def wish(mentor: str = "Anna", *, soon: bool = False, days: float = 2, focus: str | None = None) -> SupervisionWish:
    """A wish for supervision."""
    return SupervisionWish(f"r-{mentor}-{days}", mentor, ago(days), soon, focus, None)


def event(mentor: str = "Anna", *, spoken: bool = False, kinds: tuple[str, ...] = ()) -> SafetyEvent:
    """Something unsafe the lead was let know of."""
    return SafetyEvent(mentor, ago(3), kinds, spoken)


def late(days: int = 9, kind: str = "task", pseudonym: str | None = "B07") -> Overdue:
    """A follow-up whose day has passed."""
    return Overdue(pseudonym, "Anna", kind, ago(days), days)


def distribution(question: str, now: dict[str, int], before: dict[str, int], *, shown: bool = True) -> Distribution:
    """A question's answers: this week's and those of the seven before; not shown in the fifth week before."""
    seen = (True, True, False, True, True, True, True, shown)
    counts = tuple(
        Count(choice, tuple(0 if not seen[place] else (now if place == 7 else before)[choice] for place in range(8)))
        for choice in now
    )
    return Distribution(question, counts, seen)


CONTACT = distribution(
    "contact_quality",
    {"trusting": 3, "good": 6, "mixed": 3, "distant": 1, "tense": 1},
    {"trusting": 2, "good": 5, "mixed": 4, "distant": 1, "tense": 0},
)
PARTICIPATION = distribution(
    "participation",
    {"decided": 2, "co_decided": 6, "heard": 3, "informed": 1, "not_involved": 0},
    {"decided": 1, "co_decided": 4, "heard": 5, "informed": 2, "not_involved": 1},
)
STRAIN = distribution(
    "toughness",
    {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0},
    {"1": 4, "2": 5, "3": 4, "4": 2, "5": 0},
    shown=False,
)


def full() -> WeeklySummary:
    """One of everything, in a team of four."""
    return replace(
        empty(),
        mentors=4,
        debriefs=(14, 16, 18, 19, 13, 20, 18, 22),
        contacts=(11, 13, 12, 16, 9, 15, 14, 17),
        minutes=(600, 720, 705, 900, 480, 840, 795, 870),
        minutes_travel=(120, 150, 120, 180, 90, 165, 150, 195),
        acute=(1, 0, 2, 1, 0, 1, 3, 2),
        outcomes=(
            Count("as_agreed", (6, 7, 6, 8, 4, 8, 6, 8)),
            Count("did_not_come", (2, 2, 3, 2, 3, 3, 3, 3)),
            Count("moved_time", (1, 2, 1, 2, 1, 2, 1, 2)),
            Count("moved_place", (1, 1, 1, 2, 2, 1, 2, 2)),
            Count("by_phone", (1, 2, 1, 2, 1, 2, 1, 2)),
            Count("cancelled_by_citizen", (1, 0, 1, 1, 1, 1, 1, 1)),
            Count("acute", (1, 0, 2, 1, 0, 1, 3, 2)),
            Count("by_chance", (1, 1, 1, 1, 1, 1, 1, 1)),
            Count("cancelled_by_me", (0, 1, 0, 0, 0, 1, 0, 0)),
            Count("left_for_safety", (0, 0, 0, 0, 0, 0, 0, 1)),
        ),
        flexibility=(
            Count("time", (3, 4, 2, 5, 2, 4, 3, 5)),
            Count("place", (2, 2, 3, 3, 1, 3, 2, 4)),
            Count("form", (1, 2, 1, 2, 2, 2, 1, 3)),
            Count("practical", (1, 1, 2, 1, 1, 2, 2, 2)),
            Count("outside_hours", (0, 1, 0, 1, 0, 0, 1, 1)),
            Count("nothing", (5, 5, 4, 6, 4, 6, 5, 5)),
        ),
        absence=Absence(
            (
                Count("register", (1, 1, 1, 1, 2, 1, 1, 1)),
                Count("held_otherwise", (1, 0, 1, 1, 0, 1, 1, 0)),
                Count("known_ground", (0, 0, 1, 0, 1, 0, 1, 1)),
                Count("wait", (0, 1, 0, 0, 0, 1, 0, 1)),
                Count("lead_first", (0, 0, 0, 0, 0, 0, 0, 0)),
            ),
            (
                WaitingDecision("B12", "Bo", "hearing", ago(2), True),
                WaitingDecision("B03", "Anna", "record_entry", ago(4), True),
                WaitingDecision("Kastanje", "Dina", "hearing", ago(-3), False),
                WaitingDecision("B21", "Carl", "absence_decision", None, False),
            ),
        ),
        without_contact=(
            WithoutContact(
                "B12", "Bo", 41, 30, False, (("call", 4), ("text", 3), ("visit", 1)), (), ago(30), ago(20), False
            ),
            WithoutContact("B21", "Carl", 19, 14, False, (("call", 3), ("text", 1)), ("visit",), ago(10), None, False),
            WithoutContact("Kastanje", "Dina", 16, 14, True, (("text", 2),), ("visit", "call"), None, None, False),
            WithoutContact("B05", "Anna", 9, 7, False, (), ("call", "visit"), None, None, True),
        ),
        safety=Safety(
            (0, 1, 0, 0, 3, 0, 1, 4),
            (Count("threat", (0, 0, 0, 0, 2, 0, 0, 3)), Count("fear_life_health", (0, 0, 0, 0, 1, 0, 0, 1))),
            1,
            1,
            (event("Dina", kinds=("threat",)),),
            (False, False, False, False, True, False, False, True),
        ),
        supervision=(
            SupervisionWish("r1", "Dina", ago(3), True, "Hvor tæt på må jeg gå, når der er trusler?", "Kastanje"),
            SupervisionWish("r2", "Bo", ago(16), False, None, None),
        ),
        distributions=(CONTACT, PARTICIPATION, STRAIN),
        overdue=(late(9), late(2, "own", None)),
    )


def large() -> WeeklySummary:
    """A team of twenty with long names, many citizens and everything in the hundreds."""
    many = full()
    return replace(
        many,
        team="Udekørende mentorer i Nordvestkvarteret og på øerne",
        mentors=20,
        debriefs=upto(412, first=350),
        contacts=upto(318, first=280),
        minutes=upto(19440, first=17000),
        minutes_travel=upto(4100, first=3600),
        acute=upto(31, first=12),
        without_contact=tuple(
            without(band, pseudonym=f"Skovsneppe{band}{place}", mentor=f"Mentor Nummer-{place}", untried=("visit",))
            for band in (30, 14, 7)
            for place in range(6)
        ),
        supervision=tuple(
            wish(f"Mentor Nummer-{place}", soon=place < 5, days=place + 1, focus="Et ord mere. " * 12)
            for place in range(9)
        ),
        outcomes=tuple(replace(count, weeks=tuple(20 * n for n in count.weeks)) for count in many.outcomes),
    )


def lines(summary: WeeklySummary, part: str, language: str) -> list[str]:
    """A part's sentences in words."""
    return said(language, getattr(sentences(summary, labels(language)), part))


def absences(*ones: object, decisions: tuple[Count, ...] = ()) -> WeeklySummary:
    """A week in which these wait."""
    return replace(empty(), absence=Absence(decisions, ones))  # type: ignore[arg-type]  # waiting() made them


def unsafe(events: int, *, spoken: int = 0, alone: int = 0) -> WeeklySummary:
    """A week in which something unsafe was told of."""
    told = replace(empty().safety, events=(*ZEROS[1:], events), spoken=spoken, alone=alone)
    return replace(empty(), debriefs=(*ZEROS[1:], events), safety=told)
