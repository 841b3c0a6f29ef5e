"""The invented answers: from the package's data, each used once before any is used again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from bot.practice_sample_deeds import Words

_FILE = "practice/sample_texts.yaml"


class Texts:
    """``of`` a question, in an order that ``random`` decides; ``story`` by the names in the data."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._all = read()
        self._left: dict[str, list[str]] = {}

    def of(self, question: str) -> Words:
        """The next answer to this question."""
        left = self._left.setdefault(question, [])
        if not left:
            left += self._random.sample(self._all[question], len(self._all[question]))
        return Words(left.pop())

    def story(self, chapter: str, part: str) -> Words:
        """This very text."""
        return Words(self._all["story"][chapter][part])


def read() -> dict[str, Any]:
    """Everything in the data, as it stands there."""
    found: dict[str, Any] = yaml.safe_load((files("bot") / _FILE).read_text(encoding="utf-8"))
    return found


def every(found: Mapping[str, Any] | Sequence[Any] | str) -> list[str]:
    """All texts below this, whatever holds them."""
    if isinstance(found, str):
        return [found]
    below = found.values() if isinstance(found, Mapping) else found
    return [text for one in below for text in every(one)]
