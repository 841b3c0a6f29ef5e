"""What a team's mentors asked for and shared, as their lead sees it: the list, and one debrief of it.

Looking at something shared is noted: in the audit log, and for the mentor to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.service import permissions
from bot.service.permissions import Action
from bot.service.replies import Buttons, Page, PageButton, Reply, Toast, Worded
from bot.service.supervision_words import PAGE, cut, date_said, day_said, remark_of, shared_answers
from bot.service.tools import Tools
from storage import audit, citizens, people, reflections, supervision, supervision_shared
from storage.database import Transaction
from storage.people import Person
from storage.reflections import Reflection
from storage.supervision import Taken, Wish
from storage.supervision_shared import SharedIn

VERBS = frozenset("lik")
PER_PAGE = 8
_FOCUS = 140
_LATELY = timedelta(days=14)
_SHOWN = 12
_FOCUS_QUESTION = "supervision_focus"
Row = tuple[PageButton, ...]


async def page(
    tx: Transaction, lead: Person, now: datetime, *, offset: int = 0, fresh: bool = True, said: Worded | None = None
) -> Page:
    """The list: open wishes, "soon" first, and what else was shared lately. ``said``: what was just done."""
    team = lead.team_id or ""
    wishes = [one for one in await supervision.open_wishes(tx, team, now) if one.mentor_id != lead.id]
    shown = wishes[offset : offset + PER_PAGE]
    for one in shown:
        if one.focus is not None:
            await note_read(tx, lead, one.reflection_id, now, only=_FOCUS_QUESTION)
    others = await _shared_besides(tx, lead, wishes, now)
    taken = await supervision.taken_in_team(tx, team, now - _LATELY, _SHOWN)
    values = {
        "wishes": [_line(one, lead, now) for one in shown],
        "more": max(0, len(wishes) - offset - len(shown)),
        "total": len(wishes),
        "shared": [_shared_line(one, lead, now) for one in others],
        "said": said,
        "reading": bool(others) or any(one.shared for one in shown),
    }
    rows: list[Row] = [(_to_item(one, lead, now),) for one in shown]
    rows += [(_to_shared(one, lead, now),) for one in others]
    rows += _around(offset, len(wishes))
    if await supervision_shared.shared_by(tx, lead.id):
        rows.append((PageButton("supervision.see_own", "m"),))
    last = [PageButton("supervision.taken_list", "k")] if taken else []
    rows.append((*last, PageButton("button.close", "x")))
    return Page(lead.chat_id, PAGE, lead.language, "supervision_team", values, tuple(rows), fresh=fresh)


async def _shared_besides(tx: Transaction, lead: Person, wishes: Sequence[Wish], now: datetime) -> list[SharedIn]:
    """Debriefs of which something was shared lately, without an open wish."""
    listed = {one.reflection_id for one in wishes}
    found = await supervision_shared.shared_in_team(tx, lead.team_id or "", lead.id, now - _LATELY)
    return [one for one in found if one.reflection_id not in listed and one.mentor_id != lead.id][:PER_PAGE]


def _line(one: Wish, lead: Person, now: datetime) -> dict[str, object]:
    return {
        "mentor": one.mentor,
        "soon": one.soon,
        "when": day_said(one.at, lead, now),
        "focus": cut(" ".join(one.focus.split()), _FOCUS) if one.focus else None,
        "pseudonym": one.pseudonym,
        "shared": one.shared,
    }


def _shared_line(one: SharedIn, lead: Person, now: datetime) -> dict[str, object]:
    return {
        "mentor": one.mentor,
        "pseudonym": one.pseudonym,
        "when": day_said(one.last_at, lead, now),
        "count": one.count,
        "unread": one.unread,
    }


def _to_item(one: Wish, lead: Person, now: datetime) -> PageButton:
    values = {"mentor": one.mentor, "when": day_said(one.at, lead, now)}
    return PageButton("supervision.item_soon" if one.soon else "supervision.item", "i", one.token, values)


def _to_shared(one: SharedIn, lead: Person, now: datetime) -> PageButton:
    values = {"mentor": one.mentor, "when": day_said(one.last_at, lead, now)}
    return PageButton("supervision.item_shared", "i", one.token, values)


def _around(offset: int, total: int) -> list[Row]:
    found = []
    if offset > 0:
        found.append(PageButton("reach.previous", "l", str(max(0, offset - PER_PAGE))))
    if offset + PER_PAGE < total:
        found.append(PageButton("reach.following", "l", str(offset + PER_PAGE)))
    return [tuple(found)] if found else []


async def press(tx: Transaction, tools: Tools, lead: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap that only looks: l the list, i one debrief, k what was taken up lately."""
    match verb:
        case "l":
            offset = int(arg) if arg.isdecimal() and len(arg) < 5 else 0
            return [await page(tx, lead, now, offset=offset, fresh=False)]
        case "k":
            return [await _taken_page(tx, lead, now)]
        case "i":
            found = await of_team(tx, lead, arg)
            drawn = await item(tx, tools, lead, found, now) if found is not None else None
            if found is not None and drawn is None:
                return await gone(tx, lead, now)
            return [drawn] if drawn is not None else [Toast(lead.language, "note.not_yours")]
    return [Toast(lead.language, "note.stale")]


async def gone(tx: Transaction, lead: Person, now: datetime) -> list[Reply]:
    """The mentor has taken it back meanwhile."""
    return [await page(tx, lead, now, fresh=False), Toast(lead.language, "supervision.gone")]


async def of_team(tx: Transaction, lead: Person, token: str) -> Reflection | None:
    """The debrief with this token if a mentor wrote it in the lead's team; never the lead's own."""
    found = await reflections.by_token(tx, token)
    if found is None or found.mentor_id == lead.id:
        return None
    return found if permissions.may(lead, Action.SUPERVISION, team=found.team_id) else None


async def item(
    tx: Transaction, tools: Tools, lead: Person, reflection: Reflection, now: datetime, *, fresh: bool = False,
    said: Worded | None = None,
) -> Page | None:  # fmt: skip
    """One debrief: the wish, and word for word what is shared. None when there is neither: then it is nobody's
    business."""
    wish = await supervision.wish_in(tx, reflection.id)
    mentor = await people.person(tx, reflection.mentor_id)
    read = await note_read(tx, lead, reflection.id, now)
    if mentor is None or (wish is None and not read):
        return None
    taken = await supervision.taken_of(tx, wish.wish_id) if wish is not None else None
    values = {
        "mentor": mentor.name,
        "wished": wish is not None,
        "soon": wish is not None and wish.soon,
        "when": day_said(wish.at if wish is not None else reflection.started_at, lead, now),
        "written": day_said(reflection.started_at, lead, now),
        "pseudonym": await _pseudonym(tx, reflection) if read else None,
        "items": await shared_answers(tx, tools, reflection, mentor, now) if read else [],
        "taken": _taken_line(taken, lead, now) if taken is not None else None,
        "said": said,
    }
    buttons = _item_buttons(reflection.token, wish, taken)
    return Page(lead.chat_id, PAGE, lead.language, "supervision_item", values, buttons, fresh=fresh)


async def _pseudonym(tx: Transaction, reflection: Reflection) -> str | None:
    citizen = await citizens.get(tx, reflection.citizen_id) if reflection.citizen_id else None
    return citizen.pseudonym if citizen is not None else None


def _item_buttons(token: str, wish: Wish | None, taken: Taken | None) -> Buttons:
    back = (PageButton("supervision.list", "l"), PageButton("button.close", "x"))
    if taken is not None:
        return ((PageButton("supervision.undo", "u", taken.id),), back)
    if wish is None:
        return (back,)
    return ((PageButton("supervision.today", "t", token), PageButton("supervision.other_day", "a", token)), back)


def _taken_line(one: Taken, lead: Person, now: datetime) -> dict[str, object]:
    return {
        "mentor": one.mentor,
        "lead": one.lead,
        "day": date_said(one.day, lead, now),
        "remark": remark_of(one),
    }


async def _taken_page(tx: Transaction, lead: Person, now: datetime) -> Page:
    """What was taken up lately, so that a mistake can be put right."""
    ones = await supervision.taken_in_team(tx, lead.team_id or "", now - _LATELY, _SHOWN)
    rows: list[Row] = [
        (PageButton("supervision.item", "i", one.token, {"mentor": one.mentor, "when": date_said(one.day, lead, now)}),)
        for one in ones
    ]
    rows.append((PageButton("supervision.list", "l"), PageButton("button.close", "x")))
    values = {"lines": [_taken_line(one, lead, now) for one in ones]}
    return Page(lead.chat_id, PAGE, lead.language, "supervision_taken", values, tuple(rows), fresh=False)


async def note_read(tx: Transaction, reader: Person, reflection_id: str, now: datetime, *, only: str = "") -> list[str]:
    """The reader is shown what is shared of this debrief (``only`` one question of it): noted in the audit log, and
    for the mentor to see. The questions that were."""
    read = await supervision_shared.note_read(tx, reader.id, reflection_id, now, only=only)
    for question in read:
        audit.note(tx, reader.id, "read", f"{reflection_id}/{question}", now)
    return read
