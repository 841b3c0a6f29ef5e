"""Which charts the report has, with what they show in words for those who do not see them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.summary import Distribution, Series, WeeklySummary
from bot.reports.charts import Bars, Columns, Divided, bars, columns, steps
from bot.reports.wording import Said
from bot.service.week_words_base import hours as in_hours
from bot.service.week_words_work import meetings as became

WEEKS = 4
"""The week itself and the three before it, as in the sentences."""


def contacts(summary: WeeklySummary, say: Said) -> Columns | None:
    """Contacts a week; None when there were none."""
    return _columns("contacts", say("contacts"), summary.contacts, [str(n) for n in summary.contacts], summary, say)


def hours(summary: WeeklySummary, say: Said) -> Columns | None:
    """Hours a week; None when there were none."""
    return _columns("hours", say("hours"), summary.minutes, [in_hours(n) for n in summary.minutes], summary, say)


def _columns(
    chart_id: str, title: str, series: Series, shown: Sequence[str], summary: WeeklySummary, say: Said
) -> Columns | None:
    if not any(series):
        return None
    names = [str(week.number) for week in summary.weeks]
    points = [say("point", week=name, value=value) for name, value in zip(names, shown, strict=True)]
    return columns(chart_id, title, f"{say('chart_bars')} {_sentence(points)}", series, shown, names)


def meetings(summary: WeeklySummary, say: Said) -> Bars | None:
    """What became of the agreed meetings; None when there were none."""
    groups = [(name, count.weeks) for name, count in became(summary, say.labels)]
    used = [(name, weeks) for name, weeks in groups if any(weeks[-WEEKS:])]
    if not used:
        return None
    legend = [(name, say(f"became_{name}")) for name, _ in used]
    return _bars("meetings", say("meetings"), legend, [weeks for _, weeks in used], None, summary, say)


def answers(one: Distribution, summary: WeeklySummary, say: Said) -> Bars | None:
    """How a question was answered; None when the week is not shown: the sentences say why."""
    if not one.shown[-1]:
        return None
    places = zip(steps(one), one.counts, strict=True)
    legend = [(f"s{place}", say.labels.choice(one.question, count.choice)) for place, count in places]
    title = say("answers_chart", question=say.labels.question(one.question))
    return _bars(f"a-{one.question}", title, legend, [count.weeks for count in one.counts], one.shown, summary, say)


def _bars(
    chart_id: str,
    title: str,
    legend: Sequence[tuple[str, str]],
    series: Sequence[Series],
    shown: Sequence[bool] | None,
    summary: WeeklySummary,
    say: Said,
) -> Bars:
    weeks, told = [], []
    for place in reversed(range(max(0, len(summary.weeks) - WEEKS), len(summary.weeks))):
        seen = shown is None or shown[place]
        numbers = tuple(one[place] if seen else 0 for one in series)
        said = "" if any(numbers) else ("0" if seen else say("not_shown"))
        number = summary.weeks[place].number
        weeks.append(Divided(say("week", week=number), numbers, said))
        parts = [say("part", label=label, value=n) for (_, label), n in zip(legend, numbers, strict=True)]
        told.append(say("point", week=number, value=said or ", ".join(parts)))
    return bars(chart_id, title, f"{say('chart_stack')} {_sentence(told)}", legend, weeks)


def _sentence(points: Sequence[str]) -> str:
    text = "; ".join(points) + "."
    return text[:1].upper() + text[1:]
