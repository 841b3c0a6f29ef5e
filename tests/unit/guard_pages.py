"""The pages about what the guard held back, and about its names, with what the program gives them."""

from __future__ import annotations

from typing import Any


def guard_values(evil: str) -> list[tuple[str, dict[str, Any]]]:
    """Each page full and bare; everything people wrote is ``evil``."""
    held: dict[str, Any] = {"kinds": [evil, evil, evil], "text": evil, "cpr": True, "others": True, "edited": False}
    came = {"added": 1, "known": 1, "no_names": 1, "too_many": 1}
    return [
        ("guard_held", held),
        ("guard_held", {**held, "kinds": [evil], "text": None, "others": False, "edited": True}),
        ("guard_held", {**held, "cpr": False, "edited": True}),
        ("guard_names", {"count": 0, "most": 100, "came": None}),
        ("guard_names", {"count": 3, "most": 100, "came": came}),
    ]
