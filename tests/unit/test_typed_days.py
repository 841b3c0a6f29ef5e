"""The days that an operator types after --from and --to."""

from __future__ import annotations

from datetime import date

import pytest

from bot.commands.shared import CommandError
from bot.commands.typed_days import typed_days

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ((None, None), (None, None)),
        (("2026-11-01", None), (FIRST, None)),
        ((None, "2026-11-30"), (None, LAST)),
        ((" 2026-11-01", "2026-11-30\n"), (FIRST, LAST)),
        (("2026-11-01", "2026-11-01"), (FIRST, FIRST)),
    ],
)
def test_each_end_may_be_left_open(typed: tuple[str | None, str | None], read: tuple[date | None, date | None]) -> None:
    """What was typed is read with or without spaces around it; what was not stays open; a period may be one day."""
    assert typed_days(*typed) == read


@pytest.mark.parametrize(
    "wrong", ["", "1/11", "i går", "9999-12-31", "0001-01-01", "2026-02-30", "2026-11-01T10:00", "\x1b[2J"]
)
@pytest.mark.parametrize("option", ["--from", "--to"])
def test_what_is_no_day_is_one_sentence(option: str, wrong: str) -> None:
    """The sentence names the option and a day that would do, and does not hand what was typed to the terminal."""
    with pytest.raises(CommandError) as refused:
        typed_days(wrong if option == "--from" else "2026-11-01", wrong if option == "--to" else "2026-11-30")
    assert str(refused.value) == f"{option} must be a day such as 2026-11-01; write it like that."
    assert refused.value.code == 2


def test_the_last_day_cannot_lie_before_the_first() -> None:
    """The sentence says both days and which one to change."""
    with pytest.raises(CommandError) as refused:
        typed_days("2026-11-30", "2026-11-01")
    assert str(refused.value) == "--to 2026-11-01 lies before --from 2026-11-30; give the earlier day to --from."
    assert refused.value.code == 2
