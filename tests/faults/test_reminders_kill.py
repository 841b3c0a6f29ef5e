"""Killed while reminders are sent: none is forgotten, and at most one message comes again for each kill.

EFTERTANKE_TEST_KILLS and EFTERTANKE_TEST_SEED make it longer, or the same again.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import Note, Size
from tests.faults.reminders_storm import Storm, kills, kills_at


@pytest.mark.storm
async def test_no_reminder_is_forgotten(tmp_path: Path, size: Size, note: Note) -> None:
    """0 never sent, at most one repeated message a kill, and nothing left waiting."""
    minutes = max(60, size.kills)
    report = await Storm(tmp_path / "storm", minutes=minutes).run(kills(size.kills), random.Random(size.seed))
    note(3, size.kills, "kills", report)
    assert report.violations == []
    assert report.kills == size.kills
    assert report.messages > size.kills, "too little was under way to tell"


@pytest.mark.timeout(240)
async def test_the_twin_that_marks_first_forgets(tmp_path: Path, size: Size, note: Note) -> None:
    """The same storm over a program that marks before it queues: the auditor says "never sent"."""
    sign = tmp_path / "sign"
    command = (sys.executable, "-m", "tests.faults.reminders_twin", str(sign))
    storm = Storm(tmp_path / "storm", minutes=20, command=command)
    report = await storm.run(kills_at(sign, 3), random.Random(size.seed))
    note(3, 3, "kills", report, twin=True)
    assert len(report.never) >= report.kills == 3
    assert report.violations[0].startswith("never sent:")
