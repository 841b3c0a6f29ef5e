"""What a broken guide looks like in a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """One edit that breaks a shipped file. ``after``: lines from the edited text to the line of the mistake, None when
    what is missing has no line of its own. ``place`` is part of the mistake's place."""

    name: str
    file: str
    old: str
    new: str
    problem: str
    remedy: str
    after: int | None = 0
    place: str = ""
