"""What the bot's database holds after the storm, read with the key while the bot is off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogue.state import CitizenRef
from storage import answers, audit, reflections
from storage.answers import AnswerRow
from storage.audit import Entry
from storage.database import Reader, Row
from storage.reflections import Reflection
from tests.faults.crowd import CrowdPhone


@dataclass(frozen=True)
class Debrief:
    """One debrief with everything that belongs to it. ``revisions``: every answer, by question, oldest first."""

    row: Reflection
    revisions: Mapping[str, list[AnswerRow]]
    followups: tuple[Row, ...]
    audit: tuple[Entry, ...]


@dataclass(frozen=True)
class Stored:
    """All of it. ``debriefs`` by chat, in the order in which they were begun; ``citizens`` by chat, also new ones."""

    inbox: tuple[Row, ...]
    outbox: tuple[Row, ...]
    debriefs: Mapping[int, list[Debrief]]
    citizens: Mapping[int, list[CitizenRef]]
    kept: Mapping[int, frozenset[int]]
    """The mentors' own messages that are still to be removed, by chat."""

    @property
    def waiting(self) -> int:
        """How many updates and messages are not dealt with."""
        return sum(row["status"] == "pending" for row in (*self.inbox, *self.outbox))


async def read(phone: CrowdPhone) -> Stored:
    """Read it; the bot must be off."""
    assert phone.plug.state == "off"
    db = await phone.open()
    try:
        async with db.transaction() as tx:
            people = {row["id"]: row["chat_id"] for row in await tx.all("SELECT id, chat_id FROM people")}
            return Stored(
                inbox=tuple(await tx.all("SELECT * FROM inbox ORDER BY seq")),
                outbox=tuple(await tx.all("SELECT * FROM outbox ORDER BY seq")),
                debriefs=await _debriefs(tx, people),
                citizens=await _citizens(tx, people),
                kept=await _kept(tx),
            )
    finally:
        await db.close()


async def _debriefs(tx: Reader, people: Mapping[str, int]) -> dict[int, list[Debrief]]:
    found: dict[int, list[Debrief]] = {chat: [] for chat in people.values()}
    noted = await audit.entries(tx)
    for row in await tx.all("SELECT id FROM reflections ORDER BY id"):
        reflection = await reflections.get(tx, row["id"])
        assert reflection is not None
        revisions: dict[str, list[AnswerRow]] = {}
        for answer in await answers.all_of(tx, reflection.id, revisions=True):
            revisions.setdefault(answer.question_id, []).append(answer)
        followups = await tx.all("SELECT * FROM followups WHERE reflection_id = ?", reflection.id)
        own = tuple(entry for entry in noted if (entry.subject or "").startswith(reflection.id))
        found[people[reflection.mentor_id]].append(Debrief(reflection, revisions, tuple(followups), own))
    return found


async def _citizens(tx: Reader, people: Mapping[str, int]) -> dict[int, list[CitizenRef]]:
    """By chat, in the order in which they were added."""
    found: dict[int, list[CitizenRef]] = {chat: [] for chat in people.values()}
    for row in await tx.all("SELECT id, mentor_id, pseudonym FROM citizens ORDER BY created_at, used_at"):
        found[people[row["mentor_id"]]].append(CitizenRef(row["id"], row["pseudonym"]))
    return found


async def _kept(tx: Reader) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for row in await tx.all("SELECT chat_id, message_id FROM chat_messages"):
        found.setdefault(row["chat_id"], set()).add(row["message_id"])
    return {chat: frozenset(numbers) for chat, numbers in found.items()}


def state_of(debrief: Debrief) -> dict[str, Any]:
    """Where the dialogue stands, as stored."""
    found: dict[str, Any] = json.loads(debrief.row.state)
    return found
