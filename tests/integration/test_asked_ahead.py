"""Turns of different chats carried out together are asked about in one go, and nobody is told what has passed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.now import real_now
from bot.telegram.worker import After, Worker
from storage import answers, inbox, people, reflections
from storage.ahead import Ahead
from storage.database import Transaction
from storage.inbox import Incoming, Pending
from storage.people import Person
from tests.integration.storage_kit import NOW, answer, cast, debrief, opened

_NAME = "SELECT name FROM people WHERE chat_id = ?"


async def _ready(_: Transaction, __: Pending) -> None:
    """Nothing is given up here."""


def test_each_answer_is_given_out_once_and_only_until_something_else_is_asked() -> None:
    """What was fetched is there for one asking; another question, or a part that is missing, ends all of it."""
    ahead = Ahead()
    ahead.keep([("a", 1), ("b", 1), ("a", 2)], [[{"x": 1}], [], [{"x": 2}]])
    assert ahead.take([("a", 1), ("b", 1)]) == [[{"x": 1}], []]
    assert ahead.take([("a", 1)]) is None
    assert ahead.take([("a", 2)]) is None, "after another question nothing counts any more"
    ahead.keep([("a", 2)], [[{"x": 3}]])
    ahead.forget()
    assert ahead.take([("a", 2)]) is None
    ahead.keep([("a", 2)], [[]])
    assert ahead.take([("a", 2), ("a", 2)]) is None, "there is one answer for one asking"


async def test_it_holds_through_queued_writes_and_no_further(tmp_path: Path) -> None:
    """Own writes leave it standing; after any other asking or running the tables are asked anew."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        anna, bo = (_NAME, c.anna.chat_id), (_NAME, c.bo.chat_id)
        await tx.ahead(anna, bo, (_NAME, c.sif.chat_id))
        tx.write("UPDATE people SET name = 'Bodil' WHERE id = ?", c.bo.id)
        assert await tx.several(bo) == [[{"name": "Bo"}]]
        assert await tx.several(bo) == [[{"name": "Bodil"}]], "each answer is given out once"
        tx.write("UPDATE people SET name = 'Anne' WHERE id = ?", c.anna.id)
        assert await tx.several(anna) == [[{"name": "Anne"}]]
        await tx.ahead(bo)
        tx.write("UPDATE people SET name = 'Boris' WHERE id = ?", c.bo.id)
        await tx.ahead(bo)
        assert await tx.several(bo) == [[{"name": "Boris"}]], "it is asked now, whatever was kept"
        for ask in (tx.one(_NAME, 1), tx.all(_NAME, 1), tx.run("UPDATE people SET name = 'Sofie' WHERE name = 'Sif'")):
            await tx.ahead(anna)
            await ask
            tx.write("UPDATE people SET name = name || '!' WHERE id = ?", c.anna.id)
            assert (await tx.several(anna))[0][0]["name"].endswith("!")
            tx.write("UPDATE people SET name = 'Anne' WHERE id = ?", c.anna.id)


async def test_who_asks_aside_leaves_it_standing(tmp_path: Path) -> None:
    """The answer is of now, with what was queued; what was asked ahead holds on, until something else is asked."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        anna, bo = (_NAME, c.anna.chat_id), (_NAME, c.bo.chat_id)
        await tx.ahead(anna, bo)
        tx.write("UPDATE people SET name = 'Anne' WHERE id = ?", c.anna.id)
        assert await tx.aside.one(*anna) == {"name": "Anne"}
        assert await tx.aside.all(*anna) == [{"name": "Anne"}]
        assert await tx.aside.several(anna) == [[{"name": "Anne"}]]
        tx.write("UPDATE people SET name = 'Bodil' WHERE id = ?", c.bo.id)
        assert await tx.several(bo) == [[{"name": "Bo"}]], "what was asked ahead stood"
        await tx.one(*bo)
        assert await tx.several(anna) == [[{"name": "Anne"}]], "and it ended"


async def test_turns_together_begin_with_what_they_would_have_asked(tmp_path: Path) -> None:
    """For who has an open debrief, who has none and who is unknown, it is the same as asking one by one."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            c = await cast(tx)
            mine = debrief(tx, c.anna)
            answers.put_answer(tx, answer(mine, "outcome", {"value": "as_agreed"}), None)
        chats = [c.anna.chat_id, c.bo.chat_id, 404]
        async with database.transaction() as tx:
            alone = [await reflections.turn_context(tx, chat) for chat in chats]
            await reflections.look_ahead(tx, chats)
            together = [await reflections.turn_context(tx, chat) for chat in chats]
    assert together == alone and alone[0] == (c.anna, mine)
    assert together[0][1] and alone[0][1] and together[0][1].known == alone[0][1].known
    assert [one.question_id for one in together[0][1].known.answers] == ["outcome"]  # type: ignore[union-attr]


async def test_a_turn_sees_what_the_one_before_it_did(tmp_path: Path) -> None:
    """Somebody's team changes in the same commit, in another's turn: theirs, right after, knows."""
    seen: dict[int, Person | None] = {}
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            c = await cast(tx)
            chats = [c.anna.chat_id, c.lea.chat_id, c.bo.chat_id, c.sif.chat_id]
            await inbox.put(tx, [Incoming(n, f"2:{n}", chat, "{}") for n, chat in enumerate(chats)], NOW)

        async def handle(tx: Transaction, pending: Pending) -> Sequence[After]:
            assert pending.chat_id is not None
            seen[pending.chat_id], _ = await reflections.turn_context(tx, pending.chat_id)
            if pending.chat_id == c.lea.chat_id:
                assert await people.person(tx, c.bo.id) == c.bo
                tx.write("UPDATE people SET team_id = ? WHERE id = ?", c.syd.id, c.bo.id)
            return ()

        wake, stop = asyncio.Event(), asyncio.Event()
        worker = Worker(database, handle, _ready, real_now, wake, committed=stop.set)
        await asyncio.wait_for(worker.run(stop), 10)
    assert {chat: one and one.team_id for chat, one in seen.items()} == {
        c.anna.chat_id: c.nord.id, c.lea.chat_id: c.nord.id, c.bo.chat_id: c.syd.id, c.sif.chat_id: c.syd.id,
    }  # fmt: skip
