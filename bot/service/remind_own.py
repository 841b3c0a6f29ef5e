"""/paamind B07 torsdag kl. 14 ring til lægen: a reminder of one's own, said back as it was understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local, say_when, utc
from bot.dialogue.phrases import Direction, When, WrongSide, read_when
from bot.dialogue.worktime import WorkTime
from bot.service import remind_plan
from bot.service.hours import work_of
from bot.service.hours_words import clock
from bot.service.remind_plan import OWN
from bot.service.remind_read import PastText, TimedText, time_first, time_last
from bot.service.replies import Page, PageButton, Reply, Say, Toast
from bot.service.tools import Tools
from storage import asked, citizens, followups
from storage.citizens import Citizen, pseudonym_key
from storage.database import Transaction
from storage.followups import Followup, FollowupStatus
from storage.people import Person, Role

PAGE = "own"
_LONGEST = 1000  # letters
_NAME_WORDS = 4
_MANY = 100_000


@dataclass(frozen=True, slots=True)
class Order:
    """What was typed after the command."""

    citizen: Citizen | None
    timed: TimedText


async def command(tx: Transaction, tools: Tools, person: Person, text: str, now: datetime) -> list[Reply]:
    """The command with what follows it. What is not understood is answered with what works."""
    if person.role is not Role.MENTOR:
        return [Say(person.chat_id, person.language, "error.not_allowed")]
    read = await _read(tx, person, text.strip(), now)
    if isinstance(read, Page):
        return [read]
    if len(read.timed.text) > _LONGEST:
        return [_help(person, "remind.too_long")]
    made = followups.add_own(
        tx,
        mentor_id=person.id,
        citizen_id=read.citizen.id if read.citizen else None,
        kind=OWN,
        text=read.timed.text or None,
        due_at=read.timed.at,
        due_has_time=read.timed.has_time or remind_plan.is_today(read.timed.at, person, now),
        now=now,
    )
    await remind_plan.sync(tx, tools, person, [made], now)
    return [await _echo(tx, tools, person, made, now, fresh=True)]


async def _read(tx: Transaction, person: Person, text: str, now: datetime) -> Order | Page:
    zone = ZoneInfo(person.zone)
    citizen, rest = await _citizen(tx, person, text)
    found = time_first(rest, now, zone, person.language)
    if found is None and citizen is None and (unknown := _stranger(rest, now, zone, person.language)):
        return _help(person, "remind.unknown", {"name": unknown})
    match found or time_last(rest, now, zone, person.language):
        case PastText(at=at):
            return _help(person, "remind.past_at", {"at": say_when(at, now, zone, person.language, True)})
        case None:
            return _help(person, "remind.no_time" if text else "remind.how")
        case TimedText(text="") if citizen is None:
            return _help(person, "remind.what")
        case TimedText() as timed:
            return Order(citizen, timed)


def _stranger(text: str, now: datetime, zone: ZoneInfo, language: str) -> str | None:
    """A pseudonym that is not the mentor's: one word with a digit before the time, as in "B99 torsdag ring"."""
    first, _, rest = text.partition(" ")
    if not first[:1].isalpha() or not any(char.isdigit() for char in first):
        return None
    return first if isinstance(time_first(rest, now, zone, language), TimedText) else None


async def _citizen(tx: Transaction, person: Person, text: str) -> tuple[Citizen | None, str]:
    """One of the mentor's own citizens, if the text begins with a pseudonym; the longest one counts."""
    words = text.split()
    own = {pseudonym_key(one.pseudonym): one for one in await citizens.recent(tx, person.id, _MANY)}
    for count in range(min(len(words), _NAME_WORDS), 0, -1):
        found = own.get(pseudonym_key(" ".join(words[:count]).rstrip(":,")))
        if found is not None:
            return found, text.split(maxsplit=count)[count] if len(words) > count else ""
    return None, text


def _help(person: Person, key: str, values: dict[str, str] | None = None) -> Page:
    close = ((PageButton("button.close", "x"),),)
    return Page(person.chat_id, PAGE, person.language, key, values or {}, close)


async def _echo(
    tx: Transaction, tools: Tools, person: Person, one: Followup, now: datetime, *, fresh: bool = False
) -> Page:
    """The time as it was understood, and one-tap corrections."""
    work = await work_of(tx, tools, person, now)
    names = await citizens.names_by_id(tx, [one.citizen_id] if one.citizen_id else [])
    at = one.due_at or now
    values = {
        "when": say_when(at, now, work.zone, person.language, one.due_has_time),
        "citizen": names.get(one.citizen_id or ""),
        "text": one.text,
        "outside": one.due_has_time and not work.is_open(at),
        "moved": None if one.due_has_time else _moved_to(at, work, person, now),
        "opens": None if one.due_has_time else clock(local(_opening(at, work), work.zone).time(), person.language),
        "away": one.due_has_time and work.is_away(local(at, work.zone).date()),
    }
    hours = (PageButton("remind.less", "m", one.id), PageButton("remind.more", "p", one.id))
    buttons = (
        (*(hours if one.due_has_time else ()), PageButton("remind.day_more", "y", one.id)),
        (PageButton("remind.other_time", "c", one.id), PageButton("remind.delete", "s", one.id)),
    )
    return Page(person.chat_id, PAGE, person.language, "remind_own", values, buttons, fresh, _card(one.id))


def _moved_to(at: datetime, work: WorkTime, person: Person, now: datetime) -> str | None:
    """When it comes instead, if nobody works on the day that was said."""
    day = local(at, work.zone).date()
    if work.works_on(day):
        return None
    return say_when(_opening(at, work), now, work.zone, person.language, True)


def _opening(at: datetime, work: WorkTime) -> datetime:
    """When the working day begins on which a reminder for that day comes."""
    return work.next_open(utc(local(at, work.zone).date(), time.min, work.zone))


def _card(followup_id: str) -> str:
    return f"own:{followup_id}"


_STEPS = {"m": timedelta(hours=-1), "p": timedelta(hours=1)}


async def press(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap on the echo: m an hour earlier, p later, y the next day, c another time, s delete, b as it was."""
    asked.forget(tx, person.id)
    one = await followups.get(tx, arg)
    if one is None or one.mentor_id != person.id:
        return [Toast(person.language, "note.not_yours")]
    if one.status is not FollowupStatus.OPEN or one.due_at is None:
        return [Toast(person.language, "remind.over")]
    at = _moved(verb, one.due_at, ZoneInfo(person.zone))
    match verb:
        case "s":
            await remind_plan.close(tx, one, FollowupStatus.DROPPED, now)
            return [Page(person.chat_id, PAGE, person.language, "remind.deleted", fresh=False, card=_card(one.id))]
        case "c":
            asked.ask(tx, person.id, PAGE, one.id, now)
            back = ((PageButton("remind.back", "b", one.id),),)
            return [Page(person.chat_id, PAGE, person.language, "remind.ask_when", {}, back, False, _card(one.id))]
        case "m" | "p" | "y" if at <= now:
            return [Toast(person.language, "remind.past")]
        case "m" | "p" | "y":
            one = await remind_plan.change(
                tx, tools, person, one, now, text=one.text, due_at=at, due_has_time=one.due_has_time
            )
    return [await _echo(tx, tools, person, one, now)]


def _moved(verb: str, at: datetime, zone: ZoneInfo) -> datetime:
    """An hour is an hour; a day is the same time of day, whatever the clocks do."""
    if verb == "y":
        wall = local(at, zone)
        return utc(wall.date() + timedelta(days=1), wall.time(), zone)
    return at + _STEPS.get(verb, timedelta())


async def typed(
    tx: Transaction, tools: Tools, person: Person, followup_id: str, text: str, now: datetime
) -> list[Reply]:
    """Another time for a reminder of one's own."""
    one = await followups.get(tx, followup_id)
    if one is None or one.mentor_id != person.id or one.status is not FollowupStatus.OPEN:
        asked.forget(tx, person.id)
        return [_help(person, "remind.over")]
    read = read_when(text, now, ZoneInfo(person.zone), Direction.FUTURE, person.language)
    if not isinstance(read, When):
        return [_help(person, "remind.past" if isinstance(read, WrongSide) else "remind.not_read")]
    asked.forget(tx, person.id)
    changed = await remind_plan.change(
        tx, tools, person, one, now, text=one.text, due_at=read.at, due_has_time=read.has_time
    )
    return [await _echo(tx, tools, person, changed, now, fresh=True)]
