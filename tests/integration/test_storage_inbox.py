"""The inbox: each update once, in order a chat, nobody held up by another's trouble."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from storage import inbox
from storage.database import Transaction
from storage.inbox import Incoming
from tests.integration.storage_kit import MINUTE, NOW, opened


def update(number: int, chat: int | None = 1, content: str = "") -> Incoming:
    """An update as it came from Telegram."""
    return Incoming(number, f"hash of {number} {content}", chat, f'{{"n": {number}, "c": "{content}"}}')


async def numbers(tx: Transaction, limit: int = 100, minutes: int = 0) -> list[int]:
    """The update numbers that can be worked on, some minutes from now."""
    return [one.update_id for one in await inbox.pending(tx, NOW + minutes * MINUTE, limit)]


async def drain(tx: Transaction) -> list[int]:
    """Work everything off; the order it came in."""
    order = []
    while heads := await inbox.pending(tx, NOW, 100):
        for one in heads:
            inbox.done(tx, one.seq)
            order.append(one.update_id)
    return order


async def test_an_update_is_stored_once(tmp_path: Path) -> None:
    """Sent again in the same batch, in a later one, or after it was done: nothing happens."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            assert await inbox.put(tx, [update(1), update(2), update(1)], NOW) == 2
            assert await inbox.put(tx, [update(2), update(3)], NOW) == 1
            assert await inbox.put(tx, [], NOW) == 0
        async with database.transaction() as tx:
            assert await drain(tx) == [1, 2, 3]
            assert await inbox.put(tx, [update(1), update(2), update(3)], NOW) == 0
            assert await numbers(tx) == []


async def test_a_number_used_again_for_something_else_is_a_new_update(tmp_path: Path) -> None:
    """After a quiet week Telegram draws numbers anew: the content tells them apart, lower numbers come later."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        await inbox.put(tx, [update(900)], NOW)
        assert await inbox.put(tx, [update(900, content="new"), update(5)], NOW) == 2
        assert await drain(tx) == [900, 900, 5]


async def test_a_big_batch_is_stored_whole(tmp_path: Path) -> None:
    """More than one statement's worth keeps its order."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        assert await inbox.put(tx, [update(number) for number in range(250)], NOW) == 250
        assert await drain(tx) == list(range(250))


async def test_a_chat_gives_its_oldest_only(tmp_path: Path) -> None:
    """One update of each chat, and whatever belongs to none, in order of arrival; the next of a chat when that is done;
    the limit is kept."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        await inbox.put(tx, [update(1, 7), update(2, 7), update(3, 8), update(4, None), update(5, None)], NOW)
        assert await numbers(tx) == [1, 3, 4, 5]
        assert await numbers(tx, limit=2) == [1, 3]
        first = (await inbox.pending(tx, NOW, 1))[0]
        assert (first.chat_id, first.payload, first.attempts, first.received_at) == (7, update(1).payload, 0, NOW)
        inbox.done(tx, first.seq)
        assert await numbers(tx) == [2, 3, 4, 5]


async def test_a_failing_update_holds_up_its_own_chat_only(tmp_path: Path) -> None:
    """What is behind it waits, so that order is kept; other chats go on; then it comes first again."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        await inbox.put(tx, [update(1, 7), update(2, 7), update(3, 8), update(4, 8)], NOW)
        head = (await inbox.pending(tx, NOW, 1))[0]
        inbox.retry(tx, head.seq, attempts=1, not_before=NOW + 5 * MINUTE, error="KeyError")
        assert await drain(tx) == [3, 4]
        assert await inbox.next_attempt(tx) == NOW + 5 * MINUTE
        assert await numbers(tx, minutes=4) == []
        assert await numbers(tx, minutes=5) == [1]
        assert (await inbox.pending(tx, NOW + 5 * MINUTE, 1))[0].attempts == 1


async def test_a_dead_letter_is_kept_and_lets_the_next_through(tmp_path: Path) -> None:
    """Its payload stays for whoever mends the fault; it is never worked on again."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        await inbox.put(tx, [update(1), update(2)], NOW)
        inbox.dead(tx, (await inbox.pending(tx, NOW, 1))[0].seq, "KeyError")
        assert await drain(tx) == [2]
        assert await tx.all("SELECT update_id, payload, error FROM inbox WHERE status = 'dead'") == [
            {"update_id": 1, "payload": update(1).payload, "error": "KeyError"}
        ]
        assert await inbox.put(tx, [update(1)], NOW) == 0


async def test_a_done_update_keeps_no_content(tmp_path: Path) -> None:
    """Only number and hash stay, to know it again."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        await inbox.put(tx, [update(1)], NOW)
        await drain(tx)
        assert await tx.all("SELECT payload, status FROM inbox") == [{"payload": None, "status": "done"}]


async def test_what_is_done_cannot_be_brought_back(tmp_path: Path) -> None:
    """A late failure report of a done update changes nothing."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        await inbox.put(tx, [update(1)], NOW)
        head = (await inbox.pending(tx, NOW, 1))[0]
        inbox.done(tx, head.seq)
        inbox.retry(tx, head.seq, attempts=1, not_before=NOW, error="KeyError")
        inbox.dead(tx, head.seq, "KeyError")
        assert await tx.all("SELECT status, error FROM inbox") == [{"status": "done", "error": None}]


async def test_the_oldest_tells_how_late_we_are(tmp_path: Path) -> None:
    """When the first undone update came in; none when all are done."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        assert await inbox.oldest_pending(tx) is None
        assert await inbox.next_attempt(tx) is None
        await inbox.put(tx, [update(1)], NOW)
        await inbox.put(tx, [update(2)], NOW + MINUTE)
        assert await inbox.oldest_pending(tx) == NOW
        inbox.done(tx, (await inbox.pending(tx, NOW, 1))[0].seq)
        assert await inbox.oldest_pending(tx) == NOW + MINUTE
        await drain(tx)
        assert await inbox.oldest_pending(tx) is None


async def test_cleaning_removes_old_done_updates_only(tmp_path: Path) -> None:
    """Pending and dead ones stay however old, and so do done ones that may still be repeated."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        await inbox.put(tx, [update(1), update(2, 8), update(3, 9)], NOW)
        await inbox.put(tx, [update(4)], NOW + timedelta(hours=30))
        heads = await inbox.pending(tx, NOW, 10)
        inbox.done(tx, heads[0].seq)
        inbox.dead(tx, heads[1].seq, "KeyError")
        inbox.done(tx, (await inbox.pending(tx, NOW, 10))[1].seq)
        inbox.clean(tx, NOW + timedelta(hours=24))
        rows = await tx.all("SELECT update_id, status FROM inbox ORDER BY seq")
        assert [(row["update_id"], row["status"]) for row in rows] == [(2, "dead"), (3, "pending"), (4, "done")]


async def test_an_unstored_batch_is_not_there(tmp_path: Path) -> None:
    """When the transaction is not committed, nothing of the batch is: it must not be confirmed."""
    async with opened(tmp_path) as database:
        try:
            async with database.transaction() as tx:
                await inbox.put(tx, [update(1)], NOW)
                raise TimeoutError
        except TimeoutError:
            pass
        async with database.transaction() as tx:
            assert await numbers(tx) == []
