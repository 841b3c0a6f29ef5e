"""The pages of /uge with what the program gives them, in their variants, people's words being hostile."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from bot.service.week_pages import PARTS


def week_chat_values(evil: str) -> list[tuple[str, dict[str, Any]]]:
    """Every page; ``evil``: what people wrote."""
    return [*_week(evil), *_part(evil), *_own(evil), *_text(evil)]


def _week(evil: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for monday, count, before, empty in product(("", "on_time", "late"), (0, 1, 7), (None, 0, 3), (False, True)):
        figures = {"contacts": count, "contacts_before": before, "hours": evil, "hours_before": before and evil}
        figures |= {"acute": count, "acute_before": before}
        given = {"monday": monday, "week": 47, "team": evil, "days": evil, "now": [evil, evil]}
        yield "week", {**given, "figures": None if empty else figures}


def _part(evil: str) -> Iterator[tuple[str, dict[str, Any]]]:
    item = {"head": evil, "details": [evil, evil], "urgent": True, "quote": evil}
    calm = {"head": evil, "details": [evil], "urgent": False, "quote": None}
    for part, things in product(PARTS.values(), ([], [item], [item, calm])):
        given = {"part": part, "week": 47, "lines": [evil, evil], "items": things, "first": 8, "left_from": 1}
        given |= {"since": [None, "20. november"][: len(things)], "frozen": len(things) > 1}
        yield "week_part", {**given, "total": len(things)}
        yield "week_part", {**given, "total": 20 if things else 0}


def _own(evil: str) -> Iterator[tuple[str, dict[str, Any]]]:
    line = {"citizen": evil, "what": evil, "when": evil}
    bare = {"citizen": None, "what": evil, "when": None}
    thread = [{"name": evil, "days": days} for days in (0, 1, 6)]
    for debriefs, acute, full, running in product((0, 1, 5), (0, 1, 2), (False, True), (False, True)):
        yield "week_own", {
            "week": 47, "days": evil, "running": running, "debriefs": debriefs, "contacts": debriefs, "acute": acute,
            "hours": evil, "travel": evil if full else None, "adjusted": [evil, evil] if full else [],
            "threads": thread if full else [],
            "overdue": [line, bare] if full else [], "overdue_more": 3 if full else 0,
            "coming": [line] if full or acute else [], "coming_more": 2 if full else 0,
        }  # fmt: skip


def _text(evil: str) -> Iterator[tuple[str, dict[str, Any]]]:
    items = [{"name": evil, "text": evil}, {"name": evil, "text": evil}]
    yield "week_text", {"day": evil, "pseudonym": evil, "items": items, "page": 1, "pages": 2}
    yield "week_text", {"day": evil, "pseudonym": None, "items": items[:1], "page": 1, "pages": 1}
