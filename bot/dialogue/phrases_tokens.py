"""Typed text to tokens: one spelling for every way of writing æøå, and numbers that know their shape."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.dialogue.phrases_words import Numbers, Vocabulary

_SPELLINGS = str.maketrans({"å": "a", "ø": "o", "ö": "o", "æ": "e", "ä": "e", "é": "e", "'": "", "’": "", "´": ""})
_DIGRAPHS = (("aa", "a"), ("oe", "o"), ("ae", "e"))

_SHAPES = re.compile(
    r"""
    (?P<iso>    [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9]) )
  | (?P<dmy>    [0-9]{1,2}[./-][0-9]{1,2}(?:[./-]\s?[0-9]{4}|[./-][0-9]{2}|\s20[0-9]{2})(?![0-9]|[.:][0-9]) )
  | (?P<dm>     [0-9]{1,2}[/-][0-9]{1,2}(?![0-9]) )
  | (?P<pair>   [0-9]{1,2}\.[0-9]{1,2}(?![0-9]) )
  | (?P<clock>  [0-9]{1,2}:[0-9]{2}(?![0-9]) )
  | (?P<half>   [0-9]{1,2}(?:½|[,.]5(?![0-9])) )
  | (?P<ord>    [0-9]{1,2}(?:\.|st\b|nd\b|rd\b|th\b) )
  | (?P<num>    [0-9]{1,4}(?![0-9]) )
  | (?P<word>   [a-z]+ )
  | (?P<space>  [\s.,;:!?()\-–—]+ )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """A word or number. `numbers` holds what its kind needs: a weekday, day and month, minutes of a part …"""

    kind: str
    text: str
    numbers: Numbers = ()


def fold(text: str) -> str:
    """Lower case, with å/aa, ø/oe/ö and æ/ae/ä each in one spelling, and no apostrophes."""
    folded = unicodedata.normalize("NFC", text).casefold().translate(_SPELLINGS)
    for typed, kept in _DIGRAPHS:
        folded = folded.replace(typed, kept)
    return re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", folded)


class Lexer:
    """Cuts text into the tokens of one language."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Folds the vocabulary once."""
        self._words = {
            fold(word): (kind, numbers) for kind, words in vocabulary.words.items() for word, numbers in words.items()
        }
        self._fillers = frozenset(fold(vocabulary.fillers).split())
        self._own = frozenset(vocabulary.own.split())
        joined = "|".join(fold(vocabulary.joined).split())
        self._joined = re.compile(rf"\bi(?=(?:{joined})\b)") if joined else None
        self._names = _long_names(self._words)

    def cut(self, text: str) -> list[Token] | None:
        """The tokens without fillers and punctuation; None when a sign belongs to no token."""
        folded = fold(text)
        if self._joined:
            folded = self._joined.sub("i ", folded)
        tokens: list[Token] = []
        place = 0
        while place < len(folded):
            found = _SHAPES.match(folded, place)
            if not found:
                return None
            place = found.end()
            tokens.extend(self._tokens(found))
        return tokens

    def owns(self, text: str) -> bool:
        """Whether a word here has its own meaning, so that the other language must not read it as a date."""
        return not self._own.isdisjoint(re.findall("[a-z]+", fold(text)))

    def _tokens(self, found: re.Match[str]) -> Iterator[Token]:
        kind, text = str(found.lastgroup), found.group()
        if kind == "word":
            if text not in self._fillers:
                yield self._word(text)
        elif kind != "space":
            yield _number(kind, text, [int(digits) for digits in re.findall("[0-9]+", text)])

    def _word(self, text: str) -> Token:
        known = self._words.get(text) or self._words.get(_only(self._names, text))
        return Token(known[0], text, known[1]) if known else Token("word", text)


def _number(kind: str, text: str, parts: list[int]) -> Token:
    if kind == "iso":
        return Token("date", text, tuple(parts))
    if kind == "dmy":
        day, month, year = parts
        return Token("date", text, (year if year > 99 else 2000 + year, month, day))
    if kind == "half":
        return Token("half", text, (2 * parts[0] + 1,))
    return Token(kind, text, tuple(parts))


def _long_names(words: Mapping[str, tuple[str, Numbers]]) -> list[str]:
    """Weekdays and months long enough that one slip of the thumb still leaves them recognisable."""
    return [word for word, (kind, _) in words.items() if kind in {"weekday", "month"} and len(word) >= 6]


def _only(names: list[str], typed: str) -> str:
    """The one name that `typed` is a slip of; "" when there is none, or several ("trsdag")."""
    near = [name for name in names if len(typed) >= 5 and _one_slip(name, typed)]
    return near[0] if len(near) == 1 else ""


def _one_slip(name: str, typed: str) -> bool:
    """Whether one letter is missing, too much, wrong, or has changed place with its neighbour."""
    if len(name) == len(typed):
        wrong = [i for i, (a, b) in enumerate(zip(name, typed, strict=True)) if a != b]
        swapped = len(wrong) == 2 and name[wrong[0]] == typed[wrong[1]] and name[wrong[1]] == typed[wrong[0]]
        return len(wrong) == 1 or (swapped and wrong[1] - wrong[0] == 1)
    short, long = sorted((name, typed), key=len)
    return len(long) - len(short) == 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
