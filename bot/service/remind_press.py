"""Buttons on reminders. Each says which reminder it is about; one of somebody else's, or an old one, writes nothing."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.reminders import Reminder, sending_time
from bot.dialogue.threads import Channel
from bot.service import (
    debrief,
    reach,
    reach_moves,
    reach_pages,
    remind,
    remind_buttons,
    remind_check_in,
    remind_lead,
    remind_plan,
    todo,
)
from bot.service.hours import work_of
from bot.service.loaded import load
from bot.service.reach_codes import LIKELY, channel_of
from bot.service.reach_log import saying_for
from bot.service.replies import Page, PageButton, Reply, Toast
from bot.service.tools import Tools
from storage import asked, citizens, followups, reflections, remind_cards, reminders, threads
from storage.database import Transaction
from storage.followups import FollowupStatus
from storage.people import Person

_OFFER = ("w", "q")
_SNOOZES = ("h", "a", "t")


async def press(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap. On a line: d done, r reached them, n no answer, s stop, z snooze …, h a t until when, c by typing, o its
    buttons, u its contact thread, W N worried or not, b back; l the list. On check-ins: w q wanted or not, g fine, k
    talk, e no more, j tell the lead. By a lead: v seen."""
    asked.forget(tx, person.id)
    match verb:
        case "l":
            return await todo.show(tx, tools, person, now)
        case "w" | "q":
            return await _offered(tx, tools, person, arg, now, yes=verb == "w")
    about, _, rest = arg.partition(".")
    one = await reminders.get(tx, about)
    if one is None or one.person_id != person.id:
        return [Toast(person.language, "note.not_yours")]
    if one.kind == remind_check_in.KIND:
        return await _check_in(tx, tools, person, verb, one, now)
    if one.kind == remind_lead.KIND:
        await remind_lead.seen(tx, person, one, now)
        return [await drawn(tx, tools, person, one, now)]
    return await _line(tx, tools, person, verb, one, rest, now)


async def _offered(
    tx: Transaction, tools: Tools, person: Person, reflection_id: str, now: datetime, *, yes: bool
) -> list[Reply]:
    """The offer on the receipt of a tough visit."""
    reflection = await reflections.get(tx, reflection_id)
    if reflection is None or reflection.mentor_id != person.id:
        return [Toast(person.language, "note.not_yours")]
    if yes and await remind_check_in.standing(tx, reflection_id) is False:
        await remind_check_in.want(tx, tools, person, reflection, now)
    elif not yes:
        remind_check_in.unwant(tx, reflection, now)
    drawn = await debrief.card(tx, person, await load(tx, tools, reflection))
    return [drawn, Toast(person.language, "remind.check_wanted" if yes else "remind.check_unwanted")]


async def drawn(
    tx: Transaction, tools: Tools, person: Person, one: Reminder, now: datetime, *, focus: str = "",
    snooze: bool = False, fresh: bool = False,
) -> Page:  # fmt: skip
    """The message that this reminder was last sent with, as it must look now."""
    card = one.card or f"remind:{one.id}"
    there = await remind_cards.lines_of(tx, person.id, card) if one.card else []
    ones = there or [await reminders.get(tx, one.id) or one]
    work = await work_of(tx, tools, person, now) if snooze else None
    known = await remind.about(tx, tools, {person.id: person}, ones, now)
    return remind.page(person, card, ones, known, now, focus=focus, snooze=work, fresh=fresh)


async def _line(
    tx: Transaction, tools: Tools, person: Person, verb: str, one: Reminder, rest: str, now: datetime
) -> list[Reply]:
    known = await remind.about(tx, tools, {person.id: person}, [one], now)
    over = known.is_over(one) or not remind.is_open(one, known)
    if verb == "b" or (over and verb != "o"):
        told: list[Reply] = [Toast(person.language, "remind.over")] if over and verb != "b" else []
        return [await drawn(tx, tools, person, one, now), *told]
    match verb:
        case "o":
            return [await drawn(tx, tools, person, one, now, focus=one.id)]
        case "u" if one.thread_id is not None:
            return await reach.show(tx, tools, person, one.thread_id, now)
        case "z":
            return [await drawn(tx, tools, person, one, now, focus=one.id, snooze=True)]
        case "c":
            asked.ask(tx, person.id, remind.PAGE, one.id, now)
            back = ((PageButton("remind.back", "b", one.id),),)
            return [
                Page(
                    person.chat_id, remind.PAGE, person.language, "remind.ask_when", {}, back, False, one.card or one.id
                )
            ]
        case "d" | "s":
            await finish(tx, tools, person, one, FollowupStatus.DONE if verb == "d" else FollowupStatus.DROPPED, now)
            stopped = verb == "s" and one.thread_id is not None
            told = [Toast(person.language, "remind.stopped")] if stopped else []
            return [await drawn(tx, tools, person, one, now), *told]
        case "W" | "N" if one.thread_id is not None:
            return await _worry(tx, tools, person, one, now, yes=verb == "W")
        case "B" if one.thread_id is not None:
            case = await reach.owned(tx, tools, person, one.thread_id, now)
            return [reach_pages.lead(case, fresh=True)] if case is not None else [Toast(person.language, "note.stale")]
        case "i":
            rows = remind_buttons.ways(one, saying_for(tools, person))
            card = one.card or one.id
            return [Page(person.chat_id, remind.PAGE, person.language, "remind.ask_way", {}, rows, False, card)]
        case "r":
            return await _contact(tx, tools, person, one, None, now)
        case "n" if (channel := channel_of(rest)) is not None:
            return await _contact(tx, tools, person, one, channel, now)
        case _ if verb in _SNOOZES:
            return await _snooze(tx, tools, person, one, verb, now)
    return [Toast(person.language, "note.stale")]


async def finish(
    tx: Transaction, tools: Tools, person: Person, one: Reminder, how: FollowupStatus, now: datetime
) -> None:
    """Done, or no more of it: the follow-up is closed with all its reminders. Of a contact thread, this step is seen
    to, or none of its steps is reminded of any more."""
    found = await followups.get(tx, one.followup_id) if one.followup_id else None
    if found is not None:
        await remind_plan.close(tx, found, how, now)
    elif how is FollowupStatus.DONE:
        await reminders.done(tx, one.id, now)
        await _step_done(tx, tools, person, one, now)
    else:
        reminders.drop_series(tx, one.series, now)


async def _step_done(tx: Transaction, tools: Tools, person: Person, one: Reminder, now: datetime) -> None:
    """The step that the reminder was about is seen to, so that the ladder goes on to the next."""
    case = await reach.owned(tx, tools, person, one.thread_id, now) if one.thread_id else None
    step = case.by_day(tools, now) if case is not None else None
    if case is not None and step is not None and step.due_at <= now:
        await reach_moves.seen_to(tx, tools, case, step.kind, now)


async def _snooze(
    tx: Transaction, tools: Tools, person: Person, one: Reminder, verb: str, now: datetime
) -> list[Reply]:
    work = await work_of(tx, tools, person, now)
    chosen = remind_buttons.until(verb, now, work)
    if chosen is None:
        return [await drawn(tx, tools, person, one, now, focus=one.id, snooze=True)]
    await put_off(tx, tools, person, one, *chosen, now)
    return [await drawn(tx, tools, person, one, now)]


async def put_off(
    tx: Transaction, tools: Tools, person: Person, one: Reminder, until: datetime, deliberate: bool, now: datetime
) -> None:
    """Remind of it again at ``until`` (UTC); what was agreed stays as it is."""
    send_at = sending_time(one.due_at, until, deliberate, await work_of(tx, tools, person, now))
    await reminders.snooze(tx, one.id, until, send_at, deliberate=deliberate)


async def _worry(
    tx: Transaction, tools: Tools, person: Person, one: Reminder, now: datetime, *, yes: bool
) -> list[Reply]:
    """Worried or not; who there is to turn to is on a page of its own."""
    case = await reach.owned(tx, tools, person, one.thread_id or "", now)
    if case is None:
        return [Toast(person.language, "note.not_yours")]
    if case.asks_about_worry:
        case = await reach_moves.worry(tx, tools, case, yes, now)
    here = await drawn(tx, tools, person, one, now)
    return [here, reach_pages.worried(tools, case, fresh=True)] if yes else [here]


async def _contact(
    tx: Transaction, tools: Tools, person: Person, one: Reminder, channel: Channel | None, now: datetime
) -> list[Reply]:
    """Somebody was tried and did not answer, or was got hold of (``channel`` None): logged in the citizen's contact
    thread, which then moves on. What has become a colleague's is not touched."""
    citizen = await citizens.get(tx, one.citizen_id) if one.citizen_id else None
    if citizen is None or citizen.mentor_id != person.id or citizen.archived_at is not None:
        reminders.drop_series(tx, one.series, now)
        return [await drawn(tx, tools, person, one, now), Toast(person.language, "remind.passed_on")]
    thread = await threads.thread_of(tx, citizen.id)
    if thread is None and channel is not None:
        thread_id = await reach_moves.start(
            tx, tools, citizen_id=citizen.id, mentor_id=person.id, team_id=citizen.team_id, by=None, at=now
        )
        thread = await threads.get(tx, thread_id)
    if one.thread_id is None:
        await finish(tx, tools, person, one, FollowupStatus.DONE, now)
    else:
        await reminders.done(tx, one.id, now)
    case = await reach.owned(tx, tools, person, thread.id, now) if thread is not None else None
    if case is None:
        logged: list[Reply] = [Toast(person.language, "remind.well_met")]
    elif channel is None:
        after = await reach_moves.reached(tx, tools, case, now, now)
        logged = [await reach_pages.thread(tx, tools, after, now, fresh=True)]
    else:
        logged = await reach.attempt(tx, tools, person, case.id, channel, LIKELY[channel][0], now, now)
    return [await drawn(tx, tools, person, one, now), *logged]


async def _check_in(
    tx: Transaction, tools: Tools, person: Person, verb: str, one: Reminder, now: datetime
) -> list[Reply]:
    match verb:
        case "g":
            await reminders.done(tx, one.id, now)
        case "e":
            reminders.drop_series(tx, one.series, now)
        case "k":
            return await remind_check_in.support(tx, tools, person, one, now)
        case "j":
            return await remind_check_in.tell_lead(tx, person, now)
    return [await drawn(tx, tools, person, one, now)]
