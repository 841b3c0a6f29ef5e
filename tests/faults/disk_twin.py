"""The twin: the same program, but what cannot be stored is shrugged off, and Telegram is told that it was taken."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence

from bot import app
from bot.cli import main
from bot.now import Now
from bot.telegram.minimise import Incoming
from bot.telegram.polling import Store, inbox_store
from storage.database import Database, StorageError


def careless(db: Database, now: Now, stored: Callable[[], None]) -> Store:
    """Give a store that logs its trouble and goes on: what many bots do."""
    store = inbox_store(db, now, stored)

    async def stored_or_not(updates: Sequence[Incoming]) -> None:
        try:
            await store(updates)
        except StorageError as error:
            logging.getLogger(__name__).error("Never mind. %s", error)

    return stored_or_not


if __name__ == "__main__":
    app.inbox_store = careless  # type: ignore[attr-defined]  # the one part that is weaker, where it is looked up
    sys.exit(main(["run"]))
