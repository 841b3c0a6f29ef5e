"""A mentor with a thumb: looks at the screen, and does something that the screen allows; sometimes too fast."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable

from bot.dialogue.guide import Kind, Question
from bot.practice.messages import Message, Person
from bot.telegram.callbacks import DebriefButton, PageButton, read_data
from prompts import LoadedGuide
from tests.faults.crowd import CrowdPhone
from tests.faults.texts import Texts

# How willing the thumb is, by what a button does; a button of any other kind has weight 1.
_DEBRIEF = {
    "+": 4.0, "-": 1.0, "@": 3.0, "s": 1.5, "b": 1.0, "k": 9.0, "l": 0.3, "r": 6.0, "m": 0.7, "d": 8.0, "n": 1.0,
    "h": 0.3, "f": 12.0, "o": 0.2, "v": 30.0, "x": 2.0, "c": 0.5, "a": 0.5, "q": 5.0, "e": 1.0, "p": 6.0, "y": 9.0,
    "w": 0.7, "g": 6.0,
}  # fmt: skip
_PAGE = {"begin": 8.0, "g": 6.0, "n": 1.0, "x": 4.0, "t": 2.0}
_ASKING = frozenset(
    {("thread", verb) for verb in ("e", "p", "H", "n", "ft")}
    | {
        ("remind", "c"),
        ("own", "c"),
        ("todo", "c"),
        ("todo", "e"),
        ("citizens", "a"),
        ("citizens", "n"),
        ("hours", "w"),
    }
)
"""Buttons of pages after which the next message answers the page and not the debrief. Nobody here presses them: the
auditor would have to know when a page has understood its answer."""
_PATIENCE = (0.03, 0.3, 4.0, 4.0, 4.0, 4.0)  # seconds until the mentor tries again


class Walker:
    """One mentor. ``counts``: taps, messages, edits, commands and other things (stickers, forwards …)."""

    def __init__(self, phone: CrowdPhone, person: Person, chance: random.Random, guide: LoadedGuide, texts: Texts):
        self.person = person
        self._phone, self._chance, self._texts = phone, chance, texts
        self._asks = {guide.wording["da"].question(q.id).ask: q for q in guide.guide}
        self.counts: Counter[str] = Counter()

    async def run(self, stop: asyncio.Event) -> None:
        """Go on until ``stop`` is set."""
        while not stop.is_set():
            await self._phone.go.wait()
            mark = self._phone.world.journal.last
            self.act()
            await self._look(mark, stop)

    async def _look(self, mark: int, stop: asyncio.Event) -> None:
        """Wait until something moves in the chat, or patience is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._chance.choice(_PATIENCE)
        while not self._phone.world.journal.reacted(self.person.id, mark):
            left = until - loop.time()
            if left <= 0 or stop.is_set():
                return
            await self._phone.feed.wait(self._phone.feed.version, min(left, 0.5))
        await asyncio.sleep(self._chance.uniform(0, 0.08))

    def act(self) -> None:
        """Do one thing."""
        cards = self._cards()
        dice = self._chance.random()
        if not cards or dice < 0.01:
            self._command("/debrief")
        elif dice < 0.02:
            self._command(self._chance.choice(("/hjaelp", "/stop")))
        elif dice < 0.03:
            self._phone.hands.attach(self.person, self._chance.choice(("sticker", "voice", "forward")))
            self.counts["others"] += 1
        elif dice < 0.07:
            self._edit()
        elif dice < 0.08:
            self._say(self._texts.text())
        else:
            self._answer(self._chance.choice(cards) if dice < 0.12 else cards[0])

    def _cards(self) -> list[Message]:
        """Give the messages with buttons that are in the chat, the newest first."""
        messages = self._phone.world.private(self.person).messages.values()
        return [one for one in reversed(messages) if one.from_bot and not one.deleted and one.rows]

    def _answer(self, card: Message) -> None:
        asked = [ask for ask in self._asks if ask in card.body.text]
        question = self._asks[max(asked, key=len)] if asked else None
        words = self._words(question) if question is not None else None
        answered = any(":k:" in str(one.get("callback_data", "")) for row in card.rows or [] for one in row)
        if words is not None and self._chance.random() < (0.15 if answered else 0.75):
            for _ in range(self._chance.choice((1, 1, 2, 3)) if question and question.kind is Kind.TEXT else 1):
                self._say(words())
        else:
            self._press(card)

    def _words(self, question: Question) -> Callable[[], str] | None:
        """Give what may be typed to a question; None when it is not answered in words."""
        match question.kind:
            case Kind.TEXT:
                return self._texts.held if self._chance.random() < 0.03 else self._texts.text
            case Kind.CITIZEN if self._chance.random() < 0.3:
                return self._texts.pseudonym
            case Kind.MINUTES if self._chance.random() < 0.3:
                return lambda: self._chance.choice(("45", "1 time", "halvanden time", "hundrede år"))
            case Kind.WHEN if self._chance.random() < 0.3:
                return lambda: self._chance.choice(("i går", "om 3 dage", "på torsdag kl. 14", "når det regner"))
            case Kind.MANY if question.typed and self._chance.random() < 0.3:
                return self._texts.text
        return None

    def _press(self, card: Message) -> None:
        buttons = [
            (_weight(str(button.get("callback_data", ""))), row, column)
            for row, line in enumerate(card.rows or [])
            for column, button in enumerate(line)
        ]
        ((_, row, column),) = self._chance.choices(buttons, [weight for weight, _, _ in buttons])
        for _ in range(2 if self._chance.random() < 0.05 else 1):
            self._phone.hands.press(self.person, card.id, row, column)
            self.counts["taps"] += 1

    def _edit(self) -> None:
        """Change a text of one's own that is still in the chat."""
        messages = self._phone.world.private(self.person).messages.values()
        own = [one for one in messages if one.sender is self.person and not one.deleted and one.kind == "text"]
        own = [one for one in own if "forward_origin" not in one.extra and not one.body.text.startswith("/")]
        if own:
            self._phone.hands.edit(self.person, self._chance.choice(own[-4:]).id, self._texts.text())
            self.counts["edits"] += 1

    def _say(self, text: str) -> None:
        (message,) = self._phone.hands.send(self.person, text)
        if message.body.text != text:
            raise AssertionError("The phone must send what was typed, or nothing can be told from what arrives.")
        self.counts["messages"] += 1

    def _command(self, command: str) -> None:
        self._phone.hands.send(self.person, command)
        self.counts["commands"] += 1


def _weight(data: str) -> float:
    match read_data(data):
        case DebriefButton(verb=verb):
            return _DEBRIEF.get(verb, 1.0)
        case PageButton(name=name, verb=verb):
            return 0.0 if (name, verb) in _ASKING else _PAGE.get(verb, 1.0)
    return 0.01
