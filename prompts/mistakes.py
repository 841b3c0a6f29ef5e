"""A mistake in the guide or its wording, told so that its author can put it right."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """``file`` and ``line`` (from 1) say where, ``place`` is the path inside the file (``questions.outcome.when``),
    ``problem`` what is wrong and ``remedy`` what to do about it."""

    file: str
    line: int
    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.place}: {self.problem}; {self.remedy}"

    def to_json(self) -> dict[str, str | int]:
        """The same as plain data."""
        return asdict(self)
