"""/uge: the week. A lead reads their team's, a mentor their own; to anybody else one kind sentence."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local
from bot.dialogue.summary import SafetyEvent, Week, WeeklySummary, week_of
from bot.service import permissions, week_own, week_pages, week_shared, week_spoken
from bot.service.commands import CLOSE
from bot.service.permissions import Action, Scope
from bot.service.replies import Drawing, Page, Reply, Toast
from bot.service.tools import Tools
from bot.service.week_figures import summary_of
from bot.service.week_read import Said, read_said, read_week
from bot.service.week_words import labels_of
from storage import people, supervision, weekly
from storage.database import Reader, Transaction
from storage.people import Person, Team
from storage.weekly import Drawn

PAGE = week_pages.PAGE
_DRAWN = {"p": Drawn.PICTURE, "r": Drawn.REPORT}


async def command(tx: Transaction, tools: Tools, person: Person, rest: str, now: datetime) -> list[Reply]:
    """/uge, /uge 47, /uge 2026-W47. Without a week: a lead gets the one that has ended, a mentor the one that runs."""
    scope = permissions.scope_of(person, Action.WEEK)
    if scope is None:
        return permissions.refused(person)
    today = today_of(person, now)
    usual = week_of(today).moved(-1 if scope is Scope.TEAM else 0)
    week = read_week(rest, today) if rest.strip() else usual
    if week is None or week.monday > today:
        key = "weekly.not_read" if week is None else "weekly.not_begun"
        return [Page(person.chat_id, "help", person.language, key, buttons=CLOSE)]
    if scope is Scope.TEAM:
        return await _team(tx, tools, person, week, now, fresh=True)
    return await week_own.show(tx, tools, person, week, now, fresh=True)


async def press(
    tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime, *, fresh: bool
) -> list[Reply]:
    """One tap: w a week; a lead's parts of it, p the picture, r the report, k and u that they have spoken with a
    mentor, or have not; a mentor's l what they wrote, d one debrief of it. ``fresh``: draw it below, since the button
    is not on the card as it stands."""
    scope, said = permissions.scope_of(person, Action.WEEK), read_said(arg)
    if scope is None:
        return permissions.refused(person)
    if said is None or said.week.monday > today_of(person, now):
        return [Toast(person.language, "note.stale")]
    if scope is Scope.OWN:
        return await week_own.press(tx, tools, person, verb, said, now, fresh=fresh)
    if verb in _DRAWN:
        weekly.ask(tx, person.id, str(said.week), _DRAWN[verb], now)
        return [Toast(person.language, f"weekly.drawing_{_DRAWN[verb]}"), Drawing()]
    if verb in week_spoken.VERBS:
        return await _spoken(tx, tools, person, verb, said, now, fresh=fresh)
    if verb in week_pages.PARTS:
        return await _part(tx, tools, person, verb, said, now, fresh=fresh)
    if verb == "w":
        return await _team(tx, tools, person, said.week, now, fresh=fresh)
    return [Toast(person.language, "note.stale")]


async def monday(tx: Transaction, tools: Tools, lead: Person, week: Week, now: datetime, *, late: bool) -> list[Reply]:
    """What a lead is told by itself: the week that has ended. Its picture follows once it is drawn."""
    if (summary := await summary_for(tx, tools, lead, week, now)) is None:
        return []
    weekly.ask(tx, lead.id, str(week), Drawn.PICTURE, now)
    await week_shared.looked(tx, lead, week, now)
    return [_overview(tools, lead, summary, now, fresh=True, monday="late" if late else "on_time"), Drawing()]


async def summary_for(tx: Reader, tools: Tools, lead: Person, week: Week, now: datetime) -> WeeklySummary | None:
    """The week of a lead's team; None when they lead none (any more)."""
    team = await _team_of(tx, lead)
    return None if team is None else await week_spoken.noted(tx, await summary_of(tx, tools, team, week, now))


async def _team(tx: Transaction, tools: Tools, lead: Person, week: Week, now: datetime, *, fresh: bool) -> list[Reply]:
    summary = await summary_for(tx, tools, lead, week, now)
    if summary is None:
        return permissions.refused(lead)
    await week_shared.looked(tx, lead, week, now)
    return [_overview(tools, lead, summary, now, fresh=fresh)]


def _overview(
    tools: Tools, lead: Person, summary: WeeklySummary, now: datetime, *, fresh: bool, monday: str = ""
) -> Page:
    labels = labels_of(tools.guide, lead.language)
    return week_pages.overview(lead, summary, labels, today_of(lead, now), fresh=fresh, monday=monday)


async def _part(
    tx: Transaction, tools: Tools, lead: Person, verb: str, said: Said, now: datetime, *, fresh: bool
) -> list[Reply]:
    summary = await summary_for(tx, tools, lead, said.week, now)
    if summary is None:
        return permissions.refused(lead)
    await week_shared.looked(tx, lead, said.week, now)
    start = int(said.rest) if said.rest.isdecimal() and len(said.rest) <= 4 else 0
    labels = labels_of(tools.guide, lead.language)
    if week_pages.PARTS[verb] == "safety":
        return [await _safety(tx, tools, lead, summary, start, now, fresh=fresh)]
    if week_pages.PARTS[verb] == "supervision":
        shown = summary.supervision[start : start + week_pages.shown_of(verb)]
        await week_shared.read(tx, lead, shown, now)
        since = await supervision.taken_days(tx, [one.reflection_id for one in summary.supervision], summary.at)
        return [week_pages.part(lead, verb, summary, labels, start, since=since, fresh=fresh)]
    return [week_pages.part(lead, verb, summary, labels, start, fresh=fresh)]


async def _safety(
    tx: Transaction, tools: Tools, lead: Person, summary: WeeklySummary, start: int, now: datetime, *, fresh: bool
) -> Page:
    """What was unsafe, with what nobody has spoken about since the weeks before."""
    left = await _left(tx, tools, lead, summary.week, now)
    events = (*summary.safety.known, *left)
    start = start if start < len(events) else 0
    shown = events[start : start + week_pages.SHOWN]
    await week_shared.read(tx, lead, shown, now)
    rows = await week_spoken.buttons(tx, shown, summary, start, lead.language)
    labels = labels_of(tools.guide, lead.language)
    return week_pages.part(lead, week_pages.SAFETY, summary, labels, start, left=left, rows=rows, fresh=fresh)


async def _left(tx: Transaction, tools: Tools, lead: Person, week: Week, now: datetime) -> tuple[SafetyEvent, ...]:
    team = await _team_of(tx, lead)
    return () if team is None else await week_spoken.left(tx, tools, team, week, now)


async def _spoken(
    tx: Transaction, tools: Tools, lead: Person, verb: str, said: Said, now: datetime, *, fresh: bool
) -> list[Reply]:
    """They have spoken with the mentor, or that was noted by mistake; the page as it is then."""
    summary = await summary_for(tx, tools, lead, said.week, now)
    if summary is None:
        return permissions.refused(lead)
    token, _, start = said.rest.partition(".")
    known = (*summary.safety.known, *await _left(tx, tools, lead, said.week, now))
    done = await week_spoken.press(tx, lead, verb, token, known, now)
    again = Said(said.week, start)
    page = await _part(tx, tools, lead, week_pages.SAFETY, again, now, fresh=fresh)
    return page if done else [*page, Toast(lead.language, "note.stale")]


async def _team_of(tx: Reader, lead: Person) -> Team | None:
    if permissions.scope_of(lead, Action.WEEK) is not Scope.TEAM:
        return None
    return next((team for team in await people.teams(tx) if team.id == lead.team_id), None)


def today_of(person: Person, now: datetime) -> date:
    """The person's local date."""
    return local(now, ZoneInfo(person.zone)).date()
