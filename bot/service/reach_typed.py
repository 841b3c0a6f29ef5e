"""What is typed for a contact thread: when it was, until when it pauses, and what to do next time."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue import threads as core
from bot.dialogue.calendar import say_when
from bot.dialogue.phrases import Direction, NotUnderstood, When, WrongSide, read_when
from bot.dialogue.threads import Channel
from bot.service import reach_fix, reach_moves, reach_pages
from bot.service.reach_case import Case, owned
from bot.service.reach_codes import CHANNELS, Said, channel_of, read, say
from bot.service.replies import Page, PageButton, Reply, Toast, Worded
from bot.service.tools import Tools
from storage import asked, contact
from storage.database import Transaction
from storage.people import Person

VERBS = frozenset("etpnHU")
LONGEST_NOTE = 1000
_AGO = {"30": timedelta(minutes=30), "60": timedelta(hours=1), "120": timedelta(hours=2)}


async def press(
    tx: Transaction, tools: Tools, case: Case, verb: str, said: Said, now: datetime, *, fresh: bool
) -> list[Reply]:
    """Buttons that ask for something to be typed, or take its place: e H it was earlier (an attempt, the contact), t U
    so long ago, p pause, n what to do next time."""
    channel = channel_of(said.rest[:1])
    ago = _AGO.get(said.rest.lstrip("ctvol"))
    match verb:
        case "e" if case.is_open and channel is not None:
            _ask(tx, case, "e", said.rest[:1], now)
            return [_when_page(tools, case, channel, None, fresh=fresh)]
        case "t" if case.is_open and channel is not None and ago is not None:
            return [reach_pages.result(tools, case, channel, now - ago, now, fresh=fresh)]
        case "p" if case.is_open:
            _ask(tx, case, "p", "", now)
            return [reach_pages.pausing(case, fresh=fresh)]
        case "H" if not case.is_open and case.row.closed_by is None:
            _ask(tx, case, "H", "", now)
            return [_when_page(tools, case, None, None, fresh=fresh)]
        case "U" if not case.is_open and ago is not None:
            return await _met_at(tx, tools, case, now - ago, now, fresh=fresh)
        case "n" if not case.is_open:
            _ask(tx, case, "n", "", now)
            rows = ((reach_pages.back(case),),)
            return [reach_pages.page(case, "reach.ask_note", {"problem": None}, rows, fresh=fresh)]
    return [await reach_pages.thread(tx, tools, case, now, fresh=fresh)]


def _ask(tx: Transaction, case: Case, what: str, rest: str, now: datetime) -> None:
    asked.ask(tx, case.mentor.id, reach_pages.PAGE, f"{what}:{say(case.id, case.marks.version, rest)}", now)


def _when_page(tools: Tools, case: Case, channel: Channel | None, problem: str | None, *, fresh: bool) -> Page:
    """When was it? ``channel`` None: the contact."""
    code = CHANNELS[channel] if channel is not None else ""
    verb = "t" if channel is not None else "U"
    chips = tuple(PageButton(f"reach.ago_{ago}", verb, say(case.id, case.marks.version, code + ago)) for ago in _AGO)
    values = {
        "channel": reach_pages.saying_of(tools, case).channel(channel.value) if channel is not None else None,
        "problem": Worded(problem) if problem else None,
    }
    return reach_pages.page(case, "reach.ask_time", values, (chips, (reach_pages.back(case),)), fresh=fresh)


async def _met_at(
    tx: Transaction, tools: Tools, case: Case, at: datetime, now: datetime, *, fresh: bool
) -> list[Reply]:
    """The contact that closed the thread was earlier than said."""
    if core.day_of(case.thread, at) < 0:
        return [_when_page(tools, case, None, "reach.before_it", fresh=fresh)]
    wrong = [one for one in case.rows if one.superseded_at is None and one.at == case.row.closed_at]
    if wrong:  # it was closed by an attempt that reached the citizen: that one was earlier
        after = await reach_moves.correct(tx, tools, case, wrong[-1], (wrong[-1].channel, wrong[-1].result, at), now)
    else:
        opened = await reach_moves.open_again(tx, tools, case, now)
        after = await reach_moves.reached(tx, tools, opened, at, now)
    return [await reach_pages.thread(tx, tools, after, now, fresh=fresh)]


async def typed(tx: Transaction, tools: Tools, person: Person, what: str, text: str, now: datetime) -> list[Reply]:
    """The text that ``what`` asked for. What was not understood is asked for again."""
    kind, _, arg = what.partition(":")
    said = read(arg)
    if kind == "ft":
        return await _typed_time_of_attempt(tx, tools, person, said.about, text, now)
    case = await owned(tx, tools, person, said.about, now)
    if case is None:
        asked.forget(tx, person.id)
        return []
    if said.version != case.marks.version or case.is_open != (kind in ("e", "p")):
        asked.forget(tx, person.id)
        page = await reach_pages.thread(tx, tools, case, now, fresh=True)
        return [page, Toast(person.language, "note.stale")]
    match kind:
        case "e" if (channel := channel_of(said.rest)) is not None:
            return _typed_time(tx, tools, case, channel, text, now)
        case "H":
            return await _typed_contact(tx, tools, case, text, now)
        case "p":
            return await _typed_pause(tx, tools, case, text, now)
        case "n":
            return await _typed_note(tx, tools, case, text, now)
    return [await reach_pages.thread(tx, tools, case, now, fresh=True)]


def _past(person: Person, text: str, now: datetime) -> datetime | str:
    """The typed time, or the key of what is wrong with it. A day alone is not enough: the log invents no times."""
    match read_when(text, now, ZoneInfo(person.zone), Direction.PAST, person.language):
        case When(at=at, has_time=True):
            return at
        case When():
            return "reach.needs_time"
        case WrongSide():
            return "reach.not_yet"
        case NotUnderstood():
            return "reach.not_a_time"


def _typed_time(tx: Transaction, tools: Tools, case: Case, channel: Channel, text: str, now: datetime) -> list[Reply]:
    at = _past(case.mentor, text, now)
    if isinstance(at, str):
        return [_when_page(tools, case, channel, at, fresh=True)]
    asked.forget(tx, case.mentor.id)
    return [reach_pages.result(tools, case, channel, at, now, fresh=True)]


async def _typed_contact(tx: Transaction, tools: Tools, case: Case, text: str, now: datetime) -> list[Reply]:
    at = _past(case.mentor, text, now)
    if isinstance(at, str):
        return [_when_page(tools, case, None, at, fresh=True)]
    asked.forget(tx, case.mentor.id)
    return await _met_at(tx, tools, case, at, now, fresh=True)


async def _typed_time_of_attempt(
    tx: Transaction, tools: Tools, person: Person, attempt_id: str, text: str, now: datetime
) -> list[Reply]:
    at = _past(person, text, now)
    if isinstance(at, str):
        return await reach_fix.ask_again(tx, tools, person, attempt_id, at, now)
    asked.forget(tx, person.id)
    return await reach_fix.retime(tx, tools, person, attempt_id, at, now)


async def _typed_pause(tx: Transaction, tools: Tools, case: Case, text: str, now: datetime) -> list[Reply]:
    match read_when(text, now, case.zone, Direction.FUTURE, case.mentor.language):
        case When(at=at):
            asked.forget(tx, case.mentor.id)
            after = await reach_moves.pause(tx, tools, case, at, now)
            until = say_when(at, now, case.zone, case.mentor.language, True)
            said = Worded("reach.paused_until", {"when": until})
            return [await reach_pages.thread(tx, tools, after, now, fresh=True, said=said)]
        case WrongSide():
            return [reach_pages.pausing(case, problem="reach.has_passed", fresh=True)]
    return [reach_pages.pausing(case, problem="reach.not_a_day", fresh=True)]


async def _typed_note(tx: Transaction, tools: Tools, case: Case, text: str, now: datetime) -> list[Reply]:
    """What to do next time: for whoever wrote it."""
    kept = text.strip()
    if not kept or len(kept) > LONGEST_NOTE:
        values = {"problem": Worded("reach.note_too_long" if kept else "note.empty")}
        return [reach_pages.page(case, "reach.ask_note", values, ((reach_pages.back(case),),), fresh=True)]
    asked.forget(tx, case.mentor.id)
    contact.note_next_time(
        tx, citizen_id=case.citizen.id, thread_id=case.id, mentor_id=case.mentor.id, text=kept, now=now
    )
    said = Worded("reach.noted")
    return [await reach_pages.closed(tx, tools, case, now, fresh=True, said=said)]
