"""Ids that we make ourselves: the same in every engine, in exports and in backups."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime
from uuid import UUID

_COUNTER_BITS = 74
_STEP_BITS = 32
_TOKEN_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # noqa: S105 - an alphabet, not a secret
_TOKEN_LENGTH = 8


class _Sequence:
    """UUIDv7 after RFC 9562 §5.7, growing by method 2 of §6.2: the random part goes up within one millisecond.

    A clock that steps back does not take the order with it: the last millisecond is kept until it is passed again.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._millisecond = -1
        self._counter = 0

    def next(self, millisecond: int) -> UUID:
        with self._guard:
            if millisecond > self._millisecond:
                self._start(millisecond)
            else:
                self._counter += 1 + secrets.randbits(_STEP_BITS)
                if self._counter >> _COUNTER_BITS:
                    self._start(self._millisecond + 1)
            return _uuid7(self._millisecond, self._counter)

    def _start(self, millisecond: int) -> None:
        self._millisecond = millisecond
        self._counter = secrets.randbits(_COUNTER_BITS - 1)  # the highest bit stays free for the steps


def _uuid7(millisecond: int, counter: int) -> UUID:
    high, low = counter >> 62, counter & ((1 << 62) - 1)
    return UUID(int=(millisecond << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)


_sequence = _Sequence()


def new_id(now: datetime) -> str:
    """A UUIDv7 as text for the aware time ``now``; each is greater than the one this process made before."""
    if now.tzinfo is None:
        raise ValueError("an id needs a time with a zone")
    return str(_sequence.next(int(now.timestamp() * 1000)))


def new_token() -> str:
    """Eight random characters, a–z and 2–7 (40 bits): a reflection's short name in Telegram's 64-byte callback data."""
    return "".join(secrets.choice(_TOKEN_ALPHABET) for _ in range(_TOKEN_LENGTH))
