"""Ids and tokens: sortable, unique, and true to the clock they were given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from storage.ids import new_id, new_token

LATE = datetime(2090, 1, 1, tzinfo=UTC)  # later than any other test's clock, so that this process's ids follow it


def test_ids_of_one_moment_grow_and_never_repeat() -> None:
    """Ten thousand ids of the same millisecond are strictly ascending."""
    ids = [new_id(LATE) for _ in range(10_000)]
    assert ids == sorted(set(ids))


def test_id_is_a_uuid_of_version_seven_that_tells_its_millisecond() -> None:
    """Version and variant are those of RFC 9562, and the first 48 bits are the time given."""
    when = LATE + timedelta(days=1, milliseconds=7)
    made = UUID(new_id(when))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(when.timestamp() * 1000)


def test_a_clock_that_steps_back_does_not_break_the_order() -> None:
    """An id made an hour earlier by the clock still sorts after the one made before it."""
    before = new_id(LATE + timedelta(days=2))
    assert new_id(LATE + timedelta(days=2, hours=-1)) > before


def test_an_id_needs_a_zone() -> None:
    """A naive time is refused: it would depend on the machine."""
    with pytest.raises(ValueError, match="zone"):
        new_id(datetime(2026, 11, 22))  # noqa: DTZ001 - that is what is refused


def test_tokens_fit_into_callback_data_and_differ() -> None:
    """A token is eight characters of a–z and 2–7, and five thousand of them do not repeat."""
    tokens = {new_token() for _ in range(5_000)}
    assert len(tokens) == 5_000
    assert all(len(token) == 8 and set(token) <= set("abcdefghijklmnopqrstuvwxyz234567") for token in tokens)
