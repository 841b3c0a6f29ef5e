"""What worker and sender tell whoever keeps count: how many and how long, never what or whose."""

from __future__ import annotations

from typing import Protocol


class Noted(Protocol):
    """Told after the fact, at once and without failing. ``error`` is a class's name."""

    def stored(self, count: int, held: int) -> None:
        """So many updates came in and are stored; of so many the guard held something back."""
        ...

    def turned(self, seconds: float, count: int) -> None:
        """So many updates were carried out in one transaction that took so long, the commit included."""
        ...

    def failed(self, error: str, *, dead: bool) -> None:
        """An update failed; ``dead``: too often, and it is put aside."""
        ...

    def sent(self, seconds: float, *, reminder: bool) -> None:
        """A row of the outbox was carried out by Telegram in so many seconds."""
        ...

    def not_sent(self, error: str) -> None:
        """Telegram did not take a row of the outbox, or could not be reached."""
        ...


class Uncounted:
    """Nobody keeps count."""

    def stored(self, count: int, held: int) -> None:
        """See ``Noted``."""

    def turned(self, seconds: float, count: int) -> None:
        """See ``Noted``."""

    def failed(self, error: str, *, dead: bool) -> None:
        """See ``Noted``."""

    def sent(self, seconds: float, *, reminder: bool) -> None:
        """See ``Noted``."""

    def not_sent(self, error: str) -> None:
        """See ``Noted``."""
