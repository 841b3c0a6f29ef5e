"""/kontakt: whose thread? A pseudonym opens or shows it; without one, the open threads and recent citizens."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.answering import MAX_PSEUDONYM
from bot.service import citizens_page
from bot.service.reach_open import open_for
from bot.service.reach_pages import CARD, CLOSE, PAGE
from bot.service.replies import Page, PageButton, Reply, Say, Toast
from bot.service.tools import Tools
from storage import asked, citizens, threads
from storage.citizens import Citizen
from storage.database import Transaction
from storage.ids import new_id
from storage.people import Person, Role

VERBS = frozenset("kNi")
RECENT = 6
_ROOM = 50  # bytes of a pseudonym that fit into a button


async def kontakt(tx: Transaction, tools: Tools, person: Person, text: str, now: datetime) -> list[Reply]:
    """The command, with what was typed after it."""
    if person.role is not Role.MENTOR or person.team_id is None:
        return [Say(person.chat_id, person.language, "error.not_allowed")]
    asked.forget(tx, person.id)
    name = " ".join(text.split())
    if not name:
        return [await _choose(tx, person, {"problem": None, "name": None})]
    found = await citizens.find(tx, person.id, person.team_id, name, RECENT)
    if found.exact is not None and found.exact.archived_at is not None:
        return await citizens_page.show(tx, tools, person, found.exact.id, now, fresh=True)
    if found.exact is not None:
        return await open_for(tx, tools, person, found.exact, now, fresh=True)
    if found.taken:
        return [await _choose(tx, person, {"problem": "taken", "name": None})]
    if len(name) > MAX_PSEUDONYM:
        return [await _choose(tx, person, {"problem": "bad", "name": None})]
    return [await _choose(tx, person, {"problem": "unknown", "name": name}, found.matches)]


async def _choose(
    tx: Transaction, person: Person, values: dict[str, str | None], matches: tuple[Citizen, ...] = ()
) -> Page:
    """Open threads first, then the citizens last used, or those whose pseudonym is like what was typed."""
    rows: list[tuple[PageButton, ...]] = []
    name = values["name"]
    running = [] if matches or name else await threads.open_of(tx, person.id)
    names = await citizens.names_by_id(tx, [one.citizen_id for one in running])
    rows += [
        (PageButton("reach.open_thread", "o", one.id, {"name": names.get(one.citizen_id, "?")}),)
        for one in running[:RECENT]
    ]
    known = {one.citizen_id for one in running}
    recent = matches or tuple(await citizens.recent(tx, person.id, RECENT))
    others = [PageButton("reach.label", "k", one.id, {"text": one.pseudonym}) for one in recent if one.id not in known]
    rows += [tuple(others[start : start + 3]) for start in range(0, len(others), 3)]
    if name and len(name.encode()) <= _ROOM:
        rows.append((PageButton("button.add_citizen", "N", name, {"name": name}),))
    rows.append((CLOSE,))
    about = {**values, "running": len(running), "others": len(others)}
    return Page(person.chat_id, PAGE, person.language, "reach.choose", about, tuple(rows), card=CARD)


async def press(
    tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime, *, fresh: bool
) -> list[Reply]:
    """One tap: k the thread of this citizen, opened if there is none; N add this pseudonym and open; i the citizen."""
    if verb == "i":
        return await citizens_page.show(tx, tools, person, arg, now, fresh=fresh)
    if verb == "N":
        return await _add(tx, tools, person, arg, now, fresh=fresh)
    citizen = await citizens.get(tx, arg)
    if citizen is None or citizen.mentor_id != person.id:
        return [Toast(person.language, "note.not_yours")]
    if citizen.archived_at is not None:
        return await citizens_page.show(tx, tools, person, citizen.id, now, fresh=fresh)
    return await open_for(tx, tools, person, citizen, now, fresh=fresh)


async def _add(tx: Transaction, tools: Tools, person: Person, name: str, now: datetime, *, fresh: bool) -> list[Reply]:
    """Add the pseudonym, unless somebody was quicker; a second tap finds the one the first tap made."""
    problem = await citizens_page.problem_with(tx, person, name)
    found = await citizens.find(tx, person.id, person.team_id or "", name, 1)
    if found.exact is not None and found.exact.archived_at is None:
        return await open_for(tx, tools, person, found.exact, now, fresh=fresh)
    if problem is not None or person.team_id is None:
        return [Toast(person.language, problem or "note.stale")]
    made = citizens.add(tx, id=new_id(now), team_id=person.team_id, mentor_id=person.id, pseudonym=name, now=now)
    return await open_for(tx, tools, person, made, now, fresh=fresh)
