"""What /hvemharset tells one person: who looked at what of theirs, on which day. Nothing of anybody else's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local
from bot.dialogue.summary import week_of
from bot.service.audit_words import ACTIONS
from bot.service.replies import Worded
from bot.service.week_read import read_week
from storage import audit, people, who_saw
from storage.database import Reader
from storage.people import Person, Role
from storage.who_saw import Done, Stay

SHARED, LOG, WEEKS, EXPORTS, ONESELF = "s", "l", "w", "e", "y"
GROUPS = (SHARED, LOG, WEEKS, EXPORTS, ONESELF)
"""Shared answers, contact logs, weeks, exports, the person: in the order of the page."""
_TEXTS = ("export", "codings_agreement")
_KIND = re.compile(r"[,+ ]+")


@dataclass(frozen=True)
class Told:
    """A row with the key of its wording and the values; ``question``: which answer of the debrief it is about."""

    done: Done
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    question: str = ""


@dataclass(frozen=True)
class Line:
    """What one person did with one thing on one day. ``times``: how often; ``questions``: with which answers."""

    last: Told
    questions: frozenset[str]
    times: int


async def lines(reader: Reader, person: Person, now: datetime) -> dict[str, list[Line]]:
    """Every line by its group, the newest first; groups without any are missing."""
    debriefs = await who_saw.of_debriefs(reader, person.id)
    stays = [_lasting(one, person, now) for one in await who_saw.stays(reader, person.id)]
    everybody = await who_saw.of_all(reader, person.id)
    about = await who_saw.about(reader, person.id)
    teams = [one for stay in stays for one in await _team(reader, person, stay)]
    hours = [Told(one, "saw.hours") for one in everybody if one.action == "log_hours" and _wrote(stays, one.at)]
    consents = await who_saw.coding_consents(reader, person.id)
    found = {
        SHARED: _debriefs(debriefs, person),
        LOG: [*await _citizens(reader, person), *(one for one in teams if one.key == "saw.hours"), *hours],
        WEEKS: [one for one in teams if one.key != "saw.hours"],
        EXPORTS: [*_exports(everybody, stays, consents), *_own_exports(about, person)],
        ONESELF: [
            *await _passed(reader, person),
            *await _about(reader, about, person),
            *_kept(debriefs, about, person),
        ],
    }
    zone = ZoneInfo(person.zone)
    put = {group: _together(rows, zone) for group, rows in found.items()}
    return {group: put[group] for group in GROUPS if put[group]}


def _together(rows: Iterable[Told], zone: ZoneInfo) -> list[Line]:
    """What one did with the same on the same day is one line."""
    days: dict[object, list[Told]] = {}
    for one in sorted(rows, key=lambda row: row.done.seq, reverse=True):
        same = (local(one.done.at, zone).date(), one.done.actor, one.key, repr(sorted(one.values.items())))
        days.setdefault(same, []).append(one)
    return [
        Line(ones[0], frozenset(one.question for one in ones) - {""}, len({one.done.at for one in ones}))
        for ones in days.values()
    ]


def _debriefs(rows: Sequence[Done], person: Person) -> list[Told]:
    keys = {"read": "saw.read", "spoken": "saw.spoken", "not_spoken": "saw.not_spoken"}
    return [
        Told(one, keys[one.action], _debrief(one), one.subject.partition("/")[2])
        for one in rows
        if one.action in keys and one.actor != person.id
    ]


def _debrief(one: Done) -> dict[str, object]:
    return {"written": one.day, "pseudonym": one.pseudonym}


def _kept(debriefs: Sequence[Done], about: Sequence[Done], person: Person) -> list[Told]:
    """What this person kept though the guard had found something: in a debrief, or on a page."""
    rows = {one.seq: one for one in (*about, *debriefs) if one.action == "guard_keep" and one.actor == person.id}
    found = []
    for one in rows.values():
        kinds = [part for part in _KIND.split(one.subject.rpartition("/")[2]) if part]
        said = [Worded(f"audit.word.{kind}") if kind in _GUARDED else kind for kind in kinds]
        found.append(Told(one, "saw.kept", {**_debrief(one), "kinds": said}))
    return found


_GUARDED = ("phone", "email", "address", "name")


async def _citizens(reader: Reader, person: Person) -> list[Told]:
    """Looks at the logs of citizens, from when this person wrote in them, or got them."""
    since = await who_saw.written_since(reader, person.id)
    rows = await who_saw.of_citizens(reader, person.id)
    for one in rows:
        citizen, _, to = one.subject.partition("/")
        if one.action == "pass_on" and to == person.id:
            since[citizen] = min(since.get(citizen, one.at), one.at)
    return [
        Told(one, "saw.log", {"pseudonym": one.pseudonym})
        for one in rows
        if one.action == "log_read" and one.actor != person.id and one.subject in since and one.at >= since[one.subject]
    ]


async def _passed(reader: Reader, person: Person) -> list[Told]:
    """Citizens that were passed to this person, or on from them; later hands are others' business."""
    names = {one.id: one.name for one in await people.people(reader)}
    since = await who_saw.written_since(reader, person.id)
    found, holder = [], dict.fromkeys(since, "")
    for one in reversed(await who_saw.of_citizens(reader, person.id)):
        citizen, _, to = one.subject.partition("/")
        if one.action != "pass_on":
            continue
        before = holder.get(citizen, "")
        # Before the first time it was passed on, only the mentor it began with can have written about a citizen.
        wrote = before == "" and citizen in since and since[citizen] < one.at
        if to == person.id:
            found.append(Told(one, "saw.passed_to", {"pseudonym": one.pseudonym}))
        elif person.id in (before, one.actor) or wrote:
            key = "saw.you_passed" if one.actor == person.id else "saw.passed_on"
            found.append(Told(one, key, {"pseudonym": one.pseudonym, "to": names.get(to) or "–"}))
        holder[citizen] = to
    return found


def _lasting(stay: Stay, person: Person, now: datetime) -> Stay:
    """Who is mentor in the team still, stands in its weeks though nothing was written lately."""
    here = person.role is Role.MENTOR and person.team_id == stay.team_id
    return Stay(stay.team_id, stay.first, now) if here else stay


def _wrote(stays: Sequence[Stay], at: datetime) -> bool:
    return any(stay.first <= at for stay in stays)


async def _team(reader: Reader, person: Person, stay: Stay) -> list[Told]:
    zone, found = ZoneInfo(person.zone), []
    for one in await who_saw.of_team(reader, stay.team_id, person.id):
        if one.action == "log_hours":
            if one.at >= stay.first:
                found.append(Told(one, "saw.hours"))
            continue
        week = read_week(one.subject.rpartition("/")[2], local(one.at, zone).date())
        if week is None or one.at < stay.first:
            continue
        first, last = week_of(local(stay.first, zone).date()), week_of(local(stay.last, zone).date())
        if first.monday <= week.monday <= last.monday:
            key = "saw.report" if one.action == "report" else "saw.week"
            found.append(Told(one, key, {"week": week.number, "year": week.year}))
    return found


def _exports(rows: Sequence[Done], stays: Sequence[Stay], consents: Sequence[tuple[datetime, bool]]) -> list[Told]:
    """Those that may hold what this person wrote: all of it was, or they had said yes by then."""
    found = []
    for one in rows:
        if one.action not in _TEXTS or not _wrote(stays, one.at):
            continue
        given = [said for at, said in consents if at <= one.at]
        if one.subject == "record":
            found.append(Told(one, "saw.export_record"))
        elif given and given[-1]:
            found.append(Told(one, "saw.export_coding" if one.action == "export" else "saw.agreement"))
    return found


def _own_exports(rows: Sequence[Done], person: Person) -> list[Told]:
    return [Told(one, "saw.own_export") for one in rows if one.action == "export" and one.actor == person.id]


async def _about(reader: Reader, rows: Sequence[Done], person: Person) -> list[Told]:
    """Role, team, access: what was done about this person."""
    teams = {one.id: one.name for one in await people.teams(reader)}
    found = []
    for one in rows:
        rest = one.subject.partition("/")[2]
        if one.actor == person.id:
            continue
        match one.action:
            case "role" if rest in tuple(Role):
                found.append(Told(one, "saw.role", {"role": Worded(f"audit.word.{rest}")}))
            case "move":
                found.append(Told(one, "saw.move", {"team": teams.get(rest) or "–"}))
            case "audit_read":
                found.append(Told(one, "saw.audit_read"))
            case action if action in ACTIONS:
                found.append(Told(one, "saw.other", {"what": Worded(f"audit.action.{action}")}))
    return found


def actor(done: Done, person: Person) -> str | Worded:
    """Who it was, to this person."""
    if done.actor == person.id:
        return Worded("saw.you")
    if done.actor in (audit.OPERATOR, audit.CLOCK, audit.STRANGER):
        return Worded(f"audit.actor.{done.actor}")
    return done.name or Worded("saw.nobody")
