"""Sending reminders from a real encrypted database: none lost, none doubled, nothing about what is done."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue.reminders import Status, plan_round, replanned
from bot.dialogue.worktime import WorkTime
from storage import due, followups, outbox, people, remind_cards, reminders, threads
from storage.database import StorageBusy
from storage.due import Sending
from storage.followups import FollowupStatus, Wanted
from storage.people import Role
from tests.integration.reminders_kit import DAY, HOUR, claim, only, remind, send
from tests.integration.storage_kit import MINUTE, NOW, cast, citizen, debrief, opened


async def test_only_what_is_due_is_claimed_and_once(tmp_path: Path) -> None:
    """The moment itself is due, a microsecond later is not; what is claimed is not claimed again."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        remind(tx, who.anna, "now")
        remind(tx, who.anna, "before", NOW - DAY)
        remind(tx, who.anna, "after", NOW + timedelta(microseconds=1))
        assert await due.next_due(tx) == NOW - DAY
        assert await claim(tx) == ["before", "now"]
        assert await claim(tx) == []
        assert await due.next_due(tx) == NOW + timedelta(microseconds=1)


async def test_a_limit_never_tears_a_bundle(tmp_path: Path) -> None:
    """The longest waiting come first, and with them whatever else is due for the same person."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        for n in range(3):
            remind(tx, who.anna, f"anna {n}", NOW - n * MINUTE)
            remind(tx, who.bo, f"bo {n}", NOW - n * MINUTE - HOUR)
        assert await claim(tx, limit=1) == ["bo 2", "bo 1", "bo 0"]
        assert await claim(tx, limit=1) == ["anna 2", "anna 1", "anna 0"]


async def test_nothing_for_who_cannot_be_reached(tmp_path: Path) -> None:
    """Reminders of somebody who blocks us or has left wait, and do not keep the clock awake; unblocked, they come."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        for person in (who.anna, who.bo, who.sif):
            remind(tx, person, person.name)
        people.set_blocked(tx, who.anna.id, NOW)
        people.mark_left(tx, who.bo.id, NOW)
        assert await claim(tx) == ["Sif"]
        assert await due.next_due(tx) is None
        people.set_blocked(tx, who.anna.id, None)
        assert await due.next_due(tx) == NOW
        assert await claim(tx) == ["Anna"]


async def test_two_claimers_share_the_work(tmp_path: Path) -> None:
    """Two programs on one file at once: every reminder is claimed by exactly one of them."""
    async with opened(tmp_path) as one, opened(tmp_path) as two:
        async with one.transaction() as tx:
            team = (await cast(tx)).nord
            for n in range(50):
                mentor = people.add_person(
                    tx, telegram_id=n, chat_id=n, name=f"Mentor {n}", role=Role.MENTOR, team_id=team.id, language="da",
                    zone="Europe/Copenhagen", now=NOW,
                )  # fmt: skip
                for turn in range(4):
                    remind(tx, mentor, f"s{n} {turn}", NOW - n * MINUTE)
        taken: list[list[str]] = [[], []]

        async def work(number: int) -> None:
            database = (one, two)[number]
            while True:
                try:
                    async with database.transaction() as tx:
                        claimed = await due.claim_due(tx, NOW, 1)
                        marked = await due.mark_sent(tx, [Sending(r.id, False) for r in claimed], NOW)
                except StorageBusy:
                    continue  # the other one was quicker, and nothing of this happened
                if not claimed:
                    return
                taken[number] += [r.series for r in claimed if r.id in marked]

        await asyncio.gather(work(0), work(1))
        assert len(taken[0]) + len(taken[1]) == 200
        assert len({*taken[0], *taken[1]}) == 200


async def test_a_killed_claimer_loses_nothing(tmp_path: Path) -> None:
    """A claim that was committed and then forgotten is freed when it is old, or from the future, and sent once."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            who = await cast(tx)
            remind(tx, who.anna, "killed")
            remind(tx, who.bo, "working", NOW + 4 * MINUTE)
            assert await claim(tx) == ["killed"]
        async with database.transaction() as tx:
            assert await claim(tx, NOW + 4 * MINUTE) == ["working"]
            assert await due.back_to_pending(tx, NOW + 5 * MINUTE, 5 * MINUTE) == 1
            assert await send(tx, NOW + 5 * MINUTE) == ["killed"]
            assert await due.back_to_pending(tx, NOW + 3 * MINUTE, 5 * MINUTE) == 1  # the clock was set back
            assert await send(tx, NOW + 5 * MINUTE) == ["working"]
            assert await due.back_to_pending(tx, NOW + 9 * MINUTE, timedelta(0)) == 0


async def test_a_claimer_that_wakes_late_sends_nothing_twice(tmp_path: Path) -> None:
    """Its claim was freed and taken by another, who has sent: the mark finds nothing to send."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        remind(tx, who.anna, "s")
        (slow,) = await due.claim_due(tx, NOW, 9)
        await due.back_to_pending(tx, NOW + HOUR, 5 * MINUTE)
        assert await send(tx, NOW + HOUR) == ["s"]
        assert await due.mark_sent(tx, [Sending(slow.id, True, "late")], NOW + HOUR) == frozenset()
        one = await only(tx, "s")
        assert (one.late, one.card, one.sent_at) == (False, None, NOW + HOUR)


async def test_a_crash_leaves_mark_and_message_or_neither(tmp_path: Path) -> None:
    """Killed before the commit there is neither; the next round makes both, once."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            who = await cast(tx)
            remind(tx, who.anna, "s")

        async def round_of(killed: bool) -> None:
            async with database.transaction() as tx:
                for series in await send(tx):
                    outbox.queue_send(tx, chat_id=who.anna.chat_id, payload=series, now=NOW)
                if killed:
                    raise InterruptedError

        for _ in range(3):
            with pytest.raises(InterruptedError):
                await round_of(killed=True)
        await round_of(killed=False)
        await round_of(killed=False)
        async with database.transaction() as tx:
            assert [one.payload for one in await outbox.pending(tx, NOW, 9)] == ["s"]
            assert (await only(tx, "s")).status is Status.SENT


async def test_nobody_is_reminded_of_what_is_done(tmp_path: Path) -> None:
    """Closed between claim and sending: the follow-up ticked off, the thread closed, the reminder itself finished."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        b07 = citizen(tx, who.anna, "B07")
        made = debrief(tx, who.anna)
        followups.reconcile(
            tx, mentor_id=who.anna.id, citizen_id=b07.id, reflection_id=made.id, now=NOW,
            wanted=[Wanted("task", "agreements", 0, "ring"), Wanted("task", "agreements", 1, "skriv")],
        )  # fmt: skip
        ticked, still_open = await followups.of_reflection(tx, made.id)
        thread = await threads.open_thread(
            tx, citizen_id=b07.id, mentor_id=who.anna.id, team_id=who.nord.id, opened_by=made.id, now=NOW
        )
        remind(tx, who.anna, "ticked", followup_id=ticked.id)
        remind(tx, who.anna, "open", followup_id=still_open.id)
        remind(tx, who.anna, "thread", thread_id=thread.id)
        remind(tx, who.anna, "finished")
        claimed = await due.claim_due(tx, NOW, 9)
        assert len(claimed) == 4
        assert await followups.close(tx, ticked.id, FollowupStatus.DONE, NOW)
        tx.write("UPDATE contact_threads SET closed_at = opened_at")  # by whatever way, its reminders are not sent
        assert await reminders.done(tx, (await only(tx, "finished")).id, NOW)
        marked = await due.mark_sent(tx, [Sending(one.id, True, "card") for one in claimed], NOW)
        assert marked == {(await only(tx, "open")).id}
        assert {s: (await only(tx, s)).status.value for s in ("ticked", "open", "thread", "finished")} == {
            "ticked": "lapsed", "open": "sent", "thread": "lapsed", "finished": "done",
        }  # fmt: skip
        one = await only(tx, "open")
        assert (one.late, one.card, one.sent_at) == (True, "card", NOW)
        assert await due.back_to_pending(tx, NOW + DAY, timedelta(0)) == 0


async def test_whom_it_goes_to_and_whether_they_debrief(tmp_path: Path) -> None:
    """Only an open debrief counts, with the time it was last touched."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        debrief(tx, who.anna, started=NOW - MINUTE)
        debrief(tx, who.bo, status="aside")
        found = await due.recipients(tx, [who.anna.id, who.bo.id, who.anna.id, "nobody"])
        assert {key: (one.person, one.debrief_touched_at) for key, one in found.items()} == {
            who.anna.id: (who.anna, NOW - MINUTE),
            who.bo.id: (who.bo, None),
        }
        assert await due.recipients(tx, []) == {}


async def test_a_clock_that_ran_ahead_delays_nothing(tmp_path: Path) -> None:
    """At night the clock shows the night three days later: what seems due is put off by days. Set right again, the
    reminders are planned anew and go when they should."""
    work = WorkTime(ZoneInfo("Europe/Copenhagen"))
    night = datetime.fromisoformat("2026-11-24T02:00:00+00:00")
    ten = night + 7 * HOUR
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        remind(tx, who.anna, "s", ten)
        wrong = night + 3 * DAY
        planned = plan_round(await due.claim_due(tx, wrong, 9), wrong, work)
        assert planned.send == ()
        due.look_again(tx, planned.wait)
        assert await due.next_due(tx) == night + 3 * DAY + 5 * HOUR
        for person_id in await remind_cards.people_ahead(tx, night):
            due.look_again(tx, replanned(await reminders.waiting_of(tx, person_id), work))
        assert await due.next_due(tx) == ten
        assert await send(tx, ten) == ["s"]
