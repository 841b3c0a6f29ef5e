"""The part of setup that is about a PostgreSQL server: what is there, and whose the backups are."""

from __future__ import annotations

import asyncio

from rich.console import Console

from bot.commands.shared import CommandError
from bot.settings import Settings


def must_be_first(settings: Settings) -> None:
    """Raises CommandError where there is data already: a new key could not read it."""
    from storage.postgres_looking import server_of

    server = asyncio.run(server_of(_url(settings)))
    if server.key_id is not None:
        raise CommandError(
            f"The database {server.name} is under the key of sheet no. {server.key_id}, but there is no key file "
            f"{settings.key_file}; put the key file back, or set EFTERTANKE_KEY to the words of that sheet."
        )


async def found(settings: Settings) -> tuple[bool, str]:
    """Whether our tables are there already, and how to speak of the database.

    Raises StorageErrors, and CommandError where something else is in it.
    """
    from storage.postgres_looking import server_of  # loading psycopg is not for those who have a file

    server = await server_of(_url(settings))
    if server.key_id is None and not server.empty:
        raise CommandError(
            f"The database {server.name} has tables of another program; make a database of its own for the bot."
        )
    return server.key_id is not None, f"tables in {server.name}; what people write is encrypted in its columns"


def tell_backups(out: Console, settings: Settings) -> None:
    """Whose they are."""
    place = "EFTERTANKE_KEY" if settings.key is not None else settings.key_file
    out.print(
        "       Backups are made on the server: pg_dump every day, kept elsewhere, and tried once with pg_restore and "
        "`eftertanke settle`."
    )
    out.print(f"       They are worth nothing without the key in {place} or its recovery sheet.")


def _url(settings: Settings) -> str:
    if settings.database_url is None:
        raise CommandError("EFTERTANKE_DATABASE_URL is not set.")
    return settings.database_url.get_secret_value()
