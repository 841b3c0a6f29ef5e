"""The pages of reminders, of what there is to do, and of working hours, with what the program gives them."""

from __future__ import annotations

from typing import Any


def remind_values(evil: str) -> list[tuple[str, dict[str, Any]]]:
    """Each page full and bare; everything people wrote is ``evil``."""
    line = {
        "citizen": evil, "what": evil, "when": evil, "why": evil, "again": None,
        "late": True, "done": False, "open": True, "worry": evil, "do": evil,
    }  # fmt: skip
    done = {**line, "open": False, "done": True}
    dropped = {**line, "open": False}
    later = {**line, "open": False, "again": evil}
    bare = {**line, "citizen": None, "when": None, "late": False, "why": None, "worry": None, "do": None}
    full: dict[str, Any] = {"lines": [line, done, dropped, later, bare], "more": 3, "focus": None, "lead": True}
    own: dict[str, Any] = {
        "when": evil,
        "citizen": evil,
        "text": evil,
        "outside": True,
        "moved": evil,
        "opens": evil,
        "away": False,
    }
    one = {"n": 1, "citizen": evil, "what": evil, "when": evil}
    nothing: dict[str, Any] = {"overdue": [], "today": [], "coming": [], "undated": [], "beyond": 0, "hidden": 0}
    told = [{"mentor": evil, "since": evil, "days": 3, "done": seen} for seen in (False, True)]
    return [
        ("remind", full),
        ("remind", {**full, "focus": 0, "lead": False}),
        *(("remind", {"lines": [only], "more": 0, "focus": None, "lead": False}) for only in full["lines"]),
        ("remind_own", own),
        ("remind_own", {**own, "citizen": None, "outside": False, "moved": None}),
        ("remind_own", {**own, "citizen": None, "text": None, "outside": False, "moved": None}),
        ("remind_lead", {"lines": told}),
        ("remind_support", {"numbers": [{"name": evil, "number": "112"}], "support": [evil], "mentor": evil}),
        ("remind_support", {"numbers": [], "support": [], "mentor": evil}),
        ("hours", {"days": evil, "opens": "8.00", "closes": "17.00", "away": [evil]}),
        ("hours", {"days": evil, "opens": "8.00", "closes": "17.00", "away": []}),
        (
            "todo",
            {name: [one, {**one, "citizen": None, "when": None}] for name in nothing} | {"beyond": 2, "hidden": 3},
        ),
        ("todo", nothing),
        ("todo_item", {"citizen": evil, "what": evil, "agreed": evil, "again": evil}),
        ("todo_item", {"citizen": None, "what": evil, "agreed": None, "again": None}),
    ]
