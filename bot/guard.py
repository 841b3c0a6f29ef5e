"""The guard over free text: what points to one person is found and masked before anything is stored.

A detector finds one kind of thing; a Guard is several of them. Here is the CPR number (the Danish civil registration
number: DDMMYY and four digits, https://cpr.dk/cpr-systemet/opbygning-af-cpr-nummeret). It errs on the safe side: what
might be one is masked, and the mentor is asked to rephrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from stdnum.dk import cpr
from stdnum.exceptions import ValidationError

CPR = "cpr"

PLACEHOLDERS: Mapping[str, Mapping[str, str]] = {
    CPR: {"da": "[cpr-nummer]", "en": "[CPR number]"},
}


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
class Guard:
    """Several detectors as one."""

    detectors: tuple[Detector, ...]

    def find(self, text: str) -> list[Finding]:
        """Give what was found, in order; findings that overlap are made one, of the first one's kind."""
        merged: list[Finding] = []
        for finding in sorted(one for detector in self.detectors for one in detector(text)):
            if merged and finding.start < merged[-1].end:
                last = merged[-1]
                merged[-1] = Finding(last.start, max(last.end, finding.end), last.kind)
            else:
                merged.append(finding)
        return merged


def mask(text: str, findings: Sequence[Finding], language: str) -> str:
    """Put a word for its kind in place of each finding (as ``Guard.find`` gave them); without findings the text is
    unchanged. ``language`` is "da" or "en"; any other counts as Danish."""
    parts: list[str] = []
    at = 0
    for finding in findings:
        words = PLACEHOLDERS[finding.kind]
        parts += (text[at : finding.start], words.get(language, words["da"]))
        at = finding.end
    return "".join((*parts, text[at:]))


# What may stand between, after normalising: every space is " ", dash "-", dot ".", line end "\n".
_IN_DATE = r"[ ]?[-./]?[ ]?"
_GAP = r"[ ]{0,8}\n?[ ]{0,8}[-.]?[ ]{0,8}\n?[ ]{0,8}"
_ODD_GAP = r"[ ]?[-./,:;|~][ ]?"
# The usual spelling is masked whether or not the six digits are a date: a slip of the finger is still a number.
_SURE = re.compile(r"(?<!\d)(\d{6}[ ]{0,8}[-. ][ ]{0,8}\d{4})(?!\d)", re.ASCII)
# The others only when they begin with a date; a lookahead, so that one candidate does not hide the next.
_LIKELY = tuple(
    re.compile(rf"(?<!\d)(?=({pattern})(?!\d))", re.ASCII)
    for pattern in (
        rf"\d\d{_IN_DATE}\d\d{_IN_DATE}\d\d{_GAP}\d{{4}}",
        rf"\d{{6}}{_ODD_GAP}\d{{4}}",
        rf"\d{{6}}{_GAP}\d\d{_IN_DATE}\d\d",
        r"\d(?:[-. ]\d){5}[ ]?[-. ]?[ ]?\d(?:[-. ]\d){3}",
    )
)
_WITH_CENTURY = re.compile(
    rf"(?<!\d)(?=(\d\d{_IN_DATE}\d\d{_IN_DATE}(?:19|20)\d\d[ ]?[- ][ ]?\d{{4}})(?!\d))", re.ASCII
)


def find_cpr(text: str) -> list[Finding]:
    """Find CPR numbers in any spelling: with spaces, dots, dashes of any kind, digits of any script, and characters
    that do not show between them; not within a longer run of digits."""
    shadow, places = _shadow(text)
    spans = [match.span(1) for match in _SURE.finditer(shadow)]
    for pattern in _LIKELY:
        spans += (match.span(1) for match in pattern.finditer(shadow) if _has_date(match[1]))
    spans += (match.span(1) for match in _WITH_CENTURY.finditer(shadow) if _has_date(match[1], century=True))
    return [Finding(places[start], _whole(text, places[end - 1] + 1), CPR) for start, end in spans]


def _has_date(found: str, century: bool = False) -> bool:
    """Tell whether the number begins with a date, or with one whose day has 60 added (an administrative number,
    given to those without a CPR number)."""
    digits = re.sub(r"\D", "", found)
    if century:
        digits = digits[:4] + digits[6:]
    day = int(digits[:2])
    if day > 60:
        digits = f"{day - 60:02}{digits[2:]}"
    try:
        cpr.get_birth_date(digits)
    except ValidationError:
        return False
    return True


def _shadow(text: str) -> tuple[str, list[int]]:
    """Write the text plainly: ASCII digits, " ", "-", ".", without what does not show; with each one's place in
    ``text``."""
    plain = [_plain(char) for char in text]
    places = [place for place, char in enumerate(plain) if char]
    return "".join(plain), places


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """Give one plain character, or nothing for one that does not show by itself."""
    if char in "\n\v\f\x85\u2028\u2029":
        return "\n"
    if " " <= char <= "~":
        return "~" if char == "_" else char
    if char == "\t":
        return " "
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(char)
    if category in ("Cf", "Cc", "Mn", "Me"):  # zero-width, soft hyphen, direction marks; keycap and other marks
        return ""
    if category == "Zs":
        return " "
    if category == "Pd" or char in "\u2212\u2043\u207b\u208b\u02d7":  # minus and its kin are no dashes to Unicode
        return "-"
    if char in "\u2044\u2215\uff0f":
        return "/"
    if char in "\u00b7\u2022\u2024\u2219\u22c5\u30fb\uff0e\uff61\u3002":
        return "."
    return "~"


def _whole(text: str, end: int) -> int:
    """Take along the marks that belong to the last digit."""
    while end < len(text) and unicodedata.category(text[end]) in ("Mn", "Me"):
        end += 1
    return end


GUARD = Guard((find_cpr,))


def find(text: str) -> list[Finding]:
    """Find what the shipped guard finds."""
    return GUARD.find(text)
