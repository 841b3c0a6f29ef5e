"""The picture and the report of a week as messages to the lead who asked for them, or was told by itself."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.summary import Week, WeeklySummary
from bot.service import week_shared, week_withdraw
from bot.service.commands import CLOSE
from bot.service.replies import Document, Picture, Say
from bot.service.week_pages import PAGE
from bot.service.week_read import read_said
from storage import audit
from storage.database import Reader, Transaction
from storage.people import Person
from storage.weekly import Drawn, Wish

REPORT = "report"


def week_of(wish: Wish) -> Week | None:
    """The week the wish is about; None for one that cannot be read."""
    said = read_said(wish.week)
    return None if said is None else said.week


async def file(
    tx: Transaction, wish: Wish, lead: Person, summary: WeeklySummary, data: bytes, now: datetime
) -> Picture | Document:
    """The message with what was made. The report holds what mentors shared, so that it is noted as read."""
    values = {"week": summary.week.number, "team": summary.team}
    name = f"{'uge' if lead.language == 'da' else 'week'}-{summary.week}"
    if wish.kind is Drawn.PICTURE:
        return Picture(lead.chat_id, lead.language, data, f"{name}.png", "weekly.picture_of", values, CLOSE, PAGE)
    await week_shared.read(tx, lead, (*summary.supervision, *summary.safety.known), now)
    audit.note(tx, lead.id, REPORT, f"{lead.team_id}/{summary.week}", now)
    card = f"{week_withdraw.REPORT_CARD}:{wish.id}"
    return Document(lead.chat_id, lead.language, data, f"{name}.html", "weekly.report_of", values, CLOSE, PAGE, card)


async def stands(tx: Reader, summary: WeeklySummary) -> bool:
    """Whether all that mentors shared when this was read is shared still."""
    return await week_shared.stands(tx, (*summary.supervision, *summary.safety.known))


def not_made(wish: Wish, lead: Person, summary: WeeklySummary) -> Say:
    """It could not be made, and what to do."""
    values = {"report": wish.kind is Drawn.REPORT, "week": summary.week.number}
    return Say(lead.chat_id, lead.language, "weekly.not_drawn", values, CLOSE, "help")
