"""What stands in a button: at most 64 bytes, and enough to know whose it is and whether it is still live.

A debrief's button: ``token:visit:verb:arg``; visit in base 36, verb ``+`` choose, ``-`` untick, ``@`` citizen, or a
Press. Any other button: ``!name:verb:arg``.
"""

from __future__ import annotations

from dataclasses import dataclass

LIMIT = 64
CHOOSE, UNTICK, CITIZEN = "+", "-", "@"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class DebriefButton:
    """A button on a debrief's card."""

    token: str
    visit: int
    verb: str
    arg: str


@dataclass(frozen=True, slots=True)
class PageButton:
    """A button on any other card."""

    name: str
    verb: str
    arg: str


def debrief_data(token: str, visit: int, verb: str, arg: str = "") -> str:
    """The data of a debrief's button. Raises ValueError over 64 bytes, which a checked guide never reaches."""
    return _short(f"{token}:{_base36(visit)}:{verb}:{arg}")


def page_data(name: str, verb: str, arg: str = "") -> str:
    """The data of another button. Raises ValueError over 64 bytes."""
    return _short(f"!{name}:{verb}:{arg}")


def read_data(data: str) -> DebriefButton | PageButton | None:
    """The button this data belongs to; None for anything this program never wrote."""
    if data.startswith("!"):
        name, _, rest = data[1:].partition(":")
        verb, _, arg = rest.partition(":")
        return PageButton(name, verb, arg) if name and verb else None
    parts = data.split(":", 3)
    if len(parts) != 4 or not parts[1].isalnum() or not parts[1].isascii() or len(parts[1]) > 8:
        return None
    token, visit, verb, arg = parts
    return DebriefButton(token, int(visit.lower(), 36), verb, arg) if token and verb else None


def _short(data: str) -> str:
    if len(data.encode()) > LIMIT:
        raise ValueError(f"callback data over {LIMIT} bytes")
    return data


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
        if number == 0:
            return digits
