"""The twin of quick thumbs: the real program, but a tap that changed nothing is not answered, as if nothing were owed.

Started as a process by the test, as ``python -m tests.faults.twin_silent``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial

from bot import app
from bot.app import Program
from bot.cli import main
from bot.telegram.delivery import answer_tap
from bot.telegram.worker import After
from storage.database import Reader, Transaction
from storage.inbox import Pending


class Silent(Program):
    """Answers only where something moved."""

    async def handle(self, tx: Transaction, pending: Pending) -> Sequence[After]:
        """As the program does, less the answer to a tap after which every debrief stands where it stood."""
        before = await _standing(tx)
        afters = await super().handle(tx, pending)
        if await _standing(tx) != before:
            return afters
        return [one for one in afters if not (isinstance(one, partial) and one.func is answer_tap)]


async def _standing(tx: Reader) -> list[str]:
    return [str(row["state"]) for row in await tx.all("SELECT state FROM reflections ORDER BY id")]


if __name__ == "__main__":
    app.Program = Silent  # type: ignore[misc] # the one part that is weaker
    sys.exit(main(["run"]))
