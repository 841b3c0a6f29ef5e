"""People who block the bot or leave Telegram are left alone, and get what waited for them when they are back.

``EFTERTANKE_TEST_BLOCKED``: how many people.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.blocked_phone import (
    DEACTIVATED,
    REMINDERS,
    SILENTLY,
    TOLD,
    UNBLOCKS,
    WRITES,
    Away,
    BlockedPhone,
)
from tests.faults.conftest import Note, Size
from tests.faults.crowd import THE_PROGRAM
from tests.faults.named import SENT_AFTER_403, Named

PEOPLE = int(os.environ.get("EFTERTANKE_TEST_BLOCKED", "12"))
WAYS = tuple(itertools.product((SILENTLY, TOLD, DEACTIVATED), (UNBLOCKS, WRITES)))


async def gone_and_back(folder: Path, count: int, seed: int, command: Sequence[str] = THE_PROGRAM) -> Named:
    """So many go in every way while something is due to them, the bot is killed meanwhile, and all come back; what the
    audit says."""
    chance = random.Random(seed)
    async with BlockedPhone(folder, count, command) as phone:
        await phone.start_bot()
        ways = [WAYS[n % len(WAYS)] for n in range(count)]
        chance.shuffle(ways)
        everybody = [phone.goes(one, *way) for one, way in zip(phone.mentors, ways, strict=True)]
        await _met(phone, everybody)
        phone.world.clock.move(3600)  # the first reminder is due
        await phone.minutes(REMINDERS // 2)
        await phone.plug.kill()
        await phone.start_bot()
        await phone.minutes(REMINDERS - REMINDERS // 2)
        chance.shuffle(everybody)
        for one in everybody:
            phone.returns(one)
            await asyncio.sleep(chance.uniform(0, 0.05))
        await phone.settled(everybody)
        await phone.audit(everybody)
    return phone.report


async def _met(phone: BlockedPhone, everybody: Sequence[Away]) -> None:
    """Wait until the bot has met every door that no update told it of."""
    until = time.monotonic() + 20
    unheard = [one for one in everybody if one.how != TOLD]
    while any(not phone.gate.refused[one.person.id] for one in unheard):
        assert time.monotonic() < until, f"the bot has not tried to answer: {phone.last_words()}"
        await asyncio.sleep(0.05)


@pytest.mark.timeout(240 + PEOPLE)
async def test_nothing_is_sent_to_who_is_gone(tmp_path: Path, size: Size, note: Note) -> None:
    """After the first 403 nothing is tried in that chat, not by an update, a reminder or a restart, until the person is
    unblocked or writes; then what waited is sent, each thing once."""
    report = await gone_and_back(tmp_path, PEOPLE, size.seed)
    note(15, PEOPLE, "people who blocked the bot or were deactivated, and came back", report.counts)
    assert not report.violations, f"seed {size.seed}: {report}"
    assert report.figures["came back and got what waited"] == PEOPLE
    assert report.figures["first 403s"] >= PEOPLE // 2


async def test_the_twin_that_hopes_sends_on(tmp_path: Path, size: Size, note: Note) -> None:
    """The same program, for which a 403 is trouble that passes: it tries again and again."""
    report = await gone_and_back(tmp_path, 6, size.seed, (sys.executable, "-m", "tests.faults.twin_blocked"))
    note(15, 6, "people who blocked the bot or were deactivated, and came back", report.counts, twin=True)
    assert report.count(SENT_AFTER_403) >= 4, report
