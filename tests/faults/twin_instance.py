"""The twin of the one bot for one folder: the real program, but the lock is not taken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import databases
from bot.cli import main


@contextmanager
def whoever_comes(database: Path) -> Iterator[None]:
    """Everybody may."""
    yield


if __name__ == "__main__":
    databases.single_instance = whoever_comes  # type: ignore[attr-defined] # the one part that is weaker
    sys.exit(main(["run"]))
