"""Killed at any moment, the bot loses nothing; a bot that confirms before it stores does, and the auditor sees it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.faults.audit import LOST
from tests.faults.conftest import Note, Size
from tests.faults.storm import Storm
from tests.faults.troubles import kills, kills_at

AT_ONCE = 250  # kills in one database; a longer run goes through as many storms as it takes


@pytest.mark.storm
async def test_kill_minus_nine_loses_nothing(tmp_path: Path, size: Size, note: Note) -> None:
    """Nothing is lost, doubled, reordered, altered or leaked, and every debrief goes on at the right question.

    Each storm tells its seed: a long run that was broken off is resumed with that one and fewer kills.
    """
    left, seed = size.kills, size.seed
    while left > 0:
        count = min(left, AT_ONCE)
        report = (await Storm(seed, kills(count), harm=count).run(tmp_path / str(seed))).audit()
        note(1, count, "kills", report)
        assert not report.violations, f"seed {seed}: {report}"
        assert report.figures["kills"] == count
        assert report.figures["texts"] > report.figures["kills"] // 5, "too little went on to tell"
        shutil.rmtree(tmp_path / str(seed))
        left, seed = left - count, seed + 1


async def test_the_twin_that_confirms_first_loses(tmp_path: Path, size: Size, note: Note) -> None:
    """The same storm over the same program, but with updates confirmed before they are stored: the auditor says lost,
    at least once a kill, of updates that Telegram no longer has."""
    sign = tmp_path / "sign"
    command = (sys.executable, "-m", "tests.faults.twin_run", str(sign))
    storm = Storm(size.seed, kills_at(sign, 3, every=15), harm=3, mentors=3, command=command)
    report = (await storm.run(tmp_path)).audit()
    never = [one for one in report.violations if one.kind == LOST and "never stored" in one.what]
    note(1, 3, "kills", f"never stored {len(never)}: {report}", twin=True)
    assert len(never) >= report.figures["kills"] == 3
