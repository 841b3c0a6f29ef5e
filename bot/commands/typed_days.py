"""The first and the last day that an operator types after ``--from`` and ``--to``."""

from __future__ import annotations

from datetime import date

from bot.commands.shared import CommandError

_YEARS = range(2000, 2100)
"""Before and after these nothing was done; at the ends of the calendar there is no other zone to go to."""


def typed_days(since: str | None, until: str | None) -> tuple[date | None, date | None]:
    """Both as days, None where nothing was typed; ISO 8601, spaces around it do not count.

    Raises CommandError for what is no day of this century, naming its option, and when the last lies before the first.
    """
    first, last = _day(since, "--from"), _day(until, "--to")
    if first is not None and last is not None and last < first:
        raise CommandError(f"--to {last} lies before --from {first}; give the earlier day to --from.", 2)
    return first, last


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text.strip())
        if day.year in _YEARS:
            return day
        raise ValueError
    except ValueError:
        # What was typed is not repeated: it may hold what a terminal obeys.
        raise CommandError(f"{option} must be a day such as 2026-11-01; write it like that.", 2) from None
