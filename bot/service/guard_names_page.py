"""Names that the guard looks for in what this mentor types: added by typing, removed by a tap, seen by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.service.replies import NamesChanged, Page, PageButton, Reply
from bot.service.tools import Tools
from storage import asked, guard_names
from storage.database import Transaction
from storage.guard_names import name_key
from storage.people import Person

PAGE = "names"
CARD = "settings"  # it stands where the settings stood
KIND = "name"
"""What the guard calls a name that it finds."""
MOST = 100
LONGEST = 60
_A_PAGE = 8
_REMOVE, _TURN, _ADD, _BACK, _CLOSE = "d", "p", "a", "b", "x"


async def show(
    tx: Transaction, person: Person, *, page: int = 0, fresh: bool = False, came: Mapping[str, int] | None = None
) -> list[Reply]:
    """The list. ``came``: how many of the names just typed were added, known, too many or no names."""
    names = await guard_names.of_person(tx, person.id)
    last = max(0, (len(names) - 1) // _A_PAGE)
    page = min(max(page, 0), last)
    shown = names[page * _A_PAGE : (page + 1) * _A_PAGE]
    rows: list[tuple[PageButton, ...]] = [
        (PageButton("names.remove", _REMOVE, f"{one.id}.{page}", {"name": one.name}),) for one in shown
    ]
    turning = [PageButton("names.back", _TURN, str(page - 1))] if page > 0 else []
    turning += [PageButton("names.on", _TURN, str(page + 1))] if page < last else []
    rows += [tuple(turning)] if turning else []
    rows += [(PageButton("names.add", _ADD),)] if len(names) < MOST else []
    values = {"count": len(names), "most": MOST, "came": dict(came) if came and any(came.values()) else None}
    ends = (PageButton("button.back", _BACK), PageButton("button.close", _CLOSE))
    return [Page(person.chat_id, PAGE, person.language, "guard_names", values, (*rows, ends), fresh=fresh, card=CARD)]


async def press(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap: d take a name off, p another page, a add by typing."""
    asked.forget(tx, person.id)
    name_id, _, page = arg.rpartition(".")
    match verb:
        case verb if verb == _REMOVE:
            taken = await guard_names.remove(tx, person.id, name_id)
            drawn = await show(tx, person, page=_number(page))
            return [*drawn, NamesChanged()] if taken else drawn
        case verb if verb == _ADD:
            asked.ask(tx, person.id, PAGE, "add", now)
            back = ((PageButton("button.back", _TURN, "0"),),)
            return [Page(person.chat_id, PAGE, person.language, "names.ask", {}, back, fresh=False, card=CARD)]
    return await show(tx, person, page=_number(arg))


async def typed(tx: Transaction, tools: Tools, person: Person, text: str, now: datetime) -> list[Reply]:
    """Names, one a line. What the guard knew already may come masked: "[navn]"; it is on a list."""
    asked.forget(tx, person.id)
    known = {name_key(one.name) for one in await guard_names.of_person(tx, person.id)}
    own = len(known)
    known |= {name_key(name) for name in tools.organisation.guard_names}
    came = {"added": 0, "known": 0, "too_many": 0, "no_names": 0}
    for line in filter(None, (" ".join(line.split()) for line in text.splitlines())):
        if name_key(line) in known or (line.startswith("[") and line.endswith("]")):
            came["known"] += 1
        elif not _is_name(line):
            came["no_names"] += 1
        elif own + came["added"] >= MOST:
            came["too_many"] += 1
        else:
            guard_names.add(tx, person.id, line, now)
            known.add(name_key(line))
            came["added"] += 1
    drawn = await show(tx, person, fresh=True, came=came)
    return [*drawn, NamesChanged()] if came["added"] else drawn


def _is_name(line: str) -> bool:
    """At least two letters and nothing that no name has: a number belongs on no list."""
    letters = sum(char.isalpha() for char in line)
    return letters >= 2 and len(line) <= LONGEST and not any(char.isdigit() or char in "[]<>@/" for char in line)


def _number(arg: str) -> int:
    return int(arg) if arg.isdecimal() and len(arg) <= 3 else 0
