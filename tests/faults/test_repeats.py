"""Updates that come twice, in any order, or under numbers that begin anew, have one effect each.

``EFTERTANKE_TEST_REPEATS`` says how many come again; ``EFTERTANKE_TEST_SEED`` how.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.faults.audit import DOUBLED, LOST, REORDERED
from tests.faults.conftest import Note, Size
from tests.faults.storm import Storm
from tests.faults.troubles import repeats

ROW = 10
REPEATS = 3000
_SIZE = int(os.environ.get("EFTERTANKE_TEST_REPEATS", REPEATS))


@pytest.mark.timeout(240 + _SIZE // 20)
async def test_repeated_updates_have_one_effect(tmp_path: Path, size: Size, note: Note) -> None:
    """Thousands of updates come again among new ones, each answer in any order, across restarts and three new
    beginnings of their numbers: one effect each, in the order in which they were made."""
    count = size.many("repeats", REPEATS)
    report = (await Storm(size.seed, repeats(count, 3), harm=6).run(tmp_path)).audit()
    figures = report.figures
    note(
        ROW,
        figures["repeated"],
        "updates given again",
        f"doubled {report.count(DOUBLED)}, lost {report.count(LOST)}, reordered {report.count(REORDERED)} of "
        f"{figures['updates']} under {figures['new beginnings']} new beginnings of the numbers\n{report}",
    )
    assert not report.violations, f"seed {size.seed}: {report}"
    assert figures["repeated"] >= count and figures["new beginnings"] == 3
    assert figures["answers"] > 20, "too little went on to tell"


@pytest.mark.parametrize(
    ("key", "kind", "words"), [("number", LOST, "never stored"), ("nothing", DOUBLED, "was stored")]
)
async def test_the_twins_that_know_updates_badly(
    tmp_path: Path, size: Size, note: Note, key: str, kind: str, words: str
) -> None:
    """The same program with an inbox that knows an update by its number alone loses those whose number came before;
    one that knows it by nothing does things twice: the auditor names it."""
    command = (sys.executable, "-m", "tests.faults.twin_inbox", key)
    storm = Storm(size.seed, repeats(60, 1), harm=2, mentors=3, command=command, calm=2.0)
    report = (await storm.run(tmp_path)).audit()
    named = [one for one in report.violations if one.kind == kind and words in one.what]
    figure = f"{kind} {len(named)} of {report.figures['updates']}: known by {key} only"
    note(ROW, report.figures["repeated"], "updates given again", figure, twin=True)
    assert named, f"seed {size.seed}: {report}"
