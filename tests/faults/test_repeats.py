"""Updates that come twice, in any order, or under numbers that begin anew, have one effect each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.faults.conftest import Size
from tests.faults.storm import Storm
from tests.faults.troubles import repeats


async def test_repeated_updates_have_one_effect(tmp_path: Path, size: Size, tell: Callable[[str], None]) -> None:
    """Six hundred updates come again among new ones, across restarts and three new beginnings of their numbers: one
    effect each, in the order in which they were made."""
    report = (await Storm(size.seed, repeats(600, 3), harm=6).run(tmp_path)).audit()
    tell(f"repeats, seed {size.seed}: {report}")
    assert not report.violations, f"seed {size.seed}: {report}"
    assert report.figures["repeated"] >= 600
