"""``eftertanke run``: the bot itself."""

from __future__ import annotations

import asyncio
import logging

from bot.app import run_bot
from bot.commands.failing import expected, explain
from bot.commands.shared import CommandError, settings_of_environment, tell_unfinished
from bot.keys import key_of
from bot.logs import log_uncaught, set_up_logging
from bot.settings import Settings, SettingsError
from storage.opening import refuse_wrong_key

log = logging.getLogger(__name__)


def run(*, webhook: bool = False) -> int:
    """Run until SIGTERM or SIGINT; gives the exit code. ``webhook``: not by polling.

    Raises what keeps the bot from starting: SettingsError, StorageError (also AlreadyRunning, when another bot works
    on the same data), GuideError, MessagesError, OrganisationError, CommandError.
    """
    settings = settings_of_environment()
    set_up_logging(settings.log_level, settings.secrets(), form=settings.log_format)
    log_uncaught()
    try:
        _check(settings, webhook=webhook)
        return asyncio.run(run_bot(settings))
    except Exception as error:
        known = expected(error)
        if settings.log_format == "json":  # whoever collects the log reads objects: the sentence, too, is one
            sentence, code = explain(error)
            log.critical("%s", sentence, exc_info=None if known else error)
            raise CommandError("", code) from error
        if not known:
            log.critical("The bot stopped.", exc_info=error)  # class and place only: see bot.logs
        raise


def _check(settings: Settings, *, webhook: bool) -> None:
    """Say first what an operator does first: setup, then the token."""
    if webhook and settings.webhook_url is None:
        raise SettingsError(
            ["EFTERTANKE_WEBHOOK_URL is not set: set it with EFTERTANKE_WEBHOOK_SECRET, or run without --webhook."]
        )
    key = key_of(settings)
    settings.need_token()
    if not settings.data.is_dir():
        raise CommandError(
            f"There is no data folder {settings.data}; run `eftertanke setup` first, or set EFTERTANKE_DATA."
        )
    if settings.database_url is None:  # a server says so when it is connected to
        refuse_wrong_key(settings.database, key)  # before anything is written, the lock file included
    tell_unfinished(settings)
