"""A mentor's own week: what they did, what is open, and the way to what they wrote. For nobody else's eyes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local, say_when
from bot.dialogue.codec import answer_from_data
from bot.dialogue.reminders import Reminder, due_list
from bot.dialogue.summary import Week, week_of
from bot.dialogue.summary_counts import (
    ACUTE,
    ADJUSTED,
    DECISION,
    HELD,
    HELD_OTHERWISE,
    MINUTES,
    OUTCOME,
    TRAVEL,
    Tallies,
)
from bot.dialogue.summary_rows import Tally
from bot.service import remind, remind_check_in, remind_lead, week_own_text
from bot.service.replies import Buttons, Page, PageButton, Reply, Toast, Worded
from bot.service.tools import Tools
from bot.service.week_pages import PAGE, days, turning
from bot.service.week_read import Said, say
from bot.service.week_words import labels_of
from bot.service.week_words_base import hours_worded
from storage import citizens, reminders, threads, weekly_own
from storage.database import Transaction
from storage.people import Person
from storage.weekly_own import Debrief

LISTED = 10
"""Debriefs to choose from on one page."""
_NAMED = 5
_COUNTED = (OUTCOME, MINUTES, TRAVEL, ADJUSTED, DECISION)
_NO_ADJUSTMENT = "nothing"
_NOT_LISTED = (remind_check_in.KIND, remind_lead.KIND)


async def press(
    tx: Transaction, tools: Tools, person: Person, verb: str, said: Said, now: datetime, *, fresh: bool
) -> list[Reply]:
    """w a week, l the debriefs in which something was written, d what was written in one of them."""
    match verb:
        case "w":
            return await show(tx, tools, person, said.week, now, fresh=fresh)
        case "l":
            return [await _written(tx, person, said, now, fresh=fresh)]
        case week_own_text.VERB:
            return await week_own_text.show(tx, tools, person, said, now, fresh=fresh)
    return [Toast(person.language, "note.stale")]


async def show(tx: Transaction, tools: Tools, person: Person, week: Week, now: datetime, *, fresh: bool) -> list[Reply]:
    """The week, and what is open now."""
    found = await _debriefs(tx, person, week)
    typed = await weekly_own.typed_in(tx, [one.id for one in found])
    today = local(now, ZoneInfo(person.zone)).date()
    values = {
        "week": week.number,
        "days": days(week, person.language),
        "running": week == week_of(today),
        "debriefs": len(found),
        **await _done(tx, tools, person, found),
        "threads": await _threads(tx, person, now),
        **await _to_do(tx, tools, person, now),
    }
    later = week.moved(1)
    wrote = PageButton("weekly.written", "l", say(week), {"n": len(typed)})
    rows: Buttons = (
        (wrote,) if typed else (),
        (*turning(week, later if later.monday <= today else None), PageButton("button.close", "x")),
    )
    return [Page(person.chat_id, PAGE, person.language, "week_own", values, rows, fresh=fresh)]


async def _debriefs(tx: Transaction, person: Person, week: Week) -> list[Debrief]:
    return await weekly_own.debriefs(tx, person.id, *week.bounds(ZoneInfo(person.zone)))


async def _done(tx: Transaction, tools: Tools, person: Person, found: Sequence[Debrief]) -> dict[str, Any]:
    """Contacts and acute ones, hours, and how often each thing was adjusted, from the mentor's own answers."""
    given = await weekly_own.given(tx, [one.id for one in found], _COUNTED)
    answers = [row for rows in given.values() for row in rows.values()]
    read = [(row, answer_from_data(row.value or {}, skipped=row.skipped, assumed=row.assumed)) for row in answers]
    tallies = Tallies(tuple(Tally(0, row.question_id, answer, 1) for row, answer in read if not row.skipped), 1)
    guide = tools.guide.guide
    order = [choice.id for choice in guide[ADJUSTED].choices]
    labels = labels_of(tools.guide, person.language)
    travel = tallies.amount(TRAVEL)[0]
    return {
        "contacts": tallies.how_often(OUTCOME, guide.groups[HELD])[0]
        + tallies.how_often(DECISION, (HELD_OTHERWISE,))[0],
        "acute": tallies.how_often(OUTCOME, (ACUTE,))[0],
        "hours": hours_worded(tallies.amount(MINUTES)[0]),
        "travel": hours_worded(travel) if travel else None,
        "adjusted": [
            Worded("week.chosen", {"label": labels.choice(ADJUSTED, count.choice), "n": count.now})
            for count in tallies.choices(ADJUSTED, order)
            if count.now and count.choice != _NO_ADJUSTMENT
        ],
    }


async def _threads(tx: Transaction, person: Person, now: datetime) -> list[dict[str, Any]]:
    """Open contact threads, the oldest first: whose, and for how many days."""
    found = await threads.open_of(tx, person.id)
    names = await citizens.names_by_id(tx, [one.citizen_id for one in found])
    zone = ZoneInfo(person.zone)
    today = local(now, zone).date()
    return [
        {"name": names.get(one.citizen_id), "days": (today - local(one.opened_at, zone).date()).days} for one in found
    ]


async def _to_do(tx: Transaction, tools: Tools, person: Person, now: datetime) -> dict[str, Any]:
    """What is overdue and what is coming, the first few of each in words; the whole list is /huskeliste."""
    standing = [
        one
        for one in await reminders.standing_of(tx, person.id)
        if one.kind not in _NOT_LISTED and not one.private and one.thread_id is None
    ]
    known = await remind.about(tx, tools, {person.id: person}, standing, now)
    first: dict[str, Reminder] = {}
    for one in sorted(standing, key=lambda one: (one.wanted_at, one.id)):
        if not known.is_over(one):
            first.setdefault(one.followup_id or one.id, one)
    # By its deadline, not by when the reminder comes again: what was put off past its day is late all the same.
    found = due_list([_by_deadline(one, known) for one in first.values()], now, ZoneInfo(person.zone))
    coming = (*found.today, *found.coming)

    def lines(ones: Sequence[Reminder]) -> list[dict[str, Any]]:
        return [{**remind.what(one, known), "when": remind.when(one, known, person, now)} for one in ones[:_NAMED]]

    return {
        "overdue": lines(found.overdue),
        "overdue_more": max(0, len(found.overdue) - _NAMED),
        "coming": lines(coming),
        "coming_more": max(0, len(coming) - _NAMED),
    }


def _by_deadline(one: Reminder, known: remind.About) -> Reminder:
    """The reminder as if it came on the day it is to be done by, when there is one."""
    about = known.followups.get(one.followup_id or "")
    if about is None or about.due_at is None:
        return one
    return replace(one, due_at=about.due_at, snoozed_until=None)


async def _written(tx: Transaction, person: Person, said: Said, now: datetime, *, fresh: bool) -> Page:
    """The debriefs of the week in which something was written, to be opened one at a time."""
    found = await _debriefs(tx, person, said.week)
    typed = await weekly_own.typed_in(tx, [one.id for one in found])
    listed = [one for one in found if one.id in typed]
    start = int(said.rest) if said.rest.isdecimal() and len(said.rest) <= 4 else 0
    zone = ZoneInfo(person.zone)
    rows: list[tuple[PageButton, ...]] = []
    for one in listed[start : start + LISTED]:
        day = say_when(one.met_at, now, zone, person.language, False)
        values = {"day": day, "pseudonym": one.pseudonym}
        rows.append((PageButton("weekly.debrief", week_own_text.VERB, say(said.week, one.token), values),))
    turns = []
    if start > 0:
        turns.append(PageButton("weekly.fewer", "l", say(said.week, max(0, start - LISTED))))
    if start + LISTED < len(listed):
        turns.append(PageButton("weekly.more", "l", say(said.week, start + LISTED)))
    last = (PageButton("weekly.back", "w", say(said.week)), PageButton("button.close", "x"))
    shown = {"week": said.week.number, "n": len(listed)}
    return Page(
        person.chat_id, PAGE, person.language, "weekly.look_back", shown, (*rows, tuple(turns), last), fresh=fresh
    )
