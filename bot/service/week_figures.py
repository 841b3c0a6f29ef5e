"""The figures of a team's week, read from the tables and put together by the pure ``summary_*`` of the dialogue."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue import summary_counts as counts
from bot.dialogue.guide import Guide
from bot.dialogue.summary import SupervisionWish, Week, WeeklySummary
from bot.dialogue.summary_make import Frame, frame_of, summarise
from bot.dialogue.summary_open import NEXT_CONTACT, kinds_of
from bot.dialogue.summary_rows import Standing
from bot.service.tools import Tools
from bot.service.week_figures_contact import in_contact
from storage import supervision, week_todo
from storage import week as answered
from storage.database import Reader
from storage.people import Team
from storage.supervision import Wish
from storage.week import Asked, Weeks
from storage.week_open import Then
from storage.week_todo import Sought

_INSTANT = timedelta(microseconds=1)  # what the tables tell apart


async def summary_of(tx: Reader, tools: Tools, team: Team, week: Week, now: datetime) -> WeeklySummary:
    """The summary of ``team`` for ``week`` as seen from ``now`` (UTC), weeks being those of the organisation's zone.

    A debrief belongs to the week in which its meeting took place, and to the team it was written in, wherever its
    mentor is by now; it counts once it has ended, and with what its answers say now; something unsafe counts as soon as
    it is stored or the lead was called, ended or not. What a lead may not see is never read: of questions about
    relation, participation and strain only counts, of private texts nothing.

    What stands open is listed as of the week's end, or of ``now`` in a week that is not over: citizens, meetings,
    attempts, threads, follow-ups and wishes by their own times. As of now, since no row remembers otherwise: what was
    agreed with a citizen and whose they are, a thread's pause, the day of a follow-up that was moved, what was decided
    about an absence, and what is shared. A citizen whose page was put away by the week's end is not listed; their
    follow-ups are for half a year.
    """
    frame = frame_of(team.name, week, ZoneInfo(tools.zone), now)
    guide = tools.guide.guide
    weeks, asked = Weeks(team.id, frame.edges), _asked(guide)
    return summarise(
        frame,
        guide,
        await answered.counted(tx, weeks, asked),
        await _standing(tx, guide, team, frame, weeks, asked, now),
    )


def _asked(guide: Guide) -> Asked:
    return Asked(
        counted=counts.COUNTED,
        spread=counts.SPREAD,
        outcome=counts.OUTCOME,
        decision=counts.DECISION,
        safety=counts.SAFETY,
        after_all=(counts.HELD_OTHERWISE,),
        reached=counts.REACHED,
        missed=guide.groups.get(counts.MISSED, frozenset()),
        unsafe=guide.groups.get(counts.UNSAFE, frozenset()),
    )


async def _standing(
    tx: Reader, guide: Guide, team: Team, frame: Frame, weeks: Weeks, asked: Asked, now: datetime
) -> Standing:
    # A week ends before its last instant; a moment is known to its end: what is stored at it has happened.
    then = Then(team.id, frame.at if frame.at < now else frame.at + _INSTANT)
    citizens = await in_contact(tx, then, guide.groups.get(counts.HELD, frozenset()))
    kinds = kinds_of(guide)
    sought = Sought(kinds.waiting, kinds.others - {NEXT_CONTACT}, NEXT_CONTACT)
    dealt = {one.id: one.dealt for one in citizens}
    return Standing(
        citizens=citizens,
        followups=await week_todo.followups(tx, then, sought, dealt),
        undecided=await answered.undecided(tx, weeks, asked),
        wishes=tuple(_wish(one) for one in await supervision.open_wishes(tx, team.id, frame.at)),
    )


def _wish(one: Wish) -> SupervisionWish:
    return SupervisionWish(one.reflection_id, one.mentor, one.at, one.soon, one.focus, one.pseudonym)
