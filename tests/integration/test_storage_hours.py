"""Working hours and days away as people said them, and the migration that brought them."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue.worktime import WorkTime
from storage import answers, citizens, followups, hours, people, reminders
from storage.followups import Wanted
from storage.hours import Hours
from storage.migrating import backup_path, shipped_steps
from storage.sqlite import open_sqlite
from tests.integration.reminders_kit import remind, send
from tests.integration.storage_kit import KEY, NOW, answer, cast, citizen, debrief, opened

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
OFFICE = Hours(frozenset(range(5)), time(8), time(17))
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)


async def test_own_hours_replace_the_default(tmp_path: Path) -> None:
    """Set, set again, and taken back; who never set any has none."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        for own in (Hours(frozenset({6, 0}), time(7, 30), time(23, 59)), Hours(frozenset({2}), time(9), time(15))):
            hours.put(tx, who.anna.id, own, NOW)
            assert await hours.hours_of(tx, [who.anna.id, who.bo.id]) == {who.anna.id: own}
        hours.default(tx, who.anna.id)
        assert await hours.hours_of(tx, [who.anna.id]) == {}


async def test_days_away_are_kept_until_they_are_over(tmp_path: Path) -> None:
    """Both ends count; the last day away is still away, the day after it is over; others' are others'."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        later = hours.go_away(tx, who.anna.id, TODAY + 30 * DAY, TODAY + 40 * DAY, NOW)
        now = hours.go_away(tx, who.anna.id, TODAY, TODAY + 3 * DAY, NOW)
        hours.go_away(tx, who.bo.id, TODAY, TODAY, NOW)
        both = [who.anna.id, who.sif.id]
        assert await hours.away_of(tx, both, TODAY + 3 * DAY) == {who.anna.id: (now, later)}
        assert await hours.away_of(tx, both, TODAY + 4 * DAY) == {who.anna.id: (later,)}
        hours.cancel_away(tx, who.bo.id, later.id)
        assert await hours.away_of(tx, both, TODAY + 4 * DAY) == {who.anna.id: (later,)}
        hours.cancel_away(tx, who.anna.id, later.id)
        assert await hours.away_of(tx, both, TODAY + 4 * DAY) == {}


async def test_coming_back_early_ends_what_runs(tmp_path: Path) -> None:
    """What began earlier ends yesterday, what begins today is taken back, what lies ahead stays."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        for first, last in ((-5, 5), (0, 9), (20, 25), (-9, -8)):
            hours.go_away(tx, who.anna.id, TODAY + first * DAY, TODAY + last * DAY, NOW)
        hours.come_back(tx, who.anna.id, TODAY)
        found = (await hours.away_of(tx, [who.anna.id], TODAY - 99 * DAY))[who.anna.id]
        assert [((one.from_day - TODAY).days, (one.until_day - TODAY).days) for one in found] == [
            (-9, -8), (-5, -1), (20, 25),
        ]  # fmt: skip


async def test_nobody_is_away_backwards_or_for_years(tmp_path: Path) -> None:
    """A last day before the first, or a year later, is a slip of the thumb."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        for last in (TODAY - DAY, TODAY + 366 * DAY):
            with pytest.raises(ValueError, match="within a year"):
                hours.go_away(tx, who.anna.id, TODAY, last, NOW)


async def test_the_working_time_of_many_people(tmp_path: Path) -> None:
    """Own hours or the default, own days away, and the holidays of all."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        hours.put(tx, who.anna.id, Hours(frozenset({1}), time(9), time(15)), NOW)
        hours.go_away(tx, who.bo.id, TODAY, TODAY + DAY, NOW)
        holidays = frozenset({date(2026, 12, 25)})
        zones = {who.anna.id: COPENHAGEN, who.bo.id: COPENHAGEN}
        assert await hours.work_times(tx, zones, default=OFFICE, holidays=holidays, since=TODAY) == {
            who.anna.id: WorkTime(COPENHAGEN, frozenset({1}), time(9), time(15), holidays),
            who.bo.id: WorkTime(COPENHAGEN, holidays=holidays, away=((TODAY, TODAY + DAY),)),
        }


@pytest.mark.sqlite_only
async def test_a_database_of_the_first_schema_goes_on(tmp_path: Path) -> None:
    """People, citizens, a debrief with its answers and follow-ups are there afterwards; citizens get the weekly rhythm,
    the copy from before is kept, and reminders can be made about what is old."""
    old = await open_sqlite(tmp_path / "e.db", KEY, create=True, steps=shipped_steps()[:1])
    async with old.transaction() as tx:
        who = await cast(tx)
        b07 = citizen(tx, who.anna, "B07")
        made = debrief(tx, who.anna, before_weeks=True)
        answers.put_answer(tx, answer(made, "outcome", "did_not_come"), None)
        followups.reconcile(
            tx, mentor_id=who.anna.id, citizen_id=b07.id, reflection_id=made.id, now=NOW,
            wanted=[Wanted("task", "agreements", 0, "Ring til lægen")],
        )  # fmt: skip
        before = [await tx.all(f"SELECT * FROM {table}") for table in ("people", "answers", "followups")]  # noqa: S608 - constants
    await old.close()
    async with opened(tmp_path) as new, new.transaction() as tx:
        assert [await tx.all(f"SELECT * FROM {table}") for table in ("people", "answers", "followups")] == before  # noqa: S608 - constants
        assert await citizens.get(tx, b07.id) == b07
        assert await tx.all("SELECT rhythm_days, channels, weekly_cap FROM citizens") == [
            {"rhythm_days": None, "channels": None, "weekly_cap": None}
        ]
        (task,) = await followups.of_reflection(tx, made.id)
        assert await people.person(tx, who.anna.id) == who.anna
        remind(tx, who.anna, "old", followup_id=task.id)
        assert await send(tx) == ["old"]
        assert len(await reminders.standing_of(tx, who.anna.id)) == 1
    assert backup_path(tmp_path / "e.db", 1).exists()
