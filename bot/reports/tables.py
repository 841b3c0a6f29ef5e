"""Tables of the report: a row for each thing, a column for each week, the week itself last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue.summary import Count, Distribution, Series, WeeklySummary
from bot.reports.wording import Said
from bot.service.week_words_base import hours


@dataclass(frozen=True, slots=True)
class Row:
    """``cells``: what stands in each week; None: left out. ``total``: it sums the rows above."""

    label: str
    cells: tuple[str | None, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``weeks``: the numbers of the weeks; ``note`` stands below."""

    caption: str
    weeks: tuple[int, ...]
    rows: tuple[Row, ...]
    note: str = ""


def _numbers(series: Series) -> tuple[str, ...]:
    return tuple(str(n) for n in series)


def _weeks(summary: WeeklySummary) -> tuple[int, ...]:
    return tuple(week.number for week in summary.weeks)


def week_by_week(summary: WeeklySummary, say: Said) -> Table:
    """How much was done."""
    rows = (
        Row(say("contacts"), _numbers(summary.contacts)),
        Row(say("debriefs"), _numbers(summary.debriefs)),
        Row(say("hours_short"), tuple(hours(minutes) for minutes in summary.minutes)),
        Row(say("travel"), tuple(hours(minutes) for minutes in summary.minutes_travel)),
        Row(say("acute"), _numbers(summary.acute)),
    )
    return Table(say("weeks"), _weeks(summary), rows)


def of_choices(
    caption: str, question: str, counts: Sequence[Count], summary: WeeklySummary, say: Said, note: str = ""
) -> Table | None:
    """What was chosen; None when nothing was, in any week."""
    rows = tuple(
        Row(say.labels.choice(question, count.choice), _numbers(count.weeks)) for count in counts if any(count.weeks)
    )
    return Table(caption, _weeks(summary), rows, note) if rows else None


def of_safety(summary: WeeklySummary, say: Said) -> Table | None:
    """How often something unsafe was told of, and what it was about in the weeks in which that is told; None when there
    was none in any week."""
    told = summary.safety
    if not any(told.events):
        return None
    shown = [n == 0 or seen for n, seen in zip(told.events, told.shown or [False] * len(told.events), strict=True)]
    rows = [
        Row(say.labels.choice("safety", count.choice), _only_shown(count.weeks, shown))
        for count in told.kinds
        if any(count.weeks)
    ]
    rows.append(Row(say("events"), _numbers(told.events), total=True))
    note = "" if all(shown) else say("kinds_hidden")
    return Table(say("kinds"), _weeks(summary), tuple(rows), note)


def of_answers(one: Distribution, summary: WeeklySummary, say: Said) -> Table | None:
    """How a question was answered in the weeks that are shown; None when none is."""
    if not any(one.shown):
        return None
    rows = [
        Row(say.labels.choice(one.question, count.choice), _only_shown(count.weeks, one.shown)) for count in one.counts
    ]
    sums = tuple(sum(count.weeks[place] for count in one.counts) for place in range(len(one.shown)))
    rows.append(Row(say("all_answers"), _only_shown(sums, one.shown), total=True))
    return Table(say("answers", question=say.labels.question(one.question)), _weeks(summary), tuple(rows))


def _only_shown(numbers: Sequence[int], shown: Sequence[bool]) -> tuple[str | None, ...]:
    return tuple(str(n) if seen else None for n, seen in zip(numbers, shown, strict=True))
