"""One reply → what stands in the outbox: {"text": html, "buttons": [[{"text", "data"}]]}."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dialogue.state import Stage
from bot.dialogue.view import view
from bot.organisation import Organisation
from bot.service.replies import DebriefCard, Page, Say
from bot.telegram.callbacks import page_data
from bot.telegram.cards import question, standing
from bot.telegram.cards.keyboard import Button, Rows
from prompts import Messages


@dataclass(frozen=True)
class Renderer:
    """``messages`` by language; a language without wording falls back to ``language``."""

    messages: Mapping[str, Messages]
    organisation: Organisation
    language: str = "da"

    def words(self, language: str) -> Messages:
        """The wording for a person's language."""
        return self.messages.get(language) or self.messages[self.language]

    def debrief(self, card: DebriefCard, now: datetime) -> dict[str, Any]:
        """The live card."""
        messages = self.words(card.person.language)
        shown = view(card.guide.guide, card.state)
        if shown.stage is Stage.QUESTION and shown.question is not None:
            parts = [question.head(shown, card, messages)]
            parts += question.body(shown, shown.question, card, messages, self.organisation)
            rows = question.rows(shown, shown.question, card, messages)
        else:
            parts = standing.lines(shown, card, messages, self.organisation, now)
            rows = standing.rows(shown, card, messages)
        parts += self._notes(card, messages, now)
        return _payload("\n\n".join(part for part in parts if part), rows)

    def _notes(self, card: DebriefCard, messages: Messages, now: datetime) -> list[str]:
        found = [messages.text("card.nudge")] if card.nudge else []
        if card.note is not None:
            found.append(f"👉 {messages.text(f'note.{card.note.value}')}")
        said = question.understood(card, messages, now)
        return [*found, said] if said else found

    def page(self, page: Page) -> dict[str, Any]:
        """A card of its own."""
        messages = self.words(page.language)
        return _payload(messages.render(page.template, **page.values), self._rows(page, messages))

    def say(self, said: Say) -> dict[str, Any]:
        """A plain message."""
        messages = self.words(said.language)
        return _payload(messages.text(said.key, **said.values), self._rows(said, messages))

    def toast(self, language: str, key: str) -> str:
        """The small text a tap is answered with (at most 200 letters in Telegram)."""
        return self.words(language).plain(key)[:200]

    @staticmethod
    def _rows(reply: Page | Say, messages: Messages) -> Rows:
        return [
            [Button(messages.plain(key), page_data(reply.name, verb, arg)) for key, verb, arg in row]
            for row in reply.buttons
        ]


def _payload(text: str, rows: Rows) -> dict[str, Any]:
    return {"text": text, "buttons": [[{"text": b.text, "data": b.data} for b in row] for row in rows if row]}
