"""The twin of the patient poller: the real program, but what cannot be read is asked for again at once, for ever."""

from __future__ import annotations

import sys

from bot import app
from bot.cli import main
from bot.telegram.polling import Poller
from bot.telegram.requests import UnreadableError


class Eager(Poller):
    """Passes nothing by, and makes no pause."""

    async def _pass_by(self, error: UnreadableError) -> float:
        return self._trouble(error)

    def _trouble(self, error: Exception) -> float:
        super()._trouble(error)
        return 0


if __name__ == "__main__":
    app.Poller = Eager  # type: ignore[attr-defined] # the one part that is weaker
    sys.exit(main(["run"]))
