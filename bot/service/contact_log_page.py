"""/log: the contact and absence log in the chat, for a mentor's own citizens and, noted each time, for their lead.

Nobody else sees it. What colleagues typed about a citizen before it was passed on stays with them and the lead: they
were told that their reflections stay theirs.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from bot.dialogue.answering import MAX_PSEUDONYM
from bot.dialogue.calendar import local
from bot.service import contact_log_chat as chat
from bot.service.contact_log import Log, Period, edges, last_days
from bot.service.contact_log_lines import lines, say_period, summary
from bot.service.contact_log_read import Reads, read_log
from bot.service.contact_log_say import Say, say_of
from bot.service.reach_pages import CARD, CLOSE
from bot.service.replies import Buttons, Page, PageButton, Reply, Toast, Worded
from bot.service.replies import Say as SayReply
from bot.service.tools import Tools
from storage import asked, audit, citizens, people
from storage import contact_log as stored
from storage.citizens import Citizen
from storage.database import Transaction
from storage.people import Person, Role

PAGE = "log"
READERS = (Role.MENTOR, Role.LEAD)
_OFFERED = 24
_MONTH, _QUARTER, _WHOLE = "m", "q", "w"
_PERIODS = {_MONTH: "log.days_30", _QUARTER: "log.days_90", _WHOLE: "log.whole"}
_AGAIN = timedelta(minutes=1)
_READ = "log_read"


async def command(tx: Transaction, tools: Tools, person: Person, text: str, now: datetime) -> list[Reply]:
    """/log, with the pseudonym typed after it."""
    if person.role not in READERS or person.team_id is None:
        return [SayReply(person.chat_id, person.language, "error.not_allowed")]
    asked.forget(tx, person.id)
    name = " ".join(text.split())
    if not name:
        return [await _choose(tx, person)]
    if person.role is Role.LEAD:
        found = await stored.named(tx, name, person.team_id)
        citizen = await citizens.get(tx, found[0].id) if found else None
        if citizen is None:
            return [await _choose(tx, person, name=name)]
        return [await page(tx, tools, person, citizen, now, fresh=True)]
    own = await citizens.find(tx, person.id, person.team_id, name, 1)
    if own.exact is not None:
        return [await page(tx, tools, person, own.exact, now, fresh=True)]
    if own.taken:
        return [await _choose(tx, person, problem="taken")]
    return [await _choose(tx, person, name=name)]


async def _choose(tx: Transaction, person: Person, *, problem: str | None = None, name: str | None = None) -> Page:
    """Whose log? A mentor gets the citizens as buttons; a lead writes the pseudonym. ``name``: one nobody has."""
    lead = person.role is Role.LEAD
    recent = [] if lead else await citizens.recent(tx, person.id, _OFFERED)
    known = [one.pseudonym for one in await stored.named(tx, None, person.team_id)] if lead else None
    near = _near(name, known if known is not None else [one.pseudonym for one in recent]) if name else []
    values = {
        "problem": problem,
        "name": name[:MAX_PSEUDONYM] if name else None,
        "near": ", ".join(near) or None,
        "lead": lead,
        "count": len(recent),
    }
    found = [PageButton("reach.label", "v", _arg(one.id), {"text": one.pseudonym}) for one in recent]
    rows = tuple(tuple(found[start : start + 3]) for start in range(0, len(found), 3))
    return Page(person.chat_id, PAGE, person.language, "log.choose", values, (*rows, (CLOSE,)), card=CARD)


def _near(name: str, known: list[str]) -> list[str]:
    by_key = {citizens.pseudonym_key(one): one for one in known}
    return [by_key[key] for key in get_close_matches(citizens.pseudonym_key(name), by_key, 3, 0.5)]


async def readable(tx: Transaction, person: Person, citizen_id: str) -> Citizen | None:
    """The citizen if this person may read the log: the citizen's own mentor, or the lead of the team."""
    citizen = await citizens.get(tx, citizen_id)
    if citizen is None:
        return None
    if person.role is Role.LEAD:
        return citizen if citizen.team_id == person.team_id else None
    return citizen if person.role is Role.MENTOR and citizen.mentor_id == person.id else None


async def press(
    tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime, *, fresh: bool = False
) -> list[Reply]:
    """One tap: v this part of the log, s the line for the record, t it has been transferred."""
    asked.forget(tx, person.id)
    about, code, number = [*arg.split("."), "", ""][:3]
    citizen = await readable(tx, person, about)
    if citizen is None:
        return [Toast(person.language, "note.not_yours")]
    code = code if code in _PERIODS else _MONTH
    match verb:
        case "v":
            at = int(number) if number.isdecimal() and len(number) < 5 else 0
            return [await page(tx, tools, person, citizen, now, code=code, at=at, fresh=fresh)]
        case "s":
            return [await _line(tx, tools, person, citizen, code, now, fresh=fresh)]
        case "t" if person.role is Role.MENTOR:
            last = await stored.transferred(tx, citizen.id)
            if last is None or now - last > _AGAIN:
                stored.mark_transferred(tx, person.id, citizen.id, now)
            said = Worded("log.transferred_now")
            return [await page(tx, tools, person, citizen, now, code=code, fresh=fresh, said=said)]
    return [Toast(person.language, "note.stale")]


async def page(
    tx: Transaction,
    tools: Tools,
    person: Person,
    citizen: Citizen,
    now: datetime,
    *,
    code: str = _MONTH,
    at: int = 0,
    fresh: bool,
    said: Worded | None = None,
) -> Page:
    """One page of the log; the caller has checked who asks. ``code``: how far back; ``at``: which page, the newest is
    0. Raises GuideMissingError."""
    found, say = await _read(tx, tools, person, citizen, code, now)
    names = {one.id: one.name for one in await people.people(tx)}
    cut = chat.pages(lines(found, say, names), None if person.role is Role.LEAD else person.name)
    at = min(at, len(cut) - 1)
    first, last = edges(found, now)
    values = {
        "pseudonym": citizen.pseudonym,
        "said": said,
        "period": say_period(first, last, person.language),
        "page": at + 1,
        "pages": len(cut),
        "hidden": found.hidden,
        "transferred": _day(say, found),
        "lines": cut[at],
    }
    buttons = _buttons(person, citizen, code, at, len(cut))
    return Page(person.chat_id, PAGE, person.language, "contact_log", values, buttons, fresh=fresh, card=CARD)


async def _read(
    tx: Transaction, tools: Tools, person: Person, citizen: Citizen, code: str, now: datetime
) -> tuple[Log, Say]:
    """The log as this person may read it. Reading what others did leaves an audit row."""
    zone = ZoneInfo(person.zone)
    known = {**tools.shelf, tools.guide.guide.hash: tools.guide}
    reader = None if person.role is Role.LEAD else person.id
    found = await read_log(tx, citizen, _period(code, now, zone), Reads(person.language, zone, reader, known))
    if reader is None or found.by - {person.id}:
        audit.note(tx, person.id, _READ, citizen.id, now)
    return found, say_of(tools.guide, person.language, zone)


def _period(code: str, now: datetime, zone: ZoneInfo) -> Period:
    today = local(now, zone).date()
    match code:
        case "w":
            return Period(None, None, zone)
        case "q":
            year, month = divmod(today.year * 12 + today.month - 4, 12)
            day = min(today.day, monthrange(year, month + 1)[1])
            return Period(today.replace(year=year, month=month + 1, day=day) + timedelta(days=1), today, zone)
    return last_days(30, now, zone)


def _day(say: Say, found: Log) -> str | None:
    return None if found.transferred_at is None else say.day(found.transferred_at)


def _buttons(person: Person, citizen: Citizen, code: str, at: int, count: int) -> Buttons:
    turns = []
    if at > 0:
        turns.append(PageButton("reach.newer", "v", _arg(citizen.id, code, at - 1)))
    if at + 1 < count:
        turns.append(PageButton("reach.older", "v", _arg(citizen.id, code, at + 1)))
    periods = tuple(PageButton(key, "v", _arg(citizen.id, one)) for one, key in _PERIODS.items() if one != code)
    own = (PageButton("reach.to_citizen", "c", citizen.id),) if person.role is Role.MENTOR else ()
    line = (PageButton("log.for_record", "s", _arg(citizen.id, code)),)
    return tuple(row for row in (tuple(turns), periods, line, (*own, CLOSE)) if row)


async def _line(
    tx: Transaction, tools: Tools, person: Person, citizen: Citizen, code: str, now: datetime, *, fresh: bool
) -> Page:
    """The line that names nobody, to be copied."""
    found, say = await _read(tx, tools, person, citizen, code, now)
    own = person.role is Role.MENTOR
    values = {"line": summary(found, person.language, now), "transferred": _day(say, found), "own": own}
    done = ((PageButton("log.transfer", "t", _arg(citizen.id, code)),),) if own else ()
    rows: Buttons = (*done, (PageButton("log.back", "v", _arg(citizen.id, code)), CLOSE))
    return Page(person.chat_id, PAGE, person.language, "contact_log_line", values, rows, fresh=fresh, card=CARD)


def _arg(citizen_id: str, code: str = _MONTH, at: int = 0) -> str:
    return f"{citizen_id}.{code}.{at}"
