"""A burst: everybody's updates and reminders at once. Nothing is lost, order is kept, and Telegram is spared.

``EFTERTANKE_TEST_BURST``: how many updates, and as many reminders.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults import burst_audit
from tests.faults.audit import LOST, REORDERED
from tests.faults.burst_phone import BurstPhone
from tests.faults.burst_plan import Ahead
from tests.faults.conftest import Note, Size
from tests.faults.crowd import THE_PROGRAM
from tests.faults.named import TOO_FAST, Named
from tests.faults.storm import Aftermath, settled
from tests.faults.texts import Texts

BURST = int(os.environ.get("EFTERTANKE_TEST_BURST", "900"))
TWIN = 240
EACH = 20  # updates of one person, and reminders of another
MOST_PEOPLE = 500


async def burst(folder: Path, updates: int, seed: int, command: Sequence[str] = THE_PROGRAM) -> Named:
    """So many updates and so many reminders at once; what the audit says of them."""
    people = min(MOST_PEOPLE, max(1, updates // EACH))
    chance = random.Random(seed)
    texts = Texts(random.Random(chance.random()))
    async with BurstPhone(folder, people, command) as phone:
        found = await phone.begun()
        thumbs = [Ahead(phone, one, found, random.Random(chance.random()), texts) for one in phone.writers]
        for _ in range(updates // people):
            for thumb in chance.sample(thumbs, people):
                thumb.act()
        reminders = await phone.remind(updates // people)
        mark = phone.world.journal.last
        await phone.start_bot()
        began = time.monotonic()
        await phone.told(mark, len(reminders))
        await phone.quiet(3.0)
        phone.figures["seconds"] = round(time.monotonic() - began)
        megabytes = phone.peak()
        after = await settled(phone)
        untold = await phone.untold()
    report = burst_audit.audit(phone, mark, reminders, megabytes)
    rest = Aftermath(phone, after, harm=0).audit()
    report.violations += rest.violations
    if untold:
        report.add(LOST, f"{untold} reminders do not count as sent")
    report.figures.update({name: rest.figures[name] for name in ("updates", "answers", "texts")})
    report.figures.update(phone.figures)
    return report


@pytest.mark.timeout(300 + BURST // 4)
async def test_a_burst_is_worked_off_in_order(tmp_path: Path, size: Size, note: Note) -> None:
    """None of the updates and reminders is lost or doubled, each chat's order is kept in what is stored and in what is
    sent, at most 30 calls a second go to Telegram, and the program stays below 300 MB."""
    report = await burst(tmp_path, BURST, size.seed)
    note(14, BURST, "updates at once, and as many reminders", report.counts)
    assert not report.violations, f"seed {size.seed}: {report}"
    assert report.figures["reminders told"] == BURST // EACH * EACH
    assert report.figures["texts"] > BURST // 20 and report.figures["taken away in turn"] > BURST // 20


async def test_the_twin_without_pace_and_order(tmp_path: Path, size: Size, note: Note) -> None:
    """The same program with a sender that knows no limit, and a worker that takes a chat's newest update first."""
    report = await burst(tmp_path, TWIN, size.seed, (sys.executable, "-m", "tests.faults.twin_burst"))
    note(14, TWIN, "updates at once, and as many reminders", report.counts, twin=True)
    assert report.count(TOO_FAST) and report.count(REORDERED), report
