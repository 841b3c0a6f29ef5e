"""A name that an operator looks for: whatever somebody was allowed to call a citizen can be asked for."""

from __future__ import annotations

import unicodedata

from bot.commands.shared import CommandError

_LONGEST = 100  # characters
_CONTROL = ("Cc", "Cs")


def typed_name(text: str, what: str) -> str:
    """In one spelling, with single spaces. Unlike ``clean_name``, which is for new names, it takes what does not show,
    such as what joins emoji. Raises CommandError for an empty or overlong one, and for control characters."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > _LONGEST or any(unicodedata.category(char) in _CONTROL for char in name):
        raise CommandError(f"{what} must be 1 to {_LONGEST} readable characters; write it differently.", 2)
    return name
