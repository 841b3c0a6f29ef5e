"""Invented mentors in the middle of their debriefs, and the updates by which they answer, as Telegram sends them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.dialogue.events import Press
from bot.telegram.callbacks import CITIZEN, debrief_data
from tests.benchmarks.stands import TYPED, Stand, Walk

CARD_MESSAGE = 500
_UNIX = 1_795_608_600


@dataclass
class Mentor:
    """``at``: which stand of the walk comes next. ``token`` and ``reflection`` are those of the open debrief."""

    number: int
    at: int
    token: str
    reflection: str = ""
    id: str = ""

    @property
    def chat(self) -> int:
        """Chat and account number."""
        return 10_000_000 + self.number

    @property
    def citizen(self) -> str:
        """Id of the one citizen this mentor has."""
        return f"01930000-0000-7000-8000-{self.number:012d}"


@dataclass(frozen=True)
class Sent:
    """An update and what has to be stored because of it."""

    mentor: Mentor
    stand: Stand
    update: dict[str, Any]
    said: str


class Crowd:
    """``count`` mentors, each somewhere on the walk; the same seed gives the same crowd and the same moves."""

    def __init__(self, walk: Walk, count: int, seed: int = 7) -> None:
        self.walk = walk
        self._random = random.Random(seed)
        self._update, self._message, self._token = 500_000_000, 1_000_000, 0
        self.mentors = [Mentor(number, self._somewhere(), self._new_token()) for number in range(count)]

    def batch(self, size: int) -> list[Sent]:
        """The next answer of that many mentors, each another one, in random order."""
        return [self._answer(mentor) for mentor in self._random.sample(self.mentors, min(size, len(self.mentors)))]

    def keeps(self, sent: Sequence[Sent]) -> list[dict[str, Any]]:
        """The taps on "go on" that typed answers need before the next question comes."""
        return [self._tap(one.mentor, one.stand.keep, Press.KEEP.value, "")[0] for one in sent if one.stand.keep]

    def move_on(self, sent: Sequence[Sent]) -> list[Mentor]:
        """Everybody stands at their next answer; who was at the end begins anew somewhere, and comes back."""
        renewed = []
        for one in sent:
            one.mentor.at += 1
            if one.mentor.at == len(self.walk.stands):
                one.mentor.at, one.mentor.token = self._somewhere(), self._new_token()
                renewed.append(one.mentor)
        return renewed

    def _somewhere(self) -> int:
        return self._random.randrange(len(self.walk.stands))

    def _new_token(self) -> str:
        self._token += 1
        return f"t{self._token:07d}"

    def _answer(self, mentor: Mentor) -> Sent:
        stand = self.walk.stands[mentor.at]
        if stand.verb:
            arg = mentor.citizen if stand.verb == CITIZEN else stand.arg
            update, data = self._tap(mentor, stand.visit, stand.verb, arg)
            return Sent(mentor, stand, update, data)
        self._message += 1
        text = f"{TYPED} ({self._message})"
        self._update += 1
        body = {"message_id": self._message, **_from(mentor), "date": _UNIX, "text": text}
        return Sent(mentor, stand, {"update_id": self._update, "message": body}, text)

    def _tap(self, mentor: Mentor, visit: int, verb: str, arg: str) -> tuple[dict[str, Any], str]:
        self._update += 1
        data = debrief_data(mentor.token, visit, verb, arg)
        card = {
            "message_id": CARD_MESSAGE,
            "from": {"id": 1, "is_bot": True, "first_name": "Eftertanke", "username": "eftertanke_bot"},
            "chat": _from(mentor)["chat"],
            "date": _UNIX,
            "text": "▰▰▰▱▱▱▱▱ 9 af ca. 25 · B07\n\nHvordan gik det i dag?",
            "reply_markup": {"inline_keyboard": [[{"text": "Som aftalt", "callback_data": data}]]},
        }
        query = {
            "id": str(4_000_000_000_000 + self._update),
            "from": _from(mentor)["from"],
            "message": card,
            "chat_instance": "-77",
            "data": data,
        }
        return {"update_id": self._update, "callback_query": query}, data


def _from(mentor: Mentor) -> dict[str, Any]:
    name = f"Mentor {mentor.number}"
    return {
        "from": {"id": mentor.chat, "is_bot": False, "first_name": name, "language_code": "da"},
        "chat": {"id": mentor.chat, "first_name": name, "type": "private"},
    }
