"""Buttons of an older version of the guide: 0 wrong writes, a kind word, and what was begun goes on as it was begun.

``EFTERTANKE_TEST_FORGED`` says how many forged ones come beside all that were ever shown; ``EFTERTANKE_TEST_SEED``
which, and in what order they are pressed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from prompts import load_guide
from tests.faults.conftest import Note, Size
from tests.faults.old_buttons_run import STUCK, UNANSWERED, UNKIND, WRONG, run

ROW = 13
FORGED = 120
_SIZE = int(os.environ.get("EFTERTANKE_TEST_FORGED", FORGED))


@pytest.mark.timeout(400 + _SIZE)
async def test_old_buttons_write_nothing(tmp_path: Path, size: Size, note: Note) -> None:
    """Every button that any card of a whole debrief ever had, pressed after the guide has changed, others' and forged
    ones beside them: nothing is written, each tap is answered in plain Danish, and what was open goes on."""
    report = await run(tmp_path, size.seed, size.many("forged", FORGED))
    figures = report.figures
    counts = ", ".join(f"{kind} {report.count(kind)}" for kind in (WRONG, UNKIND, UNANSWERED, STUCK))
    note(ROW, figures["taps"], "old buttons pressed", f"{counts}\n{report}")
    assert not report.violations, f"seed {size.seed}: {report}"
    assert figures["questions shown"] == len(load_guide().guide.by_id), "not every question was asked"
    assert figures["old buttons"] > 500 and figures["kind words"] > 400 and figures["buttons of a receipt"] > 2


async def test_the_twin_that_counts_places_writes_wrongly(tmp_path: Path, size: Size, note: Note) -> None:
    """The same program with choices looked up by their place in the newest guide: the audit names wrong writes."""
    command = (sys.executable, "-m", "tests.faults.twin_old_buttons")
    report = await run(tmp_path, size.seed, 0, command=command, most=25)
    note(ROW, report.figures["taps"], "old buttons pressed", f"{WRONG} {report.count(WRONG)}", twin=True)
    assert report.count(WRONG), f"seed {size.seed}: {report}"
