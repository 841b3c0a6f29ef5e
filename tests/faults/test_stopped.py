"""Asked to stop in the middle of its work, and killed when it takes too long, the bot loses nothing.

``EFTERTANKE_TEST_STOPS``: how often it is asked; ``EFTERTANKE_TEST_STOPS_SECONDS``: for so long at most. Every run
stops at what it has reached by then, and says how far that was; a longer one, with more stops, takes its time.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.faults.audit import LOST
from tests.faults.conftest import Note, Size
from tests.faults.crash_points_kills import counts
from tests.faults.stopping import LONGEST_STOP, Hanging, long_enough, starting, stops, stops_while
from tests.faults.storm import Aftermath, Storm

STOPS, SECONDS = 100, 30
DRAIN = 5.0  # seconds


@pytest.mark.timeout(300 + 20 * int(os.environ.get("EFTERTANKE_TEST_STOPS", STOPS)))
async def test_stopped_in_the_middle_of_its_work(tmp_path: Path, size: Size, note: Note) -> None:
    """Nothing is lost, doubled, reordered, altered or leaked, every stop that is not cut short ends by itself and well
    within five seconds, and at most one message is repeated for each that is."""
    book = tmp_path / "book"
    count = size.many("stops", STOPS)
    seconds = size.many("stops_seconds", SECONDS if count <= STOPS else 20 * count)
    storm = Storm(size.seed, stops(book, count, seconds), harm=0, command=starting(book), mentors=4)
    after = await storm.run(tmp_path / "storm")
    report = Aftermath(after.phone, after.stored, after.figures["killed"], after.figures).audit()
    reached, longest = report.figures["stops"], report.figures[LONGEST_STOP] / 1000
    told = f"{report.figures['killed']} cut short by SIGKILL, {report.figures['cards twice']} cards repeated"
    note(4, reached, "stops", f"{counts(report)}; {reached} of {count}, {told}, the longest took {longest:.1f} s")
    assert not report.violations, f"seed {size.seed}: {report}"
    assert longest <= DRAIN and report.figures["ended badly"] == 0
    assert report.figures["killed"] >= reached // 20 and report.figures["ended by itself"] >= reached // 4
    assert report.figures["updates"] > reached, "too little went on to tell"


HANGING = (
    (Hanging("sendmessage"), Hanging("getupdates"), Hanging("answercallbackquery")),
    (Hanging("editmessagetext"), Hanging("", 1.2)),
    (Hanging("getwebhookinfo", at_start=True), Hanging("")),
)
"""What hangs, by phone: there are three at the same time, since most of the time is spent waiting."""


@pytest.mark.timeout(300)
async def test_stopped_while_telegram_hangs(tmp_path: Path, size: Size, note: Note) -> None:
    """However slowly the Bot API answers, or never, a stop ends by itself within five seconds, and nothing is lost."""

    async def one(number: int) -> Aftermath:
        book = tmp_path / f"book{number}"
        trouble = stops_while(book, HANGING[number])
        # One message may be accepted after the bot has stopped waiting for it, where the machine, too, is slow.
        storm = Storm(size.seed + number, trouble, harm=1, mentors=3, command=starting(book), calm=1.0)
        return await storm.run(tmp_path / f"storm{number}")

    reports = [after.audit() for after in await asyncio.gather(*map(one, range(len(HANGING))))]
    longest = max(report.figures[LONGEST_STOP] for report in reports) / 1000
    count = sum(report.figures["ended by itself"] for report in reports)
    note(4, count, "stops while the Bot API hangs", f"{counts(*reports)}; the longest took {longest:.1f} s")
    assert not [one for report in reports for one in report.violations], list(map(str, reports))
    asked = sum(report.figures["stops"] for report in reports)
    assert count == asked > sum(map(len, HANGING)) and longest <= DRAIN, list(map(str, reports))
    assert not any(report.figures["ended badly"] for report in reports)


@pytest.mark.timeout(120)
async def test_the_twin_that_drops_what_it_has_in_hand_loses(tmp_path: Path, size: Size, note: Note) -> None:
    """The same storm over a program that tells Telegram at its end that it has what it has not stored yet: lost."""
    book = tmp_path / "book"
    command = starting(book, "tests.faults.twin_stopping")
    storm = Storm(size.seed, stops(book, 6, 60, long_enough), harm=0, mentors=4, command=command, calm=1.0)
    report = (await storm.run(tmp_path / "storm")).audit()
    never = [one for one in report.violations if one.kind == LOST and "never stored" in one.what]
    note(4, report.figures["stops"], "stops", f"never stored {len(never)}; {counts(report)}", twin=True)
    assert never
