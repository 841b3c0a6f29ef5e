"""The plain spelling of a text that all detectors look at, and what they give back.

People type digits of any script, spaces and dashes of any width, and characters that do not show. A detector looks at
the plain text and tells where in the typed text the thing is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

_MARKS = ("Mn", "Me")
_UNSEEN = ("Cf", "Cc", *_MARKS)  # zero-width, soft hyphen, direction marks; keycap and other marks
_KEPT = "§€£"
_MOST_KNOWN = 4096


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something at ``text[start:end]`` that must not be stored."""

    start: int
    end: int
    kind: str


class Detector(Protocol):
    """Finds one kind of thing in a text; the findings may be in any order and may overlap."""

    def __call__(self, text: str) -> Iterable[Finding]:
        """Look through ``text``."""


@dataclass(frozen=True, slots=True)
class Plain:
    """``text`` is written plainly; its character number n stands at ``places[n]`` in ``typed``."""

    text: str
    places: Sequence[int]
    typed: str

    def finding(self, start: int, end: int, kind: str) -> Finding:
        """Give ``text[start:end]`` as a place in what was typed, with the marks that belong to its last character."""
        last = self.places[end - 1] + 1
        while last < len(self.typed) and unicodedata.category(self.typed[last]) in _MARKS:
            last += 1
        return Finding(self.places[start], last, kind)


def plain(typed: str) -> Plain:
    """Write the text plainly: ASCII digits and marks, " ", "-", ".", "\\n", letters in one piece with their accents,
    signs for money and sections, "~" for all else, and without what does not show."""
    if unicodedata.is_normalized("NFC", typed):
        text = typed.translate(_TABLE)
        if len(text) == len(typed):  # nothing left out: every character is in its own place
            return Plain(text, range(len(typed)), typed)
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(typed):
        if chars and unicodedata.combining(char) and places[-1] == place - 1:
            chars[-1] = _with_mark(chars[-1], char)
        elif seen := _TABLE[ord(char)]:
            chars.append(seen)
            places.append(place)
    return Plain("".join(chars), places, typed)


def words(spaced: str) -> frozenset[str]:
    """Give the words of a list written with spaces between them."""
    return frozenset(spaced.split())


def _with_mark(char: str, mark: str) -> str:
    """Put an accent on a letter typed as two characters, if there is such a letter: "a" and a ring are an "å"."""
    both = unicodedata.normalize("NFC", char + mark)
    return both if len(both) == 1 else char


def _plain_char(char: str) -> str:
    """Give one plain character, or nothing for one that does not show by itself."""
    if " " <= char <= "~":
        return char
    if char in "\n\v\f\x85\u2028\u2029":
        return "\n"
    if char == "\t":
        return " "
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(char)
    if category in _UNSEEN:
        return ""
    if category == "Zs":
        return " "
    if category == "Pd" or char in "\u2212\u2043\u207b\u208b\u02d7":  # minus and its kin are no dashes to Unicode
        return "-"
    if char in "\u2044\u2215\uff0f":
        return "/"
    if char in "\u00b7\u2022\u2024\u2219\u22c5\u30fb\uff0e\uff61\u3002":
        return "."
    if char in "\u2018\u2019\u02bc\u00b4":
        return "'"
    usual = unicodedata.normalize("NFKC", char)
    return usual if len(usual) == 1 and (usual.isalpha() or " " <= usual <= "~" or usual in _KEPT) else "~"


class _Table(dict[int, str]):
    """What each character is written as, worked out when first met; as small as the alphabets in use."""

    def __missing__(self, code: int) -> str:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        self[code] = seen = _plain_char(chr(code))
        return seen


_TABLE = _Table()
