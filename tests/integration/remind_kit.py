"""Conversations about reminders: real updates through the router, a real encrypted database, a clock that is moved.

What is queued is "delivered" into chats by the same storage functions as the sender's, so that cards are edited or
sent anew as they would be. All names and texts are invented.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.housekeeping import Housekeeping
from bot.organisation import Organisation
from bot.organisation_parts import EmergencyLine, Support, WorkingHours
from bot.organisation_parts import Hours as Span
from bot.reminding import Reminding
from bot.service.replies import Reply
from bot.service.tools import Tools, keep_guide
from bot.telegram.cards.render import Renderer
from bot.telegram.minimise import minimise
from bot.telegram.parts import plain
from bot.telegram.queueing import queue
from bot.telegram.router import route
from bot.workdays import danish_holidays
from prompts import load_guide, load_law, load_messages
from storage import followups, outbox, people
from storage.database import Database
from storage.followups import Followup
from storage.outbox import Kind
from storage.people import Person, Role
from tests.integration.ahead_probe import leaving_others_alone
from tests.integration.storage_kit import citizen, opened

WEDNESDAY = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)  # 13.10 in Copenhagen
_WORKDAY = Span(datetime(2026, 1, 1, 8).time(), datetime(2026, 1, 1, 17).time())  # noqa: DTZ001 - times of day
ORGANISATION = Organisation(
    working_hours=WorkingHours(
        monday=_WORKDAY, tuesday=_WORKDAY, wednesday=_WORKDAY, thursday=_WORKDAY, friday=_WORKDAY
    ),
    emergency_card=(EmergencyLine(label="Vagten", number="+45 00 11 22 33"),),
    support=Support(counselling="Ring til psykologordningen, når som helst."),
)


@dataclass(frozen=True)
class Shown:
    """A message in a chat."""

    id: int
    text: str
    buttons: tuple[tuple[str, str], ...]  # label, data

    @property
    def labels(self) -> tuple[str, ...]:
        """Its buttons, in reading order."""
        return tuple(label for label, _ in self.buttons)


@dataclass
class Chats:
    """The program without Telegram. ``sent``: how many new messages each chat got."""

    db: Database
    now: datetime = WEDNESDAY
    tools: Tools = field(default_factory=lambda: Tools(load_guide(), ORGANISATION, danish_holidays))
    screens: dict[int, dict[int, Shown]] = field(default_factory=dict)
    toasts: list[str] = field(default_factory=list)
    sent: dict[int, int] = field(default_factory=dict)
    _number: int = 100

    def __post_init__(self) -> None:
        self.renderer = Renderer(
            {one: load_messages(language=one) for one in ("da", "en")},
            {one: load_law(one) for one in ("da", "en")},
            self.tools.organisation,
        )
        self.reminding = Reminding(self.db, self.tools, self.renderer, lambda: self.now, lambda: None)
        self.chores = Housekeeping(self.db, self.tools, self.renderer, lambda: self.now, lambda: None)

    async def send(self, who: Person, text: str) -> None:
        """Type a message or a command."""
        self._number += 1
        message = {"message_id": self._number, "date": int(self.now.timestamp()), "text": text}
        await self._update({"update_id": self._number, "message": {**message, **_from(who), **_chat(who)}})

    async def press(self, who: Person, label: str) -> None:
        """Tap the newest button whose label contains this; one that is exactly this goes first."""
        for message in reversed(self.screen(who)):
            found = [d for one, d in message.buttons if one == label] or [
                d for one, d in message.buttons if label in one
            ]
            if found:
                return await self.tap(who, message.id, found[0])
        raise AssertionError(f"no button {label!r} in {self.screen(who)}")

    async def tap(self, who: Person, message_id: int, data: str) -> None:
        """Tap with any data."""
        self._number += 1
        tapped = {"id": f"t{self._number}", "data": data, "message": {"message_id": message_id, **_chat(who)}}
        await self._update({"update_id": self._number, "callback_query": {**tapped, **_from(who)}})

    async def _update(self, raw: dict[str, Any]) -> None:
        update = minimise(raw)
        async with self.db.transaction() as tx:
            async with leaving_others_alone(tx, update.chat_id):
                replies: Sequence[Reply] = await route(tx, self.tools, update, self.now)
            toasts, _ = queue(tx, self.renderer, replies, self.now)
        self.toasts += toasts
        await self.deliver()

    async def tick(self, at: datetime | None = None, **step: float) -> None:
        """Move the clock (to ``at``, or by days, hours, minutes) and let it tick once."""
        self.now = at if at is not None else self.now + timedelta(**step)
        await self.reminding.run()
        await self.deliver()

    async def walk(self, until: datetime, minutes: float = 15) -> None:
        """Let time pass, ticking on the way."""
        while self.now < until:
            await self.tick(at=min(until, self.now + timedelta(minutes=minutes)))

    async def deliver(self) -> None:
        """Do what the sender does, until the outbox is empty."""
        while True:
            async with self.db.transaction() as tx:
                heads = await outbox.pending(tx, self.now, 500)
                for head in heads:
                    screen = self.screens.setdefault(head.chat_id, {})
                    if head.kind is Kind.DELETE:
                        for gone in json.loads(head.payload):
                            screen.pop(gone, None)
                    elif head.kind in (Kind.CARD, Kind.SEND):
                        place = await outbox.card_at(tx, head.chat_id, head.card) if head.card else None
                        again = place is None or head.fresh or place not in screen
                        if again:
                            self._number += 1
                            self.sent[head.chat_id] = self.sent.get(head.chat_id, 0) + 1
                            if place is not None:
                                screen.pop(place, None)
                            if head.card:
                                outbox.set_card(tx, head.chat_id, head.card, self._number, self.now)
                        number = self._number if again or place is None else place
                        screen[number] = _shown(number, json.loads(head.payload))
                    await outbox.sent(tx, head.seq, head.version, self.now)
            if not heads:
                return

    def screen(self, who: Person) -> list[Shown]:
        """What stands in the chat, the oldest first."""
        return [one for _, one in sorted(self.screens.get(who.chat_id, {}).items())]

    def last(self, who: Person) -> Shown:
        """The newest message."""
        return self.screen(who)[-1]

    def text(self, who: Person) -> str:
        """Everything that stands in the chat."""
        return "\n".join(one.text for one in self.screen(who))

    def count(self, who: Person) -> int:
        """How many messages the chat ever got."""
        return self.sent.get(who.chat_id, 0)

    async def own(self, who: Person, text: str, due: datetime, *, has_time: bool = True) -> Followup:
        """A reminder of one's own for any time, as the command would make it."""
        from bot.service import remind_plan

        async with self.db.transaction() as tx:
            made = followups.add_own(
                tx, mentor_id=who.id, citizen_id=None, kind=remind_plan.OWN, text=text, due_at=due,
                due_has_time=has_time, now=self.now,
            )  # fmt: skip
            await remind_plan.sync(tx, self.tools, who, [made], self.now)
        return made


def _shown(number: int, payload: dict[str, Any]) -> Shown:
    buttons = tuple((one["text"], one["data"]) for row in payload["buttons"] for one in row)
    return Shown(number, plain(payload["text"]), buttons)


def _from(who: Person) -> dict[str, Any]:
    return {"from": {"id": who.telegram_id, "is_bot": False, "language_code": who.language}}


def _chat(who: Person) -> dict[str, Any]:
    return {"chat": {"id": who.chat_id, "type": "private"}}


@dataclass(frozen=True)
class Everybody:
    """Anna and Bo are mentors, Lea leads them; B07 is Anna's citizen."""

    anna: Person
    bo: Person
    lea: Person
    b07: str


@asynccontextmanager
async def chats(
    folder: Path, now: datetime = WEDNESDAY, language: str = "da"
) -> AsyncIterator[tuple[Chats, Everybody]]:
    """A database with everybody in it."""
    async with opened(folder) as db:
        here = Chats(db, now)
        async with db.transaction() as tx:
            keep_guide(tx, here.tools, now)
            team = await people.team_named(tx, "Nord", now)

            def enrol(number: int, name: str, role: Role) -> Person:
                return people.add_person(
                    tx, telegram_id=number, chat_id=number, name=name, role=role, team_id=team.id,
                    language=language, zone="Europe/Copenhagen", now=now,
                )  # fmt: skip

            anna, bo, lea = enrol(11, "Anna", Role.MENTOR), enrol(12, "Bo", Role.MENTOR), enrol(13, "Lea", Role.LEAD)
            b07 = citizen(tx, anna, "B07", now)
            citizen(tx, anna, "Stjerne syv", now)
        yield here, Everybody(anna, bo, lea, b07.id)
