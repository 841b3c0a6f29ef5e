"""CPR numbers in free text (the Danish civil registration number: DDMMYY and four digits,
https://cpr.dk/cpr-systemet/opbygning-af-cpr-nummeret). It errs on the safe side: what might be one is found."""

from __future__ import annotations

import re
from itertools import pairwise

from stdnum.dk import cpr
from stdnum.exceptions import ValidationError

from bot.guard_plain import Finding, plain

CPR = "cpr"

# What may stand between in the plain text: every space is " ", dash "-", dot ".", line end "\n".
_IN_DATE = r"[ ]?[-./]?[ ]?"
_GAP = r"[ ]{0,8}\n?[ ]{0,8}[-.]{0,3}[ ]{0,8}\n?[ ]{0,8}"
_ODD_GAP = r"[ ]?[-./,:;|~_()\[\]*=+]{1,3}[ ]?"
# The usual spelling is masked whether or not the six digits are a date: a slip of the finger is still a number.
_SURE = re.compile(r"(?<!\d)(\d{6}[ ]{0,8}[-. ]{1,3}[ ]{0,8}\d{4})(?!\d)", re.ASCII)
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
# "1.1.90-1234" and "1. januar 1990-1234": with a dash, since an amount or a time may follow a date otherwise.
_SHORT = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d\d)-(\d{4})(?!\d)", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "ma[jy]", "jun", "jul", "aug", "sep", "o[kc]t", "nov", "dec")
_IN_WORDS = re.compile(
    rf"(?<!\d)(\d{{1,2}})\.?[ ]?({'|'.join(_MONTHS)})[a-z]{{0,6}}\.?[ ]?(?:19|20)?(\d\d)-(\d{{4}})(?!\d)",
    re.ASCII | re.IGNORECASE,
)
# In pairs, but not in a longer row of them.
_IN_PAIRS = re.compile(
    r"(?<!\d)(?<!\d[-. ])(?=(\d\d([-. ])\d\d\2\d\d(?:\2|[ ]-[ ])\d\d\2\d\d)(?!\d|[-. ]\d))", re.ASCII
)
# "170774 og de sidste fire er 1234"
_IN_TWO_PARTS = re.compile(
    r"(?<!\d)(\d\d[-./ ]?\d\d[-./ ]?\d\d)[^\d\n]{1,30}\b(?:sidste|last)\b[^\d\n]{0,30}(?:\b4\b[^\d\n]{1,20})?"
    r"(?<!\d)(\d{4})(?!\d)",
    re.ASCII | re.IGNORECASE,
)


# One right after the other: 010180-1234020280-1234. Atomic, so that spaces are tried in one way only.
_PIECE = re.compile(r"(\d{6})((?>[ ]{0,8}[-.]{0,3}[ ]{0,8}))(\d{4})", re.ASCII)
_GLUED = re.compile(r"(?<!\d)(?:\d{6}(?>[ ]{0,8}[-.]{0,3}[ ]{0,8})\d{4}){2,}(?!\d)", re.ASCII)


def find_cpr(text: str) -> list[Finding]:
    """Find CPR numbers in any spelling: with spaces, dots, dashes of any kind, digits of any script, and characters
    that do not show between them; not within a longer run of digits, unless that is made of nothing else."""
    shown = plain(text)
    spans = [match.span(1) for match in _SURE.finditer(shown.text)]
    for pattern in _LIKELY:
        spans += (match.span(1) for match in pattern.finditer(shown.text) if _has_date(match[1]))
    spans += (match.span(1) for match in _WITH_CENTURY.finditer(shown.text) if _has_date(match[1], century=True))
    spans += (
        match.span(1) for match in _IN_PAIRS.finditer(shown.text) if _has_date(match[1]) and not _counts(match[1])
    )
    for match in _GLUED.finditer(shown.text):
        pieces = list(_PIECE.finditer(match[0]))
        if all(piece[2].strip() or _has_date(piece[0]) for piece in pieces):
            spans += ((match.start() + piece.start(), match.start() + piece.end()) for piece in pieces)
    spans += (match.span() for match in _SHORT.finditer(shown.text) if _has_date(_padded(*match.groups())))
    spans += (match.span() for match in _IN_WORDS.finditer(shown.text) if _has_date(_with_month(*match.groups())))
    spans += (match.span() for match in _IN_TWO_PARTS.finditer(shown.text) if _has_date(match[1] + match[2]))
    return [shown.finding(start, end, CPR) for start, end in spans]


def _has_date(found: str, century: bool = False) -> bool:
    """Tell whether the number begins with a date, or with one whose day has 60 added (an administrative number,
    given to those without a CPR number)."""
    digits = re.sub(r"\D", "", found)
    if century:
        digits = digits[:4] + digits[6:]
    day = int(digits[:2])
    if day > 60:
        day -= 60
        digits = f"{day:02}{digits[2:]}"
    if not (1 <= day <= 31 and 1 <= int(digits[2:4]) <= 12):
        return False  # most are none, and an exception takes several times as long
    try:
        cpr.get_birth_date(digits)
    except ValidationError:
        return False
    return True


def _padded(day: str, month: str, year: str, last: str) -> str:
    return f"{int(day):02}{int(month):02}{year}{last}"


def _with_month(day: str, word: str, year: str, last: str) -> str:
    month = next(at for at, name in enumerate(_MONTHS, start=1) if re.fullmatch(name, word, re.IGNORECASE))
    return _padded(day, str(month), year, last)


def _counts(pairs: str) -> bool:
    """Tell whether each pair is one more than the one before ("uge 10 11 12 13 14")."""
    numbers = [int(pair) for pair in re.findall(r"\d\d", pairs)]
    return all(after - before == 1 for before, after in pairwise(numbers))
