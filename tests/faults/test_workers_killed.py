"""Three processes share the work on PostgreSQL, and one after the other is killed: nothing is lost or done twice."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from pathlib import Path

import pytest

from tests.faults.audit import DOUBLED, LOST, Report
from tests.faults.conftest import Note, Size
from tests.faults.crowd import CrowdPhone
from tests.faults.storm import Storm
from tests.faults.troubles import Trouble
from tests.integration import engines

WORKERS = 3
SECONDS = float(os.environ.get("EFTERTANKE_TEST_WORKERS_SECONDS", "25"))
TWIN = (sys.executable, "-m", "tests.faults.twin_workers")


def killed_for(seconds: float) -> Trouble:
    """Kill a process drawn by lot, at a moment drawn by lot, and start it again a little later; two at most are off."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        until = time.monotonic() + seconds
        every = [phone.plug, *phone.others]
        while time.monotonic() < until:
            await asyncio.sleep(chance.uniform(0.2, 2.5))
            for plug in chance.sample(every, chance.choice((1, 1, 2))):
                phone.figures["kills"] += 1
                await plug.kill()
                await asyncio.sleep(chance.uniform(0.0, 0.6))
            for plug in every:
                await plug.start()

    return trouble


async def _storm(tmp_path: Path, seed: int, trouble: Trouble, harm: int, **more: object) -> Report:
    url = engines.address_of(tmp_path, empty=True)
    storm = Storm(seed, trouble, harm=harm, url=url, others=WORKERS - 1, **more)  # type: ignore[arg-type] # its fields
    return (await storm.run(tmp_path / "storm")).audit()


@pytest.mark.storm
async def test_killed_at_random_they_lose_nothing(tmp_path: Path, size: Size, note: Note) -> None:
    """Whoever dies, the others go on: nothing lost, doubled, reordered or altered, at most one message repeated a
    kill. ``EFTERTANKE_TEST_WORKERS_SECONDS=600`` makes it ten minutes."""
    report = await _storm(tmp_path, size.seed, killed_for(SECONDS), harm=round(SECONDS * 4), calm=6.0)
    note(23, report.figures["kills"], "kills of three workers on PostgreSQL", report)
    assert not report.violations, f"seed {size.seed}: {report}"
    assert report.figures["kills"] > SECONDS / 5 and report.figures["updates"] > SECONDS


async def test_the_twin_that_takes_what_others_have_does_things_twice(tmp_path: Path, size: Size, note: Note) -> None:
    """The same program with nothing kept from the other workers: the auditor names what was lost or done twice."""

    async def peace(_: CrowdPhone, __: random.Random) -> None:
        await asyncio.sleep(8)

    report = await _storm(tmp_path, size.seed, peace, harm=0, command=TWIN, mentors=8)
    note(23, 0, "kills of three workers on PostgreSQL", report, twin=True)
    assert {one.kind for one in report.violations} & {DOUBLED, LOST}, report
