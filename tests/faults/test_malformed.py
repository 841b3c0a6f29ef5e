"""Malformed updates and answers: nothing crashes, nobody waits, nothing is lost, and the bot does not spin.

``EFTERTANKE_TEST_MALFORMED``: how many go through the real parts in one process; ``EFTERTANKE_TEST_MALFORMED_SENT``:
how many the running bot gets over HTTP; ``EFTERTANKE_TEST_MALFORMED_SECONDS``: how long the first may take, when it is
not told how many.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import Note, Size
from tests.faults.malformed_feed import EVERY, FIRST, OTHERS, STRANGERS, broken, fed
from tests.faults.malformed_make import ANSWERS, HUGE, LONG, MEGABYTE, Maker
from tests.faults.malformed_phone import RubbishPhone
from tests.faults.named import SPINNING, STUCK

WANTED = int(os.environ.get("EFTERTANKE_TEST_MALFORMED", "0"))
SECONDS = float(os.environ.get("EFTERTANKE_TEST_MALFORMED_SECONDS", "12"))
SENT = int(os.environ.get("EFTERTANKE_TEST_MALFORMED_SENT", "300"))
TOGETHER = 12  # between two of Anna's
AGAIN = {
    "an empty list": b'{"ok":true,"result":[]}',
    "a page": b"<html><body>hej</body></html>",
    "updates without numbers": b'{"ok":true,"result":[{},{"update_id":"7"}]}',
    "the same update again and again": b'{"ok":true,"result":[{"update_id":50,"message":7}]}',
    "an update nobody can read": b'{"ok":true,"result":[{"update_id":51,"message":{hej}}]}',
}


def test_the_maker_makes_what_it_says(size: Size) -> None:
    """What it calls unreadable no JSON reader takes, all else every one does, and it leaves no kind out."""
    maker = Maker(random.Random(size.seed), OTHERS + STRANGERS)
    every = [maker.make(number) for number in range(FIRST, FIRST + 3000)]
    assert all(broken(raw) is not raw.readable for raw in every)
    assert {raw.readable for raw in every} == {True, False}
    assert any(raw.number is None for raw in every)
    assert sum(len(raw.body) >= MEGABYTE for raw in every) == 3000 // HUGE
    assert sum(raw.number is not None for raw in every) > 2800


def test_every_kind_of_text_is_a_megabyte_long_now_and_then(size: Size) -> None:
    """Of every twenty huge ones each kind of text is the text of one, and as many stand elsewhere."""
    maker = Maker(random.Random(size.seed), OTHERS + STRANGERS, huge=20)
    huge = [raw for raw in map(maker.make, range(FIRST, FIRST + 400)) if len(raw.body) >= MEGABYTE]
    texts = [json.loads(raw.body)["message"]["text"] for raw in huge[::2]]
    kinds = [long for text in texts for long in LONG if text.startswith(long * 5000)]
    assert len(huge) == 20 and sorted(kinds) == sorted(LONG)


@pytest.mark.timeout(300 + WANTED // 50)
async def test_malformed_updates_do_no_harm(tmp_path: Path, size: Size, note: Note) -> None:
    """Real updates changed by lot, through poller, guard, inbox, worker and router: each is stored once and done
    without a failure, none holds the loop up for a second, and the good ones in between have their effect."""
    done, report = await fed(tmp_path, WANTED or 20_000, size.seed, WANTED / 20 if WANTED else SECONDS)
    note(16, done, "malformed updates", report.counts)
    assert not report.violations, f"seed {size.seed}: {report}"
    assert report.figures["readable to nobody"] and report.figures["answers that were none"], "too little went wrong"
    assert report.figures["of Anna's"] >= done // 40
    assert report.figures["of a megabyte"] >= (done - done // EVERY) // HUGE


@pytest.mark.timeout(300 + 2 * SENT)
async def test_the_running_bot_goes_on(tmp_path: Path, size: Size, note: Note) -> None:
    """Between malformed updates, and after answers that are none, a mentor is answered; and when the server says at
    once and again and again the same, the bot asks twice a second at most."""
    async with RubbishPhone(tmp_path) as phone:
        await phone.start_bot()
        maker = Maker(random.Random(size.seed), OTHERS + STRANGERS, huge=TOGETHER * 8)
        sent = await _updates(phone, maker, SENT)
        for answer in ANSWERS:
            phone.rubbish.once.append(answer)
            phone.world.changed()
            await phone.answered(1.0, f"after the answer {answer[:40]!r}")
        for what, answer in AGAIN.items():
            await phone.idle(answer, 2.0, what)
            await phone.answered(8.0, f"after {what}")
        await phone.audit()
    note(16, sent + len(ANSWERS), "malformed updates and answers over HTTP", phone.report.counts)
    assert not phone.report.violations, f"seed {size.seed}: {phone.report}"
    assert phone.report.figures["answered"] == sent // TOGETHER + len(ANSWERS) + len(AGAIN)


async def _updates(phone: RubbishPhone, maker: Maker, wanted: int) -> int:
    """So many malformed ones, some at a time, each time followed by one of Anna's; how many it were."""
    sent = 0
    while sent < wanted:
        raws = [phone.put(maker) for _ in range(TOGETHER)]
        sent += len(raws)
        unreadable = sum(not raw.readable for raw in raws)
        # Each is tried three times, in case that it was only cut on its way, and has a second to be passed by.
        if not await phone.answered(1.0 + unreadable, f"after {sent} malformed updates"):
            break
    return sent


async def test_the_twin_that_tries_for_ever_is_stuck_and_spins(tmp_path: Path, size: Size, note: Note) -> None:
    """The same program with a poller that passes nothing by and asks again at once: one unreadable update holds
    everybody up, and the server is asked without end."""
    command = (sys.executable, "-m", "tests.faults.twin_malformed")
    async with RubbishPhone(tmp_path, command) as phone:
        await phone.start_bot()
        assert await phone.answered(1.0, "before anything is wrong")
        await phone.idle(AGAIN["a page"], 2.0, "a page")
        phone.busy = 5.0
        maker = Maker(random.Random(size.seed), OTHERS + STRANGERS)
        while phone.put(maker).readable:
            continue
        await phone.answered(1.0, "after an update nobody can read")
    note(16, 1, "update nobody can read", phone.report.counts, twin=True)
    assert phone.report.count(SPINNING) == 1 and phone.report.count(STUCK) == 1, phone.report
