"""The updates queue: what is delivered, and when it is forgotten.

An update is forgotten when getUpdates comes with a higher offset, or after 24 hours; never because it was delivered
(https://core.telegram.org/bots/api#getupdates).
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from bot.practice.limits import QUIET_WEEK, UPDATE_LIFETIME, Json

# What is not sent unless asked for by name, by the Bot API documentation of allowed_updates.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True)
class Waiting:
    """One update, its id, and when it came in."""

    number: int
    payload: Json
    at: datetime


class UpdateQueue:
    """Updates in order of their ids."""

    def __init__(self, first: int = 1, seed: int | None = None) -> None:
        self._next = first
        self._waiting: deque[Waiting] = deque()
        self._allowed: frozenset[str] | None = None
        self._latest: datetime | None = None
        self._random = random.Random(seed)  # noqa: S311 - update ids are no secret

    def allow(self, kinds: list[str]) -> None:
        """Keep only these kinds from now on; an empty list brings back Telegram's default."""
        self._allowed = frozenset(kinds) or None

    def put(self, payload: Json, now: datetime) -> int | None:
        """Queue an update (without update_id) and give its id; None when the bot did not ask for its kind."""
        kind = next(iter(payload))
        wanted = kind in self._allowed if self._allowed is not None else kind not in _ON_REQUEST
        if not wanted:
            return None
        if self._latest is not None and now - self._latest >= QUIET_WEEK:
            # Telegram chooses the next id at random after a week of silence: nobody may compute from stored ids.
            self._next += self._random.randint(1_000, 10_000_000)
        number = self._next
        self._next += 1
        self._latest = now
        self._waiting.append(Waiting(number, payload, now))
        return number

    def confirm(self, offset: int) -> int:
        """Forget what is below `offset` (negative: all but the last so many); give how many were forgotten."""
        before = len(self._waiting)
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        else:
            while self._waiting and self._waiting[0].number < offset:
                self._waiting.popleft()
        return before - len(self._waiting)

    def expire(self, now: datetime) -> int:
        """Forget what is older than 24 hours; give how many."""
        count = 0
        while self._waiting and now - self._waiting[0].at > UPDATE_LIFETIME:
            self._waiting.popleft()
            count += 1
        return count

    def peek(self, limit: int) -> list[Json]:
        """Give the oldest updates, at most `limit`, without forgetting any."""
        return [{"update_id": one.number, **one.payload} for one, _ in zip(self._waiting, range(limit), strict=False)]

    def clear(self) -> None:
        """Forget all (drop_pending_updates)."""
        self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)
