"""The entries of a contact log as lines in words, for a page in the chat, a table or a file. Pure.

What the guide words is put in words here; the rest is ``Worded``, so that one line serves every way of showing it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from babel.dates import get_month_names

from bot.service.contact_log import Attempt, Became, Event, Happened, Log, Meeting, Try, Was, edges
from bot.service.contact_log_say import Say
from bot.service.contact_log_sum import AGREED, Sums, add_up
from bot.service.replies import Worded

Text: TypeAlias = str | Worded
_LOCALES = {"da": "da_DK", "en": "en_GB"}
_CHANNELS = ("call", "visit", "text", "letter", "through_other")
_EVENTS: Mapping[Happened, str] = {
    Happened.LEAD_TOLD: "log.lead_told",
    Happened.CASEWORKER_TOLD: "log.caseworker_told",
    Happened.CONTACT: "log.contact",
    Happened.ENDED: "log.ended",
}
_BECAME: Mapping[Became, str] = {
    Became.HELD: "log.n_held",
    Became.HELD_OTHERWISE: "log.n_held_otherwise",
    Became.MISSED: "log.n_missed",
    Became.NOTIFIED: "log.n_notified",
    Became.EXCUSED: "log.n_excused",
    Became.MINE: "log.n_mine",
    Became.UNSAFE: "log.n_unsafe",
}
_TRIED: Mapping[str, str] = {
    "call": "log.n_call",
    "visit": "log.n_visit",
    "text": "log.n_text",
    "letter": "log.n_letter",
    "through_other": "log.n_through_other",
}


@dataclass(frozen=True, slots=True)
class Struck:
    """What stood there, and the day it was corrected."""

    said: str
    on: str


@dataclass(frozen=True, slots=True)
class Detail:
    """Something an entry also says. ``said`` and ``typed`` None: it was taken back."""

    question: str
    name: Text
    said: str | None
    typed: str | None = None
    was: tuple[Struck, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words. ``kind``: meeting, attempt or event. ``gone``: why it no longer counts; None when it does.
    ``has_time`` False: only the day is known."""

    kind: str
    at: datetime
    when: str
    what: Text
    by: str
    result: str | None = None
    minutes: int | None = None
    assumed: bool = False
    travel: int | None = None
    details: tuple[Detail, ...] = ()
    was: tuple[Struck, ...] = ()
    gone: Worded | None = None
    has_time: bool = True


def lines(found: Log, say: Say, names: Mapping[str, str]) -> list[Line]:
    """Every entry, the earliest first. ``say``: the words for channels and results; ``names``: person id → name."""
    return [_line(one, say, names) for one in found.entries]


def _line(one: Meeting | Attempt | Event, say: Say, names: Mapping[str, str]) -> Line:
    by = names.get(one.mentor_id, "–")
    match one:
        case Meeting():
            return _meeting(one, say, by)
        case Attempt():
            return _attempt(one, say, by)
        case Event(kind=Happened.PASSED_ON):
            to = names.get(one.to_id or "", "–")
            return Line("event", one.at, say.at(one.at), Worded("log.passed_on", {"one": by, "to": to}), by)
        case Event():
            return Line("event", one.at, say.at(one.at), Worded(_EVENTS[one.kind]), by)


def _meeting(one: Meeting, say: Say, by: str) -> Line:
    outcome = one.outcome
    details = [Detail(f.question, f.name, f.said, f.typed, _struck(f.before, say)) for f in one.fields]
    if one.recorded is not None:
        details.append(Detail("", Worded("log.recorded"), say.day(one.recorded)))
    if one.hearing_seen_to is not None:
        details.append(Detail("", Worded("log.hearing_seen_to"), say.day(one.hearing_seen_to)))
    return Line(
        kind="meeting",
        at=one.at,
        when=say.at(one.at, one.has_time),
        has_time=one.has_time,
        what=Worded("log.unsaid") if outcome is None or outcome.said is None else outcome.said,
        by=by,
        minutes=one.minutes,
        assumed=one.minutes_assumed,
        travel=one.travel,
        details=tuple(details),
        was=_struck((*one.moved, *(outcome.before if outcome is not None else ())), say),
        gone=None if one.elsewhere is None else Worded("log.elsewhere", {"on": say.day(one.elsewhere)}),
    )


def _struck(before: Sequence[Was], say: Say) -> tuple[Struck, ...]:
    return tuple(Struck(was.said, say.day(was.until)) for was in before)


def _attempt(one: Attempt, say: Say, by: str) -> Line:
    last = one.last
    return Line(
        kind="attempt",
        at=one.at,
        when=say.at(last.at),
        what=say.channel(last.channel),
        by=by,
        result=say.result(last.result),
        was=tuple(_form(form, form.until, say) for form in one.forms[:-1] if form.until is not None),
        gone=None if last.until is None else Worded("log.withdrawn", {"on": say.day(last.until)}),
    )


def _form(form: Try, until: datetime, say: Say) -> Struck:
    return Struck(f"{say.at(form.at)} · {say.channel(form.channel)} · {say.result(form.result)}", say.day(until))


def summary(found: Log, language: str, now: datetime) -> Worded:
    """One line that names nobody: what became of agreed meetings, what was tried, time used."""
    sums = add_up(found)
    contacts = sum(one.kind is Happened.CONTACT and found.period.holds(one.at) for one in found.events)
    others = sums.became.get(Became.UNPLANNED, 0) + contacts
    first, last = edges(found, now)
    values = {
        "period": say_period(first, last, language),
        "agreed": _n("log.n_agreed", sums.agreed) if sums.agreed else None,
        "meetings": [_n(_BECAME[one], sums.became[one]) for one in AGREED if sums.became.get(one)],
        "others": _n("log.n_others", others) if others else None,
        "registered": sums.registered,
        "attempts": _n("log.n_attempts", sums.attempts) if sums.attempts else None,
        "ways": _ways(sums),
        "reached": sums.reached,
        "time": say_minutes(sums.minutes) if sums.minutes else None,
        "assumed": say_minutes(sums.assumed_minutes) if sums.assumed_minutes else None,
        "travel": say_minutes(sums.travel) if sums.travel else None,
        "nothing": not (sums.agreed or others or sums.attempts or sums.minutes or sums.travel),
    }
    return Worded("log.summary", values)


def _n(key: str, count: int) -> Worded:
    return Worded(key, {"n": count})


def _ways(sums: Sums) -> list[Worded]:
    unknown = sum(count for channel, count in sums.tried.items() if channel not in _TRIED)
    found = [_n(_TRIED[one], sums.tried[one]) for one in _CHANNELS if sums.tried.get(one)]
    return [*found, *([_n("log.n_otherwise", unknown)] if unknown else [])]


def say_minutes(minutes: int) -> Worded:
    """4 hours 5 minutes."""
    return Worded("log.span", {"hours": minutes // 60, "minutes": minutes % 60})


def say_period(first: date, last: date, language: str) -> Worded:
    """In the period 1–30 November 2026; a month or a year is named once where both ends share it."""
    same_year, same_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
    names = get_month_names("wide", locale=_LOCALES.get(language, _LOCALES["da"]))
    values = {
        "first_day": first.day,
        "first_month": None if same_month else names[first.month],
        "first_year": None if same_year else first.year,
        "last_day": last.day,
        "last_month": names[last.month],
        "last_year": last.year,
        "one_day": first == last,
    }
    return Worded("log.period", values)
