"""A contact log cut into pages that fit into a chat message, the newest entry first. Pure.

A message holds 4,096 characters (https://core.telegram.org/bots/api#sendmessage); what is cut short here stands whole
in `eftertanke log`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from bot.service.contact_log import MINUTES
from bot.service.contact_log_lines import Detail, Line, Struck
from bot.service.replies import Worded

Shown = dict[str, Any]
ROOM = 2600  # UTF-16 units for the entries of one page; heading and notes need the rest
ENTRIES = 20
_CUTS = ((300, 120, 6), (120, 60, 2), (40, 30, 1))  # letters of what was typed and of a correction; corrections shown
_WORDED = 80  # room for a text of our own
_GLUE = 24  # room for what stands around a value


def pages(found: Sequence[Line], reader: str | None) -> list[list[Shown]]:
    """The lines as a template takes them, in pages; one empty page when there are none. ``reader``: the name that is
    not repeated at each line; None names everybody."""
    made: list[list[Shown]] = [[]]
    used = 0
    for line in reversed(found):
        shown, size = _fitting(line, reader)
        if made[-1] and (used + size > ROOM or len(made[-1]) >= ENTRIES):
            made.append([])
            used = 0
        made[-1].append(shown)
        used += size
    return made


def _fitting(line: Line, reader: str | None) -> tuple[Shown, int]:
    """One entry, cut shorter if it would fill a page by itself."""
    shown: Shown = {}
    for typed, struck, most in _CUTS:
        shown = _shown(line, reader, typed, struck, most)
        if size_of(shown) <= ROOM:
            break
    return shown, size_of(shown)


def _shown(line: Line, reader: str | None, typed: int, struck: int, most: int) -> Shown:
    return {
        "when": line.when,
        "what": line.what,
        "result": line.result,
        "gone": line.gone,
        "by": None if line.by == reader else cut(line.by, 40),
        "was": _struck(line.was, struck, most),
        "details": [_detail(one, line, typed, struck, most) for one in line.details],
    }


def _detail(one: Detail, line: Line, typed: int, struck: int, most: int) -> Shown:
    return {
        "name": one.name,
        "said": None if one.said is None else cut(one.said, typed),
        "typed": None if one.typed is None else cut(" / ".join(one.typed.split("\n")), typed),
        "assumed": line.assumed and one.question == MINUTES and one.said is not None,
        "was": _struck(one.was, struck, most),
        "more": max(0, len(one.was) - most),
    }


def _struck(was: Sequence[Struck], longest: int, most: int) -> list[Mapping[str, str]]:
    return [{"said": cut(" / ".join(one.said.split("\n")), longest), "on": one.on} for one in was[-most:]]


def size_of(value: Any) -> int:
    """About how many UTF-16 units this takes once it is escaped and drawn; rather too many."""
    match value:
        case str():
            return len(escape(value).encode("utf-16-le", "replace")) // 2 + _GLUE
        case Worded():
            return _WORDED + _GLUE + sum(size_of(one) for one in value.values.values())
        case dict():
            return sum(size_of(one) for one in value.values())
        case list() | tuple():
            return sum(size_of(one) for one in value)
    return 0


def cut(text: str, longest: int) -> str:
    """The text, with … for what does not fit; an accent or a joined emoji is not left alone."""
    if len(text) <= longest:
        return text
    end = longest - 1
    while end > longest // 2 and (text[end] in "\u200d\ufe0f" or text[end - 1] == "\u200d"):
        end -= 1
    return f"{text[:end].rstrip()}…"
