"""Contact threads: /kontakt, the buttons of their page, what is typed there, and attempts logged from elsewhere.

Only the mentor whose thread it is gets anything to see or do; a button from an old card, or one pressed twice, writes
nothing, since each carries the version of the thread it was drawn for.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.dialogue import threads as core
from bot.dialogue.calendar import local, utc
from bot.dialogue.ladder import StepKind
from bot.dialogue.threads import Channel, Result
from bot.service import lead_calls, reach_fix, reach_moves, reach_pages, reach_start, reach_typed
from bot.service.reach_case import Case, owned
from bot.service.reach_codes import Said, at_minute, channel_of, read, result_of
from bot.service.reach_pages import PAGE
from bot.service.reach_plan import plan_next
from bot.service.replies import Reply, Say, Toast, Worded
from bot.service.tools import Tools
from storage import asked, audit, contact, people
from storage.contact import End
from storage.database import Transaction
from storage.lead_calls import Kind
from storage.people import Person, Role

__all__ = ["PAGE", "attempt", "owned", "plan_next", "press", "show"]

_LOOKS = frozenset("oamfglCc")
_PAUSES = {"7": 7, "14": 14, "28": 28}
_MORNING = time(8)


async def show(
    tx: Transaction, tools: Tools, person: Person, thread_id: str, now: datetime, *, fresh: bool = True
) -> list[Reply]:
    """The page of one of the mentor's threads."""
    case = await owned(tx, tools, person, thread_id, now)
    if case is None:
        return [Toast(person.language, "note.not_yours")]
    return [await reach_pages.thread(tx, tools, case, now, fresh=fresh)]


async def attempt(
    tx: Transaction,
    tools: Tools,
    person: Person,
    thread_id: str,
    channel: Channel,
    result: Result,
    at: datetime,
    now: datetime,
    *,
    fresh: bool = True,
) -> list[Reply]:
    """Log an attempt made ``at`` (UTC, not after ``now``) in one of the mentor's threads, and show the thread.

    Nothing is logged in a thread that is closed, or in anybody else's.
    """
    case = await owned(tx, tools, person, thread_id, now)
    if case is None:
        return [Toast(person.language, "note.not_yours")]
    if not case.is_open:
        return [await reach_pages.closed(tx, tools, case, now, fresh=fresh), Toast(person.language, "reach.is_closed")]
    return await _log(tx, tools, case, channel, result, at, now, fresh=fresh)


async def _log(
    tx: Transaction,
    tools: Tools,
    case: Case,
    channel: Channel,
    result: Result,
    at: datetime,
    now: datetime,
    *,
    fresh: bool,
) -> list[Reply]:
    after = await reach_moves.log(tx, tools, case, channel, result, at, now)
    saying = reach_pages.saying_of(tools, case)
    values = {
        "channel": saying.channel(channel.value),
        "result": saying.result(result.value),
        "when": saying.when(min(at, now), now),
    }
    said = Worded("reach.logged", values)
    if not after.is_open:
        return [await reach_pages.closed(tx, tools, after, now, fresh=fresh, said=said)]
    return [await reach_pages.thread(tx, tools, after, now, fresh=fresh, said=said)]


async def press(
    tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime, *, fresh: bool = False
) -> list[Reply]:
    """One tap on a thread's page. ``fresh``: it came from another card, so that the page is drawn anew below."""
    asked.forget(tx, person.id)
    if person.role is not Role.MENTOR:
        return [Toast(person.language, "note.not_yours")]
    if verb in reach_start.VERBS:
        return await reach_start.press(tx, tools, person, verb, arg, now, fresh=fresh)
    if verb in reach_fix.VERBS:
        return await reach_fix.press(tx, tools, person, verb, arg, now, fresh=fresh)
    said = read(arg)
    case = await owned(tx, tools, person, said.about, now)
    if case is None:
        return [Toast(person.language, "note.not_yours")]
    if verb in _LOOKS:
        return await _look(tx, tools, case, verb, said, now, fresh=fresh)
    if verb in reach_typed.VERBS:
        return await reach_typed.press(tx, tools, case, verb, said, now, fresh=fresh)
    told = None if said.version == case.marks.version else "note.stale"
    if told is None and not case.is_open and verb != "u":
        told = "reach.is_closed"
    done = await _do(tx, tools, case, verb, said, now, fresh=fresh) if told is None else None
    if done is not None:
        return done
    page = await reach_pages.thread(tx, tools, case, now, fresh=fresh)
    return [page, Toast(person.language, told or "note.stale")]


async def _look(
    tx: Transaction, tools: Tools, case: Case, verb: str, said: Said, now: datetime, *, fresh: bool
) -> list[Reply]:
    """Buttons that only show something: o the thread, m more, f put right, a the whole log, g for the record, l what
    the lead would get, C other ways, c what came of it."""
    channel = channel_of(said.rest)
    match verb:
        case "a":
            offset = int(said.rest) if said.rest.isdecimal() else 0
            end = await contact.ended(tx, case.id)
            return [reach_fix.whole_log(tools, case, end, offset, now, fresh=fresh)]
        case "g":
            return [reach_fix.for_record(tools, case, now, fresh=fresh)]
        case "f":
            return [reach_fix.choose(tools, case, now, fresh=fresh)]
        case "m" if case.is_open:
            return [reach_pages.more(case, fresh=fresh)]
        case "l" if case.is_open:
            return [reach_pages.lead(case, fresh=fresh)]
        case "C" if case.is_open:
            return [reach_pages.other_ways(tools, case, fresh=fresh)]
        case "c" if case.is_open and channel is not None:
            return [reach_pages.result(tools, case, channel, None, now, fresh=fresh)]
    return [await reach_pages.thread(tx, tools, case, now, fresh=fresh)]


async def _do(
    tx: Transaction, tools: Tools, case: Case, verb: str, said: Said, now: datetime, *, fresh: bool
) -> list[Reply] | None:
    """Buttons that write: r this came of it, h there was contact, w worried or not, L S lead, s caseworker, j the talk
    was had, P pause, u it was no contact after all, q opened by mistake. None for anything else."""
    match verb:
        case "r":
            return await _result(tx, tools, case, said.rest, now, fresh=fresh)
        case "w" if said.rest == "1":
            after = await reach_moves.worry(tx, tools, case, True, now)
            return [reach_pages.worried(tools, after, fresh=fresh)]
        case "S":
            return await _tell_lead(tx, tools, case, now, fresh=fresh)
        case "P" if said.rest != "0":
            return await _pause(tx, tools, case, said.rest, now, fresh=fresh)
        case "w" if said.rest == "0":
            after = await reach_moves.worry(tx, tools, case, False, now)
        case "h":
            after = await reach_moves.reached(tx, tools, case, now, now)
        case "L":
            after = await reach_moves.lead_told(tx, tools, case, now)
        case "s":
            after = await reach_moves.caseworker_told(tx, tools, case, now)
        case "j":
            after = await reach_moves.seen_to(tx, tools, case, StepKind.JOINT_TALK, now)
        case "P":
            after = await reach_moves.pause(tx, tools, case, None, now)
        case "u" if not case.is_open and case.row.closed_by is None:
            after = await reach_moves.open_again(tx, tools, case, now)
        case "q" if not core.standing(case.thread):
            after = await reach_moves.give_up(tx, tools, case, End.MISTAKE, now)
        case _:
            return None
    return [await reach_pages.thread(tx, tools, after, now, fresh=fresh)]


async def _result(
    tx: Transaction, tools: Tools, case: Case, rest: str, now: datetime, *, fresh: bool
) -> list[Reply] | None:
    channel, result = channel_of(rest[:1]), result_of(rest[1:2])
    at = at_minute(rest[2:]) if rest[2:] else now
    if channel is None or result is None or at is None:
        return None
    return await _log(tx, tools, case, channel, result, at, now, fresh=fresh)


async def _pause(
    tx: Transaction, tools: Tools, case: Case, rest: str, now: datetime, *, fresh: bool
) -> list[Reply] | None:
    days = _PAUSES.get(rest)
    if days is None:
        return None
    day = local(now, case.zone).date() + timedelta(days=days)
    after = await reach_moves.pause(tx, tools, case, utc(day, _MORNING, case.zone), now)
    return [await reach_pages.thread(tx, tools, after, now, fresh=fresh)]


async def _tell_lead(tx: Transaction, tools: Tools, case: Case, now: datetime, *, fresh: bool) -> list[Reply]:
    """Send the leads what the mentor saw and confirmed, in the same words; if none can be reached, say so."""
    mentor = case.mentor
    leads = [one for one in await people.leads_of(tx, case.row.team_id) if not one.blocked_at]
    if not leads:
        return [reach_pages.worried(tools, case, fresh=fresh), Toast(mentor.language, "note.no_lead")]
    text = reach_pages.lead_message(case)
    told: list[Reply] = [Say(lead.chat_id, mentor.language, text.key, text.values) for lead in leads]
    if case.thread.worried:
        team, citizen = case.row.team_id, case.citizen.id
        told = await lead_calls.call(tx, mentor, Kind.CITIZEN, now, team_id=team, citizen_id=citizen) or []
    audit.note(tx, mentor.id, "tell_lead", f"thread/{case.id}", now)
    after = await reach_moves.lead_told(tx, tools, case, now)
    said = Worded("reach.lead_was_told")
    return [await reach_pages.thread(tx, tools, after, now, fresh=fresh, said=said), *told]
