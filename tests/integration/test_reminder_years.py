"""Ten years of reminders for a hundred people, on real tables; and what each weaker program would have done to them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.conftest import Note
from tests.integration.years_audit import audit
from tests.integration.years_drive import Drive
from tests.integration.years_people import Size
from tests.integration.years_program import (
    Forgets,
    MarksFirst,
    NeverHolds,
    Program,
    QueuesFirst,
    RawLateness,
    WinterAllYear,
)

SEED = 20260329
BUSY_YEAR = Size(people=12, years=1, wishes=20, debriefs=12, kills=60)


async def test_ten_years_for_a_hundred_people(tmp_path: Path, note: Note) -> None:
    """0 missed, 0 doubled, 0 in quiet hours; what is late comes once and says so; no debrief is broken into."""
    begun = time.perf_counter()
    drive = Drive(tmp_path, Size(people=100, years=10, wishes=4, debriefs=1), SEED)
    sent = await drive.run()
    found = audit(drive.ledger, sent, drive.end)
    wishes = sum(map(len, drive.ledger.wishes.values()))
    figure = ", ".join(f"{what} {found[what]}" for what in ("missed", "doubled", "quiet hours"))
    took = f"{time.perf_counter() - begun:.0f} s"
    note(
        8,
        10 * 100,
        "years of a person",
        f"{figure} · {wishes} wishes, {len(sent)} lines sent, {sum(one.late for one in sent)} of them late, "
        f"{drive.ticks} ticks, {len(drive.ledger.trouble)} troubles, broken {dict(found)}, {took}",
    )
    assert len(sent) > 5000
    assert any(one.late for one in sent)
    assert found == {}


@pytest.mark.parametrize(
    ("weaker", "broken"),
    [
        (MarksFirst, "missed"),
        (QueuesFirst, "doubled"),
        (Forgets, "missed"),
        (WinterAllYear, "quiet hours"),
        (RawLateness, "marked late, was not"),
        (NeverHolds, "broke in"),
    ],
)
async def test_weaker_programs_are_found_out(tmp_path: Path, weaker: type[Program], broken: str, note: Note) -> None:
    """The auditor names what each one breaks, in one busy year of twelve people."""
    drive = Drive(tmp_path, BUSY_YEAR, SEED, weaker)
    found = audit(drive.ledger, await drive.run(), drive.end)
    note(8, BUSY_YEAR.people, f"years of a person, {weaker.__name__}", f"{broken} {found[broken]}", twin=True)
    assert found[broken] > 0


async def test_the_real_one_breaks_nothing_in_that_year(tmp_path: Path) -> None:
    """The same year as the weaker ones had, with all its kills."""
    drive = Drive(tmp_path, BUSY_YEAR, SEED)
    assert audit(drive.ledger, await drive.run(), drive.end) == {}
