"""The outbox: newest card only, in order a chat, nothing to who blocks us, no wish lost while sending."""

from __future__ import annotations

import json
from pathlib import Path

from storage import outbox, people
from storage.database import Transaction
from storage.outbox import Kind, Message
from tests.integration.storage_kit import MINUTE, NOW, cast, opened


def card(tx: Transaction, payload: str, *, fresh: bool = False, chat: int = 1, name: str = "c") -> None:
    """Wish for a card."""
    outbox.queue_card(tx, chat_id=chat, card=name, payload=payload, fresh=fresh, now=NOW)


async def heads(tx: Transaction, minutes: int = 0, limit: int = 100) -> list[Message]:
    """What can be sent, some minutes from now."""
    return await outbox.pending(tx, NOW + minutes * MINUTE, limit)


async def payloads(tx: Transaction, minutes: int = 0, limit: int = 100) -> list[str]:
    """The contents of what can be sent."""
    return [one.payload for one in await heads(tx, minutes, limit)]


async def test_wishes_for_one_card_become_the_newest(tmp_path: Path) -> None:
    """Three taps in a row are one message with the last content; other cards and chats are their own."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        for content in "abc":
            card(tx, content)
        card(tx, "other card", chat=2, name="d")
        card(tx, "other chat", chat=3)
        found = await heads(tx)
        assert [(one.payload, one.version) for one in found] == [("c", 3), ("other card", 1), ("other chat", 1)]
        assert found[0] == Message(found[0].seq, 1, Kind.CARD, "c", "c", 3, False, 0, NOW)


async def test_a_sent_card_is_done_and_emptied(tmp_path: Path) -> None:
    """The next wish is a new row that begins anew."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        card(tx, "a")
        (one,) = await heads(tx)
        assert await outbox.sent(tx, one.seq, one.version, NOW)
        assert await heads(tx) == []
        assert await tx.all("SELECT payload, status, sent_at IS NULL AS unsent FROM outbox") == [
            {"payload": None, "status": "sent", "unsent": 0}
        ]
        card(tx, "b")
        (again,) = await heads(tx)
        assert again.seq > one.seq
        assert (again.payload, again.version) == ("b", 1)


async def test_a_wish_during_sending_is_sent_too(tmp_path: Path) -> None:
    """Marking the old version as sent leaves the newer one waiting; marking that one ends it."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        card(tx, "a")
        (one,) = await heads(tx)
        card(tx, "b")
        assert not await outbox.sent(tx, one.seq, one.version, NOW)
        (two,) = await heads(tx)
        assert (two.seq, two.payload, two.version) == (one.seq, "b", 2)
        assert await outbox.sent(tx, two.seq, two.version, NOW)
        assert not await outbox.sent(tx, two.seq, two.version, NOW)
        assert await heads(tx) == []


async def test_fresh_stays_wished_for_until_it_was_sent(tmp_path: Path) -> None:
    """A plain wish on top of a fresh one does not take it back, whichever came first."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        card(tx, "a", fresh=True)
        card(tx, "b")
        assert [(one.payload, one.fresh) for one in await heads(tx)] == [("b", True)]
        card(tx, "x", chat=2)
        card(tx, "y", chat=2, fresh=True)
        assert [(one.payload, one.fresh) for one in await heads(tx)] == [("b", True), ("y", True)]


async def test_fresh_wished_before_sending_is_fulfilled_by_it(tmp_path: Path) -> None:
    """The card was sent anew with the older content: the newer content only edits it."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        card(tx, "a", fresh=True)
        (one,) = await heads(tx)
        card(tx, "b")
        assert not await outbox.sent(tx, one.seq, one.version, NOW)
        assert [(two.payload, two.fresh) for two in await heads(tx)] == [("b", False)]


async def test_fresh_wished_during_sending_survives_it(tmp_path: Path) -> None:
    """Also when a plain wish came after it, and also when what was being sent was fresh itself."""
    for first in (False, True):
        async with opened(tmp_path / str(first)) as database, database.transaction() as tx:
            card(tx, "a", fresh=first)
            (one,) = await heads(tx)
            card(tx, "b", fresh=True)
            card(tx, "c")
            assert not await outbox.sent(tx, one.seq, one.version, NOW)
            (two,) = await heads(tx)
            assert (two.payload, two.fresh) == ("c", True)
            assert await outbox.sent(tx, two.seq, two.version, NOW)


async def test_a_chat_sends_in_order_and_waits_as_a_whole(tmp_path: Path) -> None:
    """What must wait holds back what is behind it in its chat, and nobody else."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        outbox.queue_send(tx, chat_id=1, payload="first", now=NOW)
        outbox.queue_send(tx, chat_id=1, payload="second", now=NOW)
        outbox.queue_send(tx, chat_id=2, payload="elsewhere", now=NOW)
        assert await payloads(tx) == ["first", "elsewhere"]
        assert await payloads(tx, limit=1) == ["first"]
        first = (await heads(tx))[0]
        outbox.later(tx, first.seq, not_before=NOW + 3 * MINUTE, error="RetryAfter", attempts=1)
        assert await payloads(tx) == ["elsewhere"]
        assert await payloads(tx, minutes=3) == ["first", "elsewhere"]
        assert (await heads(tx, minutes=3))[0].attempts == 1
        assert await outbox.next_attempt(tx) == NOW + 3 * MINUTE
        assert await outbox.sent(tx, first.seq, 1, NOW)
        assert await payloads(tx) == ["second", "elsewhere"]


async def test_a_newer_card_does_not_lift_the_waiting_time(tmp_path: Path) -> None:
    """Telegram's retry_after holds however often the mentor taps."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        card(tx, "a")
        (one,) = await heads(tx)
        outbox.later(tx, one.seq, not_before=NOW + 3 * MINUTE, error="RetryAfter", attempts=2)
        card(tx, "b", fresh=True)
        assert await heads(tx, minutes=2) == []
        (two,) = await heads(tx, minutes=3)
        assert (two.payload, two.attempts, two.fresh) == ("b", 2, True)


async def test_what_can_never_be_sent_is_given_up(tmp_path: Path) -> None:
    """It is emptied and lets the next one through; a late mark changes nothing."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        outbox.queue_send(tx, chat_id=1, payload="bad", now=NOW)
        outbox.queue_send(tx, chat_id=1, payload="good", now=NOW)
        (bad,) = await heads(tx)
        outbox.failed(tx, bad.seq, "BadRequest")
        assert not await outbox.sent(tx, bad.seq, 1, NOW)
        outbox.later(tx, bad.seq, not_before=NOW, error="x", attempts=1)
        assert await payloads(tx) == ["good"]
        assert await tx.one("SELECT payload, status, error FROM outbox WHERE seq = ?", bad.seq) == {
            "payload": None,
            "status": "failed",
            "error": "BadRequest",
        }


async def test_who_blocks_us_gets_nothing_until_they_unblock(tmp_path: Path) -> None:
    """What waits is kept, does not count as late, and goes out afterwards; others are not touched."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        for number in "ab":
            outbox.queue_send(tx, chat_id=c.anna.chat_id, payload=number, now=NOW)
        outbox.queue_send(tx, chat_id=c.bo.chat_id, payload="c", now=NOW + MINUTE)
        outbox.stop_chat(tx, c.anna.chat_id, "Forbidden", NOW)
        anna = await people.person(tx, c.anna.id)
        assert anna is not None
        assert anna.blocked_at == NOW
        card(tx, "later", chat=c.anna.chat_id)
        assert await payloads(tx) == ["c"]
        assert await outbox.oldest_pending(tx) == NOW + MINUTE
        outbox.stop_chat(tx, c.anna.chat_id, "Forbidden", NOW + MINUTE)
        people.set_blocked(tx, c.anna.id, None)
        assert await payloads(tx) == ["a", "c"]


async def test_a_closed_chat_of_nobody_is_given_up(tmp_path: Path) -> None:
    """A stranger's or a group's messages do not wait for ever."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        for chat in (77, 77, c.anna.chat_id):
            outbox.queue_send(tx, chat_id=chat, payload=str(chat), now=NOW)
        outbox.stop_chat(tx, 77, "Forbidden", NOW)
        assert await payloads(tx) == [str(c.anna.chat_id)]
        assert await tx.one("SELECT count(*) AS n FROM outbox WHERE status = 'failed' AND payload IS NULL") == {"n": 2}


async def test_deletions_go_by_the_hundred(tmp_path: Path) -> None:
    """Telegram takes a hundred at a time: 250 messages are three calls, none none."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        outbox.queue_delete(tx, chat_id=1, message_ids=list(range(250)), now=NOW)
        outbox.queue_delete(tx, chat_id=2, message_ids=[], now=NOW)
        batches = []
        while found := await heads(tx):
            assert found[0].kind is Kind.DELETE
            batches.append(json.loads(found[0].payload))
            await outbox.sent(tx, found[0].seq, found[0].version, NOW)
        assert [len(batch) for batch in batches] == [100, 100, 50]
        assert [number for batch in batches for number in batch] == list(range(250))


async def test_a_card_sent_as_a_message_does_not_coalesce(tmp_path: Path) -> None:
    """Messages of their own may carry a card's name; only live cards replace one another."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        outbox.queue_send(tx, chat_id=1, payload="a", now=NOW, card="c")
        outbox.queue_send(tx, chat_id=1, payload="b", now=NOW, card="c")
        card(tx, "d")
        outbox.queue_leave(tx, chat_id=1, now=NOW)
        order = []
        while found := await heads(tx):
            order.append((found[0].kind, found[0].card))
            await outbox.sent(tx, found[0].seq, found[0].version, NOW)
        assert order == [(Kind.SEND, "c"), (Kind.SEND, "c"), (Kind.CARD, "c"), (Kind.LEAVE, None)]


async def test_cards_know_where_they_stand(tmp_path: Path) -> None:
    """One message a card and chat; moved when sent anew, forgotten when dropped."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        assert await outbox.card_at(tx, 1, "c") is None
        outbox.set_card(tx, 1, "c", 10, NOW)
        outbox.set_card(tx, 1, "d", 11, NOW)
        outbox.set_card(tx, 1, "c", 12, NOW)
        assert (await outbox.card_at(tx, 1, "c"), await outbox.card_at(tx, 1, "d")) == (12, 11)
        outbox.drop_card(tx, 1, "c")
        assert (await outbox.card_at(tx, 1, "c"), await outbox.card_at(tx, 1, "d")) == (None, 11)


async def test_cleaning_keeps_what_waits(tmp_path: Path) -> None:
    """Old sent and given-up rows go; unsent ones stay however old."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        assert await outbox.oldest_pending(tx) is None
        assert await outbox.next_attempt(tx) is None
        for chat in (1, 2, 3):
            outbox.queue_send(tx, chat_id=chat, payload=str(chat), now=NOW)
        found = await heads(tx)
        await outbox.sent(tx, found[0].seq, 1, NOW)
        outbox.failed(tx, found[1].seq, "BadRequest")
        outbox.clean(tx, NOW)
        assert await tx.one("SELECT count(*) AS n FROM outbox") == {"n": 3}
        outbox.clean(tx, NOW + MINUTE)
        assert await tx.all("SELECT payload FROM outbox") == [{"payload": "3"}]
