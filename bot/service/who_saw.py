"""/hvemharset: who has read, exported or been handed what a person wrote.

It tells what the program knows, and says what it cannot know: access that the law gives, and what is done on the
operator's own machine or with a file after it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.service.replies import Page, PageButton, Reply, Toast, Worded
from bot.service.supervision_words import day_said, names
from bot.service.tools import Tools
from bot.service.who_saw_lines import GROUPS, Line, actor, lines
from storage import reflections
from storage.database import Transaction
from storage.people import Person

PAGE = "who_saw"
_FIRST = 2  # lines of each group on the first page: all of it fits on one screen
_PER_PAGE = 8
_MORE, _ALL = "g", "a"
_CLOSE = PageButton("button.close", "x")
Row = tuple[PageButton, ...]


async def command(tx: Transaction, tools: Tools, person: Person, now: datetime) -> list[Reply]:
    """/hvemharset: the newest of each kind."""
    return [await _overview(tx, tools, person, now, fresh=True)]


async def press(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap: g one kind from a line on ("s.8"), a back to the first page."""
    group, _, start = arg.partition(".")
    if verb == _ALL:
        return [await _overview(tx, tools, person, now, fresh=False)]
    if verb == _MORE and group in GROUPS and start.isdecimal() and len(start) < 5:
        return [await _group(tx, tools, person, group, int(start), now)]
    return [Toast(person.language, "note.stale")]


async def _overview(tx: Transaction, tools: Tools, person: Person, now: datetime, *, fresh: bool) -> Page:
    found = await lines(tx, person, now)
    groups = [
        {"title": Worded(f"saw.title.{group}"), "lines": await _said(tx, tools, person, ones[:_FIRST], now)}
        for group, ones in found.items()
    ]
    rows: list[Row] = [
        (PageButton(f"saw.more.{group}", _MORE, f"{group}.0", {"n": len(ones)}),)
        for group, ones in found.items()
        if len(ones) > _FIRST
    ]
    return _page(tools, person, {"title": None, "groups": groups}, (*rows, (_CLOSE,)), fresh=fresh)


async def _group(tx: Transaction, tools: Tools, person: Person, group: str, start: int, now: datetime) -> Page:
    ones = (await lines(tx, person, now)).get(group, [])
    start = start if start < len(ones) else 0
    told = {"title": None, "lines": await _said(tx, tools, person, ones[start : start + _PER_PAGE], now)}
    turning = []
    if start > 0:
        turning.append(PageButton("reach.newer", _MORE, f"{group}.{max(0, start - _PER_PAGE)}"))
    if start + _PER_PAGE < len(ones):
        turning.append(PageButton("reach.older", _MORE, f"{group}.{start + _PER_PAGE}"))
    rows = (tuple(turning), (PageButton("button.back", _ALL), _CLOSE))
    return _page(
        tools, person, {"title": Worded(f"saw.title.{group}"), "groups": [told] if ones else []}, rows, fresh=False
    )


def _page(tools: Tools, person: Person, values: dict[str, object], rows: Sequence[Row], *, fresh: bool) -> Page:
    months = tools.organisation.retention.audit
    buttons = tuple(row for row in rows if row)
    years, rest = divmod(months, 12)
    since = Worded("saw.months", {"n": months}) if rest else Worded("saw.years", {"n": years})
    return Page(person.chat_id, PAGE, person.language, "who_saw", {**values, "since": since}, buttons, fresh=fresh)


async def _said(
    tx: Transaction, tools: Tools, person: Person, ones: Sequence[Line], now: datetime
) -> list[dict[str, object]]:
    """The lines as the page shows them: day, words, and how often."""
    return [
        {
            "day": day_said(one.last.done.at, person, now),
            "what": Worded(one.last.key, await _values(tx, tools, person, one, now)),
            "times": one.times,
        }
        for one in ones
    ]


async def _values(tx: Transaction, tools: Tools, person: Person, one: Line, now: datetime) -> dict[str, object]:
    values = {"who": actor(one.last.done, person), **one.last.values}
    written = values.get("written")
    if isinstance(written, datetime):
        values["written"] = day_said(written, person, now)
    if one.questions:
        reflection = await reflections.get(tx, one.last.done.subject.partition("/")[0])
        found = [] if reflection is None else await names(tx, tools, reflection, person.language, one.questions)
        values["answers"] = found or sorted(one.questions)
    return values
