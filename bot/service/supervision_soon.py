"""When a mentor wants supervision soon, each lead of the team hears of it once, within the lead's own hours.

Nothing is remembered in between: whoever wants it soon and whom nobody has told of it is looked up at each tick. So
none is lost in a restart, and a lead who is away, blocks the bot, or is appointed only later, hears of it then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.service.hours import works_of
from bot.service.replies import PageButton, Reply, Say
from bot.service.supervision_words import PAGE
from bot.service.tools import Tools
from storage import people, supervision
from storage.database import Transaction

_WITHIN = timedelta(days=30)
"""An older wish is on the list, and in the weekly summary; it is no news."""


async def look(tx: Transaction, tools: Tools, now: datetime) -> list[Reply]:
    """Tell the leads who may be disturbed now. The mark and the message are one transaction."""
    waiting = await supervision.untold(tx, now - _WITHIN, now)
    if not waiting:
        return []
    leads = {one.lead_id: await people.person(tx, one.lead_id) for one in waiting}
    known = {key: lead for key, lead in leads.items() if lead is not None}
    works = await works_of(tx, tools, known.values(), now)
    told: dict[tuple[str, str], Reply] = {}
    for one in waiting:
        lead = known.get(one.lead_id)
        if lead is None or not works[lead.id].is_open(now):
            continue
        supervision.told(tx, one, now)
        button = ((PageButton("supervision.see", "l"),),)
        values = {"mentor": one.mentor}
        told[lead.id, one.mentor] = Say(lead.chat_id, lead.language, "supervision.soon", values, button, PAGE)
    return list(told.values())
