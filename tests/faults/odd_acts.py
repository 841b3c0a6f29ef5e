"""What people type and press, so that odd texts are taken in and shown again, and everything that is said to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.copying import Copying
from bot.service.guard_names_page import LONGEST as LONGEST_NAME
from storage import invites
from storage.people import Person, Role
from tests.faults.odd_texts import Odd
from tests.integration.week_kit import WeekChats

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10.00 in Copenhagen; the week that has ended is 2026-W47
PSEUDONYM = 30
_REMARK = 500
_REMINDERS = 4
_NAMES = 6


@dataclass(frozen=True)
class Said:
    """A message as it goes to Telegram."""

    chat_id: int
    html: str
    labels: tuple[str, ...]


@dataclass
class Recorder(WeekChats):
    """The program without Telegram, which remembers everything that it was told to send."""

    said: list[Said] = field(default_factory=list)

    async def deliver(self) -> None:
        """As the sender, and remember."""
        async with self.db.transaction() as tx:
            rows = await tx.all("SELECT chat_id, payload FROM outbox WHERE kind IN ('card', 'send') AND status = ?",
                                "pending")  # fmt: skip
        for row in rows:
            payload = json.loads(row["payload"])
            labels = tuple(one["text"] for line in payload["buttons"] for one in line)
            self.said.append(Said(row["chat_id"], payload["text"], labels))
        await super().deliver()


async def carried_out(here: Recorder, odd: Odd, mentors: Sequence[Person], leads: Sequence[Person]) -> None:
    """Mentors write, leads read and answer, mentors look at everything; somebody new comes."""
    for mentor in mentors:
        await _writes(here, odd, mentor)
    for lead in leads:
        await _leads(here, odd, lead)
    for mentor in mentors:
        await _looks(here, mentor)
    await _joins(here, odd, mentors[0])
    await here.draw()
    await Copying(here.db, here.tools, here.renderer, lambda: here.now, lambda: None).run()
    await here.deliver()


async def _writes(here: Recorder, odd: Odd, mentor: Person) -> None:
    """A pseudonym, an answer, reminders and names."""
    await here.send(mentor, "/debrief")
    await here.send(mentor, odd.text("pseudonym", only="pseudonym", longest=PSEUDONYM))
    for label in ("Opret", "Gik, det var utrygt", "Ja", "Trusler", "Færdig"):
        await here.press(mentor, label)
    await here.send(mentor, "/stop")
    await here.send(mentor, "/debrief")
    first, *_ = here.last(mentor).labels
    for label in (first, "Som aftalt", "Hele refleksionen"):
        await here.press(mentor, label)
    while "Hvad skete der?" not in here.last(mentor).text:
        await here.press(mentor, "Hop over")
    for _ in range(3):
        await here.send(mentor, odd.text("what_happened", only="message"))
    await here.send(mentor, "/stop")
    for _ in range(_REMINDERS):
        await here.own(mentor, odd.text("reminder", longest=1000, only="line"), here.now + timedelta(days=1))
    odd_one = odd.text("reminder", longest=500, only="line")
    await here.send(mentor, f"/paamind i morgen kl. 10 skriv {odd_one} på sedlen")  # edges belong to the time
    await here.send(mentor, "/indstillinger")
    for label in ("Navne, jeg holder øje med", "Tilføj navne"):
        await here.press(mentor, label)
    names = [odd.text("guard_name", only="person", longest=LONGEST_NAME) for _ in range(_NAMES)]
    await here.send(mentor, "\n".join(names))


async def _leads(here: Recorder, odd: Odd, lead: Person) -> None:
    """Every part of the week, its picture and report; what was shared, and a word back; a log."""
    for part in ("Supervision", "Tryghed", "Fravær", "Ikke nået", "Over tiden", "Arbejdet", "Billede", "Rapport"):
        await here.send(lead, "/uge")
        await here.press(lead, part)
    for _ in range(2):
        await here.send(lead, "/supervision")
        await here.tap(lead, here.last(lead).id, here.last(lead).buttons[0][1])
        for label in ("Taget op i dag", "Skriv selv"):
            await here.press(lead, label)
        await here.send(lead, odd.text("remark", longest=_REMARK, only="line"))
    async with here.db.transaction() as tx:
        rows = await tx.all("SELECT pseudonym FROM citizens WHERE team_id = ?", lead.team_id)
    for row in rows:
        await here.send(lead, f"/log {row['pseudonym']}")


async def _looks(here: Recorder, mentor: Person) -> None:
    """All pages that a mentor has."""
    for command in ("/huskeliste", "/borgere", "/supervision", "/uge", "/hvemharset", "/hjaelp", "/indstillinger"):
        await here.send(mentor, command)
    async with here.db.transaction() as tx:
        rows = await tx.all("SELECT pseudonym FROM citizens WHERE mentor_id = ?", mentor.id)
    for row in rows:
        for command in ("/kontakt", "/log"):
            await here.send(mentor, f"{command} {row['pseudonym']}")
    await here.send(mentor, f"/log {rows[0]['pseudonym']}")
    await here.press(mentor, "Linje til journalen")
    await here.send(mentor, "/minedata")
    await here.press(mentor, "Ja, send mig filerne")
    await here.tick(days=1)


async def _joins(here: Recorder, odd: Odd, like: Person) -> None:
    """An invitation with an odd name is followed."""
    new = replace(like, telegram_id=77, chat_id=77)
    async with here.db.transaction() as tx:
        name = odd.text("person.name", only="name", longest=60)
        code, _ = invites.add_invite(
            tx, role=Role.MENTOR, name=name, team_id=like.team_id, now=here.now, ttl=timedelta(hours=72)
        )
    await here.send(new, f"/start {code}")
    await here.press(new, "Ja, det er i orden")
    await here.press(new, "Nej, ikke mine")
