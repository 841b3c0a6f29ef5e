"""Public holidays in Denmark, as data for the dialogue."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache


def danish_holidays(now: datetime) -> frozenset[date]:
    """Local dates of this year and the next on which nobody is at work: public holidays, and 24 December, which is
    a day off by the collective agreements in municipalities and most private firms."""
    return _of(now.year)


@lru_cache(maxsize=8)
def _of(year: int) -> frozenset[date]:
    # The package is large: it is imported when a working day is first counted, not at start.
    import holidays

    years = (year, year + 1)
    return frozenset(holidays.country_holidays("DK", years=years)) | {date(one, 12, 24) for one in years}
