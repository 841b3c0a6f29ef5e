"""Phone numbers in free text, in the ways Danes write them: eight digits in one, in pairs, in fours, with or without
the country's code, one by one, with dots or dashes; foreign numbers with theirs.

How long a number is and which digits it may begin with is libphonenumber's knowledge. The search is our own: its
matcher needs 10 to 25 ms for 4,096 characters of digits and takes dates and amounts along. A date, an amount, a case
number, times and counts are left, unless a word before says that it is a phone number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import phonenumbers

from bot.guard_phone_words import Around, around
from bot.guard_plain import Finding, plain

__all__ = ["PHONE", "find_phone"]

PHONE = "phone"

_DANISH_CODE, _DANISH_DIGITS = "45", 8
_SHORTEST, _LONGEST = 7, 15  # ITU-T E.164: at most 15 digits; under seven would be too much else
_CODES = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
_NOTHING = r"(?!)"


@cache
def _numbers(code: int, mobile: bool = False) -> re.Pattern[str]:
    """Give what the numbers, or the mobile numbers, of the country with this code look like without the code."""
    country = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, _CODES[code][0])
    numbers = None if country is None else country.mobile if mobile else country.general_desc
    return re.compile(_NOTHING if numbers is None else numbers.national_number_pattern or _NOTHING)


_DANISH = _numbers(int(_DANISH_CODE))
# Who writes a mobile number of a neighbour (Sweden, Germany, Britain) without its country's code writes the 0 in front.
_NEIGHBOURS = tuple(_numbers(code, mobile=True) for code in (46, 49, 44))

# What may stand between the digits. The same all through, where nothing else says that it is a phone number.
_SEP = r"(?:[ ]{1,3}|[ ]{0,2}[-./|_~][ ]{0,2})"
_JOINED = re.compile(r"(?<!\d)(?:45)?\d{8}(?!\d)", re.ASCII)
_PAIRS = re.compile(rf"(?<!\d)(?=((?:45{_SEP})?[2-9]\d({_SEP})\d\d\2\d\d\2\d\d)(?!\d))", re.ASCII)
_FOURS = re.compile(r"(?<!\d)(?=((?:45[ -])?[2-9]\d{3}([ ]{0,2}[-. ][ ]{0,2})\d{4})(?!\d))", re.ASCII)
_ONE_BY_ONE = re.compile(rf"(?<!\d)(?=([2-9]({_SEP})(?:\d\2){{6}}\d)(?!\d))", re.ASCII)
_SPLIT = re.compile(r"(?<!\d)(?=([2-9]\d{1,5}([ ]{1,2}|-)\d{2,6}(?:\2\d{2,4})?)(?!\d))", re.ASCII)
_TWO_LINES = re.compile(r"(?<!\d)(?=([2-9]\d([ ])\d\d\n\d\d\2\d\d)(?!\d))", re.ASCII)
_SHAPES = (_PAIRS, _FOURS, _ONE_BY_ONE, _SPLIT, _TWO_LINES)
_SIZES = frozenset(
    {(2, 2, 2, 2), (4, 4), (1,) * 8, (3, 2, 3), (2, 3, 3), (3, 3, 2), (2, 6), (6, 2), (2, 2, 4), (4, 2, 2), (3, 5)}
    | {(5, 3), (2, 4, 2)}
)
# With the country's code, or as a neighbour writes it at home, or after a word that says so: in any spelling.
_LOOSE = r"[ ]{0,2}[-./()~]{0,3}[ ]{0,2}"
_FOREIGN = re.compile(
    rf"(?<!\d)(?:\(?\+[ ]?\(?|(?<!\d[.,:])\(?00[ -]?\(?)(?P<number>[1-9](?:{_LOOSE}\d){{6,17}})(?!\d)", re.ASCII
)
_AT_HOME = re.compile(r"(?<![\d+])(?<!\d[.,:/-])0[1-9]\d{0,3}(?:[ ]?[-/ ]?[ ]?\d){6,9}(?!\d)", re.ASCII)
_TOLD = re.compile(r"(?<!\d)\(?\d(?:(?:[ ]{0,3}[-./|_~()\n]{0,2}[ ]{0,3}|,)\d){7,14}(?!\d)", re.ASCII)
_ROW_BEFORE = re.compile(r"(?<![\d.:/-])\d{1,4}(\D{1,5})\Z", re.ASCII)
_ROW_AFTER = re.compile(r"(\D{1,5})\d{1,4}(?![\d.:/-])", re.ASCII)
_CODE_BEFORE, _CODE_AFTER = re.compile(r"[^\W_]-\Z"), re.compile(r"-[^\W_]")
_LONG_ENOUGH = re.compile(r"\d(?:[^\w\n]{0,8}[_\n]?[^\w\n]{0,8}\d){6}", re.ASCII)
_GROUP = re.compile(r"\d+", re.ASCII)

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_IN_DATE = r"[ ]?[-./ ][ ]?"
_DATE = re.compile(
    rf"(?<!\d)(?:{_DAY}{_IN_DATE}{_MONTH}{_IN_DATE}{_YEAR}|{_YEAR}{_IN_DATE}{_MONTH}{_IN_DATE}{_DAY})(?!\d)", re.ASCII
)
_DATE_JOINED = re.compile(
    rf"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2]){_YEAR}|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII
)
_YEARS = re.compile(rf"{_YEAR}{_IN_DATE}{_YEAR}", re.ASCII)
_HUNDREDS = re.compile(r"\d\d00[ ]?-[ ]?\d\d00", re.ASCII)  # "4000-6000" is an amount
_TIME = r"(?:[01]?\d|2[0-4])[.:][0-5]\d"
_TIMES = re.compile(rf"{_TIME}[ ]?[-/, ]{{1,2}}[ ]?{_TIME}", re.ASCII)
_FOUR_TIMES = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d[ ]?-[ ]?(?:[01]\d|2[0-4])[0-5]\d", re.ASCII)
_FROM = re.compile(r"\b(?:fra|mellem|from|between)[ ]\Z", re.IGNORECASE)


def find_phone(text: str) -> list[Finding]:
    """Find phone numbers in any spelling; dates, times, amounts, case numbers and other counts are left."""
    shown = plain(text)
    if not _LONG_ENOUGH.search(shown.text):
        return []
    words = around(shown.text)
    spans = (*_in_one(words), *_in_groups(words), *_with_code(words), *_at_home(words), *_told(words))
    return [shown.finding(start, end, PHONE) for start, end in spans]


def _in_one(words: Around) -> Iterator[tuple[int, int]]:
    """Eight digits, or ten that begin with the country's code; a date only where a word says that it is a number."""
    for match in _JOINED.finditer(words.text):
        start, end = match.span()
        likely = _is_danish(match[0]) and not _DATE_JOINED.fullmatch(match[0])
        if (likely and not words.something_else(start, end)) or words.introduced(start):
            yield start, end


def _in_groups(words: Around) -> Iterator[tuple[int, int]]:
    """Eight digits in groups as people group them, the separator the same all through."""
    for shape in _SHAPES:
        for match in shape.finditer(words.text):
            start, end = match.span(1)
            if (
                not _in_row(words.text, start, end, match[2])
                and _is_grouped(match[1])
                and not _is_time(words.text, start, match[1])
                and not words.something_else(start, end)
            ):
                yield start, end


def _is_grouped(found: str) -> bool:
    """Tell whether the groups are those of a Danish number, and neither a date, nor two years or round amounts."""
    groups = _GROUP.findall(found)
    if groups[0] == _DANISH_CODE and len(_digits(found)) > _DANISH_DIGITS:
        groups = groups[1:]
    return (
        tuple(map(len, groups)) in _SIZES
        and _is_danish(_digits(found))
        and not _DATE.search(found)
        and not _YEARS.fullmatch(found)
        and not _HUNDREDS.fullmatch(found)
    )


def _in_row(text: str, start: int, end: int, gap: str) -> bool:
    """Tell whether the same gap and another group go on before or after: then it is a list of counts, a card's number
    or a piece of a longer code. The group of a time or a date does not count ("20 30 40 50 12.30")."""
    if gap == "-" and (_CODE_BEFORE.search(text, max(0, start - 2), start) or _CODE_AFTER.match(text, end)):
        return True
    after = _ROW_AFTER.match(text, end, end + 12)
    if after is not None and after[1] == gap:
        return True
    before = _ROW_BEFORE.search(text, max(0, start - 12), start)
    return before is not None and before[1] == gap


def _is_time(text: str, start: int, found: str) -> bool:
    """Tell whether it is from one time to another, without dots ("fra 2030-2145")."""
    return _FOUR_TIMES.fullmatch(found) is not None and _FROM.search(text, max(0, start - 9), start) is not None


def _with_code(words: Around) -> Iterator[tuple[int, int]]:
    """A number with + or 00 and a country's code."""
    for match in _FOREIGN.finditer(words.text):
        start, end = match.span()
        number = match["number"]
        length = _length_abroad(number, sure="+" in words.text[start : match.start("number")])
        if length and (words.introduced(start) or not words.something_else(start, match.start("number") + length)):
            yield start, min(end, match.start("number") + length)


def _length_abroad(number: str, sure: bool) -> int:
    """Tell how much of ``number`` (after + or 00) is the phone number: as many groups as its country allows; all of
    it if no country has such numbers, but only when it was ``sure``ly meant as one."""
    digits = _digits(number)
    code = next((digits[:size] for size in (1, 2, 3) if int(digits[:size]) in _CODES), None)
    ends = [match.end() for match in _GROUP.finditer(number)]
    for end in reversed(ends):
        national = _digits(number[:end])[len(code or "") :].removeprefix("0")
        if code and _numbers(int(code)).fullmatch(national):
            return end
    fitting = [end for end in ends if _SHORTEST < len(_digits(number[:end])) <= _LONGEST]
    return max(fitting, default=0) if sure else 0


def _at_home(words: Around) -> Iterator[tuple[int, int]]:
    """A neighbour's mobile number as it is written at home, with a 0 in front."""
    for match in _AT_HOME.finditer(words.text):
        national = _digits(match[0])[1:]
        if any(pattern.fullmatch(national) for pattern in _NEIGHBOURS) and not _DATE.search(match[0]):
            yield match.span()


def _told(words: Around) -> Iterator[tuple[int, int]]:
    """Any spelling, where a word says that a phone number follows; but neither a date nor times."""
    for start in words.phones - words.others:
        match = _TOLD.match(words.text, start)
        if match is None or _DATE.match(match[0]) or _TIMES.search(match[0]):
            continue
        ends = [group.end() for group in _GROUP.finditer(match[0])]
        eight = [end for end in ends if len(_digits(match[0][:end])) == _DANISH_DIGITS]
        yield start, start + (*eight, ends[-1])[0]


def _is_danish(found: str) -> bool:
    """Tell whether there can be such a number in Denmark."""
    digits = _digits(found)
    return _DANISH.fullmatch(digits[-_DANISH_DIGITS:]) is not None


def _digits(found: str) -> str:
    return "".join(_GROUP.findall(found))
