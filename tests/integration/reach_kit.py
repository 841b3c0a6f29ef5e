"""A team on phones: invented updates go through the router on a real encrypted database, and replies are drawn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.dialogue.reminders import Reminder, Status
from bot.organisation import Organisation
from bot.service.reach_plan import series
from bot.service.replies import DebriefCard, Page, Reply, Say, Toast
from bot.service.tools import Tools, keep_guide
from bot.telegram.cards.render import Renderer
from bot.telegram.minimise import minimise
from bot.telegram.router import route
from prompts import load_guide, load_law, load_messages
from storage import attempts, citizens, people, reminders, threads
from storage.attempts import Attempt
from storage.citizens import Citizen
from storage.database import Database
from storage.ids import new_id
from storage.keys import Key
from storage.people import Person, Role
from storage.threads import Thread
from tests.integration import engines
from tests.integration.ahead_probe import leaving_others_alone

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # 10.30 in Copenhagen
TOOLS = Tools(load_guide(), Organisation(), lambda _now: frozenset())
RENDERER = Renderer(
    messages={one: load_messages(language=one) for one in ("da", "en")},
    law={one: load_law(one) for one in ("da", "en")},
    organisation=TOOLS.organisation,
)
WORDS = TOOLS.guide.wording["da"]


@dataclass
class Phone:
    """What one person sees: the newest look of each card, plain messages, and the small notices of taps."""

    team: Team
    person: Person
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    last: str = ""

    @property
    def text(self) -> str:
        """The card that changed last."""
        return str(self.cards[self.last]["text"])

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons."""
        return [one["text"] for row in self.cards[self.last]["buttons"] for one in row]

    def data(self, label: str) -> str:
        """What the button with this label, or the first that has it in it, sends."""
        found = [one for row in self.cards[self.last]["buttons"] for one in row]
        exact = [one["data"] for one in found if one["text"] == label]
        part = [one["data"] for one in found if label in one["text"]]
        assert exact or part, f"no button {label!r} among {self.labels}"
        return str((exact or part)[0])

    async def types(self, text: str) -> None:
        """Type a message or a command."""
        await self.gets({"message": self._message(text)})

    async def taps(self, *labels: str) -> None:
        """Tap one button after the other, each on what is shown then."""
        for label in labels:
            await self.sends(self.data(label))

    async def sends(self, data: str) -> None:
        """Tap a button with this data, wherever it came from."""
        tap = {"id": "1", "from": self._who(), "data": data, "message": self._message("")}
        await self.gets({"callback_query": tap})

    async def gets(self, update: dict[str, Any]) -> None:
        """Hand an update to the bot, in a transaction of its own."""
        self.toasts.clear()
        incoming = minimise({"update_id": next(self.team.numbers), **update})
        async with self.team.db.transaction() as tx, leaving_others_alone(tx, incoming.chat_id):
            replies = await route(tx, self.team.tools, incoming, self.team.now)
        for reply in replies:
            self.team.show(reply, self)

    def _who(self) -> dict[str, Any]:
        return {"id": self.person.telegram_id, "is_bot": False, "language_code": "da"}

    def _message(self, text: str) -> dict[str, Any]:
        chat = {"id": self.person.chat_id, "type": "private"}
        sent = int(self.team.now.timestamp())
        return {"message_id": next(self.team.numbers), "date": sent, "chat": chat, "from": self._who(), "text": text}


@dataclass
class Team:
    """Anna and Bo are mentors in one team, Lea leads it; Sif is a mentor elsewhere."""

    db: Database
    tools: Tools
    now: datetime
    phones: dict[str, Phone] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1000))

    def show(self, reply: Reply, of: Phone) -> None:
        """Draw a reply on the phone it is for."""
        by_chat = {phone.person.chat_id: phone for phone in self.phones.values()}
        match reply:
            case Page():
                phone = by_chat[reply.chat_id]
                phone.last = reply.card or reply.name
                phone.cards[phone.last] = RENDERER.page(reply, self.now)
            case DebriefCard():
                of.last = "debrief"
                of.cards[of.last] = RENDERER.debrief(reply, self.now)
            case Say():
                phone = by_chat[reply.chat_id]
                phone.last = "say"
                phone.cards["say"] = RENDERER.say(reply, self.now)
                phone.told.append(phone.text)
            case Toast():
                of.toasts.append(RENDERER.toast(reply.language, reply.key))

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    async def thread(self, pseudonym: str) -> Thread | None:
        """The citizen's open thread."""
        async with self.db.transaction() as tx:
            return await threads.thread_of(tx, (await self._citizen(tx, pseudonym)).id)

    async def all_threads(self, pseudonym: str) -> list[Thread]:
        """Every thread the citizen ever had."""
        async with self.db.transaction() as tx:
            return await threads.threads_of(tx, (await self._citizen(tx, pseudonym)).id)

    async def citizen(self, pseudonym: str) -> Citizen:
        """The citizen of this very name."""
        async with self.db.transaction() as tx:
            return await self._citizen(tx, pseudonym)

    async def _citizen(self, tx: Any, pseudonym: str) -> Citizen:
        for phone in self.phones.values():
            found = await citizens.find(tx, phone.person.id, phone.person.team_id or "", pseudonym, 1)
            if found.exact is not None:
                return found.exact
        raise AssertionError(f"nobody is called {pseudonym}")

    async def log(self, pseudonym: str) -> list[Attempt]:
        """Everything logged about the citizen, superseded rows too, by time."""
        found = []
        for thread in await self.all_threads(pseudonym):
            async with self.db.transaction() as tx:
                found += await attempts.attempts_of(tx, thread.id)
        return found

    async def standing(self, pseudonym: str) -> list[tuple[str, str]]:
        """Channel and result of what counts."""
        return [(one.channel, one.result) for one in await self.log(pseudonym) if one.superseded_at is None]

    async def planned(self, thread_id: str) -> list[Reminder]:
        """The thread's reminders that are still to be sent."""
        async with self.db.transaction() as tx:
            rows = await reminders.of_series(tx, series(thread_id))
        return [one for one in rows if one.status is Status.PENDING]


@asynccontextmanager
async def team(folder: Path, *pseudonyms: str) -> AsyncIterator[Team]:
    """The team on a Monday morning; Anna has citizens with these pseudonyms."""
    db = await engines.open_database(folder, Key(bytes(range(32))))
    made = Team(db, TOOLS, MONDAY)
    long_ago = MONDAY - timedelta(days=60)
    try:
        async with db.transaction() as tx:
            keep_guide(tx, TOOLS, MONDAY)
            here = await people.team_named(tx, "Nord", MONDAY)
            there = await people.team_named(tx, "Syd", MONDAY)
            cast = (("Anna", Role.MENTOR, here), ("Bo", Role.MENTOR, here), ("Lea", Role.LEAD, here))
            for number, (name, role, place) in enumerate((*cast, ("Sif", Role.MENTOR, there)), 1):
                person = people.add_person(
                    tx, telegram_id=number, chat_id=number, name=name, role=role, team_id=place.id, language="da",
                    zone="Europe/Copenhagen", now=long_ago,
                )  # fmt: skip
                made.phones[name] = Phone(made, person)
            anna = made.phones["Anna"].person
            for pseudonym in pseudonyms:
                citizens.add(
                    tx, id=new_id(long_ago), team_id=here.id, mentor_id=anna.id, pseudonym=pseudonym, now=long_ago
                )
        yield made
    finally:
        await db.close()


def choice(question: str, one: str) -> str:
    """A choice as its button reads."""
    return WORDS.choice(question, one)


async def misses(phone: Phone, pseudonym: str, *tries: str) -> None:
    """A debrief of a citizen who did not come, saved; ``tries``: channels, each without an answer."""
    await phone.types("/debrief")
    await phone.taps(pseudonym, choice("outcome", "did_not_come"))
    if len(tries) == 1:
        await phone.taps(choice("reach_tried", tries[0]))
    else:
        await phone.taps("Hop over")
    await phone.taps(choice("absence_decision", "already_registered"), "Hop over", choice("next_contact", "no"))
    await phone.taps("💾 Gem")


async def meets(phone: Phone, pseudonym: str) -> None:
    """A debrief of a meeting that took place, saved."""
    await phone.types("/debrief")
    await phone.taps(pseudonym, choice("outcome", "as_agreed"))
    await phone.taps("Hop over", "Hop over", "Hop over", choice("next_contact", "no"), "💾 Gem")
