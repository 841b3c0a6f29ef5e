"""One reply → what stands in the outbox: {"text": html, "buttons": [[{"text", "data"}]]}; with a file also {"file":
{"as": "photo" | "document", "name"}}, the text being its caption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dialogue.state import Stage
from bot.dialogue.view import view
from bot.organisation import Organisation
from bot.service.replies import Buttons, DebriefCard, Document, Page, Picture, Say
from bot.telegram.callbacks import page_data
from bot.telegram.cards import question, standing
from bot.telegram.cards.keyboard import Button, Rows
from bot.telegram.cards.words import Moment, Words
from bot.telegram.parts import split
from prompts import Law, Messages

LONGEST_CAPTION = 1000
"""Telegram takes 1024 (https://core.telegram.org/bots/api#sendphoto)."""


@dataclass(frozen=True)
class Renderer:
    """``messages`` and ``law`` by language; a language without wording falls back to ``language``."""

    messages: Mapping[str, Messages]
    law: Mapping[str, Law]
    organisation: Organisation
    language: str = "da"
    zone: str = "Europe/Copenhagen"

    def words(self, language: str) -> Words:
        """What a card in this language is written with."""
        known = language if language in self.messages else self.language
        return Words(self.messages[known], self.law[known], self.organisation, self.zone)

    def debrief(self, card: DebriefCard, now: datetime) -> dict[str, Any]:
        """The live card."""
        words = self.words(card.person.language)
        shown = view(card.guide.guide, card.state)
        if shown.stage is Stage.QUESTION and shown.question is not None:
            parts = [question.head(shown, card, words), *question.body(shown, shown.question, card, words)]
            rows = question.rows(shown, shown.question, card, words)
        else:
            parts = standing.lines(shown, card, words, now)
            rows = standing.rows(shown, card, words)
        parts += _notes(card, words, now)
        return _payload("\n\n".join(part for part in parts if part), rows)

    def page(self, page: Page, now: datetime) -> dict[str, Any]:
        """A card of its own."""
        return self._own(page, page.template, now)

    def say(self, said: Say, now: datetime) -> dict[str, Any]:
        """A plain message."""
        return self._own(said, said.key, now)

    def file(self, sent: Picture | Document, now: datetime) -> dict[str, Any]:
        """A picture or a file with its caption; what is in it goes beside."""
        said = self._own(sent, sent.key, now)
        said["text"] = split(said["text"], LONGEST_CAPTION)[0]
        return said | {"file": {"as": "photo" if isinstance(sent, Picture) else "document", "name": sent.file}}

    def _own(self, reply: Page | Say | Picture | Document, key: str, now: datetime) -> dict[str, Any]:
        words = self.words(reply.language)
        values: dict[str, Any] = {k: Moment(v, now) if isinstance(v, datetime) else v for k, v in reply.values.items()}
        if "commands" in values:
            values["commands"] = self.commands(reply.language, values["commands"])
        return _payload(words.text(key, **values), _rows(reply.name, reply.buttons, words))

    def toast(self, language: str, key: str) -> str:
        """The small text a tap is answered with (at most 200 letters in Telegram)."""
        return self.words(language).plain(key)[:200]

    def commands(self, language: str, names: list[str]) -> list[dict[str, str]]:
        """Commands with what they do."""
        words = self.words(language)
        return [{"name": name, "description": words.plain(f"commands.{name}")} for name in names]


def _notes(card: DebriefCard, words: Words, now: datetime) -> list[str]:
    nudge = "guard.nudge" if card.state.draft.waiting else "card.nudge"
    found = [words.text(nudge)] if card.nudge else []
    if card.note is not None:
        found.append(f"👉 {words.text(card.note)}")
    said = question.understood(card, words, now)
    return [*found, said] if said else found


def _rows(name: str, buttons: Buttons, words: Words) -> Rows:
    return [[Button(words.plain(b.key, **b.values), page_data(name, b.verb, b.arg)) for b in row] for row in buttons]


def _payload(text: str, rows: Rows) -> dict[str, Any]:
    return {"text": text, "buttons": [[{"text": b.text, "data": b.data} for b in row] for row in rows if row]}
