"""A contact log as a document: tables in words, with what must be said about them. How it is laid out is up to others:
a terminal, a CSV file, a page to print. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from bot.dialogue.calendar import local
from bot.service.contact_log import MINUTES, TRAVEL, Log, edges
from bot.service.contact_log_lines import Detail, Line, Struck, lines, say_period, summary
from bot.service.contact_log_say import Say
from bot.service.contact_log_sum import Week, hours
from bot.service.replies import Worded
from prompts import Messages, Reference
from storage.contact_log import Named

Cell: TypeAlias = str | int | Decimal | None
_OWN_COLUMN = (MINUTES, TRAVEL)


@dataclass(frozen=True, slots=True)
class Table:
    """``numbers``: places of the columns that hold numbers. ``times``: for each row, what to write instead of the first
    cell where times are to be sorted: local, 2026-11-25 14:05."""

    caption: str
    columns: tuple[str, ...]
    numbers: frozenset[int]
    rows: tuple[tuple[Cell, ...], ...]
    times: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """``summary``: the line for the case record; ``notes`` stand below the tables; ``empty``: said of a table without
    rows."""

    language: str
    title: str
    made: str
    summary: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    empty: str


@dataclass(frozen=True)
class Speaker:
    """Texts of one language, and what the guide words."""

    messages: Messages
    say: Say

    def said(self, value: Any) -> str:
        """A text of ours, or words as they are."""
        if isinstance(value, Worded):
            return self.messages.plain(value.key, **{name: self._value(one) for name, one in value.values.items()})
        return "" if value is None else str(value)

    def _value(self, value: Any) -> Any:
        match value:
            case Worded():
                return self.said(value)
            case list() | tuple():
                return [self._value(one) for one in value]
        return value

    def text(self, key: str, **values: Any) -> str:
        """The text with this key."""
        return self.said(Worded(key, values))


def document(
    found: Log,
    weeks: Sequence[Week],
    citizen: Named,
    names: Mapping[str, str],
    duty: Reference,
    speaker: Speaker,
    now: datetime,
) -> Document:
    """The log of one citizen. ``weeks``: time used, of the same period; ``names``: person id → name; ``duty``: the law
    on what belongs in the case record."""
    text = speaker.text
    first, last = edges(found, now)
    notes = [text("log.not_the_record", meaning=duty.meaning, reference=duty.reference, checked=duty.checked)]
    if found.hidden:
        notes.append(text("log.hidden"))
    if found.transferred_at is not None:
        notes.append(text("log.last_transferred", on=speaker.say.day(found.transferred_at)))
    entries = lines(found, speaker.say, names)
    return Document(
        language=speaker.messages.language,
        title=text("log.title", name=citizen.pseudonym),
        made=text("log.made", on=speaker.say.at(now), team=citizen.team),
        summary=speaker.said(summary(found, speaker.messages.language, now)),
        tables=(
            Table(
                caption=text("log.caption", period=say_period(first, last, speaker.messages.language)),
                columns=_titles(
                    speaker,
                    "when", "kind", "what", "result", "minutes", "travel", "details", "corrections", "by", "counts",
                ),
                numbers=frozenset({4, 5}),
                rows=tuple(_row(line, speaker) for line in entries),
                times=tuple(_sortable(line, speaker) for line in entries),
            ),
            hours_table(weeks, speaker),
        ),
        notes=tuple(notes),
        empty=text("log.empty"),
    )  # fmt: skip


def _titles(speaker: Speaker, *names: str) -> tuple[str, ...]:
    return tuple(speaker.text(f"log.col_{name}") for name in names)


def _sortable(line: Line, speaker: Speaker) -> str:
    wall = local(line.at, speaker.say.zone)
    return f"{wall:%Y-%m-%d %H:%M}" if line.has_time else f"{wall:%Y-%m-%d}"


def _row(line: Line, speaker: Speaker) -> tuple[Cell, ...]:
    return (
        line.when,
        speaker.text(f"log.kind_{line.kind}"),
        speaker.said(line.what),
        line.result or "",
        line.minutes,
        line.travel,
        "; ".join(_details(line, speaker)),
        "; ".join(_corrections(line, speaker)),
        line.by,
        speaker.text("log.yes" if line.gone is None else "log.no"),
    )


def _details(line: Line, speaker: Speaker) -> list[str]:
    found = []
    for one in line.details:
        if one.question in _OWN_COLUMN:
            if one.question == MINUTES and line.assumed:
                found.append(f"{speaker.said(one.name)}: {speaker.text('log.assumed')}")
            continue
        words = [one.said, speaker.say.quoted(one.typed)]
        if any(words):
            found.append(f"{speaker.said(one.name)}: {' '.join(word for word in words if word)}")
    return found


def _corrections(line: Line, speaker: Speaker) -> list[str]:
    found = [_struck(was, "log.corrected", speaker) for was in line.was]
    for one in line.details:
        found += _of_detail(one, speaker)
    return [*found, *([speaker.said(line.gone)] if line.gone is not None else [])]


def _of_detail(one: Detail, speaker: Speaker) -> list[str]:
    key = "log.corrected" if one.said or one.typed else "log.withdrawn"
    return [f"{speaker.said(one.name)}: {_struck(was, key, speaker)}" for was in one.was]


def _struck(was: Struck, key: str, speaker: Speaker) -> str:
    return f"{was.said} ({speaker.text(key, on=was.on)})"


def hours_table(weeks: Sequence[Week], speaker: Speaker) -> Table:
    """Time by citizen and week."""
    return Table(
        caption=speaker.text("log.caption_hours"),
        columns=_titles(
            speaker,
            "week", "from", "to", "team", "citizen", "visits", "minutes", "assumed", "travel", "hours", "hours_travel",
        ),
        numbers=frozenset(range(5, 11)),
        rows=tuple(_week(week) for week in weeks),
    )  # fmt: skip


def _week(week: Week) -> tuple[Cell, ...]:
    return (
        week.name,
        week.monday.isoformat(),
        week.sunday.isoformat(),
        week.team,
        week.pseudonym,
        week.visits,
        week.minutes,
        week.assumed,
        week.travel,
        hours(week.minutes),
        hours(week.travel),
    )
