"""What is taken of an update that came in, by whichever way it came."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeAlias

from bot.telegram.minimise import Incoming, Sifted, Watching, sift, unreadable

log = logging.getLogger(__name__)

Hold: TypeAlias = Callable[[Incoming, str], None]
"""Remembers, in memory only, the text as it was typed, for an update that the guard held back."""

_LARGEST_ID = 2**62


def sifted(update: object, watching: Watching) -> Sifted:
    """What is kept of any JSON value, past the chat's guard; never raises. One that the guard cannot look at is not
    kept, but for its number."""
    try:
        return sift(update, watching)
    except Exception as error:  # a guard may be anybody's; one update must not hold up the others
        log.error("An update could not be minimised (%s) and is passed by.", type(error).__name__)
        number = update.get("update_id") if isinstance(update, dict) else None
        return Sifted(unreadable(number if isinstance(number, int) else 0))


def is_numbered(one: Sifted) -> bool:
    """Whether it has a number as Telegram gives them; what has none is no update."""
    return 0 < one.update.update_id < _LARGEST_ID
