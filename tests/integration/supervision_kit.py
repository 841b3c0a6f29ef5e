"""Conversations about supervision and calls for the lead, on the kit of the reminders' conversations.

Beside Anna, Bo and Lea there are Ole, who leads the same team, and everybody who must not see what is not theirs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.organisation import Organisation
from bot.organisation_parts import EmergencyLine
from bot.service.tools import Tools, keep_guide
from bot.supervising import Supervising
from bot.workdays import danish_holidays
from prompts import load_guide
from storage import outbox, people
from storage.people import Person, Role, Team
from tests.integration.remind_kit import ORGANISATION, Chats, Shown
from tests.integration.storage_kit import citizen, opened

WEDNESDAY = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)  # 13.10 in Copenhagen
CANARY = "Kanariefugl-Q7"
FOCUS = "Hvordan siger jeg fra uden at miste kontakten?"


def organisation(minutes: int = 10) -> Organisation:
    """With a number for the lead on the emergency card."""
    card = (EmergencyLine(label="Vagten", number="+45 00 11 22 33"),)
    return ORGANISATION.model_copy(update={"emergency_card": card, "tell_lead_minutes": minutes})


class Talks(Chats):
    """The program without Telegram, with the tick for leads; who is in ``closed`` is reached by nothing."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.leads = Supervising(self.db, self.tools, self.renderer, lambda: self.now, lambda: None)
        self.closed: set[int] = set()

    async def tick(self, at: datetime | None = None, **step: float) -> None:
        """Move the clock and let it tick once, as the program's ticks do."""
        self.now = at if at is not None else self.now + timedelta(**step)
        await self.leads.run()
        await super().tick(at=self.now)

    async def deliver(self) -> None:
        """Do what the sender does; a closed chat is found out when something is to be sent to it."""
        async with self.db.transaction() as tx:
            heads = await outbox.pending(tx, self.now, 500)
            for chat in {head.chat_id for head in heads} & self.closed:
                outbox.stop_chat(tx, chat, "Forbidden", self.now)
                await self.leads.blocked(tx, chat)
        await super().deliver()

    async def unblock(self, who: Person) -> None:
        """Telegram delivers to them again, and what waited goes out."""
        self.closed.discard(who.chat_id)
        async with self.db.transaction() as tx:
            people.set_blocked(tx, who.id, None)
        await self.deliver()

    def labelled(self, who: Person, label: str) -> tuple[Shown, str]:
        """The newest message with such a button, and what the button says."""
        for message in reversed(self.screen(who)):
            for one, data in message.buttons:
                if label in one:
                    return message, data
        raise AssertionError(f"no button {label!r} in {self.screen(who)}")


@dataclass(frozen=True)
class Cast:
    """Anna and Bo are mentors in Nord, Lea leads it; Sif is a mentor in Syd, Tue leads it; Ada is an admin, Kim a
    coder; Uffe was a mentor in Nord and has left. B07 is Anna's citizen."""

    nord: Team
    syd: Team
    anna: Person
    bo: Person
    lea: Person
    sif: Person
    tue: Person
    ada: Person
    kim: Person
    uffe: Person
    b07: str


@asynccontextmanager
async def talks(
    folder: Path, now: datetime = WEDNESDAY, *, language: str = "da", minutes: int = 10
) -> AsyncIterator[tuple[Talks, Cast]]:
    """A database with everybody in it."""
    async with opened(folder) as db:
        here = Talks(db, now, Tools(load_guide(), organisation(minutes), danish_holidays))
        async with db.transaction() as tx:
            keep_guide(tx, here.tools, now)
            nord, syd = await people.team_named(tx, "Nord", now), await people.team_named(tx, "Syd", now)

            def enrol(number: int, name: str, role: Role, team: Team | None) -> Person:
                return people.add_person(
                    tx, telegram_id=number, chat_id=number, name=name, role=role, team_id=team.id if team else None,
                    language=language, zone="Europe/Copenhagen", now=now,
                )  # fmt: skip

            cast = Cast(
                nord,
                syd,
                enrol(11, "Anna", Role.MENTOR, nord),
                enrol(12, "Bo", Role.MENTOR, nord),
                enrol(13, "Lea", Role.LEAD, nord),
                sif := enrol(14, "Sif", Role.MENTOR, syd),
                enrol(15, "Tue", Role.LEAD, syd),
                enrol(16, "Ada", Role.ADMIN, None),
                enrol(17, "Kim", Role.CODER, None),
                uffe := enrol(18, "Uffe", Role.MENTOR, nord),
                "",
            )
            b07 = citizen(tx, cast.anna, "B07", now)
            citizen(tx, cast.anna, "Stjerne syv", now)
            citizen(tx, cast.bo, "K12", now)
            citizen(tx, sif, "S01", now)
            people.mark_left(tx, uffe.id, now)
        yield here, Cast(**{**cast.__dict__, "b07": b07.id})


async def second_lead(here: Talks, cast: Cast, name: str = "Ole", number: int = 30) -> Person:
    """Nord gets another lead."""
    async with here.db.transaction() as tx:
        return people.add_person(
            tx, telegram_id=number, chat_id=number, name=name, role=Role.LEAD, team_id=cast.nord.id, language="da",
            zone="Europe/Copenhagen", now=here.now,
        )  # fmt: skip


async def wishes(
    here: Talks,
    mentor: Person,
    pseudonym: str,
    *,
    how: str = "Ja, snart",
    focus: str | None = None,
    share: bool = False,
) -> None:
    """A short debrief is stopped, supervision is asked for on the receipt, perhaps with a focus that is shared."""
    await here.send(mentor, "/debrief")
    await here.press(mentor, pseudonym)
    await here.press(mentor, "Som aftalt")
    await here.send(mentor, "/stop")
    await here.press(mentor, "Supervision")
    await here.press(mentor, how)
    if focus is None:
        await here.press(mentor, "Hop over")
    else:
        await here.send(mentor, focus)
        await here.press(mentor, "Videre")
    if share:
        await here.press(mentor, "Del med min leder")
        await here.press(mentor, "Se, hvad lederen ser")
        await here.press(mentor, "Ja, det er i orden")


async def gets_unsafe(here: Talks, mentor: Person) -> None:
    """A debrief of an unsafe visit, up to whom the mentor has got hold of; something private is told on the way."""
    await here.send(mentor, "/debrief")
    for label in ("B07", "Gik, det var utrygt", "Ja", "Trusler", "Færdig"):
        await here.press(mentor, label)
