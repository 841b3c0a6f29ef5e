"""Times as the database keeps them: UTC text of fixed width, so that text order is time order in every engine."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(when: datetime) -> str:
    """The text of an aware time in any zone: ``2026-11-22T13:10:00.000000Z``.

    Raises ValueError for a naive time: nobody can know which zone was meant.
    """
    if when.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return when.astimezone(UTC).isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"


def stamp_or_none(when: datetime | None) -> str | None:
    """The text of a time, or None for none."""
    return None if when is None else stamp(when)


def moment(text: str) -> datetime:
    """The aware UTC time that ``stamp`` wrote as this text. Raises ValueError for anything that is not such a text."""
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError("a stored time must name its zone")
    return when if when.tzinfo is UTC else when.astimezone(UTC)


def moment_or_none(text: str | None) -> datetime | None:
    """The aware UTC time of a stored text, or None where none is stored."""
    return None if text is None else moment(text)
