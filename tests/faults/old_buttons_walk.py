"""A mentor who goes through a debrief question by question, and looks at every card that there is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.dialogue.guide import Kind
from bot.practice.messages import Message, Person
from bot.telegram.callbacks import CHOOSE, CITIZEN, DebriefButton, read_data
from prompts import LoadedGuide
from tests.faults.crowd import CrowdPhone
from tests.faults.taps_thumb import data_of, said_by

PATIENCE = 60.0  # seconds; only a failing test waits that long
_TICKS = 2  # where several may be picked; with the result of an attempt, one and its result
PREFERRED = {
    "opening": "took_it", "absence_decision": "register", "supervision": "soon", "toughness": "2",
}  # fmt: skip
"""Choices that open further questions, or keep others from being closed; elsewhere the first one is taken."""


@dataclass(frozen=True)
class Shown:
    """A button that was on a card: what it sends, in whose chat and under which message it stood, what was asked."""

    data: str
    chat: int
    message: int
    question: str | None

    @property
    def button(self) -> DebriefButton | None:
        """The button, if it is a debrief's."""
        read = read_data(self.data)
        return read if isinstance(read, DebriefButton) else None


@dataclass
class Collected:
    """Every button that was ever shown, by chat and data."""

    phone: CrowdPhone
    guide: LoadedGuide
    buttons: dict[tuple[int, str], Shown] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._said = {text: question.id for question in self.guide.guide for text in said_by(self.guide, question)}

    def look(self) -> None:
        """Note what is in the chats now; to be called at every change."""
        for chat in self.phone.world.chats.values():
            for message in chat.messages.values():
                for data in data_of(message) if message.from_bot and not message.deleted else ():
                    if (chat.id, data) not in self.buttons:
                        shown = Shown(data, chat.id, message.id, self.asked(message))
                        self.buttons[chat.id, data] = shown

    def asked(self, message: Message) -> str | None:
        """The question that a card asks."""
        said = [text for text in self._said if text in message.body.text]
        return self._said[max(said, key=len)] if said else None


class Walk:
    """One mentor's way. ``questions`` are those that were asked."""

    def __init__(self, collected: Collected, person: Person) -> None:
        self._collected, self._phone, self._person = collected, collected.phone, person
        self._guide = collected.guide.guide
        self._ticks = 0
        self._at = ""
        self.questions: set[str] = set()

    async def debrief(self, outcome: str = "", *, until: str = "") -> None:
        """A debrief of full length with this outcome to its end, and around its receipt; or until a question is asked
        and left. Without an outcome: go on with what is there."""
        if outcome:
            before = {one.id for one in self._cards()}
            self._phone.hands.send(self._person, "/debrief")
            await self._see(lambda: [one for one in self._cards() if one.id not in before])
            await self._press("f")
        while True:
            card, verbs = self._newest(), self._verbs()
            question = self._collected.asked(card)
            if question is not None:
                self.questions.add(question)
                if question == until:
                    return
                await self._answer(question, verbs, outcome)
            elif "v" in verbs:
                await self._press("v")
            elif "a" in verbs:
                return
            else:
                await self._press("r")

    async def stop(self) -> None:
        """Stop here, by command."""
        before = self._face()
        self._phone.hands.send(self._person, "/stop")
        await self._see(lambda: self._face() != before)

    async def later(self) -> None:
        """Set it aside."""
        await self._press("l")

    async def around_the_receipt(self) -> None:
        """What can be seen from there: the answers, every question that is offered, and what could be shared."""
        await self._press("a")
        await self._press("b")
        for data in list(self._verbs().get("c", ())):
            question = read_data(data)
            assert isinstance(question, DebriefButton)
            await self._press("c", question.arg)
            self.questions.add(question.arg)
            await self._press("b")
        if "e" in self._verbs():
            for verb in ("e", "p", "y"):
                await self._press(verb)

    async def _answer(self, question: str, verbs: Mapping[str, list[str]], outcome: str) -> None:
        kind = self._guide[question].kind
        if question != self._at:
            self._at, self._ticks = question, 0
        if CITIZEN in verbs:
            await self._press(CITIZEN)
        elif kind is Kind.TEXT and "k" not in verbs:
            await self._say(f"Noget om {question}.")
        elif "m" in verbs:
            await self._press("m")
        elif CHOOSE in verbs and not (kind is Kind.MANY and self._ticks >= _TICKS):
            self._ticks += 1
            await self._press(CHOOSE, {**PREFERRED, "outcome": outcome}.get(question, ""))
        else:
            await self._press(next(verb for verb in ("d", "k", "s") if verb in verbs))

    async def _say(self, text: str) -> None:
        before = self._face()
        self._phone.hands.send(self._person, text)
        await self._see(lambda: self._face() != before)

    async def _press(self, verb: str, arg: str = "") -> None:
        """Press a button of the newest card, and wait until it shows something else."""
        there = self._verbs().get(verb, [])
        data = next((one for one in there if one.endswith(f":{arg}")), there[0] if there else None)
        assert data is not None, f"no {verb!r} on {self._newest().body.text!r}"
        before = self._face()
        self._phone.hands.press_data(self._person, self._newest().id, data)
        await self._see(lambda: self._face() != before)

    def _cards(self) -> list[Message]:
        messages = self._phone.world.private(self._person).messages.values()
        every = [one for one in messages if one.from_bot and not one.deleted]
        return [one for one in every if any(isinstance(read_data(data), DebriefButton) for data in data_of(one))]

    def _newest(self) -> Message:
        return self._cards()[-1]

    def _face(self) -> object:
        cards = self._cards()
        return (cards[-1].id, cards[-1].body.text, data_of(cards[-1])) if cards else None

    def _verbs(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for data in data_of(self._newest()):
            if isinstance(button := read_data(data), DebriefButton):
                found.setdefault(button.verb, []).append(data)
        return found

    async def _see(self, holds: Callable[[], object]) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while not holds():
            assert loop.time() < until, f"nothing came of it: {self._phone.last_words()}"
            await self._phone.feed.wait(self._phone.feed.version, 0.5)
