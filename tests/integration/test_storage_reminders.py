"""Reminders as rows: asked for once, snoozed without moving the series, finished, listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.reminders import Reminder, Status
from storage import due, reminders, threads
from storage.database import Conflict
from tests.integration.reminders_kit import DAY, HOUR, claim, only, remind, send
from tests.integration.storage_kit import NOW, Cast, cast, citizen, opened


async def test_a_reminder_is_stored_as_it_was_asked_for(tmp_path: Path) -> None:
    """Every field comes back, and so it does after the database was closed and opened again."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        b07 = citizen(tx, who.anna, "B07")
        thread = await threads.open_thread(
            tx, citizen_id=b07.id, mentor_id=who.anna.id, team_id=who.nord.id, opened_by=None, now=NOW
        )
        remind(tx, who.anna, "s", NOW + DAY, deliberate=True, private=True, citizen_id=b07.id, thread_id=thread.id)
    async with opened(tmp_path) as database, database.transaction() as tx:
        one = await only(tx, "s")
        assert one == Reminder(
            one.id, who.anna.id, "free", "s", NOW + DAY, NOW + DAY, deliberate=True, private=True, citizen_id=b07.id,
            thread_id=thread.id,
        )  # fmt: skip
        assert await reminders.get(tx, one.id) == one
        assert await reminders.get(tx, "nobody") is None


async def test_asked_for_twice_it_is_one(tmp_path: Path) -> None:
    """Whatever became of it: waiting, sent, done or dropped, the same series and due time adds nothing."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        remind(tx, who.anna, "s")
        for _ in range(2):
            remind(tx, who.anna, "s")
        assert await send(tx) == ["s"]
        remind(tx, who.anna, "s")
        assert await send(tx) == []
        assert await reminders.done(tx, (await only(tx, "s")).id, NOW)
        remind(tx, who.anna, "s")
        remind(tx, who.anna, "s", NOW + DAY)
        reminders.drop_series(tx, "s", NOW)
        remind(tx, who.anna, "s", NOW + DAY)
        assert await due.next_due(tx) is None
        assert [one.status for one in await reminders.of_series(tx, "s")] == [Status.DONE, Status.DROPPED]


async def test_what_lapsed_unsent_comes_back(tmp_path: Path) -> None:
    """Moved from Monday to Tuesday and back again: Monday's is sent, Tuesday's is not."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        monday, tuesday = NOW, NOW + DAY
        remind(tx, who.anna, "s", monday)
        for at in (tuesday, monday):
            reminders.lapse_series(tx, "s", NOW, but=at)
            remind(tx, who.anna, "s", at)
        assert await send(tx, tuesday) == ["s"]
        assert [one.status for one in await reminders.of_series(tx, "s")] == [Status.SENT, Status.LAPSED]
        reminders.lapse_series(tx, "s", NOW)
        assert [one.status for one in await reminders.of_series(tx, "s")] == [Status.SENT, Status.LAPSED]


async def test_a_snooze_moves_the_sending_and_not_the_series(tmp_path: Path) -> None:
    """Snoozed it is sent once more at the new time, its due time untouched; tapping twice is one snooze."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        remind(tx, who.anna, "s")
        assert await send(tx) == ["s"]
        first = await only(tx, "s")
        for _ in range(2):
            assert await reminders.snooze(tx, first.id, NOW + HOUR, NOW + DAY, deliberate=True)
        again = await only(tx, "s")
        assert (again.due_at, again.snoozed_until, again.send_at) == (NOW, NOW + HOUR, NOW + DAY)
        assert (again.status, again.deliberate) == (Status.PENDING, True)
        assert await send(tx, NOW + HOUR) == []
        assert await send(tx, NOW + DAY) == ["s"]
        assert await send(tx, NOW + 2 * DAY) == []


async def test_a_tap_on_what_is_finished_changes_nothing(tmp_path: Path) -> None:
    """Done, dropped and snoozed each say so when it was finished before; done and dropped ones are never sent."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        for series, finish in (("done", reminders.done), ("dropped", reminders.drop)):
            remind(tx, who.anna, series)
            one = await only(tx, series)
            assert await finish(tx, one.id, NOW)
            assert not await reminders.done(tx, one.id, NOW)
            assert not await reminders.drop(tx, one.id, NOW)
            assert not await reminders.snooze(tx, one.id, NOW + HOUR, NOW + HOUR, deliberate=False)
            assert (await only(tx, series)).status.value == series
        assert await send(tx, NOW + DAY) == []


async def test_a_series_ends_as_a_whole(tmp_path: Path) -> None:
    """Done or stopped: the sent, the claimed and the waiting ones, and no other series."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        for series, end in (("a", reminders.done_series), ("b", reminders.drop_series)):
            for n in range(3):
                remind(tx, who.anna, series, NOW + n * HOUR)
            assert await send(tx) == [series]
            assert await claim(tx, NOW + HOUR) == [series]
            remind(tx, who.anna, f"not {series}", NOW + DAY)
            end(tx, series, NOW)
            assert len({one.status for one in await reminders.of_series(tx, series)}) == 1
            assert (await only(tx, f"not {series}")).status is Status.PENDING
        assert await send(tx, NOW + 2 * HOUR) == []


async def test_lists_show_what_is_unfinished(tmp_path: Path) -> None:
    """A person's own list has everything of theirs that is not done."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        remind(tx, who.anna, "sent")
        remind(tx, who.anna, "private", private=True)
        assert await send(tx) == ["sent", "private"]
        remind(tx, who.anna, "waiting", NOW + DAY)
        remind(tx, who.anna, "done")
        assert await reminders.done(tx, (await only(tx, "done")).id, NOW)
        remind(tx, who.bo, "bo")
        assert [one.series for one in await reminders.standing_of(tx, who.anna.id)] == ["sent", "private", "waiting"]
        assert [one.series for one in await reminders.waiting_of(tx, who.anna.id)] == ["waiting"]


async def test_broken_references_are_refused(tmp_path: Path) -> None:
    """A reminder for nobody, or about a thread that is none, is a mistake that shows at once."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            who: Cast = await cast(tx)
        for wrong in ("thread_id", "followup_id", "citizen_id"):
            with pytest.raises(Conflict):
                async with database.transaction() as tx:
                    remind(tx, who.anna, "s", NOW, **{wrong: "none"})
