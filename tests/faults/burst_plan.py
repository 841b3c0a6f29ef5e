"""What a mentor does in a burst: taps and texts one after the other, without waiting for an answer.

Which button will stand there is what the dialogue says, played ahead: a thumb that knows the way by heart.
"""

from __future__ import annotations

import random
from typing import Protocol

from bot.dialogue.events import Press
from bot.dialogue.guide import Kind, Length
from bot.dialogue.state import Answer, Stage, State
from bot.practice.messages import Person
from bot.telegram.callbacks import CHOOSE, CITIZEN, debrief_data
from bot.workdays import danish_holidays
from tests.faults.audit import _first_citizens, _names
from tests.faults.crowd import CrowdPhone
from tests.faults.replay import Replay
from tests.faults.stored import Stored
from tests.faults.storm import GUIDE

NOTHING = Answer()
ENOUGH = 3  # messages of one answer, before the mentor goes on


class Writes(Protocol):
    """Whoever knows what to write."""

    def text(self) -> str:
        """Give the next text."""


class Ahead:
    """One mentor, with one open debrief."""

    def __init__(self, phone: CrowdPhone, person: Person, found: Stored, chance: random.Random, texts: Writes) -> None:
        self._phone, self._person, self._chance, self._texts = phone, person, chance, texts
        (debrief,) = found.debriefs[person.id]
        self._token = debrief.row.token
        self._citizen = found.citizens[person.id][0].id
        names = _names(found, person.id)
        self._replay = Replay(GUIDE.guide, danish_holidays, _first_citizens(found, person.id), names)
        self._card = max(one.id for one in phone.world.private(person).messages.values() if one.from_bot)
        for told in phone.world.ledger:
            if told.chat_id == person.id:
                self._replay.play(told)

    def act(self) -> None:
        """Do the next thing."""
        dice, mark = self._chance.random(), len(self._phone.world.ledger)
        state = self._replay.debriefs[0].state
        if dice < 0.12:
            self._phone.hands.attach(self._person, self._chance.choice(("sticker", "voice", "photo")))
        elif dice < 0.16:
            self._phone.hands.send(self._person, "/hjaelp")
        elif (data := self._button(state)) is None:
            self._phone.hands.send(self._person, self._texts.text())
        else:
            self._phone.hands.press_data(self._person, self._card, data)
        for told in self._phone.world.ledger[mark:]:
            self._replay.play(told)

    def _button(self, state: State) -> str | None:
        """The data of the next button; None where something is typed."""
        if state.stage is Stage.REVIEW:
            texts = [name for name in state.answers if GUIDE.guide[name].kind is Kind.TEXT]
            return self._data(state, Press.CHANGE, self._chance.choice(texts))
        if state.stage is not Stage.QUESTION:
            return self._data(state, Press.RESUME)
        question = GUIDE.guide[state.question]
        match question.kind:
            case Kind.CITIZEN if state.length is not Length.FULL:
                return self._data(state, Press.FULL)
            case Kind.CITIZEN:
                return self._data(state, CITIZEN, self._citizen)
            case Kind.TEXT if self._enough(state):
                return self._data(state, Press.KEEP)
            case Kind.TEXT:
                return None
            case Kind.MANY if state.draft.picks:
                return self._data(state, Press.DONE)
            case Kind.SCALE:
                return self._data(state, CHOOSE, "2")
        return self._data(state, CHOOSE, question.choices[0].id)

    def _enough(self, state: State) -> bool:
        """Whether the mentor goes on: after some messages, sooner or later."""
        written = len(state.answers.get(state.question, NOTHING).parts)
        return written >= ENOUGH and self._chance.random() < 0.5

    def _data(self, state: State, verb: str, arg: str = "") -> str:
        return debrief_data(self._token, state.visit, verb, arg)
