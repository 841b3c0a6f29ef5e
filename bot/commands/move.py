"""``eftertanke move``: from a file to a PostgreSQL server, in one go. The file stays as it is."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

from bot.commands.shared import CommandError, console, settings_of_environment
from bot.keys import key_of, unfinished
from bot.settings import Settings
from storage.database import AlreadyRunning
from storage.instance import single_instance
from storage.keys import Key
from storage.moving import Content
from storage.moving import move as moved
from storage.opening import refuse_wrong_key
from storage.postgres_looking import server_of, told_name


def move(*, to: str | None) -> None:
    """Copy the database file to the server that ``to`` or EFTERTANKE_DATABASE_URL names, and compare.

    Raises SettingsError, StorageError, CommandError; then the server has nothing of it.
    """
    settings = settings_of_environment()
    url = _url(settings, to)
    if sentence := unfinished(settings):
        raise CommandError(sentence)
    key = key_of(settings)
    if not settings.database.exists():
        raise CommandError(f"There is no database file {settings.database} to move; set EFTERTANKE_DATA.")
    refuse_wrong_key(settings.database, key)
    try:
        with single_instance(settings.database):
            begun = time.monotonic()
            found = asyncio.run(_moved(settings, key, url))
            took = time.monotonic() - begun
    except AlreadyRunning:
        raise CommandError("The bot is running; stop it, then run `eftertanke move` again.") from None
    _say(settings, found, took, url)


def _url(settings: Settings, to: str | None) -> str:
    if to is None:
        if settings.database_url is None:
            raise CommandError("Move to where? Give --to, or set EFTERTANKE_DATABASE_URL.", 2)
        return settings.database_url.get_secret_value()
    if urlsplit(to).scheme not in ("postgresql", "postgres"):
        raise CommandError("--to must begin with postgresql://.", 2)
    return to


async def _moved(settings: Settings, key: Key, url: str) -> Content:
    server = await server_of(url)
    if server.key_id is None and not server.empty:
        raise CommandError(
            f"The database {server.name} has tables of another program; make a database of its own for the bot."
        )
    return await moved(settings.database, key, url)


def _say(settings: Settings, found: Content, took: float, url: str) -> None:
    out, rows = console(), sum(found.rows.values())
    out.print(
        f"Moved {rows} rows of {len(found.rows)} tables to {told_name(url)} in {took:.1f} s ({rows / took:.0f}/s)."
    )
    out.print(f"Read back and compared, both are the same: {found.hash[:16]}.")
    out.print("\nNext:")
    out.print("  – set EFTERTANKE_DATABASE_URL to that address; the key stays the same, and is needed as before")
    out.print("  – eftertanke doctor, then eftertanke run")
    old = settings.database
    out.print(f"  – {old} was left as it was: rename it, so that no bot begins on it again")
