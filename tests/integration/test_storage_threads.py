"""Contact threads and attempts: one thread at a time, a record that keeps its corrections."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.dialogue.reminders import Status
from storage import attempts, reminders, threads
from storage.database import Conflict, Transaction
from storage.threads import Thread
from tests.integration.reminders_kit import DAY, HOUR, only, remind, send
from tests.integration.storage_kit import MINUTE, NOW, Cast, cast, citizen, debrief, opened


async def opened_thread(tx: Transaction, who: Cast, pseudonym: str = "B07", by: str | None = None) -> Thread:
    """Anna misses a citizen."""
    missed = citizen(tx, who.anna, pseudonym)
    return await threads.open_thread(
        tx, citizen_id=missed.id, mentor_id=who.anna.id, team_id=who.nord.id, opened_by=by, now=NOW
    )


def tried(tx: Transaction, thread: Thread, channel: str, result: str, minutes: int = 0) -> attempts.Attempt:
    """Anna tried something some minutes ago, and logs it now."""
    return attempts.add_attempt(
        tx, thread, mentor_id=thread.mentor_id, channel=channel, result=result, at=NOW - minutes * MINUTE, now=NOW
    )


async def test_a_second_missed_contact_opens_no_second_thread(tmp_path: Path) -> None:
    """The open one is given back, whoever asks; closed, the next missed contact opens a new one."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        visit = debrief(tx, who.anna)
        first = await opened_thread(tx, who, by=visit.id)
        again = await threads.open_thread(
            tx, citizen_id=first.citizen_id, mentor_id=who.bo.id, team_id=who.nord.id, opened_by=None, now=NOW + DAY
        )
        assert again == first
        assert (first.mentor_id, first.opened_at, first.opened_by) == (who.anna.id, NOW, visit.id)
        assert (first.worried, first.paused_until, first.closed_at, first.state) == (None, None, None, "{}")
        assert await threads.close_thread(tx, first.id, closed_by=visit.id, now=NOW + HOUR)
        assert not await threads.close_thread(tx, first.id, closed_by=None, now=NOW + DAY)
        assert await threads.thread_of(tx, first.citizen_id) is None
        closed = await threads.get(tx, first.id)
        assert closed is not None
        assert (closed.closed_at, closed.closed_by) == (NOW + HOUR, visit.id)
        second = await threads.open_thread(
            tx, citizen_id=first.citizen_id, mentor_id=who.anna.id, team_id=who.nord.id, opened_by=None, now=NOW + DAY
        )
        assert second.id != first.id
        assert [one.id for one in await threads.threads_of(tx, first.citizen_id)] == [first.id, second.id]


async def test_the_reminders_stop_when_contact_happens(tmp_path: Path) -> None:
    """Waiting and sent ones alike; those of other threads and other matters stay."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        thread, other = await opened_thread(tx, who), await opened_thread(tx, who, "B08")
        for n in range(3):
            remind(tx, who.anna, f"ladder {n}", NOW + n * DAY, thread_id=thread.id)
        remind(tx, who.anna, "other", NOW + DAY, thread_id=other.id)
        remind(tx, who.anna, "free", NOW + DAY)
        assert await send(tx) == ["ladder 0"]
        await threads.close_thread(tx, thread.id, closed_by=None, now=NOW)
        assert [one.series for one in await reminders.standing_of(tx, who.anna.id)] == ["other", "free"]
        assert {(await only(tx, f"ladder {n}")).status for n in range(3)} == {Status.LAPSED}
        assert await send(tx, NOW + 9 * DAY) == ["other", "free"]


async def test_a_correction_is_visible(tmp_path: Path) -> None:
    """The old row stays and points to the new one; who tried and in which debrief is kept; it counts once."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        visit = debrief(tx, who.anna)
        thread = await opened_thread(tx, who)
        wrong = attempts.add_attempt(
            tx, thread, mentor_id=who.bo.id, channel="call", result="reached", at=NOW - HOUR, now=NOW,
            reflection_id=visit.id,
        )  # fmt: skip
        right = await attempts.correct_attempt(
            tx, wrong.id, channel="call", result="no_answer", at=NOW - 2 * HOUR, now=NOW + MINUTE
        )
        assert right is not None
        assert (right.mentor_id, right.reflection_id, right.logged_at) == (who.bo.id, visit.id, NOW + MINUTE)
        old = await attempts.attempt(tx, wrong.id)
        assert old is not None
        assert (old.result, old.at) == ("reached", NOW - HOUR)
        assert (old.superseded_at, old.superseded_by) == (NOW + MINUTE, right.id)
        assert await attempts.attempts_of(tx, thread.id) == [right, old]
        assert await attempts.attempts_of_reflection(tx, visit.id) == [right]
        assert await attempts.attempts_since(tx, thread.citizen_id, NOW - DAY) == [right]
        late = await attempts.correct_attempt(tx, wrong.id, channel="text", result="sent", at=NOW, now=NOW + HOUR)
        assert late is None
        assert len(await attempts.attempts_of(tx, thread.id)) == 2


async def test_a_withdrawn_attempt_stays_on_record(tmp_path: Path) -> None:
    """It counts no longer and is superseded by nothing; withdrawing it twice changes nothing."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        thread = await opened_thread(tx, who)
        one = tried(tx, thread, "visit", "no_answer")
        assert await attempts.withdraw_attempt(tx, one.id, NOW + MINUTE)
        assert not await attempts.withdraw_attempt(tx, one.id, NOW + HOUR)
        (kept,) = await attempts.attempts_of(tx, thread.id)
        assert (kept.superseded_at, kept.superseded_by) == (NOW + MINUTE, None)
        assert await attempts.attempts_since(tx, thread.citizen_id, NOW - DAY) == []


async def test_attempts_are_told_in_the_order_they_were_made(tmp_path: Path) -> None:
    """By the time of the attempt, not of logging; the week's cap counts those since a moment, of that citizen."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        thread, other = await opened_thread(tx, who), await opened_thread(tx, who, "B08")
        for channel, minutes in (("text", 10), ("call", 60), ("visit", 0)):
            tried(tx, thread, channel, "no_answer", minutes)
        tried(tx, other, "letter", "sent")
        assert [one.channel for one in await attempts.attempts_of(tx, thread.id)] == ["call", "text", "visit"]
        counted = await attempts.attempts_since(tx, thread.citizen_id, NOW - timedelta(minutes=10))
        assert [one.channel for one in counted] == ["text", "visit"]


async def test_what_is_noted_on_a_thread(tmp_path: Path) -> None:
    """Worry, pause, who was told (the last time counts), and where the ladder stands."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        thread = await opened_thread(tx, who)
        threads.set_worried(tx, thread.id, False)
        threads.pause(tx, thread.id, NOW + DAY)
        for at in (NOW, NOW + HOUR):
            threads.lead_told(tx, thread.id, at)
            threads.caseworker_told(tx, thread.id, at + MINUTE)
        threads.put_state(tx, thread.id, '{"step": 2}')
        noted = await threads.get(tx, thread.id)
        assert noted is not None
        assert (noted.worried, noted.paused_until, noted.state) == (False, NOW + DAY, '{"step": 2}')
        assert (noted.lead_told_at, noted.caseworker_told_at) == (NOW + HOUR, NOW + HOUR + MINUTE)
        threads.pause(tx, thread.id, None)
        resumed = await threads.thread_of(tx, thread.citizen_id)
        assert resumed is not None
        assert resumed.paused_until is None


async def test_a_thread_passed_on_takes_its_unsent_reminders_along(tmp_path: Path) -> None:
    """Bo goes on: it is his among the open ones, what waits comes to him, and Anna's attempts stay hers."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        thread = await opened_thread(tx, who)
        one = tried(tx, thread, "call", "no_answer")
        remind(tx, who.anna, "ladder", thread_id=thread.id)
        threads.pass_on(tx, thread.id, who.bo.id)
        assert await threads.open_of(tx, who.anna.id) == []
        assert [each.id for each in await threads.open_of(tx, who.bo.id)] == [thread.id]
        assert [each.series for each in await reminders.waiting_of(tx, who.bo.id)] == ["ladder"]
        assert await attempts.attempts_of(tx, thread.id) == [one]


async def test_the_table_itself_allows_one_open_thread(tmp_path: Path) -> None:
    """Also for whoever writes past these functions."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            thread = await opened_thread(tx, await cast(tx))
        with pytest.raises(Conflict):
            async with database.transaction() as tx:
                tx.write(
                    "INSERT INTO contact_threads (id, citizen_id, mentor_id, team_id, opened_at)"
                    " SELECT 'x', citizen_id, mentor_id, team_id, opened_at FROM contact_threads WHERE id = ?",
                    thread.id,
                )
