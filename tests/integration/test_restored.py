"""A restored bot says one thing to everybody, and sets nothing off that the lost one has set off already."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.service.restoring import settle
from bot.supervising import Supervising
from bot.telegram.queueing import queue
from bot.telling import MondayTelling
from storage import audit, lead_calls, outbox, people, reminders, weekly
from storage.lead_calls import Kind
from storage.weekly import Drawn
from tests.integration.remind_kit import WEDNESDAY, Chats, Everybody, chats

MADE = WEDNESDAY + timedelta(hours=2)
RESTORED = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)  # the Tuesday after: Monday's summary was sent


async def busy(here: Chats, who: Everybody) -> None:
    """When the backup is made much is under way: debriefs left open, a reminder to come, a call that nobody has seen
    yet, messages that wait, a picture wished for."""
    await here.own(who.anna, "ring til banken", WEDNESDAY + timedelta(days=1))
    await here.own(who.bo, "køb frimærker", WEDNESDAY + timedelta(days=20))
    await here.send(who.anna, "/debrief")
    await here.send(who.bo, "/debrief")
    here.now = MADE
    async with here.db.transaction() as tx:
        assert who.anna.team_id is not None
        lead_calls.add(
            tx, mentor_id=who.anna.id, team_id=who.anna.team_id, kind=Kind.TODAY, citizen_id=None,
            lead_ids=[who.lea.id], now=MADE,
        )  # fmt: skip
        told = json.dumps({"text": "Hej igen", "buttons": []})
        outbox.queue_send(tx, chat_id=who.anna.chat_id, payload=told, now=MADE)
        outbox.queue_card(tx, chat_id=who.bo.chat_id, card="page:help", payload=told, fresh=True, now=MADE)
        outbox.queue_delete(tx, chat_id=who.anna.chat_id, message_ids=[7], now=MADE)
        weekly.ask(tx, who.lea.id, "2026-W47", Drawn.PICTURE, MADE)


async def goes_off(here: Chats) -> Counter[int]:
    """Let the bot do all that it would do by itself, and deliver it; how many messages each chat got."""
    before = Counter(here.sent)
    mondays = MondayTelling(here.db, here.tools, here.renderer, lambda: here.now, lambda: None, lambda: None)
    leads = Supervising(here.db, here.tools, here.renderer, lambda: here.now, lambda: None)
    for _ in range(3):
        for part in (here.chores, leads, mondays):
            await part.run()
        await here.tick()
    return Counter(here.sent) - before


async def restored(here: Chats) -> None:
    """Settle what is to be settled, and queue the one message."""
    async with here.db.transaction() as tx:
        queue(tx, here.renderer, await settle(tx, here.tools, MADE, RESTORED), RESTORED)


async def test_everybody_hears_one_thing(tmp_path: Path) -> None:
    """Reminders, nudges, the week, the call, what waited: none of it comes again; the one message does."""
    async with chats(tmp_path) as (here, who):
        await busy(here, who)
        here.now = RESTORED
        await restored(here)
        assert await goes_off(here) == {one.chat_id: 1 for one in (who.anna, who.bo, who.lea)}
        assert here.last(who.anna).text.startswith(
            "Botten har været nede og er gendannet fra en kopi fra onsdag 25. november kl. 15.10."
            " Det, du har skrevet efter det, er desværre ikke med."
        )
        assert "/huskeliste" in here.last(who.anna).text
        assert "/uge" in here.last(who.lea).text
        assert here.last(who.bo).buttons == ()


async def test_the_twin_that_settles_nothing_repeats(tmp_path: Path) -> None:
    """The same rows without settling: every chat hears again what it heard."""
    async with chats(tmp_path) as (here, who):
        await busy(here, who)
        here.now = RESTORED
        again = await goes_off(here)
        assert min(again[one.chat_id] for one in (who.anna, who.bo, who.lea)) >= 1
        assert again.total() >= 6


async def test_what_was_due_stays_on_the_list_and_what_comes_still_comes(tmp_path: Path) -> None:
    """A reminder that was due is sent in the books, as of when it was due; one that lies ahead is sent in its time."""
    async with chats(tmp_path) as (here, who):
        await busy(here, who)
        here.now = RESTORED
        await restored(here)
        async with here.db.transaction() as tx:
            (due,) = await reminders.standing_of(tx, who.anna.id)
            (ahead,) = await reminders.waiting_of(tx, who.bo.id)
        assert (due.status, due.sent_at) == ("sent", due.send_at)
        await goes_off(here)
        await here.send(who.anna, "/huskeliste")
        assert "ring til banken" in here.last(who.anna).text
        count = here.count(who.bo)
        await here.tick(at=ahead.send_at)
        assert here.count(who.bo) == count + 1
        assert "køb frimærker" in here.last(who.bo).text


async def test_the_next_monday_is_told_as_always(tmp_path: Path) -> None:
    """Only what is past is taken as told: the lead hears of the week that runs now when it has ended."""
    async with chats(tmp_path) as (here, who):
        await busy(here, who)
        here.now = RESTORED
        await restored(here)
        await goes_off(here)
        here.now = RESTORED + timedelta(days=6)
        assert (await goes_off(here))[who.lea.chat_id] == 1


async def test_who_has_left_is_told_nothing(tmp_path: Path) -> None:
    """Nobody who has left hears of it; the restore stands in its table and in the audit."""
    async with chats(tmp_path) as (here, who):
        async with here.db.transaction() as tx:
            people.mark_left(tx, who.bo.id, MADE)
        here.now = RESTORED
        await restored(here)
        assert set(await goes_off(here)) == {who.anna.chat_id, who.lea.chat_id}
        async with here.db.transaction() as tx:
            rows = await tx.all("SELECT * FROM restores")
            entries = await audit.entries(tx)
        assert [entry.subject for entry in entries if entry.action == "restore"] == [rows[0]["id"]]


async def test_messages_that_must_leave_the_chat_still_do(tmp_path: Path) -> None:
    """What waits to remove a message stays: done twice it harms nobody."""
    async with chats(tmp_path) as (here, who):
        await busy(here, who)
        await restored(here)
        async with here.db.transaction() as tx:
            rows = await tx.all("SELECT kind, chat_id FROM outbox WHERE status = 'pending' ORDER BY seq")
        assert Counter(row["kind"] for row in rows) == {"delete": 1, "send": 3}
