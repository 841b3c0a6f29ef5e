"""The week as one HTML file: nothing is fetched, no script runs, it prints on A4 and can be read aloud.

    html = write(summary, labels, messages)

``labels``: ``bot.service.week_words.labels_of(guide, language)``; ``messages``: of the same language. The layout lies
beside this module, in ``layout/``; its words are those of ``prompts/``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.dialogue.summary import WeeklySummary
from bot.reports import tables
from bot.reports.pictures import answers, contacts, hours, meetings
from bot.reports.tables import Table
from bot.reports.wording import Said
from bot.service import week_words_items as items
from bot.service.week_words import Labels, sentences
from bot.service.week_words_items import Item
from prompts import Messages

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """A thing that is open, in words."""

    head: str
    details: str
    urgent: bool
    quote: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report: sentences first, then what is open, charts, tables."""

    name: str
    title: str
    lines: tuple[str, ...]
    things: tuple[Line, ...]
    charts: tuple[object, ...]
    tables: tuple[Table, ...]


@cache
def _environment() -> Environment:
    # select_autoescape() leaves *.html.j2 unescaped, hence a plain True.
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "layout"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write(summary: WeeklySummary, labels: Labels, messages: Messages) -> str:
    """The whole file. It has mentors' names only where something of theirs is open, never beside a figure.

    Raises UnknownTextError or jinja2.UndefinedError when the wording does not fit the program.
    """
    say = Said(messages, labels)
    values: dict[str, Any] = {
        "say": say,
        "language": labels.language,
        "team": summary.team,
        "title": say("title", week=summary.week.number),
        "dates": say.dates(summary),
        "as_of": say.as_of(summary),
        "parts": _parts(summary, say),
    }
    return _environment().get_template("page.html.j2").render(values)


def _parts(summary: WeeklySummary, say: Said) -> list[Part]:
    things: dict[str, tuple[Line, ...]] = {
        "supervision": _things(summary.supervision, items.wish, summary, say),
        "absence": _things(summary.absence.waiting, items.waiting, summary, say),
        "without_contact": _things(summary.without_contact, items.not_reached, summary, say),
        "safety": _things(summary.safety.known, items.unsafe, summary, say),
        "overdue": _things(summary.overdue, items.late, summary, say),
    }
    charts: dict[str, list[object | None]] = {
        "work": [contacts(summary, say), hours(summary, say), meetings(summary, say)],
        "relation": [answers(one, summary, say) for one in summary.distributions],
    }
    found = _tables(summary, say)
    return [
        Part(
            name,
            say(name),
            tuple(say.lines(lines)),
            things.get(name, ()),
            tuple(chart for chart in charts.get(name, ()) if chart is not None),
            tuple(table for table in found.get(name, ()) if table is not None),
        )
        for name, lines in sentences(summary, say.labels).parts()
    ]


def _tables(summary: WeeklySummary, say: Said) -> dict[str, list[Table | None]]:
    decided = summary.absence.decisions
    outcomes = tables.of_choices(say("outcomes"), "outcome", summary.outcomes, summary, say)
    adjusted = tables.of_choices(say("adjusted"), "adjusted", summary.flexibility, summary, say, say("several"))
    return {
        "absence": [tables.of_choices(say("decisions"), "absence_decision", decided, summary, say)],
        "safety": [tables.of_safety(summary, say)],
        "work": [tables.week_by_week(summary, say), outcomes, adjusted],
        "relation": [tables.of_answers(one, summary, say) for one in summary.distributions],
    }


def _things(
    ones: Iterable[T], item: Callable[[T, WeeklySummary, Labels], Item], summary: WeeklySummary, say: Said
) -> tuple[Line, ...]:
    made = [item(one, summary, say.labels) for one in ones]
    return tuple(Line(say.line(one.head), " · ".join(say.lines(one.details)), one.urgent, one.quote) for one in made)
