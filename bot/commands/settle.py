"""``eftertanke settle``: what ``restore`` does by itself for a file, after ``pg_restore`` brought a server back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer

from bot.app import build_renderer, build_tools
from bot.commands.restore import erasures_listed
from bot.commands.restore_told import of_the_list
from bot.commands.shared import CommandError, console, opened, settings_of_environment
from bot.dialogue.calendar import local
from bot.now import real_now, shifted_now
from bot.organisation import load_organisation
from bot.restoring import CaughtUp, catch_up
from bot.settings import Settings
from storage import erasure_register, signs
from storage.erasure_register import Entry

_UNKNOWN = (
    "The restored database does not say when it was copied; give the time of the dump, such as "
    "--copied-at 2026-11-23T02:00."
)


def settle(*, copied_at: str | None, erasures: Path | None, yes: bool) -> None:
    """Bring the restored server from the time of its copy to now. Raises SettingsError, StorageError, CommandError."""
    settings = settings_of_environment()
    if settings.database_url is None:
        raise CommandError(
            "The data is in a file, which `eftertanke restore` settles by itself; nothing is left to do."
        )
    now = (shifted_now(settings.clock_offset_file) if settings.clock_offset_file else real_now)()
    listed = erasures_listed(settings, settings.data, erasures)
    done = asyncio.run(_settled(settings, _moment(settings, copied_at), listed.entries, now, yes=yes))
    if done is None:
        raise CommandError("Nothing was changed.")
    made_at, caught_up = done
    out, made = console(), f"{local(made_at, settings.timezone):%Y-%m-%d %H:%M}"
    out.print(
        f"The copy of {made} is settled. When the bot starts, {caught_up.told} people get one message that says so."
    )
    out.print(f"Who joined or changed role after {made} stands as before: look with `eftertanke people`.")
    for line in of_the_list(caught_up, listed, made):
        out.print(line)


def _moment(settings: Settings, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise CommandError(f"--copied-at {text!r} is no time; write it as 2026-11-23T02:00.", 2) from None
    return (read if read.tzinfo else read.replace(tzinfo=settings.timezone)).astimezone(UTC)


async def _settled(
    settings: Settings, copied_at: datetime | None, entries: Sequence[Entry], now: datetime, *, yes: bool
) -> tuple[datetime, CaughtUp] | None:
    """When the copy was made, and what was done; None when the operator thought better of it."""
    await _must_be_at_rest(settings)
    organisation = load_organisation(settings.organisation)
    parts = build_tools(settings, organisation), build_renderer(settings, organisation)
    async with opened(settings) as db:
        if copied_at is None:
            async with db.snapshot() as view:
                seen = await signs.last(view, signs.POLL)
            if seen is None:
                raise CommandError(_UNKNOWN)
            copied_at = seen  # the bot leaves word of itself once a minute
        if copied_at > now:
            raise CommandError("The copy cannot be from later than now; give the time of the dump with --copied-at.", 2)
        asked = (
            f"Settle the copy of {local(copied_at, settings.timezone):%Y-%m-%d %H:%M}? Messages that wait are dropped"
        )
        if not yes and not typer.confirm(f"{asked}, and everybody gets one about the restore."):
            return None
        _keep(settings, entries)
        return copied_at, await catch_up(db, parts, entries, copied_at, now)


def _keep(settings: Settings, entries: Sequence[Entry]) -> None:
    """What --erasures has and we have not: on the disk before anything is changed, so that the next restore knows it,
    whatever happens on the way. Raises CommandError: then nothing may be changed."""
    for file in erasure_register.paths(settings.database, settings.backups):
        try:
            erasure_register.merge([file], entries)
        except OSError as error:
            raise CommandError(
                f"Nothing was changed: the list of erasures cannot be kept in {file.parent} ({error.strerror}); give "
                "access to it."
            ) from error


async def _must_be_at_rest(settings: Settings) -> None:
    """A bot at work has nothing to be settled, and would send meanwhile."""
    from storage.postgres_looking import server_of  # loading psycopg is not for those who have a file

    assert settings.database_url is not None  # noqa: S101 - the caller has looked
    server = await server_of(settings.database_url.get_secret_value())
    if server.held:
        raise CommandError(
            f"A bot is at work on {server.name}; stop every process, then run `eftertanke settle` again."
        )
