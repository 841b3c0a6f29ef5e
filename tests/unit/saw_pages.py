"""The page of who saw what, with what the program gives it."""

from __future__ import annotations

from typing import Any


def saw_values(evil: str) -> list[tuple[str, dict[str, Any]]]:
    """The first page, one kind, and nothing; everything people wrote is ``evil``."""
    lines = [{"day": evil, "what": evil, "times": 1}, {"day": evil, "what": evil, "times": 3}]
    groups = [{"title": evil, "lines": lines}, {"title": evil, "lines": lines[:1]}]
    return [
        ("who_saw", {"title": None, "groups": groups, "since": "5 år"}),
        ("who_saw", {"title": evil, "groups": [{"title": None, "lines": lines}], "since": "5 år"}),
        ("who_saw", {"title": evil, "groups": [], "since": "5 år"}),
        ("who_saw", {"title": None, "groups": [], "since": "5 år"}),
    ]
