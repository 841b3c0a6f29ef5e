"""What the pages of supervision have in common: days in words, what was shared, what the lead wrote back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import at_local, say_when
from bot.dialogue.guide import Kind
from bot.service.labels import label
from bot.service.loaded import Loaded, load
from bot.service.replies import Page, PageButton, Worded
from bot.service.tools import Tools
from storage import shares
from storage.database import Transaction
from storage.people import Person
from storage.reflections import Reflection
from storage.supervision import Taken

PAGE = "supervision"
CARD = f"page:{PAGE}"
"""Under which name the page is known in a chat."""
_ROOM = 2400  # letters of all that is shared of one debrief, as in the preview the mentor said yes to


def day_said(at: datetime, person: Person, now: datetime) -> str:
    """The day of ``at`` (UTC) in words, for this person."""
    return say_when(at, now, ZoneInfo(person.zone), person.language, False)


def date_said(day: date, person: Person, now: datetime) -> str:
    """A local date in words."""
    return day_said(at_local(day, 12, 0, ZoneInfo(person.zone)), person, now)


def remark_of(taken: Taken) -> Worded | str | None:
    """What the lead wrote back."""
    return Worded(f"supervision.chip_{taken.chip}") if taken.chip else taken.remark


def cut(text: str, room: int) -> str:
    """At most ``room`` letters, with a sign that there is more."""
    return text if len(text) <= room else text[: room - 1] + "…"


async def shared_answers(
    tx: Transaction, tools: Tools, reflection: Reflection, mentor: Person, now: datetime
) -> list[dict[str, str]]:
    """Name and words of each answer that is shared now, in the guide's order and the mentor's language: what they saw
    before they said yes."""
    loaded = await load(tx, tools, reflection)
    standing = await shares.shared(tx, reflection.id)
    given = loaded.state.answers
    shown = [q.id for q in loaded.guide.guide if q.id in standing and q.id in given and not given[q.id].skipped]
    room = _ROOM // max(1, len(shown))
    words = loaded.guide.wording[mentor.language]
    return [{"name": words.question(one).short, "value": cut(_said(loaded, one, mentor, now), room)} for one in shown]


def _said(loaded: Loaded, question_id: str, mentor: Person, now: datetime) -> str:
    question, answer = loaded.guide.guide[question_id], loaded.state.answers[question_id]
    words = loaded.guide.wording[mentor.language]
    said = label(question, answer, words, now=now, zone=mentor.zone)
    typed = answer.text if question.kind is Kind.TEXT or question.typed else None
    return " · ".join(part for part in (said, typed) if part) or "–"


_CALLED = {"supervision": "supervision.name_wish", "supervision_focus": "supervision.name_focus"}


async def names(
    tx: Transaction, tools: Tools, reflection: Reflection, language: str, of: Iterable[str]
) -> list[str | Worded]:
    """What these questions are called, in the guide's order; the ones about supervision, to the mentor who answered."""
    guide = await tools.guide_of(tx, reflection.guide_hash)
    wanted, words = set(of), guide.wording[language]
    return [
        Worded(_CALLED[q.id]) if q.id in _CALLED else words.question(q.id).short.lower()
        for q in guide.guide
        if q.id in wanted
    ]


def withdrawn(reader: Person) -> Page:
    """What a page that showed something shared becomes when the mentor takes it back."""
    buttons = ((PageButton("supervision.list", "l"), PageButton("button.close", "x")),)
    return Page(reader.chat_id, PAGE, reader.language, "supervision.was_withdrawn", {}, buttons, fresh=False)
