"""Passing a citizen on to another mentor of the team, after a confirming tap: the open thread and what is to be done go
too, with their reminders.

What was answered in debriefs stays with whoever answered it; the log of attempts stays theirs who made them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.service import citizens_list
from bot.service.citizens_list import PAGE
from bot.service.reach_pages import CARD
from bot.service.replies import Page, PageButton, Reply, Say, Worded
from bot.service.teams import hand_over
from bot.service.tools import Tools
from storage import contact
from storage.citizens import Citizen
from storage.database import Transaction
from storage.people import Person

VERBS = frozenset("gGW")
_TAIL = 12  # letters of an id's random end: two ids do not fit into a button


async def press(
    tx: Transaction,
    tools: Tools,
    person: Person,
    citizen: Citizen,
    verb: str,
    arg: str,
    now: datetime,
    *,
    fresh: bool,
) -> list[Reply]:
    """One tap: g to whom, G to this one, W yes."""
    others = await contact.mentors_of(tx, citizen.team_id, but=person.id)
    to = next((one for one in others if one.id[-_TAIL:] == arg.partition(".")[2]), None)
    match verb:
        case "G" if to is not None:
            return [_confirm(person, citizen, to, fresh=fresh)]
        case "W" if to is not None:
            return await _pass_on(tx, tools, person, citizen, to, now, fresh=fresh)
    return [_to_whom(person, citizen, others, fresh=fresh)]


def _to_whom(person: Person, citizen: Citizen, others: list[Person], *, fresh: bool) -> Page:
    rows = tuple(
        (PageButton("reach.label", "G", f"{citizen.id}.{one.id[-_TAIL:]}", {"text": one.name}),) for one in others
    )
    values = {"name": citizen.pseudonym, "to": None, "others": len(others)}
    return _page(person, values, (*rows, (PageButton("button.back", "c", citizen.id),)), fresh=fresh)


def _confirm(person: Person, citizen: Citizen, to: Person, *, fresh: bool) -> Page:
    yes = PageButton("reach.pass_yes", "W", f"{citizen.id}.{to.id[-_TAIL:]}")
    values = {"name": citizen.pseudonym, "to": to.name, "others": 1}
    return _page(person, values, ((yes,), (PageButton("button.back", "c", citizen.id),)), fresh=fresh)


def _page(
    person: Person, values: Mapping[str, object], buttons: tuple[tuple[PageButton, ...], ...], *, fresh: bool
) -> Page:
    return Page(person.chat_id, PAGE, person.language, "reach.ask_pass", values, buttons, fresh=fresh, card=CARD)


async def _pass_on(
    tx: Transaction, tools: Tools, person: Person, citizen: Citizen, to: Person, now: datetime, *, fresh: bool
) -> list[Reply]:
    await hand_over(tx, tools, citizen, person, to, now, by=person.id)
    told = Say(
        to.chat_id,
        to.language,
        "reach.passed_to_you",
        {"mentor": person.name, "pseudonym": citizen.pseudonym},
        ((PageButton("reach.to_citizen", "c", citizen.id),),),
        PAGE,
    )
    said = Worded("reach.passed", {"name": citizen.pseudonym, "to": to.name})
    return [await citizens_list.page(tx, tools, person, now, fresh=fresh, said=said), told]
