"""The mentors' typed messages: removed in time, and known when they are edited."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from storage import answers, chat
from tests.integration.storage_kit import MINUTE, NOW, answer, cast, debrief, opened


async def test_typed_messages_fall_due(tmp_path: Path) -> None:
    """The longest overdue first; what is to stay never; a new time for the whole debrief; forgotten when removed."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        mine = debrief(tx, c.anna)

        def typed(number: int, hours: int | None) -> None:
            at = None if hours is None else NOW + timedelta(hours=hours)
            chat.remember(tx, chat_id=7, message_id=number, reflection_id=mine.id, typed_at=NOW, remove_at=at)

        typed(1, 40)
        typed(2, 39)
        typed(3, None)
        assert await chat.due(tx, NOW + timedelta(hours=38), 10) == []
        assert await chat.due(tx, NOW + timedelta(hours=40), 10) == [(7, 2), (7, 1)]
        assert await chat.due(tx, NOW + timedelta(hours=40), 1) == [(7, 2)]
        chat.reschedule(tx, mine.id, NOW)
        assert await chat.due(tx, NOW, 10) == [(7, 1), (7, 2), (7, 3)]
        chat.forget(tx, 7, [1, 3])
        chat.forget(tx, 8, [2])
        chat.forget(tx, 7, [])
        assert await chat.of_reflection(tx, mine.id) == [(7, 2)]
        chat.reschedule(tx, mine.id, None)
        assert await chat.due(tx, NOW + timedelta(days=9), 10) == []


async def test_an_edited_message_keeps_the_time_it_was_typed(tmp_path: Path) -> None:
    """Telegram's 48 hours run from the first sending."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        chat.remember(tx, chat_id=7, message_id=1, reflection_id=None, typed_at=NOW, remove_at=None)
        chat.remember(tx, chat_id=7, message_id=1, reflection_id=None, typed_at=NOW + MINUTE, remove_at=NOW)
        assert await tx.all("SELECT typed_at, remove_at FROM chat_messages") == [
            {"typed_at": "2026-11-22T13:10:00.000000Z", "remove_at": "2026-11-22T13:10:00.000000Z"}
        ]


async def test_a_message_that_gave_no_answer_is_told_apart(tmp_path: Path) -> None:
    """Known and without an answer: yes. With an answer, unknown, or another chat's: no."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        mine = debrief(tx, c.anna)
        for chat_id in (c.anna.chat_id, c.bo.chat_id):
            for number in (1, 2):
                chat.remember(tx, chat_id=chat_id, message_id=number, reflection_id=None, typed_at=NOW, remove_at=None)
        answers.put_answer(tx, answer(mine, "mood", "a", message_id=2), None)
        assert await chat.is_known_unused(tx, c.anna.chat_id, 1)
        assert not await chat.is_known_unused(tx, c.anna.chat_id, 2)
        assert await chat.is_known_unused(tx, c.bo.chat_id, 2)
        assert not await chat.is_known_unused(tx, c.anna.chat_id, 3)
