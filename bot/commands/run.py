"""``eftertanke run``: the bot itself."""

from __future__ import annotations

import asyncio
import logging

from bot.app import run_bot
from bot.commands.failing import expected
from bot.commands.shared import CommandError, refuse_postgres, settings_of_environment, tell_unfinished
from bot.keys import key_of
from bot.logs import log_uncaught, set_up_logging
from bot.settings import Settings
from storage.opening import refuse_wrong_key

log = logging.getLogger(__name__)


def run() -> int:
    """Run until SIGTERM or SIGINT; gives the exit code.

    Raises what keeps the bot from starting: SettingsError, StorageError (also AlreadyRunning, when another bot works
    on the same data), GuideError, MessagesError, OrganisationError, CommandError.
    """
    settings = settings_of_environment()
    set_up_logging(settings.log_level, settings.secrets())
    log_uncaught()
    _check(settings)
    try:
        return asyncio.run(run_bot(settings))
    except Exception as error:
        if not expected(error):
            log.critical("The bot stopped.", exc_info=error)  # class and place only: see bot.logs
        raise


def _check(settings: Settings) -> None:
    """Say first what an operator does first: setup, then the token."""
    refuse_postgres(settings)
    key = key_of(settings)
    settings.need_token()
    if not settings.data.is_dir():
        raise CommandError(
            f"There is no data folder {settings.data}; run `eftertanke setup` first, or set EFTERTANKE_DATA."
        )
    refuse_wrong_key(settings.database, key)  # before anything is written, the lock file included
    tell_unfinished(settings)
