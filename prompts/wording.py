"""The words of a guide in one language, as typed and frozen data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from prompts.schema import QuestionWords, WordsSource


def canonical(data: Any) -> str:
    """JSON with sorted keys and no spaces: the same data always gives the same text."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(data: Any) -> str:
    """SHA-256 (hex) over the canonical JSON of ``data``."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


@dataclass(frozen=True)
class Wording:
    """A guide's words in ``language``. Plain text, never markup: escape it where it is shown."""

    language: str
    source: Mapping[str, Any]

    @cached_property
    def _words(self) -> WordsSource:
        return WordsSource.model_validate(self.source)

    @property
    def title(self) -> str:
        """The guide's name."""
        return self._words.title

    def theme(self, theme_id: str) -> str:
        """The name of a theme. Raises KeyError for an unknown one."""
        return self._words.themes[theme_id]

    def question(self, question_id: str) -> QuestionWords:
        """``.ask``, ``.short``, ``.help`` … of a question. Raises KeyError for an unknown one."""
        return self._words.questions[question_id]

    def choice(self, question_id: str, choice_id: str) -> str:
        """The label of a choice. Raises KeyError for an unknown one."""
        return self.question(question_id).choices[choice_id]

    def result(self, question_id: str, result_id: str) -> str:
        """The label of a contact attempt's result. Raises KeyError for an unknown one."""
        return self.question(question_id).results[result_id]

    def date(self, question_id: str, choice_id: str) -> str:
        """What is asked for the date beside a choice. Raises KeyError when it has none."""
        return self.question(question_id).dates[choice_id]

    def step(self, question_id: str, number: int) -> str:
        """A step of a scale (1–5) in words: its own, or the word at that end, or the number."""
        words = self.question(question_id)
        if words.steps is not None:
            return words.steps[number - 1]
        return {1: words.low, 5: words.high}.get(number) or str(number)

    def wording_hash(self, question_id: str) -> str:
        """SHA-256 (hex) of what the mentor was shown: the question and its choices in this language."""
        words = self.question(question_id)
        return sha256([self.language, words.model_dump(exclude={"short"}, exclude_defaults=True)])
