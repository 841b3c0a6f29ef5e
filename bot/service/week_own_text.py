"""What a mentor wrote in one debrief, for them to read again. It stands in a message of its own, one debrief at a time,
and leaves the chat with a tap, or by itself after an hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import say_when
from bot.service.loaded import load
from bot.service.replies import Page, PageButton, Remove, Reply, Toast
from bot.service.tools import Tools
from bot.service.week_pages import PAGE
from bot.service.week_read import Said, say
from storage import citizens, outbox, reflections, weekly, weekly_own
from storage.database import Transaction
from storage.people import Person

CARD = "week_text"
VERB = "d"
STAYS = timedelta(hours=1)
_PIECE = 900  # letters of one answer that are shown together
_PAGE = 2400  # letters on one page; Telegram takes 4096, names and explanations come besides


async def show(tx: Transaction, tools: Tools, person: Person, said: Said, now: datetime, *, fresh: bool) -> list[Reply]:
    """One of the mentor's own debriefs; ``said.rest``: its token, and the page after a dot."""
    token, _, number = said.rest.partition(".")
    reflection = await reflections.by_token(tx, token)
    if reflection is None or reflection.mentor_id != person.id:
        return [Toast(person.language, "note.not_yours")]
    loaded = await load(tx, tools, reflection)
    words = loaded.guide.wording[person.language]
    given = loaded.state.answers
    texts = [(words.question(q.id).short, given[q.id].text) for q in loaded.guide.guide if q.id in given]
    pages = list(_pages([(name, text) for name, text in texts if text]))
    if not pages:
        return [Toast(person.language, "note.stale")]
    at = min(int(number) if number.isdecimal() and len(number) <= 3 else 0, len(pages) - 1)
    names = await citizens.names_by_id(tx, [reflection.citizen_id] if reflection.citizen_id else [])
    met = await weekly_own.met_at(tx, reflection.id)
    values = {
        "day": say_when(met, now, ZoneInfo(person.zone), person.language, False),
        "pseudonym": names.get(reflection.citizen_id or ""),
        "items": [{"name": name, "text": text} for name, text in pages[at]],
        "page": at + 1,
        "pages": len(pages),
    }
    turns = []
    if at > 0:
        turns.append(PageButton("weekly.fewer", VERB, say(said.week, f"{token}.{at - 1}")))
    if at + 1 < len(pages):
        turns.append(PageButton("weekly.more", VERB, say(said.week, f"{token}.{at + 1}")))
    rows = (tuple(turns), (PageButton("button.close", "x"),))
    return [Page(person.chat_id, PAGE, person.language, "week_text", values, rows, fresh=fresh, card=CARD)]


def _pages(texts: Sequence[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """The texts with their names, cut so that each page fits into a message."""
    page: list[tuple[str, str]] = []
    for name, piece in ((name, piece) for name, text in texts for piece in _pieces(text)):
        if page and sum(len(text) for _, text in page) + len(piece) > _PAGE:
            yield page
            page = []
        page.append((name, piece))
    if page:
        yield page


def _pieces(text: str) -> Iterator[str]:
    rest = text.strip()
    while len(rest) > _PIECE:
        cut = rest.rfind(" ", _PIECE // 2, _PIECE)
        cut = cut if cut > 0 else _PIECE
        yield rest[:cut].strip()
        rest = rest[cut:].strip()
    if rest:
        yield rest


async def tidy(tx: Transaction, card: str, now: datetime) -> list[Reply]:
    """What was read again long enough ago leaves the chats. ``card``: how the outbox knows these messages."""
    gone: list[Reply] = []
    for chat_id, message_id in await weekly.shown_before(tx, card, now - STAYS):
        outbox.drop_card(tx, chat_id, card)
        gone.append(Remove(chat_id, (message_id,)))
    return gone
