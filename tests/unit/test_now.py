"""The clock that the practice phone moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.now import real_now, shifted_now

START = datetime(2026, 11, 22, 13, 10, tzinfo=UTC)


def test_the_real_clock_is_utc() -> None:
    """The time is aware and UTC."""
    assert real_now().utcoffset() == timedelta(0)


def test_the_file_moves_the_clock(tmp_path: Path) -> None:
    """The seconds in the file are added, and a change is seen at the next look, also one of equal length."""
    file = tmp_path / "offset"
    now = shifted_now(file, lambda: START)
    assert now() == START
    for seconds in ("60.5\n", "61.5\n", "62.5\n", "-5"):
        new = tmp_path / "new"
        new.write_text(seconds, encoding="ascii")
        new.replace(file)
        assert now() == START + timedelta(seconds=float(seconds))
    file.unlink()
    assert now() == START


@pytest.mark.parametrize("content", [b"", b"soon", b"nan", b"inf", b"1e300", b"\xff\xfe"])
def test_a_broken_file_counts_as_nothing(tmp_path: Path, content: bytes) -> None:
    """Whatever stands in the file, there is a time."""
    file = tmp_path / "offset"
    file.write_bytes(content)
    assert shifted_now(file, lambda: START)() == START
