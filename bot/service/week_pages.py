"""The week of a team as a lead reads it in the chat: one screen of sentences, and a page for each part of it.

All of it is drawn from the ``WeeklySummary`` alone, which holds nothing that a lead may not see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date

from bot.dialogue.summary import SafetyEvent, Week, WeeklySummary
from bot.service import week_words_items as items
from bot.service.remind import cut
from bot.service.replies import Buttons, Page, PageButton
from bot.service.week_read import say
from bot.service.week_words import Labels, Sentences, sentences
from bot.service.week_words_base import earlier, hours, hours_worded
from bot.service.week_words_items import Item
from storage.people import Person

PAGE = "week"
SHOWN = 7
"""Things on one page: with all that is known of each, a message stays well under Telegram's 4096 letters."""
_SHOWN_WISHES = 4
_QUOTED = 400
_NOW = 6

PARTS = {"a": "absence", "c": "without_contact", "s": "supervision", "f": "safety", "o": "overdue", "t": "work"}
"""The parts of the week by the verb of their button."""
SAFETY = "f"


def overview(
    lead: Person, summary: WeeklySummary, labels: Labels, today: date, *, fresh: bool, monday: str = ""
) -> Page:
    """What the lead sees first. ``monday``: "on_time" or "late" when it comes by itself; ``today``: the local date."""
    said = sentences(summary, labels)
    values = {
        "monday": monday,
        "week": summary.week.number,
        "team": summary.team,
        "days": days(summary.week, lead.language),
        "now": list(said.now[:_NOW]),
        "figures": None if summary.is_empty else _figures(summary),
    }
    return Page(lead.chat_id, PAGE, lead.language, "week", values, _buttons(summary, today), fresh=fresh)


def _figures(summary: WeeklySummary) -> dict[str, Any]:
    """Contacts, hours and acute contacts, each with the week before, or None where nothing was written before. One line
    of the screen; the sentences about them are on the page of the work."""
    known = bool(earlier(summary, summary.debriefs))
    minutes = summary.minutes
    return {
        "contacts": summary.contacts[-1],
        "contacts_before": summary.contacts[-2] if known else None,
        "hours": hours_worded(minutes[-1]),
        "hours_before": hours(minutes[-2]) if known else None,
        "acute": summary.acute[-1],
        "acute_before": summary.acute[-2] if known else None,
    }


def _buttons(summary: WeeklySummary, today: date) -> Buttons:
    week = summary.week
    later = week.moved(1)
    counts = _counts(summary)

    def part(verb: str) -> PageButton:
        return PageButton(f"weekly.part.{PARTS[verb]}", verb, say(week), {"n": counts[verb]})

    return (
        (part("s"), part("f")),
        (part("a"), part("c")),
        (part("o"), part("t")),
        (PageButton("weekly.picture", "p", say(week)), PageButton("weekly.report", "r", say(week))),
        (*turning(week, later if later.monday <= today else None), PageButton("button.close", "x")),
    )


def turning(week: Week, later: Week | None) -> tuple[PageButton, ...]:
    """To the week before, and to the one after unless that has not begun (``later`` None)."""
    earlier = week.moved(-1)
    back = PageButton("weekly.previous", "w", say(earlier), {"week": earlier.number})
    if later is None:
        return (back,)
    return (back, PageButton("weekly.next", "w", say(later), {"week": later.number}))


def part(
    lead: Person, verb: str, summary: WeeklySummary, labels: Labels, start: int, *,
    left: Sequence[SafetyEvent] = (), rows: Buttons = (), since: Mapping[str, date] | None = None, fresh: bool,
) -> Page:  # fmt: skip
    """One part of the week: what there is to say, and one thing after the other from the ``start``-th on. ``left``:
    what comes after, from the weeks before; ``rows``: buttons of what is shown; ``since``:
    of which debriefs the wish was taken up since the week ended, and on which day."""
    name = PARTS[verb]
    said: Sentences = sentences(summary, labels)
    own, step = _items(name, summary, labels), shown_of(verb)
    found = [*own, *(items.unsafe(one, summary, labels) for one in left)]
    shown = found[start : start + step]
    taken = [(since or {}).get(one.reflection_id) for one in summary.supervision[start : start + step]]
    values = {
        "part": name,
        "week": summary.week.number,
        "lines": list(getattr(said, name)) + (list(said.relation) if name == "work" else []),
        "items": [_item(one) for one in shown],
        "since": [None if one is None else _day(one, lead.language) for one in taken],
        "frozen": bool(since),
        "first": start + 1,
        "total": len(found),
        "left_from": len(own) - start,
    }
    more = []
    if start > 0:
        more.append(PageButton("weekly.fewer", verb, say(summary.week, max(0, start - step))))
    if start + step < len(found):
        more.append(PageButton("weekly.more", verb, say(summary.week, start + step)))
    back = PageButton("weekly.back", "w", say(summary.week))
    last = (tuple(more), (back, PageButton("button.close", "x")))
    return Page(lead.chat_id, PAGE, lead.language, "week_part", values, (*rows, *last), fresh=fresh)


def shown_of(verb: str) -> int:
    """How many things one page of this part shows: fewer where mentors' own words stand beneath."""
    return _SHOWN_WISHES if PARTS[verb] == "supervision" else SHOWN


def _items(name: str, summary: WeeklySummary, labels: Labels) -> list[Item]:
    match name:
        case "absence":
            return [items.waiting(one, summary, labels) for one in summary.absence.waiting]
        case "without_contact":
            return [items.not_reached(one, summary, labels) for one in summary.without_contact]
        case "supervision":
            return [items.wish(one, summary, labels) for one in summary.supervision]
        case "safety":
            return [items.unsafe(one, summary, labels) for one in summary.safety.known]
        case "overdue":
            return [items.late(one, summary, labels) for one in summary.overdue]
    return []


def _counts(summary: WeeklySummary) -> dict[str, int]:
    """How many things there are in each part; 0 where its button tells no number."""
    return {
        "a": len(summary.absence.waiting),
        "c": len(summary.without_contact),
        "s": len(summary.supervision),
        "f": summary.safety.events[-1],
        "o": len(summary.overdue),
        "t": 0,
    }


def _item(one: Item) -> dict[str, Any]:
    quote = None if one.quote is None else cut(one.quote, _QUOTED)
    return {"head": one.head, "details": list(one.details), "urgent": one.urgent, "quote": quote}


def _day(day: date, language: str) -> str:
    return str(format_date(day, "d. MMMM" if language == "da" else "d MMMM", locale=language))


_DAY = {"da": ("d.", "d. MMMM", "d. MMMM y"), "en": ("d", "d MMMM", "d MMMM y")}


def days(week: Week, language: str) -> str:
    """The days of a week: 16.–22. november 2026, 30. november – 6. december 2026."""
    language = language if language in _DAY else "da"
    day, day_of_month, with_year = _DAY[language]
    first, last = week.monday, week.monday + timedelta(days=6)

    def said(when: date, pattern: str) -> str:
        return str(format_date(when, pattern, locale=language))

    if first.month == last.month:
        return f"{said(first, day)}–{said(last, with_year)}"
    return f"{said(first, day_of_month if first.year == last.year else with_year)} – {said(last, with_year)}"
