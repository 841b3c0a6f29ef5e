"""What the guide calls its questions and choices, for reading in a line of text or beside a bar."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.dialogue.summary import Count
from prompts import LoadedGuide
from prompts.wording import Wording

# The sign before a button's words is for a button: a screen reader spells it out, and a chart's font lacks it.
_SIGN = re.compile(r"^[^\w(½¼¾]+")


@dataclass(frozen=True, slots=True)
class Labels:
    """The guide's words in one ``language``, without the signs of its buttons. What the guide no longer knows is called
    by its id."""

    language: str
    wording: Wording
    groups: dict[str, str | None]
    """The outcomes of a meeting, and the group the guide puts each of them in."""

    def question(self, question: str) -> str:
        """The short name of a question: Kontakten, Medbestemmelse."""
        try:
            return self.wording.question(question).short
        except KeyError:
            return question

    def choice(self, question: str, choice: str) -> str:
        """A choice of a question, or a step of its scale ("1" to "5")."""
        try:
            return _SIGN.sub("", self.wording.choice(question, choice)) or choice
        except KeyError:
            pass
        try:
            return f"{choice} · {self.wording.step(question, int(choice))}"
        except (KeyError, ValueError, IndexError):
            return choice

    def in_group(self, outcomes: Iterable[Count], group: str) -> tuple[Count, ...]:
        """Those of the outcomes that the guide puts in ``group``: held, missed, notified, mine, unsafe."""
        return tuple(count for count in outcomes if self.groups.get(count.choice) == group)


def labels_of(loaded: LoadedGuide, language: str) -> Labels:
    """The labels of a guide. Raises KeyError for a language it is not worded in."""
    outcome = next((question for question in loaded.guide if question.id == "outcome"), None)
    groups = {choice.id: choice.group for choice in outcome.choices} if outcome else {}
    return Labels(language, loaded.wording[language], groups)
