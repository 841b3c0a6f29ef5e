"""A mentor's own side of supervision: what they asked for, what is shared and who has read it, taking it back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.dialogue.codec import state_to_data
from bot.service import debrief, permissions, week_withdraw
from bot.service.loaded import load
from bot.service.permissions import Action
from bot.service.replies import Page, PageButton, Reply, Toast
from bot.service.supervision_words import CARD, PAGE, date_said, day_said, names, remark_of, withdrawn
from bot.service.tools import Tools
from storage import audit, citizens, outbox, reflections, shares, supervision, supervision_shared
from storage.database import Transaction
from storage.people import Person
from storage.reflections import Reflection
from storage.supervision import Taken, Wish

VERBS = frozenset("mov")
_SHOWN = 6
_TAKEN_SHOWN = 5
Row = tuple[PageButton, ...]


async def page(tx: Transaction, tools: Tools, person: Person, now: datetime, *, fresh: bool = True) -> Page:
    """Open wishes and what is shared, the newest first, and what was taken up."""
    wishes = {one.reflection_id: one for one in await supervision.wishes_of(tx, person.id, now)}
    shared = [one.reflection_id for one in await supervision_shared.shared_by(tx, person.id)]
    ids = list(dict.fromkeys([*wishes, *shared]))
    shown = ids[:_SHOWN]
    read = await supervision_shared.readings(tx, shown)
    lines, rows = [], []
    for one in shown:
        reflection = await reflections.get(tx, one)
        if reflection is None:
            continue
        pseudonym = await _pseudonym(tx, reflection)
        of = sorted(await shares.shared(tx, one))
        line = _line(reflection, wishes.get(one), pseudonym, person, now)
        line["shared"] = await names(tx, tools, reflection, person.language, of)
        line["read"] = [
            {
                "name": by.reader,
                "when": day_said(by.last_at, person, now),
                # Whoever opened the list saw the focus only, and not all that is shared.
                "what": await names(
                    tx, tools, reflection, person.language, () if by.questions >= set(of) else by.questions
                ),
            }
            for by in read.get(one, [])
        ]
        lines.append(line)
        rows.append(_row(reflection, pseudonym, bool(of), person, now))
    taken = await supervision.taken_for(tx, person.id, _TAKEN_SHOWN)
    values = {
        "lines": lines,
        "more": len(ids) - len(shown),
        "taken": [await _taken(tx, one, person, now) for one in taken],
    }
    buttons = (*rows, (PageButton("button.close", "x"),))
    return Page(person.chat_id, PAGE, person.language, "supervision_own", values, buttons, fresh=fresh)


def _line(
    reflection: Reflection, wish: Wish | None, pseudonym: str | None, person: Person, now: datetime
) -> dict[str, object]:
    return {
        "pseudonym": pseudonym,
        "written": day_said(reflection.started_at, person, now),
        "wished": wish is not None,
        "soon": wish is not None and wish.soon,
    }


def _row(reflection: Reflection, pseudonym: str | None, shared: bool, person: Person, now: datetime) -> Row:
    name = pseudonym or day_said(reflection.started_at, person, now)
    opening = PageButton("supervision.open_own", "o", reflection.token, {"name": name})
    back = (PageButton("supervision.take_back", "v", reflection.token, {"name": name}),) if shared else ()
    return (opening, *back)


async def _pseudonym(tx: Transaction, reflection: Reflection) -> str | None:
    citizen = await citizens.get(tx, reflection.citizen_id) if reflection.citizen_id else None
    return citizen.pseudonym if citizen is not None else None


async def _taken(tx: Transaction, one: Taken, person: Person, now: datetime) -> dict[str, object]:
    reflection = await reflections.get(tx, one.reflection_id)
    return {
        "pseudonym": await _pseudonym(tx, reflection) if reflection is not None else None,
        "written": day_said(one.written_at, person, now),
        "lead": one.lead,
        "day": date_said(one.day, person, now),
        "remark": remark_of(one),
    }


async def press(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap: m the page, o the debrief itself, v take back all that is shared of it."""
    if verb == "m":
        return [await page(tx, tools, person, now)]
    reflection = await reflections.by_token(tx, arg)
    if reflection is None or not permissions.may(person, Action.SHARED, of=reflection.mentor_id):
        return [Toast(person.language, "note.not_yours")]
    if verb == "o":
        return await debrief.go_on(tx, tools, person, reflection, now)
    replies = await _take_back(tx, tools, person, reflection, now)
    return [await page(tx, tools, person, now, fresh=False), *replies, Toast(person.language, "note.withdrawn")]


async def _take_back(
    tx: Transaction, tools: Tools, person: Person, reflection: Reflection, now: datetime
) -> list[Reply]:
    """Whatever the debrief is at: it may be open again, and what is shared of it must be taken back all the same."""
    loaded = await load(tx, tools, reflection)
    gone = sorted(await shares.shared(tx, reflection.id))
    if not gone:
        return []
    state = replace(loaded.state, shared=frozenset(), share_picks=frozenset())
    shares.withdraw(tx, reflection.id, gone, now)
    for question in gone:
        audit.note(tx, person.id, "withdraw", f"{reflection.id}/{question}", now)
    reflections.put(
        tx,
        reflection.id,
        state=json.dumps(state_to_data(state), ensure_ascii=False),
        status=reflection.status,
        length=reflection.length,
        citizen_id=reflection.citizen_id,
        finished_at=reflection.finished_at,
        touched_at=reflection.touched_at,
    )
    replies = await hide(tx, reflection.id, gone)
    if await outbox.card_at(tx, person.chat_id, f"debrief:{reflection.id}") is not None:
        drawn = await debrief.card(tx, person, replace(loaded, state=state))
        replies.append(replace(drawn, tidied=tools.tidy_of(person) != "never"))
    return replies


async def hide(tx: Transaction, reflection_id: str, questions: Iterable[str]) -> list[Reply]:
    """These answers are taken back: a lead's page that may still show them shows them no more, nor does their week."""
    gone = list(questions)
    readers = await supervision_shared.shown_to(tx, reflection_id, gone, CARD)
    replies: list[Reply] = [withdrawn(one) for one in readers if one.left_at is None]
    reflection = await reflections.get(tx, reflection_id)
    if gone and reflection is not None:
        replies += await week_withdraw.hide(tx, reflection_id, gone, reflection.mentor_id)
    return replies
