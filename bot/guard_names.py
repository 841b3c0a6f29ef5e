"""Names in free text: those on a list that a mentor or the organisation keeps, and user names.

A program cannot know a name from a word; a list can say. A user name ("@anna_holm", "instagram.com/anna.holm") leads to
one person with one tap, so it counts as a name too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.guard_plain import Detector, Finding, Plain, plain, words

NAME = "name"

# Names that are everyday words too, in Danish or English: in lower case they are the word ("hans hund", "tom for
# kræfter"), and holding every message that has one would make the guard a nuisance. With a capital they are found.
_ALSO_WORDS = words(
    """
    hans per bo liv sol bjørn sten steen dan mark rose iris viola lone ask storm gry dag svend karl ulv lilje
    maj mai may april juni june august ester else will grace hope faith joy dawn rob bill pat art jack ray max
    tom bent kaj stig rune odd frede frank lykke due tilde signe line rikke my pil lærke svane falk vilde anker
    jan birk frost brun lind hvid sky star summer ruby pearl amber daisy violet ivy lily olive sandy penny guy
    rich sue don drew chase chance holm lund bak berg skov bro bjerg dal vang gade koch kok bager smed møller
    skriver ung lang stor lille krog eng høj gram hald ravn hede klit sand strand vinter sommer dyhr hjort hare
    ræv ørn
    """
)
# Up to this length a name is too often a word of its own ("bo", "li", "ea") to be found in any case.
_SHORT = 2
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[\s.'-]{1,12}")
_GENITIVES = ("", "s", "es")
_APART_GENITIVE = re.compile(r"'e?s(?![^\W_])", re.IGNORECASE)
_SPELLINGS = str.maketrans(
    {"å": "aa", "æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "œ": "oe", "ü": "ue", "ð": "d", "þ": "th", "ß": "ss"}
)
_USER = re.compile(r"(?<![\w@./+-])@[A-Za-z]\w{4,31}(?![\w@])(?!\.\w)", re.ASCII)
_PROFILE = re.compile(
    r"(?<![\w.])(?:(?:www|m|da-dk)\.)?(?:t\.me|telegram\.me|m\.me|instagram\.com|facebook\.com|fb\.com|fb\.me|tiktok\.com|"
    r"snapchat\.com/add|linkedin\.com/in)/@?[\w.%+-]*\w",
    re.IGNORECASE,
)
_PROFILE_PLACE = re.compile(r"\.(?:me|com)/", re.IGNORECASE)


class _Word(NamedTuple):
    """A word of a text, as typed and as all its spellings are compared."""

    start: int
    end: int
    typed: str
    folded: str


@dataclass(frozen=True, slots=True)
class _Name:
    """A name on the list: how many words it may be typed in at most, how it is written if its case counts, and whether
    it needs a capital."""

    words: int
    exact: str | None
    capital: bool


def find_username(text: str) -> list[Finding]:
    """Find user names with an @ as Telegram has them (a letter, then 4 to 31 letters, digits and underscores,
    https://core.telegram.org/method/account.checkUsername), and addresses of profiles."""
    shown = plain(text)
    matches = [*_USER.finditer(shown.text)] if "@" in shown.text else []
    if _PROFILE_PLACE.search(shown.text):
        matches += _PROFILE.finditer(shown.text)
    return [shown.finding(match.start(), match.end(), NAME) for match in matches]


def detector(names: Iterable[str]) -> Detector:
    """Give a detector of these names (any text each; empty ones are left out): whole words in any case, with å as aa,
    ø as oe, æ as ae, without accents, in the genitive, several words with any space or hyphen or none between them.
    A part of a name is found only if it is on the list itself. Names of one or two letters count only in the list's
    own case, names that are everyday words ("Hans", "Rose") only with a capital."""
    known: dict[str, list[_Name]] = {}
    for typed in names:
        parts = _words(plain(typed).text)
        joined = "".join(part.folded for part in parts)
        short = "".join(part.typed for part in parts) if len(joined) <= _SHORT else None
        capital = len(parts) == 1 and parts[0].typed.lower() in _ALSO_WORDS
        for ending in _GENITIVES if joined else ():
            known.setdefault(joined + ending, []).append(_Name(len(parts), short, capital))
    begun = frozenset(key[:length] for key in known for length in range(1, len(key) + 1))

    def find(text: str) -> list[Finding]:
        return _listed(plain(text), known, begun) if known else []

    return find


def _listed(shown: Plain, known: Mapping[str, list[_Name]], begun: frozenset[str]) -> list[Finding]:
    """Find the names at each word, typed in one word or in several; the longest counts. ``begun`` are the beginnings
    of all ``known`` names."""
    typed = _words(shown.text)
    found = []
    for place, first in enumerate(typed):
        joined, end, count = first.folded, 0, 1
        while joined in begun:
            last = typed[place + count - 1]
            if joined in known and any(_is(name, count, last) for name in known[joined]):
                end = last.end
            if place + count == len(typed) or not _BETWEEN.fullmatch(shown.text, last.end, typed[place + count].start):
                break
            joined += typed[place + count].folded
            count += 1
        if end:
            found.append(shown.finding(first.start, _with_genitive(shown.text, end), NAME))
    return found


def _is(name: _Name, count: int, word: _Word) -> bool:
    """Tell whether the name may be typed in ``count`` words, the last of which is ``word``."""
    if count > name.words or (name.capital and not word.typed[0].isupper()):
        return False
    return name.exact is None or word.typed in {name.exact + ending for ending in _GENITIVES}


def _with_genitive(text: str, end: int) -> int:
    """Take along an "'s"; an apostrophe alone may be a quotation mark."""
    genitive = _APART_GENITIVE.match(text, end)
    return genitive.end() if genitive else end


def _words(text: str) -> list[_Word]:
    return [_Word(match.start(), match.end(), match[0], _folded(match[0])) for match in _WORD.finditer(text)]


def _folded(word: str) -> str:
    """Write a word so that its usual spellings are the same."""
    small = word.lower()
    if small.isascii():
        return small
    parts = unicodedata.normalize("NFD", small.translate(_SPELLINGS))
    return "".join(char for char in parts if not unicodedata.combining(char))
