"""A ``Worded`` as plain text, where it is not a card of the chat that is drawn."""

from __future__ import annotations

from typing import Any

from bot.service.replies import Worded
from prompts import Messages


def in_words(messages: Messages, worded: Worded) -> str:
    """``worded`` in the language of ``messages``: plain text, to be escaped where it is shown.

    Raises UnknownTextError for an unknown key, jinja2.UndefinedError when a value is missing.
    """
    return messages.plain(worded.key, **{name: _worded(messages, value) for name, value in worded.values.items()})


def _worded(messages: Messages, value: Any) -> Any:
    match value:
        case Worded():
            return in_words(messages, value)
        case list() | tuple():
            return [_worded(messages, one) for one in value]
    return value
