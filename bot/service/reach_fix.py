"""Putting an attempt right: another channel, result or time, or there was none. What it said before stays in sight."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.dialogue.threads import Channel
from bot.service import reach_log, reach_moves, reach_pages
from bot.service.reach_case import Case, owned
from bot.service.reach_codes import CHANNELS, LIKELY, RESULTS, channel_of, read, result_of, say
from bot.service.reach_pages import back, page, saying_of
from bot.service.replies import Buttons, Page, PageButton, Reply, Toast, Worded
from bot.service.tools import Tools
from storage import asked, attempts
from storage.attempts import Attempt
from storage.contact import End
from storage.database import Transaction
from storage.people import Person

VERBS = frozenset({"F", "fc", "fr", "ft", "fC", "fR", "fw"})
SHOWN = 8
PER_PAGE = 25


def choose(tools: Tools, case: Case, now: datetime, *, fresh: bool) -> Page:
    """Which one?"""
    saying = saying_of(tools, case)
    found = [entry.row for entry in reach_log.entries(case.rows) if not entry.withdrawn][:SHOWN]
    rows = tuple((PageButton("reach.label", "F", say(one.id), {"text": saying.attempt(one, now)}),) for one in found)
    return page(
        case, "reach.ask_fix", {"one": None, "part": None, "problem": None}, (*rows, (back(case),)), fresh=fresh
    )


def _one(tools: Tools, case: Case, row: Attempt, now: datetime) -> Page:
    saying = saying_of(tools, case)
    rows: Buttons = (
        (PageButton("reach.fix_channel", "fc", say(row.id)), PageButton("reach.fix_result", "fr", say(row.id))),
        (PageButton("reach.fix_time", "ft", say(row.id)), PageButton("reach.take_back", "fw", say(row.id))),
        (PageButton("button.back", "f", case.id),),
    )
    values = {"one": saying.attempt(row, now), "part": "what", "problem": None}
    return page(case, "reach.ask_fix", values, rows, fresh=False)


def _channels(tools: Tools, case: Case, row: Attempt, now: datetime) -> Page:
    saying = saying_of(tools, case)
    found = [
        PageButton("reach.label", "fC", say(row.id, None, CHANNELS[one]), {"text": saying.channel(one.value)})
        for one in Channel
        if one != row.channel
    ]
    values = {"one": saying.attempt(row, now), "part": "channel", "problem": None}
    return page(case, "reach.ask_fix", values, (*((one,) for one in found), (_back(row),)), fresh=False)


def _results(tools: Tools, case: Case, row: Attempt, now: datetime) -> Page:
    saying = saying_of(tools, case)
    found = [
        PageButton("reach.label", "fR", say(row.id, None, RESULTS[one]), {"text": saying.result(one.value)})
        for one in LIKELY[Channel(row.channel)]
        if one != row.result
    ]
    values = {"one": saying.attempt(row, now), "part": "result", "problem": None}
    return page(case, "reach.ask_fix", values, (*((one,) for one in found), (_back(row),)), fresh=False)


def _time(tools: Tools, case: Case, row: Attempt, now: datetime, problem: str | None, *, fresh: bool) -> Page:
    """When was it? To be typed."""
    values = {
        "one": saying_of(tools, case).attempt(row, now),
        "part": "time",
        "problem": Worded(problem) if problem else None,
    }
    return page(case, "reach.ask_fix", values, ((_back(row),),), fresh=fresh)


def _back(row: Attempt) -> PageButton:
    return PageButton("button.back", "F", say(row.id))


async def _owned(
    tx: Transaction, tools: Tools, person: Person, attempt_id: str, now: datetime
) -> tuple[Case, Attempt] | None:
    """An attempt in one of this mentor's threads; None for anybody else's."""
    row = await attempts.attempt(tx, attempt_id)
    case = await owned(tx, tools, person, row.thread_id, now) if row is not None else None
    return None if row is None or case is None else (case, row)


async def press(
    tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime, *, fresh: bool
) -> list[Reply]:
    """One tap: F this attempt, fc fr ft what was wrong, fC fR what it was, fw there was none."""
    said = read(arg)
    found = await _owned(tx, tools, person, said.about, now)
    if found is None:
        return [Toast(person.language, "note.not_yours")]
    case, row = found
    if row.superseded_at is not None:
        return [await reach_pages.thread(tx, tools, case, now, fresh=fresh), Toast(person.language, "note.stale")]
    match verb:
        case "F":
            return [_one(tools, case, row, now)]
        case "fc":
            return [_channels(tools, case, row, now)]
        case "fr":
            return [_results(tools, case, row, now)]
        case "ft":
            asked.ask(tx, person.id, reach_pages.PAGE, f"ft:{arg}", now)
            return [_time(tools, case, row, now, None, fresh=False)]
        case "fC" if (channel := channel_of(said.rest)) is not None:
            return await _put(tx, tools, case, row, (channel.value, row.result, row.at), now)
        case "fR" if (result := result_of(said.rest)) is not None:
            return await _put(tx, tools, case, row, (row.channel, result.value, row.at), now)
        case "fw":
            return await _put(tx, tools, case, row, None, now)
    return [Toast(person.language, "note.stale")]


async def _put(
    tx: Transaction,
    tools: Tools,
    case: Case,
    row: Attempt,
    new: tuple[str, str, datetime] | None,
    now: datetime,
    *,
    fresh: bool = False,
) -> list[Reply]:
    after = await reach_moves.correct(tx, tools, case, row, new, now)
    said = Worded("reach.taken_back" if new is None else "reach.put_right")
    return [await reach_pages.thread(tx, tools, after, now, fresh=fresh, said=said)]


async def retime(
    tx: Transaction, tools: Tools, person: Person, attempt_id: str, at: datetime, now: datetime
) -> list[Reply]:
    """The attempt was made ``at``, as it was typed."""
    found = await _owned(tx, tools, person, attempt_id, now)
    if found is None:
        return []
    case, row = found
    return await _put(tx, tools, case, row, (row.channel, row.result, at), now, fresh=True)


async def ask_again(
    tx: Transaction, tools: Tools, person: Person, attempt_id: str, problem: str, now: datetime
) -> list[Reply]:
    """What was typed is no time: say what works."""
    found = await _owned(tx, tools, person, attempt_id, now)
    return [] if found is None else [_time(tools, *found, now, problem, fresh=True)]


def whole_log(tools: Tools, case: Case, ended: End | None, offset: int, now: datetime, *, fresh: bool) -> Page:
    """Everything that was tried, the newest first; who was told, and the contact if the thread ended with one."""
    saying, end = replace(saying_of(tools, case), for_record=True), case.row.closed_at
    record = reach_log.lines(case, saying, now)
    shown = record[offset : offset + PER_PAGE]
    turns = []
    if offset > 0:
        turns.append(PageButton("reach.newer", "a", say(case.id, None, str(max(0, offset - PER_PAGE)))))
    if offset + PER_PAGE < len(record):
        turns.append(PageButton("reach.older", "a", say(case.id, None, str(offset + PER_PAGE))))
    told = (case.thread.lead_told_at, case.thread.caseworker_told_at, end if ended is End.CONTACT else None)
    lead, caseworker, contact = (None if at is None else saying.when(at, now) for at in told)
    values = {
        "lines": shown,
        "opened": saying.when(case.row.opened_at, now),
        "lead_told": lead,
        "caseworker_told": caseworker,
        "contact": contact,
    }
    return page(case, "reach_log", values, (tuple(turns), (back(case),)), fresh=fresh)


def for_record(tools: Tools, case: Case, now: datetime, *, fresh: bool) -> Page:
    """A line that names nobody, to be copied."""
    values = reach_log.summary(case, replace(saying_of(tools, case), for_record=True), now)
    return page(case, "reach_summary", values, ((back(case),),), fresh=fresh)
