"""``eftertanke log``: one citizen's contact and absence log, or hours per citizen and week. Each reading is noted."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import typer
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from bot.commands.shared import CommandError, clean_name, console, opened, settings_of_environment
from bot.commands.typed_days import typed_days
from bot.commands.typed_name import typed_name
from bot.exports.log_csv import BOM, csv_text
from bot.exports.log_html import html_text, plain
from bot.now import real_now
from bot.service.contact_log import MINUTES, TRAVEL, WHEN, Period
from bot.service.contact_log_document import Document, Speaker, Table, document, hours_table
from bot.service.contact_log_read import Reads, read_log
from bot.service.contact_log_say import say_of
from bot.service.contact_log_sum import Week, weeks
from bot.service.reading import GuideMissingError
from bot.settings import Settings
from prompts import load_guide, load_law, load_messages
from storage import audit, citizens, contact_log, people
from storage.contact_log import Named
from storage.database import Reader
from storage.people import Team

Form = Literal["text", "csv", "html"]
_WIDE = 160  # where nobody's window says how wide a line may be
_NEAREST = 4
_SUFFIXES: dict[str, Form] = {".csv": "csv", ".html": "html", ".htm": "html"}


@dataclass(frozen=True)
class Asked:
    """What the command line asked for; days are local and included."""

    team: str | None
    since: str | None
    until: str | None
    out: Path | None
    language: str | None
    semicolon: bool
    csv: bool
    html: bool


def log(citizen: str | None, *, hours: bool, asked: Asked) -> None:
    """Print or write the log. Raises SettingsError, StorageError, OSError, CommandError."""
    if hours == (citizen is not None):
        raise CommandError("Give either a citizen's pseudonym or --hours; see `eftertanke log --help`.", 2)
    form = _form(asked, hours)
    if asked.out is not None and os.path.lexists(asked.out):
        raise _taken(asked.out)
    settings = settings_of_environment()
    period = Period(*typed_days(asked.since, asked.until), settings.timezone)
    speaker = _speaker(settings, asked.language)
    try:
        if citizen is None:
            text = asyncio.run(_hours(settings, speaker, period, asked))
        else:
            name = typed_name(citizen, "The citizen's pseudonym")
            text = asyncio.run(_one(settings, speaker, period, asked, form, name))
    except GuideMissingError as error:
        raise CommandError(str(error)) from error
    if asked.out is None:
        typer.echo(text, nl=False)
    else:
        _write(asked.out, form, text)
        console().print(f"Wrote {asked.out}, readable by you only; it is noted in the audit.")


def _form(asked: Asked, hours: bool) -> Form:
    if asked.csv and asked.html:
        raise CommandError("Choose one of --csv and --html; run the command twice to get both.", 2)
    if hours:
        if asked.html:
            raise CommandError("Hours are written as CSV; leave out --html.", 2)
        return "csv"
    if asked.csv or asked.html:
        return "csv" if asked.csv else "html"
    return _SUFFIXES.get(asked.out.suffix.lower(), "text") if asked.out is not None else "text"


def _speaker(settings: Settings, language: str | None) -> Speaker:
    spoken = language or settings.language
    guide = load_guide(settings.prompts)
    return Speaker(load_messages(settings.prompts, spoken), say_of(guide, spoken, settings.timezone))


async def _one(settings: Settings, speaker: Speaker, period: Period, asked: Asked, form: Form, name: str) -> str:
    now = real_now()
    duty = load_law(speaker.messages.language, settings.prompts)["record_duty"]
    async with opened(settings) as db, db.transaction() as tx:
        named = await _named(tx, name, await _team(tx, asked.team))
        citizen = await citizens.get(tx, named.id)
        assert citizen is not None  # noqa: S101 - found in this very transaction
        found = await read_log(tx, citizen, period, Reads(speaker.messages.language, settings.timezone))
        used = await _weeks(tx, period, named.team_id, named.id)
        names = {one.id: one.name for one in await people.people(tx)}
        text = _laid_out(document(found, used, named, names, duty, speaker, now), form, asked)
        # Before anything is shown or written: nothing is read of which the audit log knows nothing.
        audit.note(tx, audit.OPERATOR, "log_read", citizen.id, now)
    return text


async def _weeks(tx: Reader, period: Period, team_id: str | None, citizen_id: str | None = None) -> list[Week]:
    found = await contact_log.spent(
        tx, minutes=MINUTES, travel=TRAVEL, when=WHEN, team_id=team_id, not_before=period.starts_at
    )
    return weeks([one for one in found if citizen_id in (None, one.citizen_id)], period)


async def _hours(settings: Settings, speaker: Speaker, period: Period, asked: Asked) -> str:
    async with opened(settings) as db, db.transaction() as tx:
        team = await _team(tx, asked.team)
        table = hours_table(await _weeks(tx, period, team.id if team else None), speaker)
        text = csv_text(table, semicolon=asked.semicolon)
        audit.note(tx, audit.OPERATOR, "log_hours", team.id if team else None, real_now())
    return text


async def _team(tx: Reader, name: str | None) -> Team | None:
    if name is None:
        return None
    wanted = clean_name(name, "The team's name")
    known = await people.teams(tx)
    found = next((one for one in known if one.name.casefold() == wanted.casefold()), None)
    if found is None:
        names = _listed([one.name for one in known])
        raise CommandError(f'There is no team "{wanted}"; there is {names}.' if names else "There is no team yet.")
    return found


async def _named(tx: Reader, name: str, team: Team | None) -> Named:
    found = await contact_log.named(tx, name, team.id if team else None)
    if len(found) == 1:
        return found[0]
    if found:
        teams = _listed([one.team for one in found])
        raise CommandError(f"{name} is in several teams ({teams}); say which one with --team.")
    everybody = await contact_log.named(tx, None, None)
    keys = get_close_matches(citizens.pseudonym_key(name), {citizens.pseudonym_key(one.pseudonym) for one in everybody})
    near = [one for key in keys for one in everybody if citizens.pseudonym_key(one.pseudonym) == key][:_NEAREST]
    here = f" in the team {team.name}" if team else ""
    said = _listed([f"{one.pseudonym} ({one.team})" for one in near])
    hint = f"the nearest names are {said}" if said else "check the spelling"
    raise CommandError(f"There is no citizen called {name}{here}; {hint}.")


def _listed(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _laid_out(made: Document, form: Form, asked: Asked) -> str:
    if form == "csv":
        return csv_text(made.tables[0], semicolon=asked.semicolon)
    return html_text(made) if form == "html" else _text(made, _WIDE if asked.out else None)


def _text(made: Document, width: int | None) -> str:
    """The document for a terminal, as wide as that is."""
    there = Console()
    wide = width or (there.width if there.is_terminal else max(there.width, _WIDE))
    out = Console(highlight=False, markup=False, emoji=False, width=wide, color_system=None)
    with out.capture() as captured:
        out.print(plain(made.title), plain(made.made), "", plain(made.summary), "", sep="\n")
        for table in made.tables:
            out.print(_rich(table, "," if made.language == "da" else "."))
            out.print("" if table.rows else f"{made.empty}\n")
        out.print(*(plain(note) for note in made.notes), sep="\n")
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _rich(table: Table, decimal: str) -> RichTable:
    drawn = RichTable(title=plain(table.caption), title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    empty = {place for place in range(len(table.columns)) if all(row[place] in ("", None) for row in table.rows)}
    shown = [place for place in range(len(table.columns)) if place not in empty or not table.rows]
    for place in shown:
        drawn.add_column(table.columns[place], justify="right" if place in table.numbers else "left", overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(plain(row[place], decimal=decimal)) for place in shown))
    return drawn


def _write(file: Path, form: Form, text: str) -> None:
    """Write a new file that only its owner can read; never over another one."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _taken(file) from None
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
        stream.write((BOM if form == "csv" else "") + text)


def _taken(file: Path) -> CommandError:
    return CommandError(f"{file} is there already; give another name, or remove it first.")
