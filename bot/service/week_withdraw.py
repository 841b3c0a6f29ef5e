"""What a mentor takes back leaves the lead's week, too: pages are emptied, reports leave the chat; and what cannot be
called back, because a file may have been saved, is said to the mentor.

Telegram lets a bot remove its own messages for 48 hours (https://core.telegram.org/bots/api#deletemessage), and edit
them for longer: pages can always be emptied, a file that is older cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.service.replies import Buttons, Page, PageButton, Remove, Reply, Say
from bot.service.supervision_words import PAGE as SUPERVISION
from bot.service.week_pages import PAGE
from storage import outbox, people, weekly_shown
from storage.database import Transaction
from storage.people import Person
from storage.weekly_shown import Shown

CLOSE: Buttons = ((PageButton("button.close", "x"),),)
_CARD = "page:"
REPORT_CARD = "report"
"""Reports are known in a chat as this, a colon, and what sets them apart."""


async def hide(tx: Transaction, reflection_id: str, questions: Sequence[str], mentor_id: str) -> list[Reply]:
    """These answers are taken back: empty the pages and remove the reports that may hold them, and tell the mentor when
    a report did."""
    waiting = 0
    for chat_id in await weekly_shown.readers(tx, reflection_id, questions):
        waiting += await weekly_shown.unsend(tx, chat_id, REPORT_CARD)
    pages = await weekly_shown.pages(tx, reflection_id, questions, _CARD + PAGE)
    reports = await weekly_shown.files(tx, reflection_id, questions, REPORT_CARD)
    replies = [*_emptied(pages, reports), *_removed(tx, reports)]
    mentor = await people.person(tx, mentor_id)
    if reports and mentor is not None and mentor.left_at is None:
        leads = " · ".join(sorted({one.person.name for one in reports}))
        values = {"lead": leads}
        replies.append(Say(mentor.chat_id, mentor.language, "weekly.in_report", values, CLOSE, SUPERVISION))
    return replies


async def leave(tx: Transaction, lead: Person) -> list[Reply]:
    """A lead leads this team no more: its weeks are theirs no more."""
    await weekly_shown.unsend(tx, lead.chat_id, REPORT_CARD)
    pages = await weekly_shown.in_chat(tx, lead, _CARD + PAGE)
    reports = await weekly_shown.in_chat(tx, lead, REPORT_CARD)
    return [*_emptied(pages, ()), *_removed(tx, reports)]


def _emptied(pages: Iterable[Shown], reports: Iterable[Shown]) -> list[Reply]:
    """Every page says what happened; whoever had a report and no page is told in one."""
    found: list[Reply] = []
    told: set[str] = set()
    for one in pages:
        if one.person.left_at is not None:
            continue
        told.add(one.person.id)
        found.append(_empty(one.person, one.card.removeprefix(_CARD)))
    for one in reports:
        if one.person.id not in told and one.person.left_at is None:
            told.add(one.person.id)
            found.append(_empty(one.person, PAGE))
    return found


def _empty(person: Person, card: str) -> Page:
    return Page(person.chat_id, PAGE, person.language, "weekly.was_withdrawn", {}, CLOSE, fresh=False, card=card)


def _removed(tx: Transaction, reports: Iterable[Shown]) -> list[Reply]:
    found: list[Reply] = []
    for one in reports:
        outbox.drop_card(tx, one.person.chat_id, one.card)
        found.append(Remove(one.person.chat_id, (one.message_id,)))
    return found
