"""Which backups of a folder are kept, by their names alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.backup_names import made_of, name_of, outlived

NIGHT = datetime(2026, 1, 1, 3, 0)  # noqa: DTZ001 - names are in local time


def kept_after(days: int, daily: int, weekly: int) -> list[str]:
    """A backup each night, and the rotation after each."""
    there: list[str] = []
    for day in range(days):
        there.append(name_of(NIGHT + timedelta(days=day), there))
        gone = outlived(there, daily=daily, weekly=weekly)
        there = [name for name in there if name not in gone]
    return there


def test_a_name_tells_when() -> None:
    """What ``name_of`` writes ``made_of`` reads, also with a number; no other name is taken for one."""
    first = name_of(NIGHT)
    second = name_of(NIGHT, [first])
    assert (first, second) == ("eftertanke-2026-01-01-030000.backup", "eftertanke-2026-01-01-030000-2.backup")
    assert made_of(first) == made_of(second) == NIGHT
    for other in ("erasures.jsonl", "eftertanke.backup", "eftertanke-2026-13-41-030000.backup", f".{first}.new"):
        assert made_of(other) is None


def test_a_year_of_nights_leaves_days_and_weeks() -> None:
    """Seven nights in a row, and before them the last one of each of four weeks."""
    made = [made_of(name) for name in kept_after(365, 7, 4)]
    last = NIGHT + timedelta(days=364)
    assert made[-7:] == [last - timedelta(days=back) for back in range(6, -1, -1)]
    older = [one for one in made[:-7] if one is not None]
    assert len(older) == 4
    assert {one.isocalendar().week for one in older[:-1]} == {49, 50, 51}
    assert all(one.weekday() == 6 for one in older[:-1])  # a Sunday is the last of its week


def test_without_weeks_only_days_are_kept() -> None:
    """``weekly`` may be nothing."""
    assert len(kept_after(40, 3, 0)) == 3


def test_a_long_stop_deletes_nothing() -> None:
    """Days on which none was made do not count: the old ones are still there when the bot comes back."""
    before = kept_after(30, 7, 4)
    back = name_of(NIGHT + timedelta(days=400))
    gone = outlived([*before, back], daily=7, weekly=4)
    assert len(gone) <= 1
    assert back not in gone


def test_what_was_made_today_stays_and_other_files_always() -> None:
    """Several of one day stay until the next; what has another name is never among those to go."""
    names = [name_of(NIGHT + timedelta(minutes=minute)) for minute in range(5)]
    assert outlived([*names, "erasures.jsonl", "notes.txt"], daily=1, weekly=0) == []
    tomorrow = name_of(NIGHT + timedelta(days=1))
    assert outlived([*names, tomorrow, "erasures.jsonl"], daily=1, weekly=0) == names
