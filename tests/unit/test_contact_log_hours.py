"""Hours per citizen and ISO week, for the invoice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.calendar import local
from bot.service.contact_log import Period
from bot.service.contact_log_sum import hours, weeks
from storage.contact_log import Spent

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def spent(at: datetime, minutes: int | None = 30, **said: object) -> Spent:
    """Time with B07."""
    told = {"team": "Nord", "pseudonym": "B07", "citizen_id": "c", "assumed": False, "travel": None, **said}
    return Spent(at=at, minutes=minutes, **told)  # type: ignore[arg-type] # what each test wants otherwise


def test_hours_by_iso_week() -> None:
    """Local days decide the week; the year is the week's own; assumed and travel minutes are told apart."""
    everything = Period(None, None, COPENHAGEN)
    found = weeks(
        [
            spent(datetime(2027, 1, 3, 22, 59, tzinfo=UTC)),  # Sunday 23.59: week 53 of 2026
            spent(datetime(2027, 1, 3, 23, 0, tzinfo=UTC), 45),  # Monday 00.00
            spent(datetime(2026, 12, 28, 9, tzinfo=UTC), 15, assumed=True),
            spent(datetime(2026, 12, 29, 9, tzinfo=UTC), None, travel=40),
            spent(datetime(2026, 12, 29, 9, tzinfo=UTC), 10, pseudonym="B7", citizen_id="d"),
        ],
        everything,
    )
    assert [(w.pseudonym, w.name, w.visits, w.minutes, w.assumed, w.travel) for w in found] == [
        ("B07", "2026-W53", 3, 45, 15, 40),
        ("B07", "2027-W01", 1, 45, 0, 0),
        ("B7", "2026-W53", 1, 10, 0, 0),
    ]
    assert (found[0].monday, found[0].sunday) == (date(2026, 12, 28), date(2027, 1, 3))
    cut = weeks([spent(datetime(2026, 12, 28, 9, tzinfo=UTC))], Period(date(2026, 12, 29), None, COPENHAGEN))
    assert cut == []


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, "0.00"), (20, "0.33"), (40, "0.67"), (90, "1.50"), (60_001, "1000.02")]
)
def test_hours_have_two_decimals(minutes: int, expected: str) -> None:
    """Minutes as decimal hours, rounded half up."""
    assert hours(minutes) == Decimal(expected)


@given(
    st.lists(
        st.tuples(st.integers(0, 87_000), st.integers(0, 600)),
        max_size=30,
    )
)
@settings(max_examples=60, deadline=None)
def test_weeks_lose_no_minute(told: list[tuple[int, int]]) -> None:
    """The minutes of all weeks are the minutes told, and each lies in the week of its local day."""
    given_ = [spent(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=at), minutes) for at, minutes in told]
    found = weeks(given_, Period(None, None, COPENHAGEN))
    assert sum(week.minutes for week in found) == sum(minutes for _, minutes in told)
    days = {local(one.at, COPENHAGEN).date() for one in given_}
    assert all(any(week.monday <= day <= week.sunday for week in found) for day in days)
