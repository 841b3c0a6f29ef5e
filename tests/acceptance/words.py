"""The wording files, as a person reads them: tests name keys, never Danish, so that better words break nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

from bot.telegram.parts import plain
from prompts import Wording, load_guide, load_messages


def lines(text: str) -> list[str]:
    """The lines that hold something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@cache
def words(language: str) -> Words:
    """The words of a language, read once."""
    return Words(language)


class Words:
    """Everything the program can say in one language, as it stands on a phone."""

    def __init__(self, language: str) -> None:
        self._guide: Wording = load_guide().wording[language]
        self._messages = load_messages(language=language)

    def said(self, key: str, /, **values: Any) -> str:
        """A text of messages.yaml as it is read: without formatting."""
        contact = self._messages.plain("error.contact")
        return plain(self._messages.text(key, **{"contact": contact, **values})).strip()

    def plain(self, key: str, /, **values: Any) -> str:
        """A text of messages.yaml where no formatting is read: a notice."""
        return self._messages.plain(key, **values)

    def button(self, key: str, /, **values: Any) -> str:
        """A fixed button's label: ``back``, ``skip`` …"""
        return self._messages.plain(f"button.{key}", **values)

    def page(self, key: str, /, **values: Any) -> str:
        """A larger text (``enrol`` for enrol.html.j2) as it is read."""
        return plain(self._messages.render(key, **values))

    def ask(self, question_id: str) -> str:
        """A question."""
        return self._guide.question(question_id).ask

    def short(self, question_id: str) -> str:
        """A question's name on the receipt."""
        return self._guide.question(question_id).short

    def date(self, question_id: str, choice_id: str) -> str:
        """What is asked for the date beside a choice."""
        return self._guide.date(question_id, choice_id)

    def choice(self, question_id: str, choice_id: str) -> str:
        """A choice's label; a scale's is its number."""
        return choice_id if choice_id.isdigit() else self._guide.choice(question_id, choice_id)

    def result(self, question_id: str, result_id: str) -> str:
        """What came of a contact attempt."""
        return self._guide.result(question_id, result_id)
