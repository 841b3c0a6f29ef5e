"""``eftertanke setup``: what the bot needs before it runs. What is there already is kept, always."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import typer
from rich.console import Console

from bot.commands import inviting, recovery
from bot.commands.shared import (
    CommandError,
    clean_name,
    console,
    key_of,
    opened,
    refuse_postgres,
    settings_of_environment,
)
from bot.now import real_now
from bot.organisation import Organisation, default_organisation_text
from bot.settings import Settings
from storage import keycheck, people
from storage.keys import Key, write_key_file
from storage.people import Role

_ADMIN = "Administrator"


def setup(*, yes: bool, name: str | None) -> None:
    """Make what is missing. ``yes``: ask nothing; ``name``: the organisation's.

    Raises SettingsError, StorageError, OSError, CommandError.
    """
    settings = settings_of_environment()
    refuse_postgres(settings)
    organisation = _name(settings, name, yes)
    out = console()
    _data_folder(out, settings.data)
    _key(out, settings, yes)
    _organisation_file(out, settings, organisation)
    first = not settings.database.exists()
    has_admin = asyncio.run(_database(out, settings))
    if has_admin:
        _say(out, "kept", "admin; further ones are invited with `eftertanke invite --role admin`")
    elif first or yes or typer.confirm("Nobody has joined as admin yet. Make a new invitation?", default=True):
        _invite_admin(out, settings)
    _next_steps(out, settings)


def _name(settings: Settings, given: str | None, yes: bool) -> str:
    if given is None and not yes and not settings.organisation.exists():
        given = typer.prompt("Your organisation's name, as the mentors will see it", default=Organisation().name)
    return clean_name(given, "The organisation's name") if given is not None else Organisation().name


def _data_folder(out: Console, folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder} is a file, not a folder; move it away, or set EFTERTANKE_DATA to another path.")
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        _say(out, "made", f"data folder {folder}")
        return
    _say(out, "kept", f"data folder {folder}")
    if stat.S_IMODE(folder.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        out.print(f"       Others can look into it; run: chmod 700 {folder}")


def _key(out: Console, settings: Settings, yes: bool) -> None:
    if settings.key is not None:
        key_of(settings)
        _say(out, "kept", "key from EFTERTANKE_KEY; no key file is made")
    elif settings.key_file.exists():
        key_of(settings)
        _say(out, "kept", f"key file {settings.key_file}; its recovery sheet is not shown again")
    else:
        _make_key(out, settings, yes)


def _make_key(out: Console, settings: Settings, yes: bool) -> None:
    """Show the sheet before the key is kept: a key of which no sheet was written must not come into use."""
    file = settings.key_file
    _must_be_first(settings)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise CommandError(f"The folder {file.parent} cannot be written to; change its rights, or its path.")
    key = Key.new()
    recovery.show(out, key)
    if not yes:
        try:
            recovery.confirm(key.words().split(), typer.prompt, out.print)
        except typer.Abort:
            raise CommandError(
                "Setup was stopped before the key was kept, so these words are worth nothing; run it again."
            ) from None
    write_key_file(file, key)
    _say(out, "made", f"key file {file}, which only you can read; never keep it together with a backup of the data")


def _must_be_first(settings: Settings) -> None:
    database = settings.database
    if database.exists() or keycheck.path_of(database).exists():
        raise CommandError(
            f"There is a database {database} but no key file {settings.key_file}; put the key file back, "
            "or set EFTERTANKE_KEY to the words of the recovery sheet: a new key could not open it."
        )


def _organisation_file(out: Console, settings: Settings, name: str) -> None:
    file = settings.organisation
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(default_organisation_text(name))
    except FileExistsError:
        _say(out, "kept", f"organisation {file}")
    else:
        _say(out, "made", f"organisation {file}; write your own emergency numbers in it")


async def _database(out: Console, settings: Settings) -> bool:
    """Make or open the database; whether somebody is admin."""
    there = settings.database.exists()
    async with opened(settings, create=True) as db, db.snapshot() as snapshot:
        _say(out, "kept" if there else "made", f"database {settings.database}, encrypted")
        return any(one.role is Role.ADMIN and one.left_at is None for one in await people.people(snapshot))


def _invite_admin(out: Console, settings: Settings) -> None:
    made, bot = asyncio.run(_made_invite(settings))
    out.print()
    inviting.show(out, made, bot, settings)


async def _made_invite(settings: Settings) -> tuple[inviting.Made, inviting.BotName]:
    async with opened(settings) as db, db.transaction() as tx:
        made = await inviting.make(tx, role=Role.ADMIN, name=_ADMIN, team=None, first_team="", now=real_now())
    return made, await inviting.ask_bot_name(settings)


def _next_steps(out: Console, settings: Settings) -> None:
    out.print("\nNext:")
    if settings.token is None:
        out.print(
            "  – make a bot with @BotFather and put its token into EFTERTANKE_TOKEN or a file EFTERTANKE_TOKEN_FILE"
        )
    out.print("  – eftertanke run")
    out.print('  – eftertanke invite --role mentor --name "…"')


def _say(out: Console, what: str, which: str) -> None:
    out.print(f"{what:<6} {which}")
