"""Walking a debrief as a thumb does: the program asks, and the invented mentor taps or types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from bot.dialogue.events import Chose, ChoseCitizen, Event, Opened, Press, Pressed, Typed
from bot.dialogue.state import CitizenRef, Stage, State
from bot.practice_sample_deeds import Answers, Change, Move, Share, Step, Visit, Withdraw, Words
from bot.service import debrief
from bot.service.replies import DebriefCard, Reply
from bot.service.tools import Tools
from storage import reflections
from storage.citizens import Citizen
from storage.database import Transaction
from storage.people import Person

_A_TAP, _A_LETTER = timedelta(seconds=4), timedelta(seconds=0.25)
_MOST = 120  # moves; no debrief is as long

messages = count(1_900_000_000)
"""Numbers of typed messages, far above those of the phone: an edited message there must not find an answer here."""


class LostError(Exception):
    """The guide asks something that the invented mentor finds no way through; a mistake of the program."""


class Walk:
    """One mentor's way through one debrief, in one transaction. ``now`` goes on with every tap and letter."""

    def __init__(self, tx: Transaction, tools: Tools, person: Person, now: datetime) -> None:
        self._tx, self._tools, self._person, self.now = tx, tools, person, now
        self.reflection_id = ""
        self._state = State()

    async def begin(self, visit: Visit, citizen: Citizen) -> None:
        """From the first question to the receipt, and what is done there at once."""
        self._see(await debrief.start(self._tx, self._tools, self._person, self.now))
        if visit.full:
            await self._does(Press.FULL)
        await self._ask_all(visit.answers, citizen)
        await self._does(Press.SAVE)
        await self._steps(visit.steps)

    async def come_back(self, reflection_id: str, steps: Sequence[Step]) -> None:
        """To a debrief that was saved before."""
        self.reflection_id = reflection_id
        await self._happens(Opened())
        await self._steps(steps)

    async def _steps(self, steps: Sequence[Step]) -> None:
        for step in steps:
            match step:
                case Change(question=question, answers=answers):
                    await self._happens(Pressed(self._state.visit, Press.CHANGE, question))
                    await self._ask_all(answers, None)
                case Share(more=more):
                    await self._does(Press.SHARE, *more, Press.PREVIEW, Press.CONFIRM)
                case Withdraw():
                    await self._does(Press.WITHDRAW)
            if self._state.stage is not Stage.RECEIPT:
                raise LostError(f"A step does not end on the receipt but at {self._state.stage.value}.")

    async def _ask_all(self, answers: Answers, citizen: Citizen | None) -> None:
        """Answer whatever is asked until nothing is."""
        for _ in range(_MOST):
            if self._state.stage is Stage.REST:
                await self._does(Press.RESUME)
            elif self._state.stage is not Stage.QUESTION:
                return
            elif self._state.question == "citizen" and citizen is not None:
                ref = CitizenRef(citizen.id, citizen.pseudonym)
                await self._happens(ChoseCitizen(self._state.visit, ref))
            else:
                await self._answer(answers.get(self._state.question, (Press.SKIP,)))
        raise LostError(f"The guide does not come to an end at {self._state.question}.")

    async def _answer(self, moves: Sequence[Move]) -> None:
        asked, before = self._state.question, self._state
        for move in moves:
            if self._state.stage is not Stage.QUESTION or self._state.question != asked:
                return
            await self._does(move)
        if self._state == before:
            raise LostError(f"The answer to {asked} changes nothing.")

    async def _does(self, *moves: Move) -> None:
        for move in moves:
            match move:
                case Words(text=text):
                    self.now += len(text) * _A_LETTER
                    await self._happens(Typed(text, next(messages)))
                case Press():
                    await self._happens(Pressed(self._state.visit, move))
                case _:
                    await self._happens(Chose(self._state.visit, move))

    async def _happens(self, event: Event) -> None:
        self.now += _A_TAP
        reflection = await reflections.get(self._tx, self.reflection_id)
        if reflection is None:
            raise LostError("The debrief is gone.")
        self._see(await debrief.act(self._tx, self._tools, self._person, reflection, event, self.now))

    def _see(self, replies: Sequence[Reply]) -> None:
        card = next((one for one in replies if isinstance(one, DebriefCard)), None)
        if card is None:
            raise LostError("The debrief shows no card.")
        self.reflection_id, self._state = card.reflection_id, card.state
