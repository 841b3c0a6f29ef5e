"""``eftertanke export``: reflections as files that open where people work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.commands.codebook import own_codes_file
from bot.commands.shared import CommandError, console, opened, settings_of_environment
from bot.exports.codings_place import codings_reader
from bot.exports.folder import FolderTakenError, new_folder
from bot.exports.transcript import Dates
from bot.exports.whole import ALL, Form, Result, Wish, WishError, write_whole
from bot.now import real_now
from bot.service.reading import GuideMissingError, Purpose
from bot.settings import Settings
from prompts import Codebook, load_codebook
from storage import audit, reflections

EVERYTHING = "all"
SEPARATORS = {"comma": ",", "semicolon": ";"}


def export(
    folder: Path,
    *,
    forms: Sequence[str],
    purpose: str,
    dates: str | None,
    language: str | None,
    period: tuple[str | None, str | None],
    team: str | None,
    guide: str | None,
    cases: bool,
    revisions: bool,
    separator: str,
) -> None:
    """Write the export. Raises SettingsError, StorageError, CodebookError, OSError, CommandError.

    ``period``: first and last day, ISO 8601, both included. The other words are those of the command line.
    """
    settings = settings_of_environment()
    first, last = (_day(said) for said in period)
    if first and last and last < first:
        raise CommandError(f"--to {last} is before --from {first}; swap them.", 2)
    wish = Wish(
        purpose=Purpose(purpose),
        dates=Dates(dates) if dates else None,
        language=language or settings.language,
        zone=settings.zone,
        first=first,
        last=last,
        team=team,
        guide=guide,
        cases=cases,
        revisions=revisions,
        forms=_forms(forms),
        separator=SEPARATORS[separator],
    )
    codebook = load_codebook(settings.prompts, own_codes_file(settings))
    try:
        result = asyncio.run(_export(settings, folder, wish, codebook, real_now()))
    except (FolderTakenError, GuideMissingError, WishError) as error:
        raise CommandError(str(error)) from error
    _tell(folder, wish, result)


async def _export(settings: Settings, folder: Path, wish: Wish, codebook: Codebook, now: datetime) -> Result:
    async with opened(settings) as db:
        with new_folder(folder) as partial:
            async with db.snapshot() as snapshot:
                with _bar(await reflections.count(snapshot)) as seen:
                    result = await write_whole(
                        partial, snapshot, wish, codebook, codings=codings_reader(snapshot), seen=seen
                    )
            async with db.transaction() as tx:
                # Before the folder appears: no export may exist of which the log knows nothing.
                audit.note(tx, audit.OPERATOR, "export", wish.purpose.value, now)
    return result


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, on stderr; elsewhere nothing."""
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Reading", total=total)
        yield lambda seen: progress.update(task, completed=seen)


def _tell(folder: Path, wish: Wish, result: Result) -> None:
    out = console()
    out.print(
        f"Wrote {_many(result.reflections)} with {result.answers} answers to {folder} (purpose: {wish.purpose}); "
        f"{folder.name}/README.md says which file is for which program."
    )
    if result.left_out:
        out.print(f"Left out {_many(result.left_out)} whose mentors have not consented to coding.")
    if result.codings_left_out:
        out.print(f"Left out {result.codings_left_out} codings of answers that have changed since.")
    if result.rows_left_out:
        out.print(f"Left out {result.rows_left_out} rows of the workbook, which has no room for them; the CSV has all.")
    out.print("Pseudonymous is not anonymous: keep the folder as carefully as a case file.")


def _forms(said: Sequence[str]) -> frozenset[Form]:
    unknown = sorted(set(said) - set(Form) - {EVERYTHING})
    if unknown:
        raise CommandError(f"There is no format {unknown[0]}; take one of {EVERYTHING}, {', '.join(Form)}.", 2)
    return ALL if not said or EVERYTHING in said else frozenset(map(Form, said))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is no day; write it as 2026-11-25.", 2) from None


def _many(number: int) -> str:
    return "1 reflection" if number == 1 else f"{number} reflections"
