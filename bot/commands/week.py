"""``eftertanke week``: a team's weekly summary at the terminal, as JSON, or as the report's HTML file."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.commands.shared import CommandError, console, opened, settings_of_environment
from bot.dialogue.calendar import local
from bot.dialogue.summary import Week, WeeklySummary, week_of
from bot.exports.log_html import plain
from bot.now import real_now, shifted_now
from bot.organisation import load_organisation
from bot.reports.wording import Said
from bot.service import week_words_items as items
from bot.service.tools import Tools
from bot.service.week_figures import summary_of
from bot.service.week_read import read_week
from bot.service.week_spoken import noted
from bot.service.week_words import labels_of, sentences
from bot.settings import Settings
from bot.workdays import danish_holidays
from prompts import load_guide, load_messages
from prompts.ladder import load_ladder
from storage import audit, people
from storage.database import Reader
from storage.people import Team
from storage.times import stamp


def week(said: str | None, *, team: str | None, html: Path | None, as_json: bool) -> None:
    """Print or write the summary of a week. ``said``: as typed, None for the week that has ended.

    Raises CommandError, SettingsError, StorageError, OSError, and what is wrong with the wording.
    """
    settings = settings_of_environment()
    now = (shifted_now(settings.clock_offset_file) if settings.clock_offset_file else real_now)()
    wanted = _week(said, settings, now)
    tools = _tools(settings)
    words = Said(load_messages(settings.prompts, settings.language), labels_of(tools.guide, settings.language))
    summary = asyncio.run(_read(settings, tools, wanted, team, now))
    if html is not None:
        _write(html, summary, words)
    if as_json:
        console().print(json.dumps(as_data(summary), ensure_ascii=False, indent=2))
    elif html is not None:
        console().print(f"Wrote week {wanted} of {summary.team} to {html}.")
    else:
        show(console(), summary, words)


def _week(said: str | None, settings: Settings, now: datetime) -> Week:
    today = local(now, settings.timezone).date()
    if said is None:
        return week_of(today).moved(-1)
    found = read_week(said, today)
    if found is None:
        raise CommandError(f'"{said}" is no week; write it as 2026-W47, or 47 for the latest week 47.', 2)
    if found.monday > today:
        raise CommandError(f"Week {found} has not begun yet; choose an earlier one.", 2)
    return found


def _tools(settings: Settings) -> Tools:
    return Tools(
        guide=load_guide(settings.prompts),
        organisation=load_organisation(settings.organisation, must_exist=settings.organisation_named),
        holidays=danish_holidays,
        language=settings.language,
        zone=settings.zone,
        ladder=load_ladder(settings.prompts),
    )


async def _read(settings: Settings, tools: Tools, wanted: Week, team: str | None, now: datetime) -> WeeklySummary:
    async with opened(settings) as db:
        async with db.snapshot() as snapshot:
            found = await _team(snapshot, team)
            summary = await noted(snapshot, await summary_of(snapshot, tools, found, wanted, now))
        async with db.transaction() as tx:
            # Before anything is shown: it may hold what mentors shared with their lead.
            audit.note(tx, audit.OPERATOR, "week", f"{found.id}/{wanted}", now)
    return summary


async def _team(tx: Reader, wanted: str | None) -> Team:
    known = await people.teams(tx)
    if not known:
        raise CommandError('There is no team yet; invite somebody: eftertanke invite --role mentor --name "Anna".')
    names = ", ".join(team.name for team in known)
    if wanted is None and len(known) > 1:
        raise CommandError(f"There are several teams ({names}); choose one with --team.", 2)
    name = known[0].name if wanted is None else wanted
    same = next((team for team in known if team.name.casefold() == " ".join(name.split()).casefold()), None)
    if same is None:
        raise CommandError(f"There is no team {name}; there is: {names}.", 2)
    return same


def _write(path: Path, summary: WeeklySummary, words: Said) -> None:
    """Whole or not at all, for its owner only."""
    from bot.reports import page  # Jinja's loader takes a while, and only the file needs it

    text = page.write(summary, words.labels, words.messages)
    partial = path.with_name(f".{path.name}.new")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def as_data(value: Any) -> Any:
    """The summary in plain values: weeks as 2026-W47, times in UTC, everything else by its own names."""
    match value:
        case Week():
            return str(value)
        case datetime():
            return stamp(value)
        case tuple():
            return [as_data(one) for one in value]
        case _ if is_dataclass(value):
            return {field.name: as_data(getattr(value, field.name)) for field in fields(value)}
    return value


def show(out: Console, summary: WeeklySummary, words: Said) -> None:
    """The week in sentences, and under each part what is open."""
    title = f"{words('title', week=summary.week.number)} · {summary.team} · {words.dates(summary)}"
    out.print(plain(title), style="bold")
    if as_of := words.as_of(summary):
        out.print(as_of, style="dim")
    things = _things(summary, words)
    for name, lines in sentences(summary, words.labels).parts():
        out.print()
        out.print(words(name), style="bold")
        for line in words.lines(lines):
            out.print(plain(line))
        for thing in things.get(name, ()):
            out.print(plain(thing))  # what was shared may hold anything, and a terminal obeys some of it


def _things(summary: WeeklySummary, words: Said) -> dict[str, list[str]]:
    labels = words.labels
    found = {
        "supervision": [items.wish(one, summary, labels) for one in summary.supervision],
        "absence": [items.waiting(one, summary, labels) for one in summary.absence.waiting],
        "without_contact": [items.not_reached(one, summary, labels) for one in summary.without_contact],
        "safety": [items.unsafe(one, summary, labels) for one in summary.safety.known],
        "overdue": [items.late(one, summary, labels) for one in summary.overdue],
    }
    return {name: [_said(one, words) for one in ones] for name, ones in found.items()}


def _said(one: items.Item, words: Said) -> str:
    quote = [f"»{' '.join(one.quote.split())}«"] if one.quote else []
    return "  • " + " · ".join([words.line(one.head), *words.lines(one.details), *quote])
