"""On the page of the team's safety a lead notes that they have spoken with the mentor, and what is left of the weeks
before stands there until they have.

Only events a lead knows of by name can be noted: the mentor let them know, or shared it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.dialogue.summary import SafetyEvent, Week, WeeklySummary
from bot.service import permissions
from bot.service.permissions import Action
from bot.service.replies import PageButton
from bot.service.tools import Tools
from bot.service.week_figures import summary_of
from bot.service.week_read import say
from bot.service.week_words_base import day
from storage import audit, reflections, spoken
from storage.database import Reader, Transaction
from storage.people import Person, Team

MARK, UNDO = "k", "u"
VERBS = frozenset((MARK, UNDO))
_BACK = 4
"""How many weeks an event that nobody has spoken about goes along."""
Row = tuple[PageButton, ...]


async def noted(tx: Reader, summary: WeeklySummary) -> WeeklySummary:
    """The summary, in which an event counts as spoken about when a lead has noted it."""
    known = await _with_marks(tx, summary.safety.known)
    return replace(summary, safety=replace(summary.safety, known=known))


async def _with_marks(tx: Reader, events: Sequence[SafetyEvent]) -> tuple[SafetyEvent, ...]:
    marks = await spoken.spoken_marks(tx, [one.reflection_id for one in events])
    return tuple(replace(one, spoken=True) if one.reflection_id in marks else one for one in events)


async def left(tx: Reader, tools: Tools, team: Team, week: Week, now: datetime) -> tuple[SafetyEvent, ...]:
    """Events of the four weeks before that nobody has spoken about yet, the oldest first."""
    found: list[SafetyEvent] = []
    for back in range(_BACK, 0, -1):
        before = await summary_of(tx, tools, team, week.moved(-back), now)
        found += [one for one in await _with_marks(tx, before.safety.known) if not one.spoken]
    return tuple(found)


async def buttons(
    tx: Reader, shown: Iterable[SafetyEvent], summary: WeeklySummary, start: int, language: str
) -> tuple[Row, ...]:
    """One for each event: it was spoken about; or, where that was noted here, that this was a mistake."""
    events = [one for one in shown if one.reflection_id]
    marks = await spoken.spoken_marks(tx, [one.reflection_id for one in events])
    rows: list[Row] = []
    for one in events:
        reflection = await reflections.get(tx, one.reflection_id)
        by_mark = one.reflection_id in marks
        if reflection is None or (one.spoken and not by_mark):
            continue
        key, verb = ("weekly.not_spoken", UNDO) if by_mark else ("weekly.spoken", MARK)
        values = {"mentor": one.mentor, "day": day(one.at, summary, language)}
        rows.append((PageButton(key, verb, say(summary.week, f"{reflection.token}.{start}"), values),))
    return tuple(rows)


async def press(
    tx: Transaction, lead: Person, verb: str, token: str, known: Iterable[SafetyEvent], now: datetime
) -> bool:
    """Note it, or that it was a mistake. False when it is none of the events this lead knows of (``known``): the mentor
    may have taken it back meanwhile."""
    reflection = await reflections.by_token(tx, token)
    if reflection is None or not permissions.may(lead, Action.WEEK, team=reflection.team_id):
        return False
    if verb == MARK:
        if all(one.reflection_id != reflection.id for one in known):
            return False
        if await spoken.mark(tx, reflection.id, lead.id, now):
            audit.note(tx, lead.id, "spoken", reflection.id, now)
    elif await spoken.undo(tx, reflection.id, now):
        audit.note(tx, lead.id, "not_spoken", reflection.id, now)
    return True
