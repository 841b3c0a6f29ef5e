"""Mentors whose thumbs are too quick, and who note under which question each button stood that they pressed."""

from __future__ import annotations

import asyncio
import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dialogue.guide import Companion, Question
from bot.practice.messages import Message, Person
from bot.practice.world import Query
from bot.telegram.callbacks import CHOOSE, DebriefButton, read_data
from prompts import LoadedGuide
from tests.faults.crowd import CrowdPhone
from tests.faults.texts import Texts
from tests.faults.walker import Walker, _weight


@dataclass(frozen=True)
class Pressing:
    """One tap. ``question``: what the card asked on which the thumb saw the button; None when it asked nothing."""

    query: Query
    question: str | None
    data: str

    @property
    def button(self) -> DebriefButton | None:
        """The button, if it is a debrief's."""
        read = read_data(self.data)
        return read if isinstance(read, DebriefButton) else None


class Thumb(Walker):
    """Presses what it has seen, wherever that is by now."""

    def __init__(self, phone: CrowdPhone, person: Person, chance: random.Random, guide: LoadedGuide, texts: Texts):
        super().__init__(phone, person, chance, guide, texts)
        self.pressed: list[Pressing] = []
        self._said = {text: question.id for question in guide.guide for text in said_by(guide, question)}

    def tap(self, card: Message, data: str) -> None:
        """Send what stood in this button of the card as it was seen."""
        said = [text for text in self._said if text in card.body.text]
        question = self._said[max(said, key=len)] if said else None
        self.pressed.append(Pressing(self._phone.hands.press_data(self.person, card.id, data), question, data))
        self.counts["taps"] += 1

    def _pick(self, card: Message) -> str:
        every = data_of(card)
        return self._chance.choices(every, [_weight(data) for data in every])[0]

    def _press(self, card: Message) -> None:
        self.tap(card, self._pick(card))


class Tapper(Thumb):
    """Twice or thrice at once, two buttons of one card, buttons of cards that have been replaced, taps after the end.

    It waits for its taps to be answered before it goes on, for ``patience`` seconds at most.
    """

    patience = 60.0

    def __init__(self, phone: CrowdPhone, person: Person, chance: random.Random, guide: LoadedGuide, texts: Texts):
        super().__init__(phone, person, chance, guide, texts)
        self._seen: dict[str, Message] = {}
        self._looked = 0

    def act(self) -> None:
        """Do one thing; now and then end the debrief, and tap what its card had before that is seen."""
        cards = [one for one in self._cards() if self._choices(one)]
        if not cards or self._chance.random() > 0.08:
            super().act()
            return
        self._command("/stop")
        for data in self._chance.choices(data_of(cards[0]), k=2):
            self.counts["after the end"] += 1
            self.tap(cards[0], data)

    def _press(self, card: Message) -> None:
        for shown in self._cards():
            self._seen.update({data: copy.copy(shown) for data in data_of(shown)})
        dice = self._chance.random()
        data = self._pick(card)
        choices = self._choices(card)
        gone = self._gone(card)
        if dice < 0.25:
            self.counts["pressed twice or thrice at once"] += 1
            for _ in range(self._chance.choice((2, 2, 3))):
                self.tap(card, data)
        elif dice < 0.5 and len(choices) > 1:
            self.counts["two buttons of one question"] += 1
            for one in self._chance.sample(choices, 2):
                self.tap(card, one)
        elif dice < 0.75 and gone:
            old = self._chance.choice(gone)
            self.counts["after the end" if _is_receipt(card) else "of a card that was replaced"] += 1
            self.tap(self._seen[old], old)
        else:
            self.tap(card, data)

    def _choices(self, card: Message) -> list[str]:
        return [data for data in data_of(card) if _is_choice(data)]

    def _gone(self, card: Message) -> list[str]:
        """Buttons of this card's debrief that it shows no more; of any debrief, when there are none."""
        now = {data for one in self._cards() for data in data_of(one)}
        gone = [data for data in self._seen if data not in now]
        token = data_of(card)[0].partition(":")[0]
        return [data for data in gone if data.startswith(f"{token}:")] or gone

    async def _look(self, mark: int, stop: asyncio.Event) -> None:
        tapped, self._looked = self.pressed[self._looked :], len(self.pressed)
        if not tapped:
            await super()._look(mark, stop)
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + self.patience
        while not all(one.query.answered for one in tapped) and loop.time() < until and not stop.is_set():
            await self._phone.feed.wait(self._phone.feed.version, 0.5)
        await asyncio.sleep(self._chance.uniform(0, 0.15))  # in which the card is drawn, or not yet


class Hasty(Tapper):
    """For the company of a bot that leaves taps unanswered."""

    patience = 0.5


def said_by(guide: LoadedGuide, question: Question) -> Iterator[str]:
    """What stands on every card of a question, also where a date or the result of an attempt is asked for."""
    wording = guide.wording["da"]
    words = wording.question(question.id)
    yield words.ask
    if question.results and words.result_ask:
        yield words.result_ask
    for choice in question.choices:
        if choice.companion is Companion.DATE:
            yield wording.date(question.id, choice.id)


def data_of(card: Message) -> list[str]:
    """What the buttons of a card send."""
    return [str(button["callback_data"]) for row in card.rows or [] for button in row if "callback_data" in button]


def _is_choice(data: str) -> bool:
    button = read_data(data)
    return isinstance(button, DebriefButton) and button.verb == CHOOSE


def _is_receipt(card: Message) -> bool:
    verbs = {button.verb for data in data_of(card) if isinstance(button := read_data(data), DebriefButton)}
    return "a" in verbs and "v" not in verbs
