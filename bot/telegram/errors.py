"""What an error of the Bot API means for what we wanted to do.

The class alone does not tell: PTB's BadRequest is a NetworkError, a 429 without parameters is a plain one, and only
the description tells a blocked bot from a forbidden detail. Descriptions are those Telegram sends; an unknown 400 or
403 never counts as a person who is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)


class Meaning(Enum):
    """What to do about it."""

    AGAIN = auto()  # the server or the way there is in trouble: the same call may succeed later
    WAIT = auto()  # flood control: not before ``Verdict.wait``
    CHAT_CLOSED = auto()  # blocked, deactivated, kicked, deleted, not found: nothing can be sent to this chat
    UNCHANGED = auto()  # it already looks like that
    NOT_EDITABLE = auto()  # the message to edit is gone, or cannot be edited
    NOT_DELETABLE = auto()  # the message to delete is gone, or too old
    BAD_MARKUP = auto()  # the HTML does not parse
    REFUSED = auto()  # this call will not be taken; others may
    MOVED = auto()  # the group became a supergroup
    NO_SUCH_METHOD = auto()  # the server does not know the method, or not the token
    ANOTHER_POLLER = auto()  # somebody else asks for updates with this token


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an error means; ``wait`` is how long Telegram asks to wait."""

    meaning: Meaning
    wait: timedelta = timedelta()


_LONGEST = timedelta(days=1)
_CLOSED = (
    "bot was blocked by the user",
    "user is deactivated",
    "bot was kicked from the group chat",
    "bot was kicked from the supergroup chat",
    "the group chat was deleted",
    "chat not found",
)
_BY_WORDS = (
    (Meaning.UNCHANGED, ("message is not modified",)),
    (Meaning.NOT_EDITABLE, ("message to edit not found", "message can't be edited", "message_id_invalid")),
    (Meaning.NOT_DELETABLE, ("message to delete not found", "message can't be deleted", "message identifier is not")),
    (Meaning.BAD_MARKUP, ("can't parse entities", "can't parse message text")),
)


def judge(error: Exception) -> Verdict:
    """Say what ``error`` means. What is neither from the Bot API nor from the network is a mistake in this one call."""
    match error:
        case RetryAfter():
            return Verdict(Meaning.WAIT, _wait(error))
        case ChatMigrated():
            return Verdict(Meaning.MOVED)
        case Conflict():
            return Verdict(Meaning.ANOTHER_POLLER)
        case InvalidToken() | EndPointNotFound():
            return Verdict(Meaning.NO_SUCH_METHOD)
        case BadRequest() | Forbidden():
            return Verdict(_by_words(error.message.casefold()))
        case TelegramError() | OSError():  # TimeoutError is an OSError
            return Verdict(Meaning.AGAIN)
        case _:
            return Verdict(Meaning.REFUSED)


def _by_words(said: str) -> Meaning:
    if any(words in said for words in _CLOSED):
        return Meaning.CHAT_CLOSED
    return next((meaning for meaning, known in _BY_WORDS if any(words in said for words in known)), Meaning.REFUSED)


def _wait(error: RetryAfter) -> timedelta:
    """Give the time to wait, a day at most; PTB words it as a number or as a timedelta, by an environment variable."""
    wait = error.retry_after
    return min(_LONGEST, wait if isinstance(wait, timedelta) else timedelta(seconds=wait))
