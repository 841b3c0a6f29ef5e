"""The twin of several workers: the real program, but a worker takes what another has in hand."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bot.cli import main
from storage import inbox
from storage.database import Transaction


async def whatever(tx: Transaction, seqs: Sequence[int]) -> frozenset[int]:
    """Everything is free."""
    return frozenset(seqs)


if __name__ == "__main__":
    inbox.free = whatever  # the one part that is weaker
    sys.exit(main(["run"]))
