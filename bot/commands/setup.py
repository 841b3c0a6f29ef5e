"""``eftertanke setup``: what the bot needs before it runs. What is there already is kept, always."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console

from bot.commands import inviting, recovery, setup_server
from bot.commands.setup_backup import first_backup
from bot.commands.shared import (
    CommandError,
    clean_name,
    console,
    opened,
    settings_of_environment,
)
from bot.dialogue.calendar import local
from bot.keys import key_of
from bot.now import real_now
from bot.organisation import Organisation, default_organisation_text
from bot.settings import Settings
from storage import first_admin, keycheck
from storage.database import StorageFull
from storage.keys import Key, write_key_file
from storage.people import Role
from storage.waiting_key import waiting_file

_ADMIN = "Administrator"


def setup(*, yes: bool, name: str | None) -> None:
    """Make what is missing. ``yes``: ask nothing; ``name``: the organisation's.

    Raises SettingsError, StorageError, OSError, CommandError.
    """
    settings = settings_of_environment()
    with _told_what_to_do():
        _setup(settings, yes=yes, name=name)


@contextmanager
def _told_what_to_do() -> Iterator[None]:
    """What setup ran into, with how to go on: by running it again, since it keeps what is there."""
    try:
        yield
    except (StorageFull, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        full = str(error).partition(";")[0] if isinstance(error, StorageFull) else "The disk is full"
        raise CommandError(f"{full}; make room, then run `eftertanke setup` again.") from error
    except typer.Abort:
        if sys.stdin.isatty():
            raise
        raise CommandError("Setup asks, and there is nobody at a terminal to answer; add --yes.", 2) from None


def _setup(settings: Settings, *, yes: bool, name: str | None) -> None:
    organisation = _name(settings, name, yes)
    out = console()
    _data_folder(out, settings.data)
    _key(out, settings, yes)
    _organisation_file(out, settings, organisation)
    first = _nothing_yet(settings)
    has_admin, until = asyncio.run(_database(out, settings))
    invited = None
    if has_admin:
        _say(out, "kept", "admin; further ones are invited with `eftertanke invite --role admin`")
    elif until is not None:
        _say(out, "kept", f"the admin's invitation, good until {local(until, settings.timezone):%Y-%m-%d %H:%M}")
        out.print(f'       Its link is not shown again; a new one: eftertanke invite --role admin --name "{_ADMIN}"')
    elif first or yes or typer.confirm("Nobody has joined as admin yet. Make a new invitation?", default=True):
        invited = asyncio.run(_made_invite(settings))
    try:
        if settings.database_url is None:
            first_backup(out, settings)  # with the invitation in it, so that there is something to bring back
        else:
            setup_server.tell_backups(out, settings)
    finally:  # the next run makes no second one, and shows this one no more
        if invited:
            out.print()
            inviting.show(out, *invited, settings)
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
    elif os.path.lexists(settings.key_file) or waiting_file(settings.key_file).exists():
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
    recovery.show(out, key, real_now().astimezone(settings.timezone).date())
    if not yes:
        try:
            recovery.confirm(key.words().split(), typer.prompt, out.print)
        except typer.Abort:
            again = "run it again" if sys.stdin.isatty() else "run it again at a terminal, or with --yes"
            raise CommandError(
                f"Setup was stopped before the key was kept, so these words are worth nothing; {again}."
            ) from None
    write_key_file(file, key)
    _say(out, "made", f"key file {file}, which only you can read; never keep it together with a backup of the data")


def _must_be_first(settings: Settings) -> None:
    if settings.database_url is not None:
        setup_server.must_be_first(settings)
    database = settings.database
    if database.exists() or keycheck.path_of(database).exists():
        raise CommandError(
            f"There is a database {database} but no key file {settings.key_file}; put the key file back, "
            "or set EFTERTANKE_KEY to the words of the recovery sheet: a new key could not open it."
        )


def _organisation_file(out: Console, settings: Settings, name: str) -> None:
    file = settings.organisation
    try:
        stream = file.open("x", encoding="utf-8")
    except FileExistsError:
        _say(out, "kept", f"organisation {file}")
        return
    try:
        with stream:
            stream.write(default_organisation_text(name))
    except OSError:
        file.unlink()  # on a full disk: the next run would keep half of it
        raise
    _say(out, "made", f"organisation {file}; write your own emergency numbers in it")


def _nothing_yet(settings: Settings) -> bool:
    if settings.database_url is None:
        return not settings.database.exists()
    return not asyncio.run(setup_server.found(settings))[0]


async def _database(out: Console, settings: Settings) -> tuple[bool, datetime | None]:
    """Make or open the database; whether somebody is admin, and until when an invitation for one is good."""
    if settings.database_url is None:
        there, which = settings.database.exists(), f"database {settings.database}, encrypted"
    else:
        there, which = await setup_server.found(settings)
    async with opened(settings, create=True) as db, db.snapshot() as snapshot:
        _say(out, "kept" if there else "made", which)
        return await first_admin.is_there(snapshot), await first_admin.invited_until(snapshot, real_now())


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
