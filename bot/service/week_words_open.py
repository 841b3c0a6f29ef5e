"""The parts of the week that may ask for something to be done: supervision, absence, who is not reached, safety, and
what is overdue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local
from bot.dialogue.summary import BANDS, Count, Series, WeeklySummary, week_of
from bot.service.replies import Worded
from bot.service.week_words_base import before, counted, listed, number
from bot.service.week_words_labels import Labels
from bot.service.week_words_now import untried_values

Lines = tuple[Worded, ...]
DECISION = "absence_decision"
SAFETY = "safety"


def supervision(summary: WeeklySummary) -> Lines:
    """How many wait for supervision, and since when."""
    wishes = summary.supervision
    if not wishes:
        return (Worded("week.supervision.none"),)
    soon = sum(wish.soon for wish in wishes)
    lines = [counted("week.supervision.waiting", len(wishes), soon=soon, soon_number=number(soon))]
    oldest = week_of(local(min(wish.at for wish in wishes), ZoneInfo(summary.zone)).date())
    if oldest < summary.week:
        lines.append(Worded("week.supervision.oldest", {"n": len(wishes), "week": oldest.number}))
    return tuple(lines)


def absence(summary: WeeklySummary, labels: Labels) -> Lines:
    """What was decided, and what waits."""
    decided = total(summary.absence.decisions, len(summary.weeks))
    week = summary.week.number
    lines = [counted("week.absence.decided", decided[-1], week=week, before=before(summary, decided))]
    if decided[-1]:
        lines.append(Worded("week.absence.choices", {"choices": chosen(summary.absence.decisions, DECISION, labels)}))
    waiting = summary.absence.waiting
    overdue = sum(one.overdue for one in waiting)
    lines.append(counted("week.absence.waiting", len(waiting), overdue=overdue, overdue_number=number(overdue)))
    return tuple(lines)


def without_contact(summary: WeeklySummary) -> Lines:
    """How many were not reached, for how long, what was not tried, and of whom nobody else was told."""
    ones = summary.without_contact
    if not ones:
        return (Worded("week.without.none"),)
    by_band = [(band, sum(one.band == band for one in ones)) for band in BANDS]
    spans = [(Worded(f"week.without.over_{band}"), count) for band, count in by_band if count]
    each = [counted("week.without.of_them", count, span=span) for span, count in spans]
    lines = [counted("week.without.some", len(ones), bands=listed(each), span=spans[0][0], one_band=len(each) == 1)]
    if (untried := untried_values(ones))["untried"]:
        lines.append(counted("week.without.untried", len(ones), **untried))
    if paused := sum(one.paused for one in ones):
        lines.append(counted("week.without.paused", paused, all=paused == len(ones)))
    untold = [one for one in ones if one.band >= BANDS[1] and one.told_caseworker is None]
    if untold:
        lines.append(counted("week.without.untold", len(untold)))
    return tuple(lines)


def safety(summary: WeeklySummary, labels: Labels) -> Lines:
    """How often something unsafe was told of, and whether the mentors had got hold of anybody."""
    return tuple(_safety(summary, labels))


def _safety(summary: WeeklySummary, labels: Labels) -> Iterator[Worded]:
    told = summary.safety
    n = told.events[-1]
    yield counted("week.safety.events", n, before=before(summary, told.events))
    if n and not any(told.shown[-1:]):
        yield Worded("week.safety.kinds_hidden")
    elif any(count.now for count in told.kinds):
        yield Worded("week.safety.kinds", {"kinds": chosen(told.kinds, SAFETY, labels)})
    if told.spoken and n:
        yield counted("week.safety.spoken", told.spoken, events=n, events_number=number(n))
    if told.alone and n:
        yield counted("week.safety.alone", told.alone, events=n, events_number=number(n), named=len(told.known) >= n)


def overdue(summary: WeeklySummary) -> Lines:
    """How many follow-ups are overdue, and for how long."""
    late = summary.overdue
    if not late:
        return (Worded("week.late.none"),)
    longest = max(one.days for one in late)
    return (counted("week.late.some", len(late), days=longest, days_number=number(longest)),)


def total(counts: Sequence[Count], weeks: int) -> Series:
    """The choices taken together, week by week."""
    return tuple(sum(count.weeks[place] for count in counts) for place in range(weeks))


def chosen(counts: Sequence[Count], question: str, labels: Labels) -> Worded:
    """ "»Venter lidt« (2) og »Registrerer det« (1)": what was chosen in the week, in the guide's order."""
    made = [(labels.choice(question, count.choice), count.now) for count in counts if count.now]
    return listed(Worded("week.chosen", {"label": label, "n": n}) for label, n in made)
