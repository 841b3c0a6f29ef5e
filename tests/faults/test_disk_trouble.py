"""The disk is full, the database read-only or held by another: nothing is confirmed that is not stored, and the bot
comes back by itself."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from storage.high_water import losses_path
from tests.faults.audit import LOST
from tests.faults.conftest import Note, Size
from tests.faults.disk_trouble import UNMET, WAITING, WAYS, WORST, disks
from tests.faults.storm import Storm

ROW = 6
TIMES, SECONDS = 2, 7  # of each way, and how long the database is held, in every run: SQLite waits five by itself
AT_ONCE = 4  # of each way in one database; a longer run goes through as many storms as it takes
ALLOWED = 30.0  # seconds until it is back
_LASTS = int(os.environ.get("EFTERTANKE_TEST_DISK", TIMES)) * (
    int(os.environ.get("EFTERTANKE_TEST_DISK_SECONDS", SECONDS)) + 60
)


@pytest.mark.timeout(240 + 2 * _LASTS)
async def test_nothing_is_confirmed_that_is_not_stored(tmp_path: Path, size: Size, note: Note) -> None:
    """Full, read-only and locked, while mentors debrief: nothing is lost, doubled, reordered or altered, every update
    that could not be stored stays with Telegram, and the bot polls and answers again within 30 s, the same process."""
    left, seed, worst = size.many("disk", TIMES), size.seed, 0.0
    command = (sys.executable, "-m", "tests.faults.disk_child")
    while left > 0:
        times = min(left, AT_ONCE)
        trouble = disks(list(WAYS), times, size.many("disk_seconds", SECONDS))
        found = await Storm(seed, trouble, harm=0, mentors=4, command=command).run(tmp_path / str(seed))
        report = found.audit()
        worst = max(worst, report.figures[WORST] / 10)
        met = f"{report.figures[WAITING]} updates kept waiting, back after {worst:.1f} s at most"
        note(ROW, times * len(WAYS), "troubles of the disk", f"{_counted(str(report))}; {met}\n{report}")
        assert not report.violations, f"seed {seed}: {report}"
        assert not report.figures[UNMET], "nobody wrote meanwhile: there was nothing to tell"
        assert worst <= ALLOWED
        said = found.phone.log.read_text(encoding="utf-8")
        assert "stay with Telegram meanwhile. The database cannot be written to" in said, "it was not read-only"
        assert "Another program holds the database" in said, "it was not locked"
        assert not losses_path(found.phone.database).exists(), "nothing stored is missing, and nobody says so"
        shutil.rmtree(tmp_path / str(seed))
        left, seed = left - times, seed + 1


@pytest.mark.timeout(300)
async def test_the_twin_that_shrugs_loses(tmp_path: Path, size: Size, note: Note) -> None:
    """The same, but a store whose failure nobody minds: updates are confirmed that were never stored."""
    command = (sys.executable, "-m", "tests.faults.disk_twin")
    storm = Storm(size.seed, disks(["full"], 2, 4.0), harm=0, mentors=3, command=command, calm=0.5)
    report = (await storm.run(tmp_path)).audit()
    never = [one for one in report.violations if one.kind == LOST and "never stored" in one.what]
    note(ROW, 2, "troubles of the disk", f"never stored {len(never)}\n{report}", twin=True)
    assert never


def _counted(report: str) -> str:
    return report.partition(" · ")[0]
