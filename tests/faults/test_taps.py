"""Double taps, two buttons of one question, buttons of cards that are gone, taps after the end: one answer, and every
tap is answered.

``EFTERTANKE_TEST_TAPS`` says how many; ``EFTERTANKE_TEST_SEED`` which.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.faults.audit import ASTRAY, DOUBLED
from tests.faults.conftest import Note, Size
from tests.faults.taps_audit import ELSEWHERE, TOO_MANY, UNANSWERED
from tests.faults.taps_storm import taps
from tests.faults.taps_thumb import Hasty, Tapper

ROW = 11
TAPS = 400
_SIZE = int(os.environ.get("EFTERTANKE_TEST_TAPS", TAPS))
WAYS = (
    "pressed twice or thrice at once",
    "two buttons of one question",
    "of a card that was replaced",
    "after the end",
)


@pytest.mark.timeout(300 + _SIZE)
async def test_quick_thumbs_give_one_answer(tmp_path: Path, size: Size, note: Note) -> None:
    """However often and wherever mentors tap, a card gives one answer at most, to the question it asks, and each tap
    is answered."""
    count = size.many("taps", TAPS)
    report = await taps(tmp_path, size.seed, count, Tapper)
    ways = ", ".join(f"{way} {report.figures[way]}" for way in WAYS)
    wrong = f"{UNANSWERED} {report.count(UNANSWERED)}, {TOO_MANY} {report.count(TOO_MANY)}"
    elsewhere = f"{ELSEWHERE} {report.count(ELSEWHERE)}"
    note(ROW, report.figures["taps"], "taps", f"{wrong}, {elsewhere}; {ways}\n{report}")
    assert not report.violations, f"seed {size.seed}: {report}"
    assert report.figures["taps unanswered"] == 0
    assert report.figures["taps"] >= count and report.figures["answers"] > count // 10, "too little went on to tell"
    assert all(report.figures[way] >= count // 100 for way in WAYS), report


@pytest.mark.parametrize(
    ("twin", "kinds", "count"),
    [("twin_silent", {UNANSWERED}, 80), ("twin_visits", {TOO_MANY, ELSEWHERE, DOUBLED, ASTRAY}, 160)],
)
async def test_the_twins_of_quick_thumbs(
    tmp_path: Path, size: Size, note: Note, twin: str, kinds: set[str], count: int
) -> None:
    """The same program, which answers only taps that changed something, or takes every button for one of the card that
    is shown: the auditor names the taps that nobody answered, and the answers nobody gave."""
    command = (sys.executable, "-m", f"tests.faults.{twin}")
    report = await taps(tmp_path, size.seed, count, Hasty, command=command)
    named = {kind: report.count(kind) for kind in sorted(kinds) if report.count(kind)}
    figure = ", ".join(f"{kind} {times}" for kind, times in named.items()) or "nothing named"
    note(ROW, report.figures["taps"], "taps", f"{figure} ({twin})", twin=True)
    assert named, f"seed {size.seed}: {report}"
