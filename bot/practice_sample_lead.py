"""What the lead of the invented weeks does: sees calls, hears of wishes for supervision, and takes them up."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local
from bot.practice_sample_deeds import TakesUp
from bot.service import lead_calls as calls
from bot.service import supervision_soon, supervision_take, supervision_team
from bot.service.tools import Tools
from storage import asked, lead_calls, people, reflections
from storage.database import Transaction
from storage.people import Person

_REACHES_FOR_THE_PHONE = timedelta(minutes=2)


async def sees_calls(tx: Transaction, tools: Tools, now: datetime) -> None:
    """Every call that waits is seen two minutes later."""
    for call in await lead_calls.waiting(tx, now):
        for lead in (await people.leads_of(tx, call.team_id))[:1]:
            await calls.press(tx, tools, lead, "s", call.id, now + _REACHES_FOR_THE_PHONE)


async def hears_of_wishes(tx: Transaction, tools: Tools, now: datetime) -> None:
    """Who wants supervision soon has been told to the leads, if it is within their hours; nothing is sent."""
    await supervision_soon.look(tx, tools, now)


async def takes_up(tx: Transaction, tools: Tools, mentor: Person, reflection_id: str, deed: TakesUp) -> None:
    """The lead reads what was shared of this debrief, marks its wish as taken up that day, and writes back."""
    reflection = await reflections.get(tx, reflection_id)
    for lead in (await people.leads_of(tx, mentor.team_id or ""))[:1]:
        if reflection is None:
            return
        token = reflection.token
        day = local(deed.at, ZoneInfo(lead.zone)).date()
        await supervision_team.press(tx, tools, lead, "i", token, deed.at)
        await supervision_take.press(tx, tools, lead, "w", f"{token}.{day:%Y%m%d}", deed.at)
        waiting = await asked.asked_of(tx, lead.id, deed.at)
        if waiting is not None:
            await supervision_take.typed(tx, tools, lead, waiting.what, deed.remark, deed.at)
