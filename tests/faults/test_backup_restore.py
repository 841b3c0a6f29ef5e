"""A backup made in the midst of traffic holds what was acknowledged before; restored, the bot says nothing twice."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from prompts import load_messages
from storage import unpacking
from storage.database import DamagedDatabase
from tests.faults.audit import DOUBLED, LOST, Report
from tests.faults.backup_scene import (
    NOT_IN_IT,
    Machine,
    Taken,
    contents,
    held,
    in_it,
    said_once,
    scene,
    still_erased,
)
from tests.faults.conftest import Note, Size

BACKUPS = int(os.environ.get("EFTERTANKE_TEST_BACKUPS", "3"))
SAID = load_messages().texts["restored.mentor"].split("{{")[0].strip()


async def works_on(phone: Machine, report: Report) -> None:
    """Start the real program on the restored data, let it do all it wants to, and see what it says."""
    since = phone.world.journal.last
    await phone.start_bot()
    await phone.until_still(quiet=2.0)
    await phone.plug.kill()
    said_once(phone, since, SAID, report)


async def as_copied(phone: Machine, one: Taken, report: Report) -> None:
    """The plain copy of the database file takes the place of a backup."""
    phone.data.mkdir(mode=0o700)
    shutil.copy(one.plain, phone.database)
    try:
        in_it(phone, one, await contents(phone, phone.database), report)
    except DamagedDatabase:  # pages of two moments
        for number in sorted(one.acknowledged):
            report.add(LOST, f"update {number} {NOT_IN_IT}")


@pytest.mark.timeout(300 + 20 * BACKUPS)
async def test_restored_it_has_everything_and_says_nothing_twice(tmp_path: Path, size: Size, note: Note) -> None:
    """Of each backup: all that was acknowledged before it was begun is in it, with its effects; after the restore every
    update is worked through, nobody hears anything but the one message, and who was erased since stays erased."""
    report, longest = Report(), 0.0
    async with scene(tmp_path, size.seed, BACKUPS) as (phone, taken):
        for number, one in enumerate(taken):
            raw = await held(phone, one, tmp_path / f"raw{number}")
            in_it(phone, one, raw, report)
            phone.elsewhere(f"machine{number}")
            await phone.command("restore", str(one.file))
            restored = await contents(phone, phone.database)
            if waiting := sum(row["status"] == "pending" for row in restored.inbox):
                report.add(LOST, f"{waiting} updates wait in the restored database, though they were acknowledged")
            report.figures["worked through"] += sum(row["status"] == "pending" for row in raw.inbox)
            await works_on(phone, report)
            await still_erased(phone, report)
            longest = max(longest, one.seconds)
        figures = f"{len(taken)} backups, the longest {longest:.1f} s, of {phone.figures['updates']} updates"
    note(19, len(taken), "backups", f"{report}; {figures}")
    assert not report.violations, f"seed {size.seed}: {report}"
    assert report.figures["acknowledged"] > 20 * BACKUPS
    assert report.figures["told"] == 5 * BACKUPS


@pytest.mark.timeout(300)
async def test_the_twins_lose_and_repeat(tmp_path: Path, size: Size, note: Note) -> None:
    """A plain copy of the database file loses what stood in the write-ahead log; a backup restored without settling
    what the lost bot did sets messages off a second time. The auditor names both."""
    async with scene(tmp_path, size.seed, 3) as (phone, taken):
        copied, unsettled = Report(), Report()
        for number, one in enumerate(taken):
            phone.elsewhere(f"copied{number}")
            await as_copied(phone, one, copied)
        phone.elsewhere("unsettled")
        phone.data.mkdir(mode=0o700)
        await asyncio.to_thread(unpacking.unpack, taken[0].file, phone.key, phone.database)
        await works_on(phone, unsettled)
    note(19, 3, "files copied", copied, twin=True)
    note(19, 1, "backup restored without settling", unsettled, twin=True)
    assert any(found.kind == LOST and found.what.endswith(NOT_IN_IT) for found in copied.violations)
    assert any(found.kind == DOUBLED and "said again" in found.what for found in unsettled.violations)
