"""The twin of the burst: the real program, but it sends as fast as it can, and works from the newest update back."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from typing import Any

from bot import app
from bot.cli import main
from bot.telegram.pacing import Pace
from bot.telegram.sender import Sender
from storage import inbox
from storage.database import Reader
from storage.inbox import Pending

_MUCH = 1e6


class Hasty(Sender):
    """Knows no limit."""

    def __init__(self, *args: Any, **named: Any) -> None:
        pace = Pace(time.monotonic(), in_all=_MUCH, a_chat=_MUCH, burst=_MUCH)
        super().__init__(*args, **{**named, "pace": pace, "at_once": 32})


async def newest_first(tx: Reader, now: datetime, limit: int) -> list[Pending]:
    """As the real one, but of each chat the newest."""
    rows = await tx.all(
        "SELECT seq, update_id, chat_id, payload, attempts FROM inbox WHERE seq IN"
        " (SELECT max(seq) FROM inbox WHERE status = 'pending' GROUP BY chat_id) ORDER BY seq LIMIT ?",
        limit,
    )
    return [Pending(**row, received_at=now) for row in rows]


if __name__ == "__main__":
    app.Sender = Hasty  # type: ignore[attr-defined] # a weaker part
    inbox.pending = newest_first  # and another one
    sys.exit(main(["run"]))
