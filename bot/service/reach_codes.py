"""The short words in the buttons of contact threads: what it is about, in which version, and what was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.dialogue.threads import Channel, Result

CHANNELS: Mapping[Channel, str] = {
    Channel.CALL: "c", Channel.TEXT: "t", Channel.VISIT: "v", Channel.THROUGH_OTHER: "o", Channel.LETTER: "l",
}  # fmt: skip
RESULTS: Mapping[Result, str] = {
    Result.NO_ANSWER: "n", Result.MESSAGE_LEFT: "m", Result.REACHED: "r", Result.SPOKE_WITH_OTHER: "s",
    Result.SENT: "e", Result.NOT_WORKING: "x",
}  # fmt: skip
LIKELY: Mapping[Channel, tuple[Result, ...]] = {
    Channel.CALL: (
        Result.NO_ANSWER, Result.REACHED, Result.MESSAGE_LEFT, Result.NOT_WORKING, Result.SPOKE_WITH_OTHER,
    ),
    Channel.TEXT: (Result.SENT, Result.NO_ANSWER, Result.REACHED, Result.NOT_WORKING),
    Channel.VISIT: (Result.NO_ANSWER, Result.REACHED, Result.MESSAGE_LEFT, Result.SPOKE_WITH_OTHER),
    Channel.THROUGH_OTHER: (Result.NO_ANSWER, Result.SPOKE_WITH_OTHER, Result.MESSAGE_LEFT, Result.REACHED),
    Channel.LETTER: (Result.SENT, Result.NO_ANSWER, Result.REACHED),
}  # fmt: skip
"""What may come of each way of trying, the likeliest first: no answer, but of what was just written that it is sent."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BY_CHANNEL = {code: channel for channel, code in CHANNELS.items()}
_BY_RESULT = {code: result for result, code in RESULTS.items()}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 36**6  # minutes


@dataclass(frozen=True, slots=True)
class Said:
    """What a button says: ``about`` is the id of a thread or an attempt, ``version`` that of the thread when the
    button was drawn (None: the button needs none), ``rest`` what else."""

    about: str
    version: int | None
    rest: str


def say(about: str, version: int | None = None, rest: str = "") -> str:
    """The argument of a button."""
    return f"{about}.{'' if version is None else base36(version)}.{rest}"


def read(arg: str) -> Said:
    """The inverse of ``say``; anything else says nothing about nothing."""
    about, _, more = arg.partition(".")
    version, _, rest = more.partition(".")
    return Said(about, unbase36(version), rest)


def channel_of(code: str) -> Channel | None:
    """The channel with this letter."""
    return _BY_CHANNEL.get(code)


def result_of(code: str) -> Result | None:
    """The result with this letter."""
    return _BY_RESULT.get(code)


def minute(at: datetime) -> str:
    """A time to the minute, in few letters."""
    return base36(int((at - _EPOCH) // timedelta(minutes=1)))


def at_minute(code: str) -> datetime | None:
    """The inverse of ``minute`` (UTC); None for anything it never wrote."""
    number = unbase36(code)
    return None if number is None or number >= _LATEST else _EPOCH + timedelta(minutes=number)


def base36(number: int) -> str:
    """A number from 0 in few letters."""
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
        if number == 0:
            return digits


def unbase36(text: str) -> int | None:
    """The inverse of ``base36``."""
    if not text or len(text) > 8 or any(char not in _DIGITS for char in text):
        return None
    return int(text, 36)
