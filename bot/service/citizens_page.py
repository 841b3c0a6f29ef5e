"""A citizen's page: the pseudonym, what is agreed about contact, who goes on with them, and putting them away.

Only the mentor whose citizen it is sees the page; leads, admins and coders have no such list.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.dialogue.answering import MAX_PSEUDONYM
from bot.dialogue.threads import Channel
from bot.service import citizens_agreed, citizens_list, citizens_pass, contact_log_page, remind_plan
from bot.service.citizens_list import standing_of
from bot.service.reach_case import load, settings_of
from bot.service.reach_log import saying_for
from bot.service.reach_moves import give_up
from bot.service.reach_open import open_for
from bot.service.reach_pages import CARD, words_of
from bot.service.remind_plan import NEXT_CONTACT
from bot.service.replies import Buttons, Page, PageButton, Reply, Say, Toast, Worded
from bot.service.tools import Tools
from storage import asked, citizens, contact, followups, threads
from storage.citizens import Citizen
from storage.contact import End
from storage.database import Transaction
from storage.followups import FollowupStatus
from storage.ids import new_id
from storage.people import Person, Role

PAGE = citizens_list.PAGE
_ARCHIVED_SHOWN = 12


async def command(tx: Transaction, tools: Tools, person: Person, now: datetime) -> list[Reply]:
    """/borgere."""
    if person.role is not Role.MENTOR or person.team_id is None:
        return [Say(person.chat_id, person.language, "error.not_allowed")]
    asked.forget(tx, person.id)
    return [await citizens_list.page(tx, tools, person, now)]


async def show(
    tx: Transaction,
    tools: Tools,
    person: Person,
    citizen_id: str,
    now: datetime,
    *,
    fresh: bool,
    said: Worded | None = None,
) -> list[Reply]:
    """The page of one of the mentor's own citizens; ``said``: what was just done."""
    citizen = await own(tx, person, citizen_id)
    if citizen is None:
        return [Toast(person.language, "note.not_yours")]
    return [await _page(tx, tools, person, citizen, now, fresh=fresh, said=said)]


async def own(tx: Transaction, person: Person, citizen_id: str) -> Citizen | None:
    """The citizen with this id if it is this mentor's own, also an archived one."""
    citizen = await citizens.get(tx, citizen_id) if person.role is Role.MENTOR else None
    return citizen if citizen is not None and citizen.mentor_id == person.id else None


async def _page(
    tx: Transaction,
    tools: Tools,
    person: Person,
    citizen: Citizen,
    now: datetime,
    *,
    fresh: bool,
    said: Worded | None,
) -> Page:
    standing = await standing_of(tx, tools, person, citizen, now)
    words, saying = words_of(tools, person), saying_for(tools, person)
    settings = settings_of(standing.agreed)
    cap = settings.cap_a_week or tools.ladder.ladder.cap_a_week
    values: dict[str, Any] = {
        **citizens_list.line(tools, person, standing, now),
        "archived": citizen.archived_at is not None,
        "rhythm": words.span(standing.rhythm),
        "cap": cap,
        "agreed": [saying.channel(one.value) for one in Channel if one in settings.channels],
        "note": await contact.next_time(tx, citizen.id, person.id),
        "said": said,
    }
    buttons = _buttons(citizen, is_open=standing.case is not None)
    return Page(person.chat_id, PAGE, person.language, "reach_citizen", values, buttons, fresh=fresh, card=CARD)


def _buttons(citizen: Citizen, *, is_open: bool) -> Buttons:
    back = (PageButton("reach.to_list", "l", "0"), PageButton("button.close", "x"))
    log = (PageButton("log.open", "v", citizen.id),)
    if citizen.archived_at is not None:
        return ((PageButton("reach.bring_back", "b", citizen.id),), log, back)
    return (
        (PageButton("reach.to_thread" if is_open else "reach.start_thread", "t", citizen.id),),
        (PageButton("reach.ways", "h", citizen.id), PageButton("reach.rhythm", "y", citizen.id)),
        (PageButton("reach.cap", "q", citizen.id), PageButton("reach.rename", "n", citizen.id)),
        (PageButton("reach.pass_on", "g", citizen.id), PageButton("reach.archive", "z", citizen.id)),
        log,
        back,
    )


async def press(
    tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime, *, fresh: bool = False
) -> list[Reply]:
    """One tap: l the list, d the archived ones, a add; of a citizen: c the page, t the thread, v the log, n rename, z Z
    archive, b bring back, and those of ``citizens_agreed`` and ``citizens_pass``."""
    asked.forget(tx, person.id)
    if person.role is not Role.MENTOR or person.team_id is None:
        return [Toast(person.language, "note.not_yours")]
    match verb:
        case "l":
            offset = int(arg) if arg.isdecimal() and len(arg) < 6 else 0
            return [await citizens_list.page(tx, tools, person, now, offset=offset, fresh=fresh)]
        case "d":
            return [await _archived(tx, person, fresh=fresh)]
        case "a":
            asked.ask(tx, person.id, PAGE, "a", now)
            return [_ask_name(person, None, None, fresh=fresh)]
    citizen = await own(tx, person, arg.partition(".")[0])
    if citizen is None:
        return [Toast(person.language, "note.not_yours")]
    return await _of_citizen(tx, tools, person, citizen, verb, arg, now, fresh=fresh)


async def _of_citizen(
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
    said: Worded | None = None
    match verb:
        case "v":
            return [await contact_log_page.page(tx, tools, person, citizen, now, fresh=fresh)]
        case "b":
            citizens.archive(tx, citizen.id, None)
            said = Worded("reach.brought_back")
        case _ if citizen.archived_at is not None:
            pass  # what is archived is left as it is, whatever an old button says
        case "t":
            return await open_for(tx, tools, person, citizen, now, fresh=fresh)
        case "n":
            asked.ask(tx, person.id, PAGE, f"n:{citizen.id}", now)
            return [_ask_name(person, citizen, None, fresh=fresh)]
        case "z":
            return [_ask_archive(person, citizen, fresh=fresh)]
        case "Z":
            await _archive(tx, tools, person, citizen, now)
            said = Worded("reach.archived_now")
        case _ if verb in citizens_agreed.VERBS:
            shown = await citizens_agreed.press(tx, tools, person, citizen, verb, arg, now, fresh=fresh)
            if shown is not None:
                return shown
            said = Worded("reach.kept")
        case _ if verb in citizens_pass.VERBS:
            return await citizens_pass.press(tx, tools, person, citizen, verb, arg, now, fresh=fresh)
    return await show(tx, tools, person, citizen.id, now, fresh=fresh, said=said)


def _ask_name(person: Person, citizen: Citizen | None, problem: str | None, *, fresh: bool) -> Page:
    """A pseudonym, to be typed; ``citizen``: the one to be called so, None for a new one."""
    back = PageButton("button.back", "c", citizen.id) if citizen else PageButton("button.back", "l", "0")
    values = {"name": citizen.pseudonym if citizen else None, "problem": Worded(problem) if problem else None}
    return Page(person.chat_id, PAGE, person.language, "reach.ask_name", values, ((back,),), fresh=fresh, card=CARD)


def _ask_archive(person: Person, citizen: Citizen, *, fresh: bool) -> Page:
    values = {"name": citizen.pseudonym}
    buttons = ((PageButton("reach.archive_yes", "Z", citizen.id),), (PageButton("button.back", "c", citizen.id),))
    return Page(person.chat_id, PAGE, person.language, "reach.ask_archive", values, buttons, fresh=fresh, card=CARD)


async def _archive(tx: Transaction, tools: Tools, person: Person, citizen: Citizen, now: datetime) -> None:
    """Put the citizen away; an open thread ends, and what was agreed about the next contact. Other duties stay: the
    record is to be written all the same."""
    row = await threads.thread_of(tx, citizen.id)
    case = await load(tx, tools, row.id, now) if row is not None else None
    if case is not None:
        await give_up(tx, tools, case, End.ARCHIVED, now)
    for one in await followups.of_citizen(tx, citizen.id, person.id):
        if one.kind == NEXT_CONTACT:
            await remind_plan.close(tx, one, FollowupStatus.DROPPED, now)
    citizens.archive(tx, citizen.id, now)


async def _archived(tx: Transaction, person: Person, *, fresh: bool) -> Page:
    """The mentor's archived citizens."""
    found = await citizens.archived_of(tx, person.id, _ARCHIVED_SHOWN)
    names = [PageButton("reach.label", "c", one.id, {"text": one.pseudonym}) for one in found]
    rows = tuple(tuple(names[start : start + 3]) for start in range(0, len(names), 3))
    back = (PageButton("reach.to_list", "l", "0"),)
    values = {"count": len(found)}
    return Page(
        person.chat_id, PAGE, person.language, "reach.archived_page", values, (*rows, back), fresh=fresh, card=CARD
    )


async def problem_with(tx: Transaction, person: Person, name: str, but: str | None = None) -> str | None:
    """Why this cannot be a pseudonym in the mentor's team: the key of a text; None when it can. ``but``: the
    citizen who is called so already."""
    kept = " ".join(name.split())
    if not kept or len(kept) > MAX_PSEUDONYM or kept.startswith("/"):
        return "note.bad_pseudonym"
    found = await citizens.find(tx, person.id, person.team_id or "", kept, 1)
    if found.taken:
        return "note.taken"
    return "reach.yours_already" if found.exact is not None and found.exact.id != but else None


async def typed(tx: Transaction, tools: Tools, person: Person, what: str, text: str, now: datetime) -> list[Reply]:
    """A pseudonym: a new citizen's, or another one for a citizen."""
    kind, _, citizen_id = what.partition(":")
    citizen = await own(tx, person, citizen_id) if kind == "n" else None
    if person.team_id is None or (kind == "n" and (citizen is None or citizen.archived_at is not None)):
        asked.forget(tx, person.id)
        return [await citizens_list.page(tx, tools, person, now)]
    problem = await problem_with(tx, person, text, citizen.id if citizen else None)
    if problem is not None:
        return [_ask_name(person, citizen, problem, fresh=True)]
    asked.forget(tx, person.id)
    if citizen is not None:
        citizens.rename(tx, citizen.id, text)
        return await show(tx, tools, person, citizen.id, now, fresh=True, said=Worded("reach.renamed"))
    made = citizens.add(tx, id=new_id(now), team_id=person.team_id, mentor_id=person.id, pseudonym=text, now=now)
    return await show(tx, tools, person, made.id, now, fresh=True, said=Worded("reach.added"))
