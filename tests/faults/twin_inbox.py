"""The twin of repeated updates: the real program, but its inbox knows an update by its number alone, or not at all.

Started as a process by the test, as ``python -m tests.faults.twin_inbox number`` or ``… nothing``.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot import app
from bot.app import Program
from bot.cli import main
from bot.telegram.minimise import Incoming
from bot.telegram.polling import Poller
from storage import inbox

KEYS: dict[str, Callable[[], str]] = {"number": lambda: "", "nothing": secrets.token_urlsafe}
"""What stands where the hash of what names the update belongs: the same for all, or another each time."""
KEY = KEYS[sys.argv[1]] if __name__ == "__main__" else KEYS["number"]


class Forgetful(Program):
    """Stores updates under another key."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.poller = Poller(self.bot, self._store, watching=self.guarding.of, hold=self._hold)

    async def _store(self, updates: Sequence[Incoming]) -> None:
        rows = [replace(update.to_row(), payload_hash=KEY()) for update in updates]
        async with self.db.transaction() as tx:
            inbox.add(tx, rows, self.now())
        self.inbox_wake.set()


if __name__ == "__main__":
    app.Program = Forgetful  # type: ignore[misc] # the one part that is weaker
    sys.exit(main(["run"]))
