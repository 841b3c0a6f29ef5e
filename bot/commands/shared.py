"""What the commands have in common: settings, key, database, and how they print."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import typer
from rich.console import Console

from bot.databases import open_database
from bot.keys import key_of as key_of  # commands take it from here
from bot.keys import unfinished
from bot.logs import set_up_logging
from bot.settings import Settings, load_settings
from storage.database import Database

_LONGEST_NAME = 100


class CommandError(Exception):
    """One sentence that says what to do. ``code``: 1, or 2 when the command was asked wrongly."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


def settings_of_environment() -> Settings:
    """The settings, with logging made safe. Raises SettingsError."""
    settings = load_settings(os.environ)
    set_up_logging("WARNING", settings.secrets())
    return settings


@asynccontextmanager
async def opened(settings: Settings, *, create: bool = False) -> AsyncIterator[Database]:
    """The organisation's database for the length of the block; a running bot is not disturbed.

    With ``create`` a missing one is made. Raises StorageErrors, each one sentence.
    """
    tell_unfinished(settings)
    db = await open_database(settings, create=create)
    try:
        yield db
    finally:
        await db.close()


def tell_unfinished(settings: Settings) -> None:
    """Say on stderr when a change of key was interrupted: everything works, and one command ends it."""
    if sentence := unfinished(settings):
        typer.echo(sentence, err=True)


def for_a_file(settings: Settings, instead: str) -> None:
    """What only a database file needs; raises CommandError where the data is on a server. ``instead``: what to do
    there, as the end of a sentence."""
    if settings.database_url is not None:
        raise CommandError(f"The data is on a PostgreSQL server (EFTERTANKE_DATABASE_URL); {instead}.")


def console() -> Console:
    """Where commands print: what people wrote is never taken for markup, and long lines are left whole."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def clean_name(text: str, what: str) -> str:
    """A name in one spelling, single spaces. Raises CommandError for an empty, overlong or unprintable one."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise CommandError(f"{what} must be 1 to {_LONGEST_NAME} readable characters; write it differently.", 2)
    return name
