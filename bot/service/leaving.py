"""Somebody leaves: no access from the commit on, nothing more is sent, nothing of what they wrote is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.service import debrief, lead_calls, teams
from bot.service.replies import Remove, Reply, Say
from bot.service.tools import Tools
from storage import audit, citizens, erasure_register, leaving, people, reflections
from storage import lead_calls as calls
from storage.citizens import Citizen
from storage.database import Transaction
from storage.erasure_register import Entry
from storage.people import Person, Role, Team

_ALL = 100_000


@dataclass(frozen=True)
class Left:
    """What came of it. ``handed``: active citizens who went to a colleague; ``without``: active ones who have nobody
    now; ``debriefs``: how many open ones were closed; ``leaderless``: the team that has no lead any more; ``replies``:
    what to send, the person's own last line among it."""

    person: Person
    handed: tuple[str, ...]
    without: tuple[str, ...]
    debriefs: int
    leaderless: Team | None
    replies: tuple[Reply, ...]


async def leave(
    tx: Transaction,
    tools: Tools,
    person: Person,
    *,
    citizens_to: Person | None,
    now: datetime,
    last_line: str = "leaving.goodbye",
) -> Left:
    """Close this person's access. ``citizens_to``: a mentor of the team who goes on with the citizens; without, they
    stay as they are until somebody does (``hand_on``). ``last_line``: the key of what they are told in the chat.

    A debrief that is open is closed first, so that what it leaves to be done, and the thread of somebody who was
    missed, go on to the colleague as well.
    """
    closed, removed = await _close(tx, tools, person, now)
    handed = await hand_on(tx, tools, person, citizens_to, now) if citizens_to is not None else []
    without = [one.pseudonym for one in await teams.active_citizens(tx, person)]
    people.mark_left(tx, person.id, now)
    leaving.drop_what_waits(tx, person, now)
    await _own_calls(tx, person, now)
    others = await lead_calls.unreachable(tx, tools, person.chat_id, now)
    audit.note(tx, audit.OPERATOR, "leave", person.id, now)
    led = await _led(tx, person)
    return Left(
        person=person,
        handed=tuple(one.pseudonym for one in handed),
        without=tuple(without),
        debriefs=closed,
        leaderless=led if led is not None and not await people.leads_of(tx, led.id) else None,
        replies=(
            Say(person.chat_id, person.language, last_line),
            *removed,
            *await empty_chat(tx, person, now, also_kept=False),
            *(one for one in others if _chat(one) != person.chat_id),
            *passed_on(person, citizens_to, handed),
        ),
    )


async def listed(tx: Transaction, person: Person, now: datetime) -> Entry:
    """Note the leaving among what no restored backup may undo, and give it for the files; everything queued is carried
    out before this returns, so that nothing but the commit can still fail."""
    entry = erasure_register.made("left", person.id, now)
    erasure_register.note(tx, entry)
    await tx.all("SELECT 1 AS done")
    return entry


async def hand_on(tx: Transaction, tools: Tools, person: Person, to: Person, now: datetime) -> list[Citizen]:
    """A colleague goes on with every citizen of their team, also archived ones; the active ones come back. Also after
    the leaving, and for what somebody left behind who is erased."""
    active = [one for one in await teams.active_citizens(tx, person) if one.team_id == to.team_id]
    archived = [one for one in await citizens.archived_of(tx, person.id, _ALL) if one.team_id == to.team_id]
    for one in (*active, *archived):
        await teams.hand_over(tx, tools, one, person, to, now, by=audit.OPERATOR)
    return active


def passed_on(person: Person, to: Person | None, handed: Sequence[Citizen]) -> list[Reply]:
    """What the colleague is told."""
    if to is None or not handed:
        return []
    values = {"mentor": person.name, "names": ", ".join(one.pseudonym for one in handed)}
    return [Say(to.chat_id, to.language, "leaving.passed_on", values)]


async def empty_chat(tx: Transaction, person: Person, now: datetime, *, also_kept: bool) -> list[Reply]:
    """The person's own words leave the chat, and so do our cards about citizens and colleagues. ``also_kept``: also
    what the person wanted to stay there."""
    typed = await leaving.own_messages(tx, person, now, also_kept=also_kept)
    ours = await leaving.cards(tx, person.chat_id)
    return removals(person.chat_id, [*((one, now) for one in typed), *ours], now)


def removals(chat_id: int, messages: Iterable[tuple[int, datetime]], now: datetime) -> list[Reply]:
    """Take messages out of a chat, given with when they were sent. What is too old to be deleted goes one by one: it
    can only be emptied, and one that fails must not hold up the others."""
    sent = dict(messages)
    recent = tuple(sorted(one for one, at in sent.items() if at > now - leaving.DELETABLE))
    first: list[Reply] = [Remove(chat_id, recent)] if recent else []
    return [*first, *(Remove(chat_id, (one,)) for one in sorted(sent.keys() - set(recent)))]


async def _close(tx: Transaction, tools: Tools, person: Person, now: datetime) -> tuple[int, list[Reply]]:
    """End what is open or set aside, with everything kept; how many, and the deletions that follow."""
    current = await reflections.open_of(tx, person.id)
    waiting = [*([current] if current is not None else []), *await reflections.aside_of(tx, person.id)]
    replies: list[Reply] = []
    for one in waiting:
        replies += await debrief.close(tx, tools, one, now)
    return len(waiting), [one for one in replies if isinstance(one, Remove)]


async def _own_calls(tx: Transaction, person: Person, now: datetime) -> None:
    """A call for the lead that nobody has seen: nobody is told of it again."""
    for one in await calls.waiting(tx, now):
        if one.mentor_id == person.id:
            await calls.told_unseen(tx, one.id, now)


async def _led(tx: Transaction, person: Person) -> Team | None:
    if person.role is not Role.LEAD:
        return None
    return next((one for one in await people.teams(tx) if one.id == person.team_id), None)


def _chat(reply: Reply) -> int | None:
    chat_id: int | None = getattr(reply, "chat_id", None)
    return chat_id
