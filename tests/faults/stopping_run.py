"""``eftertanke run``, and again whenever it has ended, out of a process that has loaded it.

Started by the test as ``python -m tests.faults.stopping_run BOOK``; BOOK gets a line for every start and every end.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bot.commands.run  # noqa: F401 - loaded here, so that no start has to
from bot.cli import main
from bot.now import real_now
from bot.workdays import danish_holidays
from tests.faults.crash_points_again import again_and_again

if __name__ == "__main__":
    danish_holidays(real_now())
    sys.exit(again_and_again(lambda: main(["run"]), Path(sys.argv[1])))
