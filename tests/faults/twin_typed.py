"""The twin of a program that leaves texts alone: the real one, but texts are normalised and trimmed as they come in,
and stand on cards without being escaped."""

from __future__ import annotations

import sys
import unicodedata

from bot.cli import main
from bot.telegram import minimise
from bot.telegram.cards import question

_REAL = minimise._clean


def tidied(text: str) -> str:
    """As a tidy programmer would have it."""
    return unicodedata.normalize("NFC", _REAL(text)).strip()


def trusting(s: str, quote: bool = True) -> str:
    """The text as it is."""
    return s


if __name__ == "__main__":
    minimise._clean = tidied  # a weaker part
    question.escape = trusting  # type: ignore[attr-defined] # and another one
    sys.exit(main(["run"]))
