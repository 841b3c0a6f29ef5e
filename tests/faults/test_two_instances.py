"""Two bots with one token: on one folder the second leaves at once and says why; the first goes on undisturbed.

``EFTERTANKE_TEST_INSTANCES``: how often a second one is started. Several processes on PostgreSQL share the work
instead: ``test_workers_killed``.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from bot.practice.plug import Launch, Plug
from storage.sqlite import open_sqlite
from tests.faults.audit import DOUBLED, KINDS, LOST, REORDERED, Report
from tests.faults.conftest import Note, Size
from tests.faults.crowd import ROOT, THE_PROGRAM, CrowdPhone
from tests.faults.named import NO_SENTENCE, Named
from tests.faults.storm import Storm
from tests.faults.troubles import Trouble, nothing_until
from tests.ready import ready

TIMES = int(os.environ.get("EFTERTANKE_TEST_INSTANCES", "5"))
SENTENCE = "Another bot already works on"
REMEDY = "stop it before you start this one"
TAKEN = "Another program takes this bot's updates"
SECONDS = 5.0
BUSY_SECONDS = 60.0
"""Where the machine has more to do than it can, nobody is judged by the clock."""
SLOWEST = "milliseconds until the slowest had left"
TWIN = (sys.executable, "-m", "tests.faults.twin_instance")


def a_second_one(times: int, report: Named) -> Trouble:
    """While the mentors go on, start another bot on the same folder so often, and see how it leaves."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        for _ in range(times):
            await asyncio.sleep(chance.uniform(0.1, 0.6))
            began = time.monotonic()
            second = await asyncio.create_subprocess_exec(
                *THE_PROGRAM, env={**os.environ, **environment(phone)}, cwd=ROOT, stdout=PIPE, stderr=STDOUT
            )
            try:
                said, _ = await asyncio.wait_for(second.communicate(), BUSY_SECONDS)
            except TimeoutError:
                second.kill()
                await second.wait()
                report.add(NO_SENTENCE, f"the second one was still there after {BUSY_SECONDS:.0f} s")
                continue
            _judge(report, phone, second.returncode, said.decode(), time.monotonic() - began)
        assert phone.plug.state == "on", phone.last_words()

    return trouble


def environment(phone: CrowdPhone) -> dict[str, str]:
    """As an operator would start it a second time: with an ordinary log."""
    return phone._environment(phone.folder / "clock_offset") | {"EFTERTANKE_LOG_LEVEL": "INFO"}


def _judge(report: Named, phone: CrowdPhone, code: int | None, said: str, seconds: float) -> None:
    """It must fail, with one sentence that says what to do, in time, and tell no secret."""
    report.figures["left"] += 1
    report.figures[SLOWEST] = max(report.figures[SLOWEST], round(1000 * seconds))
    quiet = os.getloadavg()[0] <= (os.cpu_count() or 1)
    lines = [line for line in said.splitlines() if line.strip()]
    if code in (0, None):
        report.add(NO_SENTENCE, f"it left with the code {code}")
    if len(lines) != 1 or SENTENCE not in said or REMEDY not in said or "Traceback" in said:
        report.add(NO_SENTENCE, f"it said {len(lines)} lines: {said[-200:]!r}")
    if phone.token in said or phone.key.hex() in said:
        report.add(NO_SENTENCE, "it told a secret")
    if seconds > SECONDS and quiet:
        report.add(NO_SENTENCE, f"it took {seconds:.1f} s")


@pytest.mark.timeout(240 + 10 * TIMES)
async def test_the_second_one_leaves(tmp_path: Path, size: Size, note: Note) -> None:
    """On one folder the second says within five seconds that another one works there and what to do, and ends; the
    mentors notice nothing, and everything has one effect."""
    report = Named((*KINDS, NO_SENTENCE))
    rest = (await Storm(size.seed, a_second_one(TIMES, report), harm=0, mentors=2, calm=2.0).run(tmp_path)).audit()
    report.violations += rest.violations
    report.figures.update({name: rest.figures[name] for name in ("updates", "answers")})
    note(23, TIMES, "second programs on one folder", report.counts)
    assert not report.violations, f"seed {size.seed}: {report}"
    assert report.figures["left"] == TIMES and rest.figures["updates"] > 5 * TIMES


def another_folder(report: Named) -> Trouble:
    """While the mentors are silent, another bot with the same token but data of its own comes and goes."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        await nothing_until(messages=8)(phone, chance)
        phone.go.clear()
        await phone.until_still()
        folder = phone.folder / "other"
        (folder / "data").mkdir(parents=True, mode=0o700)
        log = folder / "bot.log"
        await (await open_sqlite(folder / "data" / "eftertanke.db", phone.key, create=True)).close()
        env = environment(phone) | {"EFTERTANKE_DATA": str(folder / "data")}
        other = Plug(Launch(THE_PROGRAM, env, ROOT, ready), log)
        await other.start()
        for name, file in (("the first", phone.log), ("the second", log)):
            if not await _says(file, TAKEN):
                report.add(NO_SENTENCE, f"{name} does not say that another one takes its updates")
        await other.stop()
        asked = phone.world.polls
        await phone.until_asked(asked)
        phone.go.set()
        await nothing_until(messages=16)(phone, chance)

    return trouble


async def _says(log: Path, sentence: str, seconds: float = 40.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if sentence.encode() in await asyncio.to_thread(log.read_bytes):
            return True
        await asyncio.sleep(0.2)
    return False


async def test_the_same_token_on_another_folder(tmp_path: Path, size: Size, note: Note) -> None:
    """Each says that another program takes its updates; when the other is gone the first goes on, with nothing lost
    and nothing done twice. Which of two gets an update while both ask is Telegram's choice: the mentors are silent."""
    report = Named((*KINDS, NO_SENTENCE))
    rest = (await Storm(size.seed, another_folder(report), harm=0, mentors=2, calm=1.0).run(tmp_path)).audit()
    report.violations += rest.violations
    note(23, 1, "second program with the token and another folder", report.counts)
    assert not report.violations, f"seed {size.seed}: {report}"


async def test_the_twin_without_the_lock(tmp_path: Path, size: Size, note: Note) -> None:
    """Two of the same program on one folder, with nothing that keeps the second out: the auditor names what was lost,
    done twice, or put out of order."""
    storm = Storm(size.seed, nothing_until(messages=120), harm=0, mentors=10, command=TWIN, others=1)
    report: Report = (await storm.run(tmp_path)).audit()
    note(23, 1, "second program on one folder", str(report).partition("\n")[0], twin=True)
    assert {one.kind for one in report.violations} & {DOUBLED, LOST, REORDERED}, report
