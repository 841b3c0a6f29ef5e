"""Stored times: fixed width, UTC, exact to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.times import moment, moment_or_none, stamp, stamp_or_none

aware = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.sampled_from([UTC, ZoneInfo("Europe/Copenhagen"), timezone(timedelta(hours=-7, minutes=-30))]),
)


@given(aware)
def test_a_time_comes_back_as_it_was(when: datetime) -> None:
    """Whatever the zone, the same instant is read back, in UTC."""
    assert moment(stamp(when)) == when.astimezone(UTC)
    assert moment(stamp(when)).tzinfo is UTC


@given(aware, aware)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    """The database compares texts; that must be comparing times."""
    assert (stamp(one) < stamp(other)) == (one.astimezone(UTC) < other.astimezone(UTC))


def test_the_form_is_the_one_the_schema_names() -> None:
    """Microseconds and Z are there even when they say nothing."""
    assert stamp(datetime(2026, 11, 22, 14, 10, tzinfo=ZoneInfo("Europe/Copenhagen"))) == "2026-11-22T13:10:00.000000Z"


def test_a_time_without_zone_is_refused_both_ways() -> None:
    """Nobody could know which zone was meant."""
    with pytest.raises(ValueError, match="zone"):
        stamp(datetime(2026, 11, 22))  # noqa: DTZ001 - that is what is refused
    with pytest.raises(ValueError, match="zone"):
        moment("2026-11-22T13:10:00.000000")


def test_none_stays_none() -> None:
    """An unset time is unset in the database and back."""
    assert stamp_or_none(None) is None
    assert moment_or_none(None) is None
