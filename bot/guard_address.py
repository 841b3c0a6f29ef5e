"""Street addresses in free text: a Danish street's name and a house number, with letter, floor, door and town.

A street alone is no address, nor is a number after it that counts something ("vej 3 km", "nørregade 3 gange") or tells
a time or a date. Mentors type in lower case, so the names are known by how they end; an ending that everyday words have
too ("-haven") needs a capital, a word like "bor" before it, or a floor or town after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guard_address_words import (
    is_abbreviated,
    is_landmark,
    is_last_word,
    is_place,
    is_placing,
    is_street,
    is_whole_name,
    names,
    of_name,
)
from bot.guard_plain import Finding, plain, words

ADDRESS = "address"

_BEFORE = 60
_NUMBERED = re.compile(
    r"(?<![^\W\d_])(?P<word>[^\W\d_]{3,40}+)(?P<dot>\.?)"
    r"(?:[ ]{0,3}|,?[ ]{1,2}(?i:nr\.?|nummer|no\.?|number|hus)[ ]{0,2})(?P<number>\d{1,3})(?!\d)"
)
_NUMBER_FIRST = re.compile(
    r"(?<![^\W\d_])(?:nr\.?|nummer|no\.?|number)[ ]{0,2}\d{1,3}[a-z]?[ ](?:i|på|in|on|at)[ ](?P<word>[^\W\d_]{4,40})",
    re.IGNORECASE,
)
_BOX = re.compile(r"(?<!\w)(?:postboks|postbox|p\.?[ ]?o\.?[ ]?box)[ ]{0,2}(?:nr\.?[ ]?)?\d{1,6}(?!\d)", re.IGNORECASE)
_LAST_WORDS = re.compile(r"((?:[^\W\d_]+(?:\.[^\W\d_]+)*\.?(?:'s)?[ ]{1,2}){1,3})\Z")

_LETTER = r"(?:(?:[a-zA-Z]|[ ][A-HJ-Z]|[ ][a-h](?=[ ]?(?:[,.;:)\n]|\Z)))(?![^\W_]))?"
_TO_NUMBER = r"(?:[ ]?-[ ]?\d{1,3}[a-zA-Z]?(?![\w.:]))?"
_FLOOR = r"(?:st|stuen|kld|kælderen|kl|\d{1,2})(?:\.[ ]?|[ ])(?:(?:sal|etage)\.?)?"
_DOOR = (
    r"(?:tv|th|mf|t\.[ ]?v|t\.[ ]?h|til[ ]venstre|til[ ]højre|venstre|højre|midtfor|(?:dør|lejl\.?|nr\.?)[ ]?\d+)"
    r"(?![^\W_])\.?"
)
_ONLY_FLOOR = r"(?:(?:\d{1,2}\.?[ ]?(?:sal|etage)|st\.|stuen)(?![^\W_])|\d{1,2}\.(?=[ ]?(?:[,;:)\n]|\Z)))"
_TOWN = (
    r"(?:dk-)?(?!20[1-4]\d)[1-9]\d{3}[ ]{1,2}(?!(?:kr|kroner|mand|dage|timer)(?![^\W_]))[^\W\d_]{2,30}"
    r"(?:[ ](?:[NSØVCK]{1,2}|SV|NV)(?![^\W_])|[ ][a-zøk](?=[ ]?(?:[,.;:)\n]|\Z)))?"
)
_INSIDE = re.compile(
    rf"{_LETTER}{_TO_NUMBER}(?P<door>[ ]?[,.]?[ ]{{0,2}}{_FLOOR}[ ,]{{0,3}}{_DOOR})?"
    rf"(?:[ ]?[,.]?[ ]{{0,2}}{_ONLY_FLOOR})?(?P<town>[ ]?,?[ ]?\n?[ ]?{_TOWN})?",
    re.IGNORECASE,
)
# What makes the number another thing than a house's: a time, a date, a decimal, an ordinal, a count.
_NO_HOUSE = re.compile(
    r"[.:,/]\d|[ ]?[-/]?[ ]?\d*[ ]?(?:%|,-|(?:"
    r"km|kilometer|meter|m2|kvm|min|minut|minutter|kvarter|timer?|times|dage?|uger?|måneder?|år|årig|årige|gange?|kr|kroner|dkk|"
    r"procent|pct|personer|person|mand|mænd|kvinder|borgere|mennesker|stk|stykker|besøg|møder|steder|værelser|pladser|"
    r"huse|børn|unge|beboere|naboer|andre|forskellige|nye|gamle|biler|etager|sale|af|ud|millioner|mio|hours?|minutes?|mins?|people|years?|"
    r"days?|weeks?|visits?|persons|og[ ]en[ ]halv|ugentlige?|daglige?|ledige?)(?![^\W_]))"
    r"|\.[ ]?(?:sal|etage|gang|dag|uge|time|klasse|række|plads|besøg|møde|"
    r"(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)[^\W\d_]*)(?![^\W_])",
    re.IGNORECASE,
)
_INDOORS = words(
    """
    værelse stue stuen værelset bolig lejlighed lokale rum afdeling opgang plads bus linje uge kontor etage kælder side
    hylde skab dør nummer afsnit kapitel room ward
    """
)


def find_address(text: str) -> list[Finding]:
    """Find street names with a house number and what follows it, and post boxes; streets alone are left."""
    shown = plain(text)
    spans = (*_houses(shown.text), *_numbers_first(shown.text), *(match.span() for match in _BOX.finditer(shown.text)))
    return [shown.finding(start, end, ADDRESS) for start, end in spans]


def _houses(text: str) -> Iterator[tuple[int, int]]:
    """A street's name and a house number."""
    for match in _NUMBERED.finditer(text):
        if _NO_HOUSE.match(text, match.end()):
            continue
        inside = _INSIDE.match(text, match.end())
        tail = "" if inside is None else inside["door"] or inside["town"] or ""
        start = _start(text, match, tail)
        if start is not None:
            yield start, match.end() if inside is None else inside.end()


def _start(text: str, match: re.Match[str], tail: str) -> int | None:
    """Tell where the street's name begins, or that it is none. ``tail``: the door or the town after the number."""
    word, start = match["word"], match.start()
    if match["dot"]:
        return start if is_abbreviated(word) else None
    known = is_street(word) or is_last_word(word) or is_place(word) or is_whole_name(word) or is_landmark(word)
    if not (tail or known):
        return None
    before = _LAST_WORDS.search(text, max(0, start - _BEFORE), start)
    told = before[1].split() if before else []
    if told and told[-1] == "Ved" and is_landmark(word) and word.lower() not in _INDOORS:
        return text.rindex("Ved", 0, start)
    if is_street(word):
        return start - _own_length(before, told)
    if is_last_word(word) and told and names(told[-1], word):
        return start - _own_length(before, told, at_least=1)
    if is_place(word) and (word[0].isupper() or tail or not told or is_placing(told[-1])):
        return start - _own_length(before, told)
    if is_whole_name(word) and (tail or told):
        return start
    named = len(word) > 3 and word.lower() not in _INDOORS and (word[0].isupper() or (told and is_placing(told[-1])))
    return start if tail and named else None


def _own_length(before: re.Match[str] | None, told: list[str], at_least: int = 0) -> int:
    """Tell how many characters before the last word belong to the name: "Gl. ", "H.C. Andersens "."""
    if before is None:
        return 0
    count = at_least
    while count < len(told) and (of_name(told[-1 - count]) or (at_least and told[-1 - count][0].isupper())):
        count += 1
    pieces = re.findall(r"\S+[ ]+", before[1])
    return sum(map(len, pieces[len(pieces) - count :]))


def _numbers_first(text: str) -> Iterator[tuple[int, int]]:
    """The house number before the street: "nr. 12 i Nørregade"."""
    for match in _NUMBER_FIRST.finditer(text):
        if is_street(match["word"]):
            yield match.span()
