"""A report whose violations have names of their own, beside the auditor's usual ones."""

from __future__ import annotations

from collections.abc import Sequence

from tests.faults.audit import Report

CRASH, STUCK, SPINNING = "crash", "stuck", "spinning"
TOO_FAST, TOO_BIG = "too fast", "too big"
SENT_AFTER_403, CANNOT_PARSE, NO_SENTENCE = "sent after 403", "cannot parse", "no clear sentence"


class Named(Report):
    """``kinds``: every name that may occur, in the order in which they are told."""

    def __init__(self, kinds: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(kinds)

    def add(self, kind: str, what: str) -> None:
        """Name a violation. Raises ValueError for a name that was not announced: it would be told as nothing."""
        if kind not in self.names:
            raise ValueError(f"{kind} is no name of this report")
        super().add(kind, what)

    @property
    def counts(self) -> str:
        """How many of each; behind a dot what was looked at, which is not for the table. One line."""
        counted = ", ".join(f"{kind} {self.count(kind)}" for kind in self.names)
        looked_at = ", ".join(f"{name} {count}" for name, count in self.figures.items())
        return f"{counted} · {looked_at}" if looked_at else counted

    def __str__(self) -> str:
        return self.counts + "".join(f"\n  {one.kind}: {one.what}" for one in self.violations[:12])
