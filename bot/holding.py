"""What the guard held back waits here, in memory only, until the person says what shall become of it.

It is never written anywhere: the inbox has the masked text, and what stands here is gone with the process or after an
hour. CPR numbers are masked here too, because they can never be kept.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

KEEP_SECONDS = 3600.0
MOST = 2_000  # messages in all; then the oldest goes, and its writer is asked to write it again
LONGEST = 16_384  # letters: four times what Telegram takes
MOST_LETTERS = 4_000_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that was held back. ``text``: as typed, but for CPR numbers; ``update``: what was stored of it, masked,
    so that it can be gone through again."""

    message_id: int
    text: str = field(repr=False)
    update: str = field(repr=False)

    @property
    def letters(self) -> int:
        """How much room it takes."""
        return len(self.text) + len(self.update)


@dataclass(slots=True)
class _Place:
    waiting: Waiting | None = field(repr=False)  # None: it has been used, and a second tap shall be told so
    until: float
    taken_by: int | None = None


class Holding:
    """By chat and message; a newer one of the same message replaces the older. ``clock`` gives seconds that only
    grow. Nothing here waits or fails: what does not fit, or came too early to be known still, is simply not there."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, most: int = MOST) -> None:
        self._clock, self._most = clock, most
        self._places: OrderedDict[tuple[int, int], _Place] = OrderedDict()
        self._letters = 0

    def __repr__(self) -> str:
        return f"<Holding of {len(self._places)}>"

    def __len__(self) -> int:
        self._forget_old()
        return len(self._places)

    def put(self, chat_id: int, waiting: Waiting) -> None:
        """Remember it for an hour. One that is too long did not come from Telegram and is not remembered."""
        self._forget_old()
        self._drop((chat_id, waiting.message_id))
        if len(waiting.text) > LONGEST:
            return
        self._places[chat_id, waiting.message_id] = _Place(waiting, self._clock() + KEEP_SECONDS)
        self._letters += waiting.letters
        while len(self._places) > self._most or self._letters > MOST_LETTERS:
            self._drop(next(iter(self._places)))

    def get(self, chat_id: int, message_id: int) -> Waiting | None:
        """What was held back of this message; None when it is not remembered (any more)."""
        self._forget_old()
        place = self._places.get((chat_id, message_id))
        return None if place is None else place.waiting

    def take(self, chat_id: int, message_id: int, by: int) -> bool:
        """Say that the update ``by`` uses it. False when another one has: a second tap keeps nothing twice. The same
        update may ask again, after its turn was rolled back."""
        place = self._places.get((chat_id, message_id))
        if place is None or place.waiting is None or place.taken_by not in (None, by):
            return False
        place.taken_by = by
        return True

    def give_back(self, by: int) -> None:
        """The update ``by`` was given up: what it had taken may be used after all."""
        for place in self._places.values():
            if place.taken_by == by:
                place.taken_by = None

    def drop(self, chat_id: int, message_ids: tuple[int, ...]) -> None:
        """Forget these: call it only once what became of them is committed. That they were used is remembered."""
        for message_id in message_ids:
            place = self._places.get((chat_id, message_id))
            if place is not None and place.waiting is not None:
                self._letters -= place.waiting.letters
                place.waiting = None

    def is_used(self, chat_id: int, message_id: int) -> bool:
        """Whether something was remembered of this message, and the person has chosen."""
        place = self._places.get((chat_id, message_id))
        return place is not None and (place.waiting is None or place.taken_by is not None)

    def _drop(self, key: tuple[int, int]) -> None:
        place = self._places.pop(key, None)
        if place is not None and place.waiting is not None:
            self._letters -= place.waiting.letters

    def _forget_old(self) -> None:
        now = self._clock()
        while self._places and (first := next(iter(self._places.items())))[1].until <= now:
            self._drop(first[0])
