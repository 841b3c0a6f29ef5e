"""When a person may be disturbed, and the page where they say so: working days and hours, days away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local
from bot.dialogue.reminders import replanned
from bot.dialogue.worktime import MONDAY_TO_FRIDAY, WorkTime
from bot.organisation import Organisation
from bot.service import hours_words as words
from bot.service.replies import Page, PageButton, Reply, Toast
from bot.service.tools import Tools
from storage import asked, due, hours, reminders
from storage.database import Reader, Transaction
from storage.hours import Hours
from storage.people import Person

PAGE = "hours"
CARD = "settings"  # it stands where the settings stood
_OPENS = (7, 8, 9, 10)
_CLOSES = (14, 15, 16, 17, 18)
# What waited for somebody to come back is not late: days away that are over count for what was due in them.
_AWAY_COUNTS = timedelta(days=400)
_USUAL = Hours(MONDAY_TO_FRIDAY, time(8), time(17))


def default_hours(organisation: Organisation) -> Hours:
    """What counts for who never set any: the organisation's working days, and the hours that all of these share.

    Where the days share no hour, from the earliest beginning until the latest end. 8–17 on weekdays when the
    organisation has no working day at all.
    """
    days = {day: span for day in range(7) if (span := organisation.working_hours.on(day)) is not None}
    if not days:
        return _USUAL
    starts, ends = [one.start for one in days.values()], [one.end for one in days.values()]
    shared = (max(starts), min(ends))
    opens, closes = shared if shared[0] < shared[1] else (min(starts), max(ends))
    return Hours(frozenset(days), opens, closes)


async def works_of(tx: Reader, tools: Tools, people: Iterable[Person], now: datetime) -> dict[str, WorkTime]:
    """The working time of these people by id, as they and the calendar have it at ``now`` (UTC)."""
    zones = {one.id: ZoneInfo(one.zone) for one in people}
    return await hours.work_times(
        tx,
        zones,
        default=default_hours(tools.organisation),
        holidays=tools.holidays(now),
        since=now.date() - _AWAY_COUNTS,
    )


async def work_of(tx: Reader, tools: Tools, person: Person, now: datetime) -> WorkTime:
    """The working time of one person, see ``works_of``."""
    return (await works_of(tx, tools, [person], now))[person.id]


async def replan(tx: Transaction, tools: Tools, person: Person, now: datetime) -> None:
    """Their hours or days away have changed: what waits for them moves along.

    Raises ValueError when working time is then not open within two years.
    """
    work = await work_of(tx, tools, person, now)
    due.look_again(tx, replanned(await reminders.waiting_of(tx, person.id), work))


async def show(tx: Transaction, tools: Tools, person: Person, now: datetime, *, fresh: bool = False) -> list[Reply]:
    """The page as it stands."""
    own = (await hours.hours_of(tx, [person.id])).get(person.id, default_hours(tools.organisation))
    today = local(now, ZoneInfo(person.zone)).date()
    away = (await hours.away_of(tx, [person.id], today)).get(person.id, ())
    values = {
        "days": words.days(own.weekdays, person.language),
        "opens": words.clock(own.opens, person.language),
        "closes": words.clock(own.closes, person.language),
        "away": [words.span(one.from_day, one.until_day, now, person) for one in away],
    }
    weekdays = tuple(
        PageButton("hours.day_on" if day in own.weekdays else "hours.day", "d", str(day), {"name": name})
        for day, name in enumerate(words.short_days(person.language))
    )
    taken_back = [
        (PageButton("hours.cancel", "y", one.id, {"days": words.span(one.from_day, one.until_day, now, person)}),)
        for one in away
    ]
    rows = (
        weekdays[:4],
        weekdays[4:],
        tuple(_preset("f", hour, own.opens) for hour in _OPENS),
        tuple(_preset("u", hour, own.closes) for hour in _CLOSES),
        (PageButton("hours.away_today", "t"), PageButton("hours.away_week", "k")),
        (PageButton("hours.away_type", "w"),),
        *taken_back,
        (PageButton("hours.back", "b"), PageButton("button.close", "x")),
    )
    return [Page(person.chat_id, PAGE, person.language, "hours", values, rows, fresh=fresh, card=CARD)]


def _preset(verb: str, hour: int, now: time) -> PageButton:
    kind = "from" if verb == "f" else "until"
    key = f"hours.{kind}_on" if now == time(hour) else f"hours.{kind}"
    return PageButton(key, verb, str(hour), {"hour": hour})


async def press(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap: d a weekday on or off, f from, u until, t away today, k away the rest of the week, w away by typing,
    y take days away back."""
    asked.forget(tx, person.id)
    today = local(now, ZoneInfo(person.zone)).date()
    match verb:
        case "d" | "f" | "u" if arg.isdecimal() and len(arg) <= 2:
            if not await _set(tx, tools, person, verb, int(arg), now):
                return [Toast(person.language, "hours.not_so")]
        case "t":
            await _go_away(tx, person, today, today, now)
        case "k":
            await _go_away(tx, person, today, today + timedelta(days=6 - today.weekday()), now)
        case "y":
            hours.cancel_away(tx, person.id, arg)
        case "w":
            asked.ask(tx, person.id, PAGE, "away", now)
            return [Page(person.chat_id, PAGE, person.language, "hours.ask_away", buttons=_TO_PAGE, card=CARD)]
    await replan(tx, tools, person, now)
    return await show(tx, tools, person, now)


_TO_PAGE = ((PageButton("hours.back", "p"),),)


async def _set(tx: Transaction, tools: Tools, person: Person, verb: str, value: int, now: datetime) -> bool:
    """Change the hours; False when what came out would be no working time."""
    own = (await hours.hours_of(tx, [person.id])).get(person.id, default_hours(tools.organisation))
    if verb == "d":
        wanted = replace(own, weekdays=own.weekdays ^ {value})
    elif value > 23:
        return False
    else:
        wanted = replace(own, opens=time(value)) if verb == "f" else replace(own, closes=time(value))
    if not wanted.weekdays or not wanted.weekdays <= frozenset(range(7)) or wanted.opens >= wanted.closes:
        return False
    hours.put(tx, person.id, wanted, now)
    return True


async def _go_away(tx: Transaction, person: Person, first: date, last: date, now: datetime) -> None:
    """Note days away unless they are noted already. Raises ValueError for more than a year."""
    known = (await hours.away_of(tx, [person.id], first)).get(person.id, ())
    if not any(one.from_day <= first and last <= one.until_day for one in known):
        hours.go_away(tx, person.id, first, last, now)


async def typed(tx: Transaction, tools: Tools, person: Person, text: str, now: datetime) -> list[Reply]:
    """ "Jeg er væk til den 5.": what was typed after the page asked for it."""
    found = words.read_away(text, now, ZoneInfo(person.zone), person.language)
    if found is None:
        return [Page(person.chat_id, PAGE, person.language, "hours.not_read", buttons=_TO_PAGE, card=CARD)]
    first, last = found
    try:
        await _go_away(tx, person, first, last, now)
    except ValueError:
        return [Page(person.chat_id, PAGE, person.language, "hours.not_read", buttons=_TO_PAGE, card=CARD)]
    asked.forget(tx, person.id)
    await replan(tx, tools, person, now)
    return await show(tx, tools, person, now, fresh=True)
