"""A lead takes a wish up: on which day, with a word back to the mentor; and takes that back if it was a mistake.

Nothing is marked before the word back is chosen (or "without a word"), so that the mentor gets one message.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local
from bot.dialogue.phrases import Direction, When, WrongSide, read_when
from bot.service import permissions, supervision_team
from bot.service.permissions import Action
from bot.service.replies import Buttons, Page, PageButton, Reply, Toast, Worded
from bot.service.supervision_words import PAGE, date_said, day_said, remark_of
from bot.service.tools import Tools
from storage import asked, citizens, people, reflections, supervision
from storage.database import Transaction
from storage.people import Person
from storage.reflections import Reflection
from storage.supervision import Taken, Wish

VERBS = frozenset("tarwu")
CHIPS = ("thanks", "again", "door")
_NO_WORD = "none"
_LONGEST = 500  # letters of a remark


async def press(tx: Transaction, tools: Tools, lead: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap: t today, a another day, r with this ready word (or none), w with one's own words, u it was a mistake."""
    if verb == "u":
        return await _undo(tx, tools, lead, arg, now)
    token, _, rest = arg.partition(".")
    reflection = await supervision_team.of_team(tx, lead, token)
    if reflection is None:
        return [Toast(lead.language, "note.not_yours")]
    wish = await supervision.wish_in(tx, reflection.id)
    if wish is None:
        return await supervision_team.gone(tx, lead, now)
    day, _, chip = rest.partition(".")
    on = _read_day(day, lead, wish, now)
    match verb:
        case "t":
            return [_ask_word(lead, wish, local(now, ZoneInfo(lead.zone)).date(), now)]
        case "a":
            asked.ask(tx, lead.id, PAGE, f"d{token}", now)
            return [_asking(lead, "supervision.ask_day", token)]
        case "w" if on is not None:
            asked.ask(tx, lead.id, PAGE, f"r{token}.{day}", now)
            return [_asking(lead, "supervision.ask_remark", token)]
        case "r" if on is not None and chip in (*CHIPS, _NO_WORD):
            ready = None if chip == _NO_WORD else chip
            return await _take(tx, tools, lead, reflection, wish, on, None, ready, now)
    return [Toast(lead.language, "note.stale")]


def _read_day(text: str, lead: Person, wish: Wish, now: datetime) -> date | None:
    """The day in a button, from the day of the wish to today; None for anything that was never offered."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _wished_on(wish, lead) <= day <= local(now, ZoneInfo(lead.zone)).date() else None


def _wished_on(wish: Wish, lead: Person) -> date:
    return local(wish.at, ZoneInfo(lead.zone)).date()


def _ask_word(lead: Person, wish: Wish, day: date, now: datetime, *, fresh: bool = False) -> Page:
    """On this day, and what shall go back to the mentor?"""
    arg = f"{wish.token}.{day:%Y%m%d}"
    chips = tuple((PageButton(f"supervision.chip_{chip}", "r", f"{arg}.{chip}"),) for chip in CHIPS)
    buttons: Buttons = (
        *chips,
        (PageButton("supervision.own_words", "w", arg), PageButton("supervision.no_word", "r", f"{arg}.{_NO_WORD}")),
        (PageButton("button.back", "i", wish.token),),
    )
    values = {"mentor": wish.mentor, "day": date_said(day, lead, now)}
    return Page(lead.chat_id, PAGE, lead.language, "supervision.ask_word", values, buttons, fresh=fresh)


def _asking(lead: Person, key: str, token: str, *, fresh: bool = False) -> Page:
    back = ((PageButton("button.back", "i", token),),)
    return Page(lead.chat_id, PAGE, lead.language, key, {}, back, fresh=fresh)


async def typed(tx: Transaction, tools: Tools, lead: Person, what: str, text: str, now: datetime) -> list[Reply]:
    """The day ("d" and the debrief) or the remark ("r", the debrief and the day) that was asked for."""
    token, _, day = what[1:].partition(".")
    reflection = await supervision_team.of_team(tx, lead, token)
    wish = await supervision.wish_in(tx, reflection.id) if reflection is not None else None
    if reflection is None or wish is None:
        asked.forget(tx, lead.id)
        return [await supervision_team.page(tx, lead, now), Toast(lead.language, "supervision.gone")]
    if what.startswith("d"):
        read = read_when(text, now, ZoneInfo(lead.zone), Direction.PAST, lead.language)
        if not isinstance(read, When):
            key = "supervision.to_come" if isinstance(read, WrongSide) else "supervision.not_read"
            return [_asking(lead, key, token, fresh=True)]
        said = local(read.at, ZoneInfo(lead.zone)).date()
        if said < _wished_on(wish, lead):
            return [_asking(lead, "supervision.before_wish", token, fresh=True)]
        asked.forget(tx, lead.id)
        return [_ask_word(lead, wish, said, now, fresh=True)]
    on, words = _read_day(day, lead, wish, now), text.strip()
    if on is None or not words or len(words) > _LONGEST:
        return [_asking(lead, "supervision.ask_remark", token, fresh=True)]
    asked.forget(tx, lead.id)
    return await _take(tx, tools, lead, reflection, wish, on, words, None, now, fresh=True)


async def _take(
    tx: Transaction, tools: Tools, lead: Person, reflection: Reflection, wish: Wish, day: date, remark: str | None,
    chip: str | None, now: datetime, *, fresh: bool = False,
) -> list[Reply]:  # fmt: skip
    """Mark it, and close the loop to the mentor. Whoever is second is told so, and nothing is sent."""
    first = await supervision.take_up(tx, wish, lead_id=lead.id, day=day, remark=remark, chip=chip, now=now)
    taken = await supervision.taken_of(tx, wish.wish_id)
    mentor = await people.person(tx, reflection.mentor_id)
    said = Worded("supervision.marked", {"mentor": wish.mentor}) if first else None
    shown = await supervision_team.item(tx, tools, lead, reflection, now, fresh=fresh, said=said)
    replies: list[Reply] = [shown] if shown is not None else []
    if not first:
        return [*replies, Toast(lead.language, "supervision.already")]
    if taken is None or mentor is None or mentor.left_at is not None:
        return replies
    values = {
        "lead": lead.name,
        "day": date_said(day, mentor, now),
        "remark": remark_of(taken),
        **await _about(tx, reflection, mentor, now),
    }
    return [*replies, _to_mentor(mentor, reflection, "supervision.closed", values, fresh=True)]


async def _about(tx: Transaction, reflection: Reflection, mentor: Person, now: datetime) -> dict[str, object]:
    """Which debrief it is, in the mentor's own words."""
    citizen = await citizens.get(tx, reflection.citizen_id) if reflection.citizen_id else None
    return {
        "pseudonym": citizen.pseudonym if citizen is not None else None,
        "written": day_said(reflection.started_at, mentor, now),
    }


def _to_mentor(mentor: Person, reflection: Reflection, key: str, values: dict[str, object], *, fresh: bool) -> Page:
    buttons = ((PageButton("supervision.see_own", "m"), PageButton("button.close", "x")),)
    card = f"{PAGE}:{reflection.token}"
    return Page(mentor.chat_id, PAGE, mentor.language, key, values, buttons, fresh=fresh, card=card)


async def _undo(tx: Transaction, tools: Tools, lead: Person, taken_id: str, now: datetime) -> list[Reply]:
    """It was marked by mistake: it stands on the list again, and the mentor's message says so."""
    taken: Taken | None = await supervision.taken_by_id(tx, taken_id)
    if taken is None:
        return [await supervision_team.page(tx, lead, now, fresh=False), Toast(lead.language, "note.stale")]
    if not permissions.may(lead, Action.SUPERVISION, team=taken.team_id):
        return [Toast(lead.language, "note.not_yours")]
    reflection = await reflections.get(tx, taken.reflection_id)
    if reflection is None or not await supervision.undo(tx, taken.id, now):
        return [Toast(lead.language, "note.stale")]
    mentor = await people.person(tx, reflection.mentor_id)
    said = Worded("supervision.undone", {"mentor": taken.mentor})
    replies: list[Reply] = [await supervision_team.page(tx, lead, now, fresh=False, said=said)]
    if mentor is None or mentor.left_at is not None:
        return replies
    stands = await supervision.wish_in(tx, reflection.id) is not None
    values = {"lead": lead.name, "stands": stands, **await _about(tx, reflection, mentor, now)}
    return [*replies, _to_mentor(mentor, reflection, "supervision.not_yet", values, fresh=False)]
