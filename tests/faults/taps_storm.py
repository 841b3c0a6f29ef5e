"""Mentors with quick thumbs on the running bot, to which nothing else happens; then calm, and the audit."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from bot.practice.messages import Person
from prompts import LoadedGuide, load_messages
from tests.faults import taps_audit
from tests.faults.audit import Report
from tests.faults.crowd import THE_PROGRAM, CrowdPhone
from tests.faults.storm import GUIDE, Aftermath, at_work, settled
from tests.faults.taps_thumb import Thumb
from tests.faults.texts import Texts

Kind: TypeAlias = Callable[[CrowdPhone, Person, random.Random, LoadedGuide, Texts], Thumb]

STALE = load_messages().texts["note.stale"]
_A_TAP_AT_MOST = 10.0  # seconds, on a machine that is busy with other things


async def taps(
    folder: Path,
    seed: int,
    count: int,
    kind: Kind,
    *,
    mentors: int = 6,
    phones: int = 1,
    command: Sequence[str] = THE_PROGRAM,
) -> Report:
    """Let mentors, each with so many ``phones``, tap so often in all, and audit what came of it."""
    began, chance = time.monotonic(), random.Random(seed)
    texts = Texts(random.Random(chance.random()))
    async with CrowdPhone(folder, mentors, command) as phone:
        await phone.start_bot()
        thumbs = [
            kind(phone, mentor, random.Random(chance.random()), GUIDE, texts)
            for mentor in phone.mentors
            for _ in range(phones)
        ]
        async with at_work(thumbs):
            until = time.monotonic() + 60 + count * _A_TAP_AT_MOST
            while sum(thumb.counts["taps"] for thumb in thumbs) < count:
                assert time.monotonic() < until, f"the thumbs are too slow: {phone.last_words()}"
                await asyncio.sleep(0.05)
        found = await settled(phone)
    figures = taps_audit.sums(thumbs)
    figures["refused with a word"] = sum(entry.text == STALE for entry in phone.world.journal.entries)
    figures["seconds"] = round(time.monotonic() - began)
    report = Aftermath(phone, found, 0, figures).audit()
    taps_audit.check(report, thumbs, found, GUIDE.guide)
    return report
