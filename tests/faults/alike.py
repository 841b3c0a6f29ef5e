"""Equal but for the clock: the replay does not know at which second the bot got to an update."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.codec import answer_to_data
from bot.dialogue.state import Answer

LATE = timedelta(minutes=3)
"""How much later than it was sent an update may have been carried out, since the bot was dead meanwhile."""


def alike(one: Any, other: Any) -> bool:
    """Whether two answers, or two pieces of a state, are the same; moments may differ by ``LATE``, texts by nothing."""
    match one, other:
        case Answer(), Answer():
            same_marks = (one.skipped, one.assumed) == (other.skipped, other.assumed)
            return same_marks and alike(answer_to_data(one), answer_to_data(other))
        case Mapping(), Mapping():
            return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
        case ((list() | tuple()), (list() | tuple())):
            return len(one) == len(other) and all(map(alike, one, other))
        case str(), str():
            return one == other or _same_moment(one, other) or _both_new(one, other)
    return bool(one == other)


def _same_moment(one: str, other: str) -> bool:
    try:
        return abs(datetime.fromisoformat(one) - datetime.fromisoformat(other)) <= LATE
    except (ValueError, TypeError):
        return False


def _both_new(one: str, other: str) -> bool:
    """The id kept ready for a citizen who was never added: the program drew one, the replay has none to draw."""
    return one.startswith("never added: ")
