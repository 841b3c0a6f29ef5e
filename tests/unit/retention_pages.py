"""What the warning before a deletion is drawn with."""

from __future__ import annotations

from itertools import product
from typing import Any


def retention_values(evil: str) -> list[tuple[str, dict[str, Any]]]:
    """Every variant of the page: own, the team's, both; with and without the log; one and several."""
    none = {"answers": 0, "logs": 0, "first": None, "last": None}
    some = [none] + [
        {"answers": answers, "logs": logs, "first": evil, "last": last}
        for answers, logs, last in ((1, 0, evil), (0, 2, "x"), (3, 1, "x"))
    ]
    return [
        ("retention", {"on": evil, "own": own, "team": team, "answers": 24, "log": 60, "both": both})
        for own, team, both in product(some, some, (True, False))
        if own != none or team != none
    ]
