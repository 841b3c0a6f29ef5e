"""The twin of a server in trouble: the real program, but what fails once is given up, as most bots do it."""

from __future__ import annotations

import sys

from bot.cli import main
from bot.telegram import sender
from bot.telegram.errors import Verdict
from storage import outbox
from storage.database import Transaction
from storage.outbox import Message


async def given_up(_: sender.Sender, tx: Transaction, message: Message, __: Verdict, name: str) -> None:
    """Not again, whatever the reason."""
    outbox.failed(tx, message.seq, name)


if __name__ == "__main__":
    setattr(sender.Sender, "_not_sent", given_up)  # noqa: B010 - the one part that is weaker; mypy knows a method is none
    sys.exit(main(["run"]))
