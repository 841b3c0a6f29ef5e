"""What is old goes: some debriefs at a time, then what hangs on none; and telling people what will go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from bot.dialogue.calendar import local, say_when, utc
from bot.dialogue.codec import state_to_data
from bot.dialogue.guide import Length
from bot.dialogue.retention import AT, Limits, limits
from bot.dialogue.state import Stage, State, Status
from bot.service import my_data
from bot.service.replies import Buttons, Page, PageButton, Say
from bot.service.tools import Tools
from storage import audit, retention, retention_kinds, retention_people
from storage.database import Reader, Transaction
from storage.ids import new_token
from storage.people import Person, Role
from storage.retention import Going, Old, Standing

PAGE = "retention"
DELETED = "retention"
"""The audit's word for what was deleted by age. Its subject: the run's local date, how many debriefs lost something,
how many debriefs and threads left the log, how many other things went; with slashes between."""
_BUTTONS: Buttons = ((PageButton("retention.copy", "s"),), (PageButton("button.close", "x"),))


@dataclass(frozen=True, slots=True)
class Bite:
    """What one transaction deleted. ``last``: the id to go on after, None when there is nothing more. ``debriefs``:
    of which something went; ``logs``: debriefs and threads that left the log. ``standing``: messages in chats that
    show what is gone."""

    last: str | None
    debriefs: int
    logs: int
    standing: tuple[Standing, ...]


def limits_of(tools: Tools, run_on: date) -> Limits:
    """What counts as old in the run on this local date, as the organisation decided."""
    kept = tools.organisation.retention
    zone = ZoneInfo(tools.zone)
    return limits(run_on, zone, answers=kept.answers, log=kept.contact_log, audit=kept.audit)


async def debriefs(tx: Transaction, until: Limits, after: str, at_once: int) -> Bite:
    """The next debriefs that are old."""
    found = await retention.old(tx, until.answers, until.log, after, at_once)
    if not found:
        return Bite(None, 0, 0, ())
    ids, whole = [one.id for one in found], [one.id for one in found if one.whole]
    standing = await retention.cards_of(tx, ids)
    retention.strip(tx, ids)
    if whole:
        retention.remove(tx, whole)
    for one in found:
        if not one.whole:
            status = _ended(one)
            retention.settle(tx, one.id, state=_left(one, status), status=status.value, token=new_token())
    return Bite(ids[-1], len(ids), len(whole), tuple(standing))


def _ended(one: Old) -> Status:
    """A debrief that was opened again and never ended since is closed."""
    status = Status(one.status)
    return status if status.ended else Status.CLOSED


def _left(one: Old, status: Status) -> str:
    """Where a debrief stands of which only the log is left: at its end, with nothing of what was begun or typed."""
    was = json.loads(one.state)
    zone = was.get("zone", State().zone)
    state = State(Length(one.length), status, Stage.RECEIPT, visit=was.get("visit", 0) + 1, zone=zone)
    return retention.marked(json.dumps(state_to_data(state), ensure_ascii=False))


async def messages(tx: Transaction, until: Limits, at_once: int) -> Bite:
    """Other old messages that may tell of somebody; ``last`` is None when there is none left."""
    standing = await retention.cards_before(tx, until.answers, at_once)
    return Bite("" if standing else None, 0, 0, tuple(standing))


async def threads(tx: Transaction, until: Limits, at_once: int) -> Bite:
    """The next contact threads that are old; ``last`` is None when there is none left."""
    ids = await retention_kinds.old_threads(tx, until.log, at_once)
    if ids:
        retention_kinds.remove_threads(tx, ids)
    return Bite("" if ids else None, 0, len(ids), ())


async def rest(tx: Transaction, until: Limits, run_on: date, now: datetime) -> None:
    """Everything else that is old: what hangs on no debrief, citizens and people of whom nothing is left, the audit."""
    retention.forget_replaced(tx)
    before = await retention.changed(tx)
    retention_kinds.beside(tx, until.answers, until.day)
    retention_kinds.log_beside(tx, until.log)
    await retention_people.forget(tx, min(until.answers, until.log, until.audit))
    _note(tx, run_on, now, others=await retention.changed(tx) - before)
    await audit.prune(tx, until.audit, now)


def note_bite(tx: Transaction, bite: Bite, run_on: date, now: datetime) -> None:
    """Leave in the audit what this bite deleted (queued), in its own transaction: a kill takes neither without the
    other."""
    _note(tx, run_on, now, bite.debriefs, bite.logs, len(bite.standing) if not bite.debriefs else 0)


def _note(tx: Transaction, run_on: date, now: datetime, debriefs: int = 0, logs: int = 0, others: int = 0) -> None:
    """No row where nothing went: a run comes each month."""
    if debriefs or logs or others:
        audit.note(tx, audit.CLOCK, DELETED, f"{run_on.isoformat()}/{debriefs}/{logs}/{others}", now)


def finish(tx: Transaction, run_on: date, now: datetime, *, debriefs: int, logs: int) -> None:
    """Note that the run is done (queued): nothing of what went can be read any more."""
    retention_people.note_done(tx, run_on, now, debriefs=debriefs, logs=logs)


def replaced(one: Standing) -> Page:
    """What stands in the place of a message whose content is gone."""
    card = one.card.removeprefix("page:")
    return Page(one.person.chat_id, PAGE, one.person.language, "retention.gone", fresh=False, card=card)


@dataclass(frozen=True, slots=True)
class Count:
    """Debriefs of which everything but the log goes, debriefs that leave the log, and when the first and the last of
    them was begun (UTC; None without any)."""

    answers: int = 0
    logs: int = 0
    first: datetime | None = None
    last: datetime | None = None


def count(going: Iterable[Going]) -> Count:
    """All of these together."""
    found = list(going)
    if not found:
        return Count()
    first, last = min(one.first for one in found), max(one.last for one in found)
    return Count(sum(one.answers for one in found), sum(one.logs for one in found), first, last)


async def going(tx: Reader, tools: Tools, run_on: date) -> Sequence[Going]:
    """What the run on this local date would delete if it were now."""
    until = limits_of(tools, run_on)
    return await retention.going(tx, until.answers, until.log)


def warning(tools: Tools, person: Person, found: Sequence[Going], run_on: date, now: datetime) -> Say | None:
    """What this person is to be told ahead of the run; None when nothing of theirs goes. A lead hears of the team, of
    numbers only."""
    own = count(one for one in found if one.mentor_id == person.id)
    leads = person.role is Role.LEAD and person.team_id is not None
    team = count(one for one in found if leads and one.team_id == person.team_id)
    if own == team == Count():
        return None
    zone_of_all = ZoneInfo(tools.zone)
    until = limits_of(tools, run_on)
    values = {
        "on": say_when(utc(run_on, AT, zone_of_all), now, zone_of_all, person.language, False),
        "own": _numbers(own, person),
        "team": _numbers(team, person),
        "answers": tools.organisation.retention.answers,
        "log": max(tools.organisation.retention.contact_log, tools.organisation.retention.answers),
        "both": until.log == until.answers,
    }
    return Say(person.chat_id, person.language, "retention", values, _BUTTONS, my_data.PAGE)


def _numbers(found: Count, person: Person) -> dict[str, object]:
    """``first`` and ``last``: the month, in words."""

    def month(at: datetime | None) -> str | None:
        if at is None:
            return None
        return format_date(local(at, ZoneInfo(person.zone)).date(), "MMMM y", locale=person.language)

    return {"answers": found.answers, "logs": found.logs, "first": month(found.first), "last": month(found.last)}
