"""Killed while reminders are sent: none is forgotten, and at most one message comes again for each kill.

EFTERTANKE_TEST_KILLS and EFTERTANKE_TEST_SEED make it longer, or the same again.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import teller
from tests.faults.reminders_storm import Storm, kills, kills_at

KILLS = int(os.environ.get("EFTERTANKE_TEST_KILLS", "50"))
SEED = int(os.environ.get("EFTERTANKE_TEST_SEED", "20263"))


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Give what prints a line of figures, whether or not the test passes."""
    return teller(request.config)


@pytest.mark.timeout(240 + 6 * KILLS)
async def test_no_reminder_is_forgotten(tmp_path: Path, told: Callable[[str], None]) -> None:
    """0 never sent, at most one repeated message a kill, and nothing left waiting."""
    report = await Storm(tmp_path / "storm", minutes=max(60, KILLS)).run(kills(KILLS), random.Random(SEED))
    told(f"reminders, seed {SEED}: {report}")
    assert report.violations == []
    assert report.kills == KILLS
    assert report.messages > KILLS, "too little was under way to tell"


@pytest.mark.timeout(240)
async def test_the_twin_that_marks_first_forgets(tmp_path: Path, told: Callable[[str], None]) -> None:
    """The same storm over a program that marks before it queues: the auditor says "never sent"."""
    sign = tmp_path / "sign"
    command = (sys.executable, "-m", "tests.faults.reminders_twin", str(sign))
    report = await Storm(tmp_path / "storm", minutes=20, command=command).run(kills_at(sign, 3), random.Random(SEED))
    told(f"the twin that marks first, seed {SEED}: {report}")
    assert len(report.never) >= report.kills == 3
    assert report.violations[0].startswith("never sent:")
