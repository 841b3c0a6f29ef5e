"""Erasing a citizen or a person for good: what that means is said first, then it is done in one transaction.

The audit and the register of erasures keep the id, so that it can be proved, and repeated on a restored backup. What is
in older backups goes as they are replaced: ``gone_on`` says when.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.organisation_parts import Backup
from bot.service import leaving, teams
from bot.service.replies import Remove, Reply
from bot.service.tools import Tools
from storage import (
    audit,
    citizens,
    erasing,
    erasing_chats,
    erasing_counts,
    erasure_register,
    people,
    threads,
)
from storage.citizens import Citizen
from storage.database import Transaction
from storage.erasing_counts import Counts
from storage.erasing_traces import Message
from storage.erasure_register import Entry
from storage.people import Person
from storage.times import moment


@dataclass(frozen=True)
class Subject:
    """Who is to be erased, and what that means. ``active``: pseudonyms of active citizens who have no other mentor;
    ``leaderless``: the team that will have no lead."""

    about: Person | Citizen
    counts: Counts
    active: tuple[str, ...] = ()
    leaderless: str | None = None

    @property
    def id(self) -> str:
        """The id that is erased."""
        return self.about.id

    @property
    def name(self) -> str:
        """What must be typed to go on."""
        return self.about.name if isinstance(self.about, Person) else self.about.pseudonym


async def look(tx: Transaction, about: Person | Citizen) -> Subject:
    """What erasing this one means; nothing is changed."""
    if isinstance(about, Citizen):
        return Subject(about, await erasing_counts.of_a_citizen(tx, about.id, about.pseudonym))
    active = await teams.active_citizens(tx, about)
    counts = await erasing_counts.of_a_person(tx, about.id, about.name)
    return Subject(about, counts, tuple(one.pseudonym for one in active), await _only_lead(tx, about))


async def _only_lead(tx: Transaction, person: Person) -> str | None:
    """The name of the team that nobody but this person leads."""
    leads = await people.leads_of(tx, person.team_id or "")
    if [one.id for one in leads] != [person.id]:
        return None
    return next((one.name for one in await people.teams(tx) if one.id == person.team_id), None)


async def erase(
    tx: Transaction, tools: Tools, about: Person | Citizen, now: datetime, register: Callable[[Entry], None]
) -> list[Reply]:
    """Erase; what is to be sent afterwards comes back. ``register`` writes the entry where it outlives the database,
    and must raise when it cannot: it is called last, when nothing else can fail but the commit."""
    if isinstance(about, Citizen):
        replies = await _citizen(tx, about, now)
        entry = erasure_register.made("citizen", about.id, now)
    else:
        replies = await _person(tx, tools, about, now)
        entry = erasure_register.made("mentor", about.id, now)
    erasure_register.note(tx, entry)
    audit.note(tx, audit.OPERATOR, f"erase_{entry.kind}", about.id, now)
    await tx.all("SELECT 1 AS done")  # everything queued is carried out here, before the register is written
    register(entry)
    return replies


async def _citizen(tx: Transaction, citizen: Citizen, now: datetime) -> list[Reply]:
    """Messages that name the citizen leave the chats: those about them alone, and the pages and reports of the team
    that may list them; those can be asked for again."""
    standing = await erasing_chats.about_citizen(tx, citizen)
    await erasing.citizen(tx, citizen.id)
    erasing_chats.forget(tx, standing)
    return _out(standing, now)


def _out(standing: Sequence[Message], now: datetime) -> list[Reply]:
    chats = sorted({one.chat_id for one in standing})
    return [
        reply
        for chat in chats
        for reply in leaving.removals(
            chat, [(one.message_id, moment(one.shown_at)) for one in standing if one.chat_id == chat], now
        )
    ]


async def _person(tx: Transaction, tools: Tools, person: Person, now: datetime) -> list[Reply]:
    """Who is still here leaves first. What others are to be told is queued after the erasing, which else would stop
    every message that waits and has the name in it."""
    replies: list[Reply] = []
    if person.left_at is None:
        left = await leaving.leave(tx, tools, person, citizens_to=None, now=now, last_line="leaving.erased")
        replies += left.replies
    replies += await leaving.empty_chat(tx, person, now, also_kept=True)
    for one in await teams.active_citizens(tx, person):
        await _put_away(tx, one, now)
    waiting = await erasing_chats.deletions(tx, person.chat_id)
    await erasing.mentor(tx, person.id)
    return [*replies, *(Remove(person.chat_id, ids) for ids in waiting)]


async def _put_away(tx: Transaction, citizen: Citizen, now: datetime) -> None:
    """A citizen whom nobody went on with: archived, the open thread ends with that, and nothing is asked of anybody."""
    row = await threads.thread_of(tx, citizen.id)
    if row is not None:
        await threads.close_thread(tx, row.id, closed_by=None, now=now)
        tx.write("UPDATE contact_threads SET ended = 'archived' WHERE id = ?", row.id)
    citizens.archive(tx, citizen.id, now)


def gone_on(now: datetime, kept: Backup, zone: ZoneInfo) -> date:
    """The local date on which the last backup that was made by itself and may hold it has been replaced."""
    return now.astimezone(zone).date() + timedelta(days=kept.daily + 7 * kept.weekly + 1)
