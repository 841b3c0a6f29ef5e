"""Two phones of one mentor on the running bot: each shows the chat as it was when it last looked."""

from __future__ import annotations

import asyncio
import copy
import random

from bot.practice.messages import Message, Person
from prompts import LoadedGuide
from tests.faults.crowd import CrowdPhone
from tests.faults.taps_thumb import Thumb
from tests.faults.texts import Texts


class Device(Thumb):
    """One of them. It shows what is new now and then, and does not wait for what the other one sets going."""

    def __init__(self, phone: CrowdPhone, person: Person, chance: random.Random, guide: LoadedGuide, texts: Texts):
        super().__init__(phone, person, chance, guide, texts)
        self._screen: list[Message] = []

    def _cards(self) -> list[Message]:
        if not self._screen or self._chance.random() < 0.5:
            self._screen = [copy.copy(one) for one in super()._cards()]
        return self._screen

    async def _look(self, mark: int, stop: asyncio.Event) -> None:
        await asyncio.sleep(self._chance.choice((0.0, 0.05, 0.2, 0.4, 0.8)))
