"""What was done in the week, and how relation and participation were answered by the team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.dialogue.summary import Count, Distribution, Series, WeeklySummary
from bot.service.replies import Worded
from bot.service.week_words_base import (
    NOTHING,
    before,
    before_in_hours,
    counted,
    hours_worded,
    listed,
    number,
    trend,
)
from bot.service.week_words_labels import Labels

Lines = tuple[Worded, ...]
AS_AGREED = "as_agreed"
UNPLANNED = ("acute", "by_chance")
"""Outcomes of what was never an agreed meeting."""
NO_ADJUSTMENT = "nothing"
NAMED_ADJUSTMENTS = 3


def work(summary: WeeklySummary, labels: Labels) -> Lines:
    """Debriefs, contacts, hours, acute contacts, what became of agreed meetings, and what was adjusted."""
    return tuple(_work(summary, labels))


def _work(summary: WeeklySummary, labels: Labels) -> Iterator[Worded]:
    yield _contacts(summary)
    yield counted(
        "week.work.debriefs",
        summary.debriefs[-1],
        mentors=summary.mentors,
        mentors_number=number(summary.mentors),
        before=before(summary, summary.debriefs),
    )
    minutes, travel = summary.minutes[-1], summary.minutes_travel[-1]
    yield Worded(
        "week.work.hours",
        {
            "minutes": minutes,
            "hours": hours_worded(minutes),
            "before": before_in_hours(summary, summary.minutes),
            "travel": hours_worded(travel) if travel else NOTHING,
        },
    )
    yield counted("week.work.acute", summary.acute[-1], before=before(summary, summary.acute))
    yield _meetings(summary, labels)
    if (adjusted := _adjusted(summary, labels)) is not None:
        yield adjusted


def _contacts(summary: WeeklySummary) -> Worded:
    values = {"before": before(summary, summary.contacts), "trend": trend(summary, summary.contacts)}
    return counted("week.work.contacts", summary.contacts[-1], **values)


def meetings(summary: WeeklySummary, labels: Labels) -> tuple[tuple[str, Count], ...]:
    """What became of agreed meetings, week by week: as_agreed, otherwise (held in another form, also after all),
    missed, notified, mine, unsafe, each with its numbers; those of which there was none too."""
    planned = [count for count in summary.outcomes if count.choice not in UNPLANNED]
    weeks = max((len(count.weeks) for count in planned), default=1)
    groups = {"as_agreed": _sum([count for count in planned if count.choice == AS_AGREED], weeks)}
    held = [count for count in labels.in_group(planned, "held") if count.choice != AS_AGREED]
    groups["otherwise"] = _sum(held, weeks)
    for name in ("missed", "notified", "mine", "unsafe"):
        moved = _sum(labels.in_group(summary.after_all, name), weeks)
        groups[name] = _sum(labels.in_group(planned, name), weeks)
        groups[name] = tuple(n - gone for n, gone in zip(groups[name], moved, strict=True))
        groups["otherwise"] = tuple(n + more for n, more in zip(groups["otherwise"], moved, strict=True))
    return tuple((name, Count(name, series)) for name, series in groups.items())


def _sum(counts: Sequence[Count], weeks: int) -> Series:
    return tuple(sum(one.weeks[place] for one in counts) for place in range(weeks))


def _meetings(summary: WeeklySummary, labels: Labels) -> Worded:
    became = [(name, count.now) for name, count in meetings(summary, labels) if count.now]
    parts: list[Worded | str] = [
        Worded(f"week.became.{name}", {"number": Worded("week.meetings_number", {"n": n})}) for name, n in became
    ]
    return counted("week.work.meetings", sum(n for _, n in became), parts=listed(parts or [NOTHING]))


def _adjusted(summary: WeeklySummary, labels: Labels) -> Worded | None:
    made = [count for count in summary.flexibility if count.now and count.choice != NO_ADJUSTMENT]
    if not made:
        return None
    most = sorted((count.now for count in made), reverse=True)[:NAMED_ADJUSTMENTS]
    named = sorted((count for count in made if count.now >= most[-1]), key=lambda count: -count.now)
    each = [Worded("week.chosen", {"label": labels.choice("adjusted", one.choice), "n": one.now}) for one in named]
    return Worded("week.work.adjusted", {"choices": listed(each), "all": len(named) == len(made)})


def relation(summary: WeeklySummary, labels: Labels) -> Lines:
    """The answer given most to each question whose distribution is shown, and which are left out and why."""
    lines = [_most(one, summary, labels) for one in summary.distributions if one.shown[-1] and one.total]
    hidden = [labels.question(one.question) for one in summary.distributions if not one.shown[-1]]
    if hidden:
        values = {"questions": listed(Worded("week.quoted", {"text": name}) for name in hidden)}
        lines.append(Worded("week.relation.hidden", {**values, "all": not lines}))
    return tuple(lines) or (Worded("week.relation.none"),)


def _most(one: Distribution, summary: WeeklySummary, labels: Labels) -> Worded:
    n = max(count.now for count in one.counts)
    most = [count for count in one.counts if count.now == n]
    values = {
        "question": labels.question(one.question),
        "choices": listed(Worded("week.quoted", {"text": labels.choice(one.question, c.choice)}) for c in most),
        "ties": len(most),
        "total": one.total,
        "before": _shown_before(one, most[0], summary) if len(most) == 1 else NOTHING,
    }
    return counted("week.relation.most", n, **values)


def _shown_before(one: Distribution, most: Count, summary: WeeklySummary) -> Worded | str:
    """The same answer in the latest week before that is shown."""
    for place in range(len(one.shown) - 2, -1, -1):
        if one.shown[place]:
            total = sum(count.weeks[place] for count in one.counts)
            ago = len(one.shown) - 1 - place
            values = {"total": total, "ago": ago, "week": summary.weeks[place].number}
            return counted("week.relation.before", most.weeks[place], **values)
    return NOTHING
