"""The pages of a contact thread: what comes next and why, what was tried, and a button for each thing one may do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.dialogue import threads as core
from bot.dialogue.calendar import say_when
from bot.dialogue.ladder import Proposal, StepKind, facts
from bot.dialogue.threads import Channel, Result
from bot.service import reach_log
from bot.service.reach_case import Case
from bot.service.reach_codes import CHANNELS, LIKELY, RESULTS, minute, say
from bot.service.replies import Buttons, Page, PageButton, Worded
from bot.service.tools import Tools
from prompts import LadderWords
from storage import contact
from storage.contact import End
from storage.database import Transaction
from storage.people import Person

PAGE = "thread"
CARD = "reach"  # threads and citizens take turns on one card
SHOWN = 4  # attempts on the page itself; the whole log has them all
Row = tuple[PageButton, ...]
CLOSE: PageButton = PageButton("button.close", "x")


def words_of(tools: Tools, person: Person) -> LadderWords:
    """The ladder's words in the person's language, or in Danish."""
    words = tools.ladder.words
    return words.get(person.language) or next(iter(words.values()))


def saying_of(tools: Tools, case: Case) -> reach_log.Saying:
    """Attempts in the mentor's words."""
    return reach_log.saying_for(tools, case.mentor)


def page(case: Case, template: str, values: Mapping[str, Any], buttons: Buttons, *, fresh: bool) -> Page:
    """A page about this thread, for its mentor."""
    about = {"pseudonym": case.citizen.pseudonym, **values}
    return Page(case.mentor.chat_id, PAGE, case.mentor.language, template, about, buttons, fresh=fresh, card=CARD)


async def thread(
    tx: Transaction, tools: Tools, case: Case, now: datetime, *, fresh: bool, said: Worded | None = None
) -> Page:
    """The thread as it stands; ``said``: what was just done."""
    if not case.is_open:
        return await closed(tx, tools, case, now, fresh=fresh)
    step = case.by_day(tools, now)
    words, saying = words_of(tools, case.mentor), saying_of(tools, case)
    record = reach_log.lines(case, saying, now)
    known = core.last_contact(case.thread)
    there = facts(tools.ladder.ladder, case.thread, case.settings, now)
    paused = case.row.paused_until
    values = {
        "without": words.span(there.without_contact) if known is not None else None,
        "day": there.days,
        "worried": case.row.worried,
        "lead_told": _day(saying, case.thread.lead_told_at, now),
        "caseworker_told": _day(saying, case.thread.caseworker_told_at, now),
        "paused": _when(case, paused, now) if paused is not None and paused > now else None,
        "worry": worry_of(tools, case, now),
        "step": _step(tools, case, step, now),
        "lines": record[:SHOWN],
        "more": max(0, len(record) - SHOWN),
        "note": await contact.next_time(tx, case.citizen.id, case.mentor.id),
        "agreed": [saying.channel(one.value) for one in Channel if one in case.settings.channels],
        "said": said,
    }
    return page(case, "reach_thread", values, _thread_buttons(case, step, saying, now), fresh=fresh)


def _day(saying: reach_log.Saying, at: datetime | None, now: datetime) -> str | None:
    return None if at is None else saying.day(at, now)


def _when(case: Case, at: datetime, now: datetime) -> str:
    return say_when(at, now, case.zone, case.mentor.language, True)


def worry_of(tools: Tools, case: Case, now: datetime) -> str | None:
    """The question that comes before days, until it is answered."""
    asked = case.proposal(tools, now) if case.asks_about_worry else None
    return None if asked is None or asked.kind is not StepKind.WORRY else words_of(tools, case.mentor).do(asked.step)


def _step(tools: Tools, case: Case, step: Proposal | None, now: datetime) -> dict[str, Any] | None:
    """The next step in words: what to do when it is due, and why now; or when it will be, and what holds it back."""
    if step is None:
        return None
    words = words_of(tools, case.mentor)
    due = step.due_at <= now or step.acute
    channel = step.channels[0] if step.channels else None
    return {
        "name": words.name(step.step),
        "do": words.do(step.step, channel),
        "why": words.why(step),
        "when": None if due else say_when(step.due_at, now, case.zone, case.mentor.language, True),
        "blocked": words.blocked(step.blocked_by) if step.blocked_by else None,
        "consent": channel is Channel.THROUGH_OTHER,
    }


def _thread_buttons(case: Case, step: Proposal | None, saying: reach_log.Saying, now: datetime) -> Buttons:
    version = case.marks.version
    plain = say(case.id, version)
    paused = case.row.paused_until is not None and case.row.paused_until > now
    rest: list[Row] = [
        (PageButton("reach.reached", "h", plain),),
        (
            PageButton("reach.resume", "P", say(case.id, version, "0"))
            if paused
            else PageButton("reach.pause", "p", case.id),
            PageButton("reach.more", "m", case.id),
        ),
    ]
    return (*_worry_row(case), *_step_buttons(case, step, saying, now), *_channel_rows(case, saying), *rest)


def _worry_row(case: Case) -> tuple[Row, ...]:
    if not case.asks_about_worry:
        return ()
    version = case.marks.version
    yes = PageButton("reach.worried_yes", "w", say(case.id, version, "1"))
    return ((yes, PageButton("reach.worried_no", "w", say(case.id, version, "0"))),)


def _step_buttons(case: Case, step: Proposal | None, saying: reach_log.Saying, now: datetime) -> tuple[Row, ...]:
    """What the step that is due asks for, in one tap."""
    plain = say(case.id, case.marks.version)
    if step is None:
        return ()
    match step.kind:
        case _ if step.due_at > now and not step.acute:
            return ()
        case StepKind.ATTEMPT:
            return tuple((_quick(case, channel, saying),) for channel in step.channels[:2])
        case StepKind.TELL_LEAD:
            return ((PageButton("reach.tell_lead", "l", case.id), PageButton("reach.lead_told", "L", plain)),)
        case StepKind.TELL_CASEWORKER:
            return ((PageButton("reach.caseworker_told", "s", plain),),)
        case StepKind.JOINT_TALK:
            return ((PageButton("reach.talk_had", "j", plain),),)
    return ()


def _quick(case: Case, channel: Channel, saying: reach_log.Saying) -> PageButton:
    """One tap logs what happens most: 📞 Ringet – intet svar."""
    result = LIKELY[channel][0]
    values = {"channel": saying.channel(channel.value), "result": saying.result(result.value).lower()}
    said = say(case.id, case.marks.version, CHANNELS[channel] + RESULTS[result])
    return PageButton("reach.quick", "r", said, values)


def _channel_rows(case: Case, saying: reach_log.Saying) -> tuple[Row, ...]:
    """A button for each agreed channel, three short ones a row; the others one tap away."""
    agreed = [one for one in Channel if not case.settings.channels or one in case.settings.channels]
    found = [_channel(case, one, saying) for one in agreed]
    if len(agreed) < len(Channel):
        found.append(PageButton("reach.other_ways", "C", case.id))
    return tuple(tuple(found[start : start + 3]) for start in range(0, len(found), 3))


def _channel(case: Case, channel: Channel, saying: reach_log.Saying) -> PageButton:
    said = say(case.id, case.marks.version, CHANNELS[channel])
    return PageButton("reach.label", "c", said, {"text": saying.channel(channel.value)})


def back(case: Case) -> PageButton:
    """To the thread."""
    return PageButton("button.back", "o", case.id)


def other_ways(tools: Tools, case: Case, *, fresh: bool = False) -> Page:
    """Every channel, also those not agreed on: what was tried was tried."""
    saying = saying_of(tools, case)
    agreed = [saying.channel(one.value) for one in Channel if one in case.settings.channels]
    rows = tuple((_channel(case, one, saying),) for one in Channel if one not in case.settings.channels)
    return page(case, "reach.ask_way", {"agreed": ", ".join(agreed)}, (*rows, (back(case),)), fresh=fresh)


def result(
    tools: Tools, case: Case, channel: Channel, when: datetime | None, now: datetime, *, fresh: bool = False
) -> Page:
    """What came of it? ``when``: an earlier time that was chosen, None for now."""
    saying = saying_of(tools, case)
    at = "" if when is None else minute(when)
    found = [_result(case, channel, one, at, saying) for one in LIKELY[channel]]
    rows = [tuple(found[start : start + 2]) for start in range(0, len(found), 2)]
    earlier = PageButton("reach.earlier", "e", say(case.id, case.marks.version, CHANNELS[channel]))
    values = {
        "channel": saying.channel(channel.value),
        "when": _when(case, when, now) if when is not None else None,
        "consent": channel is Channel.THROUGH_OTHER,
    }
    return page(case, "reach.ask_result", values, (*rows, (earlier, back(case))), fresh=fresh)


def _result(case: Case, channel: Channel, found: Result, at: str, saying: reach_log.Saying) -> PageButton:
    said = say(case.id, case.marks.version, CHANNELS[channel] + RESULTS[found] + at)
    return PageButton("reach.label", "r", said, {"text": saying.result(found.value)})


def worried(tools: Tools, case: Case, *, fresh: bool) -> Page:
    """The mentor is worried: acute help first, then the lead."""
    organisation = tools.organisation
    numbers = [{"name": line.label, "number": line.number} for line in organisation.emergency]
    values = {"numbers": numbers, "support": "\n".join(organisation.support_lines) or None}
    rows: Buttons = (
        (PageButton("reach.tell_lead", "l", case.id),),
        (PageButton("reach.lead_told", "L", say(case.id, case.marks.version)),),
        (PageButton("reach.to_thread", "o", case.id),),
    )
    return page(case, "reach_worried", values, rows, fresh=fresh)


def lead(case: Case, *, fresh: bool) -> Page:
    """Word for word what the lead will get, before the confirming tap."""
    plain = say(case.id, case.marks.version)
    rows: Buttons = (
        (PageButton("reach.send", "S", plain),),
        (PageButton("reach.lead_told", "L", plain), back(case)),
    )
    return page(case, "reach.ask_lead", {"text": lead_message(case)}, rows, fresh=fresh)


def lead_message(case: Case) -> Worded:
    """What the lead gets; nothing confided goes along."""
    return Worded("reach.lead_message", {"mentor": case.mentor.name, "pseudonym": case.citizen.pseudonym})


def pausing(case: Case, *, problem: str | None = None, fresh: bool = False) -> Page:
    """For how long? A date may be typed."""
    version = case.marks.version
    rows: Buttons = (
        tuple(PageButton(f"reach.pause_{days}", "P", say(case.id, version, str(days))) for days in (7, 14, 28)),
        (back(case),),
    )
    return page(case, "reach.ask_pause", {"problem": Worded(problem) if problem else None}, rows, fresh=fresh)


def more(case: Case, *, fresh: bool) -> Page:
    """What is needed now and then."""
    standing = core.standing(case.thread)
    plain = say(case.id, case.marks.version)
    rows: list[Row] = [(PageButton("reach.worried_now", "w", say(case.id, case.marks.version, "1")),)]
    rows.append((PageButton("reach.tell_lead", "l", case.id), PageButton("reach.caseworker_told", "s", plain)))
    if standing:
        rows.append((PageButton("reach.fix", "f", case.id), PageButton("reach.for_record", "g", case.id)))
    if case.rows:
        rows.append((PageButton("reach.whole_log", "a", say(case.id)),))
    if not standing:
        rows.append((PageButton("reach.was_mistake", "q", plain),))
    rows.append((PageButton("reach.to_citizen", "i", case.citizen.id), back(case)))
    rows.append((CLOSE,))
    return page(case, "reach.more_page", {}, tuple(rows), fresh=fresh)


async def closed(
    tx: Transaction, tools: Tools, case: Case, now: datetime, *, fresh: bool, said: Worded | None = None
) -> Page:
    """The thread is over; after contact: what do we do next time?"""
    end = await contact.ended(tx, case.id)
    at = case.row.closed_at
    values = {
        "end": (end or End.CONTACT).value,
        "when": _when(case, at, now) if at is not None else None,
        "note": await contact.next_time(tx, case.citizen.id, case.mentor.id) if end is End.CONTACT else None,
        "said": said,
    }
    rows: list[Row] = []
    if end is End.CONTACT:
        rows.append((PageButton("reach.note_it", "n", case.id), PageButton("button.start", "begin")))
        if case.row.closed_by is None:
            plain = say(case.id, case.marks.version)
            rows.append((PageButton("reach.earlier", "H", case.id), PageButton("reach.undo", "u", plain)))
    if case.rows:
        rows.append((PageButton("reach.whole_log", "a", say(case.id)), PageButton("reach.for_record", "g", case.id)))
    rows.append((PageButton("reach.to_citizen", "i", case.citizen.id), CLOSE))
    return page(case, "reach_closed", values, tuple(rows), fresh=fresh)
