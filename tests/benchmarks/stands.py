"""The stations of one debrief as plain data, and how they travel between processes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = "the-citizen-of-the-walk"
TYPED = "Vi gik en tur langs vandet, og så kom det hele frem: boligen, søsteren og den aftale der gled."


@dataclass(frozen=True)
class Stand:
    """A debrief right before an answer: its stored rows, and the move that answers.

    ``verb``/``arg`` make the button; a ``verb`` of "" is a typed message. ``keep``: the visit at which the mentor then
    has to press "go on", None when the dialogue goes on by itself.
    """

    question: str
    verb: str
    arg: str
    visit: int
    keep: int | None
    reflection: dict[str, Any]
    answers: list[dict[str, Any]]


@dataclass(frozen=True)
class Walk:
    """``stands`` in order, and the rows of the ``whole`` debrief once it was saved."""

    stands: tuple[Stand, ...]
    whole: Stand

    def save(self, path: Path) -> None:
        """Write it for the other processes."""
        path.write_text(json.dumps([asdict(stand) for stand in (*self.stands, self.whole)]), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Walk:
        """What ``save`` wrote."""
        *stands, whole = (Stand(**stand) for stand in json.loads(path.read_text(encoding="utf-8")))
        return cls(tuple(stands), whole)
