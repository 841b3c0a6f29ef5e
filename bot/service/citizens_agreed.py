"""What is agreed with a citizen about contact: which channels, how often, and how many attempts a week at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.dialogue.threads import Channel
from bot.service import reach_moves
from bot.service.citizens_list import PAGE, rhythm_of
from bot.service.reach_case import settings_of
from bot.service.reach_codes import CHANNELS, channel_of
from bot.service.reach_log import saying_for
from bot.service.reach_pages import CARD, words_of
from bot.service.replies import Page, PageButton, Reply, Toast
from bot.service.tools import Tools
from storage import citizens, threads
from storage.citizens import Agreed, Citizen
from storage.database import Transaction
from storage.people import Person

VERBS = frozenset("hHyYqQ")
RHYTHMS = (3, 7, 14, 28)
CAPS = (2, 3, 4, 6)


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
) -> list[Reply] | None:
    """One tap: h the channels, H one of them on or off, y Y how often, q Q how many attempts. None: it is stored, and
    the citizen's page is next."""
    rest = arg.partition(".")[2]
    agreed = (await citizens.agreed(tx, [citizen.id]))[citizen.id]
    match verb:
        case "h":
            return [_channels(tools, person, citizen, agreed, fresh=fresh)]
        case "H" if (channel := channel_of(rest[:1])) is not None:
            return await _toggle(tx, tools, person, citizen, agreed, channel, rest[1:] == "1", now, fresh=fresh)
        case "y":
            return [_rhythm(tools, person, citizen, agreed, fresh=fresh)]
        case "q":
            return [_cap(tools, person, citizen, agreed, fresh=fresh)]
        case "Y" if rest in map(str, RHYTHMS):
            citizens.set_rhythm(tx, citizen.id, int(rest))
        case "Q" if rest in map(str, CAPS):
            citizens.set_cap(tx, citizen.id, int(rest))
        case "Q" if rest == "0":
            citizens.set_cap(tx, citizen.id, None)
        case _:
            return [Toast(person.language, "note.stale")]
    await _plan(tx, tools, citizen, now)
    return None


async def _plan(tx: Transaction, tools: Tools, citizen: Citizen, now: datetime) -> None:
    """What is agreed has changed: so may what comes next in the open thread."""
    row = await threads.thread_of(tx, citizen.id)
    if row is not None:
        await reach_moves.settle(tx, tools, row.id, now, acted=False)


async def _toggle(
    tx: Transaction,
    tools: Tools,
    person: Person,
    citizen: Citizen,
    agreed: Agreed,
    channel: Channel,
    on: bool,
    now: datetime,
    *,
    fresh: bool,
) -> list[Reply]:
    kept = _ticked(agreed) | {channel} if on else _ticked(agreed) - {channel}
    if not kept:
        page = _channels(tools, person, citizen, agreed, fresh=fresh)
        return [page, Toast(person.language, "reach.one_way")]
    citizens.set_channels(tx, citizen.id, [] if kept == set(Channel) else [one.value for one in kept])
    await _plan(tx, tools, citizen, now)
    changed = (await citizens.agreed(tx, [citizen.id]))[citizen.id]
    return [_channels(tools, person, citizen, changed, fresh=fresh)]


def _ticked(agreed: Agreed) -> set[Channel]:
    """All of them where nothing else was agreed."""
    return set(settings_of(agreed).channels) or set(Channel)


def _channels(tools: Tools, person: Person, citizen: Citizen, agreed: Agreed, *, fresh: bool) -> Page:
    saying, ticked = saying_for(tools, person), _ticked(agreed)
    rows = [
        (
            PageButton(
                "reach.ticked" if one in ticked else "reach.label",
                "H",
                f"{citizen.id}.{CHANNELS[one]}{'0' if one in ticked else '1'}",
                {"text": saying.channel(one.value)},
            ),
        )
        for one in Channel
    ]
    return _page(person, citizen, "ways", rows, fresh=fresh)


def _rhythm(tools: Tools, person: Person, citizen: Citizen, agreed: Agreed, *, fresh: bool) -> Page:
    words = words_of(tools, person)
    row = tuple(
        PageButton(
            "reach.ticked" if days == rhythm_of(tools, agreed) else "reach.label",
            "Y",
            f"{citizen.id}.{days}",
            {"text": words.span(days)},
        )
        for days in RHYTHMS
    )
    return _page(person, citizen, "rhythm", [row[:2], row[2:]], fresh=fresh)


def _cap(tools: Tools, person: Person, citizen: Citizen, agreed: Agreed, *, fresh: bool) -> Page:
    row = tuple(
        PageButton(
            "reach.ticked" if most == agreed.weekly_cap else "reach.label",
            "Q",
            f"{citizen.id}.{most}",
            {"text": str(most)},
        )
        for most in CAPS
    )
    usual = PageButton("reach.usual_cap", "Q", f"{citizen.id}.0", {"most": tools.ladder.ladder.cap_a_week})
    return _page(person, citizen, "cap", [row, (usual,)], fresh=fresh)


def _page(person: Person, citizen: Citizen, part: str, rows: Sequence[tuple[PageButton, ...]], *, fresh: bool) -> Page:
    values = {"name": citizen.pseudonym, "part": part}
    buttons = (*rows, (PageButton("button.back", "c", citizen.id),))
    return Page(person.chat_id, PAGE, person.language, "reach.ask_agreed", values, buttons, fresh=fresh, card=CARD)
