"""Telegram's limits and the error a Bot API call ends with.

Numbers are those of the Bot API documentation (https://core.telegram.org/bots/api and
https://core.telegram.org/bots/faq); wordings are the descriptions Telegram sends, because bots decide by them.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

Json = dict[str, Any]

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
CALLBACK_BYTES = 64
CALLBACK_ANSWER_UNITS = 200
CALLBACK_LIFETIME = timedelta(seconds=15)
DELETE_LIMIT = timedelta(hours=48)
PERSON_EDIT_LIMIT = timedelta(hours=48)
UPDATE_LIFETIME = timedelta(hours=24)
QUIET_WEEK = timedelta(days=7)
UPDATES_PER_POLL = 100
POLL_SECONDS = 50
DELETE_AT_ONCE = 100
UPLOAD_BYTES = 50 * 1024 * 1024
PHOTO_BYTES = 10 * 1024 * 1024
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}\Z")

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as "
    "a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class ApiError(Exception):
    """A Bot API call that Telegram would refuse: `code` and `description` as Telegram words them."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def envelope(self) -> Json:
        """Give the JSON body of the answer."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class HandError(Exception):
    """Something a person cannot do in a chat (write while blocking, edit another's message); one plain sentence.

    `key` finds the sentence in the page's own words ("error.<key>" in strings.json).
    """

    def __init__(self, sentence: str, key: str = "other") -> None:
        super().__init__(sentence)
        self.key = key


def bad_request(reason: str) -> ApiError:
    """Give the 400 with `reason` worded as Telegram does."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """Give the 403 with `reason` worded as Telegram does."""
    return ApiError(403, f"Forbidden: {reason}")


def units(text: str) -> int:
    """Count UTF-16 code units, the measure of Telegram's entity offsets.

    The text limits are counted in it too: it is the strictest reading, so what passes here passes there.
    """
    return len(text.encode("utf-16-le")) // 2


def pieces(text: str, size: int = TEXT_UNITS) -> list[str]:
    """Cut `text` as a Telegram app does before it sends: parts of at most `size` UTF-16 units, no character split."""
    parts: list[str] = []
    current: list[str] = []
    used = 0
    for character in text:
        width = 2 if ord(character) > 0xFFFF else 1
        if used + width > size:
            parts.append("".join(current))
            current, used = [], 0
        current.append(character)
        used += width
    if current:
        parts.append("".join(current))
    return parts
