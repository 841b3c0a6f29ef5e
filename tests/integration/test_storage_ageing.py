"""How long things wait: what is counted and what is not, on both engines."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage import ageing, inbox, outbox, reminders
from storage.ageing import Ages, Waiting
from storage.database import Database
from storage.inbox import Incoming
from storage.people import Person
from tests.integration.engines import ENGINES
from tests.integration.storage_kit import MINUTE, NOW, cast, opened

on_both = pytest.mark.parametrize("engine", ENGINES, indirect=True)
NOTHING = Waiting(0, None)


async def aged(db: Database, now: datetime = NOW) -> Ages:
    """How old everything is."""
    async with db.snapshot() as snapshot:
        return await ageing.ages(snapshot, now)


async def remind(db: Database, person: Person, send_at: datetime, series: str) -> None:
    """Store a reminder that is to go then."""
    async with db.transaction() as tx:
        reminders.add(
            tx, person_id=person.id, kind="own", series=series, due_at=send_at, send_at=send_at, now=NOW - 60 * MINUTE
        )


@on_both
async def test_an_empty_database_has_nothing_waiting(tmp_path: Path) -> None:
    """No rows: no ages, and no error."""
    async with opened(tmp_path) as db:
        assert await aged(db) == Ages(NOTHING, NOTHING, NOTHING)


@on_both
async def test_updates_that_are_not_done(tmp_path: Path) -> None:
    """The oldest that is not done counts; done and dead ones do not."""
    async with opened(tmp_path) as db, db.transaction() as tx:
        for number in range(1, 5):
            await inbox.put(tx, [Incoming(number, f"h{number}", number, "{}")], NOW - (10 - number) * MINUTE)
        inbox.done(tx, 1)
        inbox.dead(tx, 2, "KeyError")
        found = (await ageing.ages(tx, NOW)).updates
        assert found == Waiting(2, NOW - 7 * MINUTE)
        assert (found.seconds(NOW), found.seconds(NOW - 60 * MINUTE)) == (420.0, 0.0)


@on_both
async def test_messages_that_are_not_sent(tmp_path: Path) -> None:
    """What waits for somebody who blocks the bot does not count; what waits for Telegram's leave does."""
    async with opened(tmp_path) as db, db.transaction() as tx:
        them = await cast(tx)
        outbox.queue_send(tx, chat_id=them.anna.chat_id, payload="{}", now=NOW - 9 * MINUTE)
        outbox.queue_send(tx, chat_id=them.bo.chat_id, payload="{}", now=NOW - 8 * MINUTE)
        outbox.queue_send(tx, chat_id=them.lea.chat_id, payload="{}", now=NOW - 7 * MINUTE)
        assert (await ageing.ages(tx, NOW)).messages == Waiting(3, NOW - 9 * MINUTE)
        outbox.stop_chat(tx, them.anna.chat_id, "Forbidden", NOW)
        (head, *_) = await outbox.pending(tx, NOW, 9)
        outbox.later(tx, head.seq, not_before=NOW + MINUTE, error="RetryAfter", attempts=1)
        assert (await ageing.ages(tx, NOW)).messages == Waiting(2, NOW - 8 * MINUTE)
        await outbox.sent(tx, head.seq, head.version, NOW)
        assert (await ageing.ages(tx, NOW)).messages == Waiting(1, NOW - 7 * MINUTE)


@on_both
async def test_reminders_that_should_have_gone(tmp_path: Path) -> None:
    """Overdue ones count, also those that somebody claimed and then was killed; what lies ahead does not, nor what
    waits for somebody who blocks the bot or has left."""
    async with opened(tmp_path) as db:
        async with db.transaction() as tx:
            them = await cast(tx)
        await remind(db, them.anna, NOW + MINUTE, "ahead")
        await remind(db, them.bo, NOW - 30 * MINUTE, "blocked")
        await remind(db, them.lea, NOW - 40 * MINUTE, "left")
        async with db.transaction() as tx:
            tx.write("UPDATE people SET blocked_at = 'x' WHERE id = ?", them.bo.id)
            tx.write("UPDATE people SET left_at = 'x' WHERE id = ?", them.lea.id)
        assert (await aged(db)).reminders == NOTHING
        await remind(db, them.anna, NOW - 20 * MINUTE, "late")
        assert (await aged(db)).reminders == Waiting(1, NOW - 20 * MINUTE)
        async with db.transaction() as tx:
            tx.write("UPDATE reminders SET status = 'claimed', claimed_at = due_at WHERE series_key = 'late'")
        assert (await aged(db)).reminders == Waiting(1, NOW - 20 * MINUTE)
        assert (await aged(db, NOW + timedelta(hours=1))).reminders.count == 2


@pytest.mark.parametrize("question", [ageing._UPDATES, ageing._MESSAGES, ageing._REMINDERS, ageing._CLAIMED])
async def test_no_question_reads_what_is_done(tmp_path: Path, question: str) -> None:
    """Each is answered from an index of what waits: what was done in years costs nothing."""
    async with opened(tmp_path) as db, db.snapshot() as snapshot:
        plan = await snapshot.all(f"EXPLAIN QUERY PLAN {question.replace('?', chr(39) * 2)}")
    first = str(plan[0]["detail"])
    assert "INDEX" in first and "PRIMARY KEY" not in first, first
