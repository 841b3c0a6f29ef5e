"""/borgere: the mentor's citizens with days since last contact and what comes next, those first who need it most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local
from bot.dialogue.ladder import Proposal, is_alarmed
from bot.service.reach_case import Case, last_contacts, load
from bot.service.reach_log import saying_for
from bot.service.reach_pages import CARD, words_of
from bot.service.replies import Page, PageButton, Worded
from bot.service.tools import Tools
from storage import citizens, threads
from storage.citizens import Agreed, Citizen
from storage.database import Transaction
from storage.people import Person

PAGE = "citizens"
PER_PAGE = 8
_MOST = 1000  # far more than any mentor has


@dataclass(frozen=True)
class Standing:
    """Where things stand with one citizen. ``rhythm``: contact at least this often, in days; ``days`` since the last
    contact, None when none is known; ``case``: the open thread, ``step`` what comes next in it."""

    citizen: Citizen
    agreed: Agreed
    rhythm: int
    days: int | None
    case: Case | None
    step: Proposal | None
    now: datetime

    @property
    def is_due(self) -> bool:
        """Whether the thread asks for something now."""
        return self.step is not None and self.step.due_at <= self.now

    @property
    def need(self) -> tuple[int, int, str]:
        """What to sort by: worried, something to do now, a thread, longer without contact than agreed, the others.
        Facts the mentor gave, nothing else."""
        if self.case is not None:
            rank = 0 if is_alarmed(self.case.thread) else 1 if self.is_due else 2
        else:
            rank = 3 if self.days is not None and self.days > self.rhythm else 4
        return rank, -(self.days or 0), self.citizen.pseudonym.casefold()


async def standings(tx: Transaction, tools: Tools, person: Person, now: datetime) -> list[Standing]:
    """All of the mentor's citizens, those who need it most first."""
    mine = await citizens.recent(tx, person.id, _MOST)
    return sorted(await _standings(tx, tools, person, mine, now), key=lambda standing: standing.need)


async def standing_of(tx: Transaction, tools: Tools, person: Person, citizen: Citizen, now: datetime) -> Standing:
    """Where things stand with one of the mentor's citizens."""
    return (await _standings(tx, tools, person, [citizen], now))[0]


async def _standings(
    tx: Transaction, tools: Tools, person: Person, mine: Sequence[Citizen], now: datetime
) -> list[Standing]:
    running = {row.citizen_id: row for row in await threads.open_of(tx, person.id)}
    ids = [one.id for one in mine]
    last, agreed = await last_contacts(tx, tools, ids), await citizens.agreed(tx, ids)
    found = []
    for one in mine:
        row = running.get(one.id)
        case = await load(tx, tools, row.id, now) if row is not None else None
        step = case.by_day(tools, now) if case is not None else None
        days = _days(last.get(one.id), now, person)
        found.append(Standing(one, agreed[one.id], rhythm_of(tools, agreed[one.id]), days, case, step, now))
    return found


def rhythm_of(tools: Tools, agreed: Agreed) -> int:
    """How often there is to be contact with a citizen, in days."""
    return agreed.rhythm_days or tools.ladder.ladder.rhythm_days


def _days(last: datetime | None, now: datetime, person: Person) -> int | None:
    if last is None:
        return None
    zone = ZoneInfo(person.zone)
    return max(0, (local(now, zone).date() - local(last, zone).date()).days)


async def page(
    tx: Transaction,
    tools: Tools,
    person: Person,
    now: datetime,
    *,
    offset: int = 0,
    fresh: bool = True,
    said: Worded | None = None,
) -> Page:
    """The list, from the ``offset``th citizen on; ``said``: what was just done."""
    found = await standings(tx, tools, person, now)
    offset = offset if 0 <= offset < len(found) else 0
    shown = found[offset : offset + PER_PAGE]
    values = {"lines": [line(tools, person, one, now) for one in shown], "count": len(found), "said": said}
    names = [PageButton("reach.label", "c", one.citizen.id, {"text": one.citizen.pseudonym}) for one in shown]
    rows = [tuple(names[start : start + 3]) for start in range(0, len(names), 3)]
    turns = []
    if offset > 0:
        turns.append(PageButton("reach.previous", "l", str(max(0, offset - PER_PAGE))))
    if offset + PER_PAGE < len(found):
        turns.append(PageButton("reach.following", "l", str(offset + PER_PAGE)))
    archived = await citizens.archived_of(tx, person.id, 1)
    last = [PageButton("reach.add", "a"), *([PageButton("reach.archived", "d")] if archived else [])]
    buttons = (*rows, tuple(turns), tuple(last), (PageButton("button.close", "x"),))
    return Page(person.chat_id, PAGE, person.language, "reach_citizens", values, buttons, fresh=fresh, card=CARD)


def line(tools: Tools, person: Person, one: Standing, now: datetime) -> dict[str, Any]:
    """One citizen in values. ``step``: the name of what comes next, ``when`` it is not yet due."""
    words = words_of(tools, person)
    said = saying_for(tools, person)
    case, step = one.case, one.step
    paused = case.row.paused_until if case is not None else None
    return {
        "name": one.citizen.pseudonym,
        "days": words.span(one.days) if one.days is not None else None,
        "today": one.days == 0,
        "open": case is not None,
        "paused": said.day(paused, now) if paused is not None and paused > now else None,
        "step": words.name(step.step) if step is not None else None,
        "when": said.day(step.due_at, now) if step is not None and not one.is_due else None,
    }
