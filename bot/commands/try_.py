"""``eftertanke try``: the practice phone, on data of its own whatever the environment says about the real ones."""

from __future__ import annotations

import os

import typer

from bot import practice_cast, practice_sample_try
from bot.commands.shared import CommandError
from bot.practice import start
from bot.practice.clock import PracticeClock
from bot.practice_sample import SampleError
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
    "EFTERTANKE_HOST",
    "EFTERTANKE_LOG_FORMAT",
    "EFTERTANKE_ORGANISATION",
    "PORT",
)


def try_phone(*, port: int, browser: bool, headless: bool, sample: bool = False) -> None:
    """Run the practice phone until Ctrl-C; ``sample``: with invented weeks behind it, on the morning after.

    Raises SettingsError, StorageError, GuideError, CommandError; typer.Exit with the exit code.
    """
    settings = load_settings({name: os.environ[name] for name in _KEPT if name in os.environ})
    morning = practice_sample_try.begins(PracticeClock()) if sample else None
    try:
        code = start.try_phone(
            settings.data,
            port,
            browser,
            headless,
            prepare=practice_sample_try.preparing(settings, morning, headless) if morning else practice_cast.prepare,
            env=dict.fromkeys(_BLANKED, ""),
            people=practice_sample_try.people() if morning else None,
            begins=morning,
        )
    except SampleError as error:
        raise CommandError(str(error)) from error
    raise typer.Exit(code)
