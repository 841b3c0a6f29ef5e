"""``eftertanke try``: the practice phone, on data of its own whatever the environment says about the real ones."""

from __future__ import annotations

import os

import typer

from bot import practice_cast
from bot.practice import start
from bot.settings import load_settings

_KEPT = ("EFTERTANKE_DATA", "EFTERTANKE_LANGUAGE", "EFTERTANKE_TIMEZONE", "EFTERTANKE_PROMPTS", "EFTERTANKE_LOG_LEVEL")
# Empty counts as unset. The practice bot inherits the environment, and must meet nothing real in it.
_BLANKED = (
    "EFTERTANKE_TOKEN_FILE",
    "EFTERTANKE_KEY",
    "EFTERTANKE_DATABASE_URL",
    "EFTERTANKE_WEBHOOK_URL",
    "EFTERTANKE_WEBHOOK_SECRET",
    "EFTERTANKE_WEBHOOK_SECRET_FILE",
    "EFTERTANKE_HEALTH_PORT",
    "EFTERTANKE_ORGANISATION",
    "PORT",
)


def try_phone(*, port: int, browser: bool, headless: bool) -> None:
    """Run the practice phone until Ctrl-C. Raises SettingsError, StorageError; typer.Exit with the exit code."""
    settings = load_settings({name: os.environ[name] for name in _KEPT if name in os.environ})
    code = start.try_phone(
        settings.data,
        port,
        browser,
        headless,
        prepare=practice_cast.prepare,
        env=dict.fromkeys(_BLANKED, ""),
    )
    raise typer.Exit(code)
