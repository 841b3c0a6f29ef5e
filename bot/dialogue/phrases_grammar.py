"""From typed text to readings: every way in which rules, one after another, cover all the words."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product

from bot.dialogue.phrases_builders import KINDS, Builder
from bot.dialogue.phrases_rules import DANISH_RULES, ENGLISH_RULES, Rules
from bot.dialogue.phrases_said import Said, merge
from bot.dialogue.phrases_tokens import Lexer, Token
from bot.dialogue.phrases_words import DANISH, ENGLISH, Vocabulary

_Element = Callable[[Token], bool] | str
_Line = tuple[tuple[tuple[_Element, ...], ...], Said | Builder]


def _alternatives(element: str) -> tuple[_Element, ...]:
    return tuple(KINDS.get(choice, choice) for choice in element.rstrip("?").split("|"))


def _lines(pattern: str, says: Said | Builder) -> Iterator[_Line]:
    """The pattern once for each way of keeping or leaving out what may be missing."""
    for element in pattern.split():
        for choice in element.rstrip("?").split("|"):
            if choice.isupper() and choice not in KINDS:
                raise ValueError(f"no such kind {choice!r} in pattern {pattern!r}")
    ways = [((element,), ()) if element.endswith("?") else ((element,),) for element in pattern.split()]
    for way in product(*ways):
        yield tuple(_alternatives(element) for kept in way for element in kept), says


def _fits(alternatives: tuple[_Element, ...], token: Token) -> bool:
    return any(want == token.text if isinstance(want, str) else want(token) for want in alternatives)


class _Grammar:
    """One language: its lexer and its rules, patterns spelled out."""

    def __init__(self, vocabulary: Vocabulary, rules: Rules) -> None:
        self.lexer = Lexer(vocabulary)
        self._lines = [line for pattern, says in rules for line in _lines(pattern, says)]

    def read(self, text: str) -> Iterator[Said]:
        if tokens := self.lexer.cut(text):
            yield from self._cover(tokens, Said())

    def _cover(self, tokens: Sequence[Token], so_far: Said) -> Iterator[Said]:
        """Short for any text: a piece is said only once, so the search is no deeper than there are pieces."""
        if not tokens:
            yield so_far
            return
        for wanted, says in self._lines:
            piece = self._apply(wanted, says, tokens)
            together = merge(so_far, piece) if piece else None
            if together:
                yield from self._cover(tokens[len(wanted) :], together)

    @staticmethod
    def _apply(wanted: tuple[tuple[_Element, ...], ...], says: Said | Builder, tokens: Sequence[Token]) -> Said | None:
        if len(wanted) > len(tokens) or not all(map(_fits, wanted, tokens)):
            return None
        if isinstance(says, Said):
            return says
        caught = [
            token for want, token in zip(wanted, tokens, strict=False) if not all(isinstance(w, str) for w in want)
        ]
        return says(caught)


_GRAMMARS = {"da": _Grammar(DANISH, DANISH_RULES), "en": _Grammar(ENGLISH, ENGLISH_RULES)}


def readings(text: str, language: str) -> Iterator[Said]:
    """Every reading of `text`, the likeliest first: in `language` ("da" or "en"), then in the other one."""
    first = "en" if language == "en" else "da"
    yield from _GRAMMARS[first].read(text)
    if not _GRAMMARS[first].lexer.owns(text):
        yield from _GRAMMARS["da" if first == "en" else "en"].read(text)
