"""The program under test in the ten years, from real tables to the real outbox; and weaker ones for the twins."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from bot.dialogue.reminder_times import next_in_series
from bot.dialogue.reminders import Bundle, Line, Reminder, is_late, plan_round
from bot.dialogue.worktime import WorkTime
from storage import due, hours, outbox, reminders
from storage.database import Database, Transaction
from storage.due import Sending
from storage.hours import Hours
from tests.integration.years_audit import ZONE

DEFAULT = Hours(frozenset(range(5)), time(8), time(17))
STALE = timedelta(minutes=5)
DAY = timedelta(days=1)
WEEKLY = "weekly"
_AT_ONCE = 50


class Killed(Exception):  # noqa: N818 - stands for SIGKILL: what was not committed is gone
    """The process is gone."""


@dataclass
class Happened:
    """What one committed round did: reminders sent, and the next of their series."""

    sent: list[Reminder]
    added: list[tuple[str, datetime]]


class Program:
    """What the clock's tick does. ``kill``: where the next round dies. ``told``: hears of each committed round."""

    zone: tzinfo = ZONE

    def __init__(self, holidays: frozenset[date], told: Callable[[Happened, datetime], None]) -> None:
        self.holidays = holidays
        self.told = told
        self.kill: str | None = None

    async def works(self, tx: Transaction, people: Sequence[str], since: datetime) -> dict[str, WorkTime]:
        """The working time of people, for anything wanted from ``since`` on."""
        zones = dict.fromkeys(people, self.zone)
        return await hours.work_times(tx, zones, default=DEFAULT, holidays=self.holidays, since=since.date() - DAY)

    async def start(self, db: Database, now: datetime) -> None:
        """After a restart nobody else is at work: every claim is a dead one's."""
        async with db.transaction() as tx:
            await due.back_to_pending(tx, now, timedelta(0))

    async def tick(self, db: Database, now: datetime) -> None:
        """Everything due now, round by round."""
        while await self.round(db, now):
            pass

    async def round(self, db: Database, now: datetime) -> bool:
        """Claim, plan, mark and queue in one transaction. False when that was all that is due."""
        happened = Happened([], [])
        async with db.transaction() as tx:
            await due.back_to_pending(tx, now, STALE)
            claimed = await due.claim_due(tx, now, _AT_ONCE)
            if self.kill != "claimed":  # a claim of its own that was committed, and nothing after it
                bundles = await self.plan(tx, claimed, now)
                marked = await self.mark(tx, bundles, now)
                self.queue(tx, bundles, marked, now, happened)
            self.die("uncommitted")
        self.die("claimed")
        self.told(happened, now)
        self.die("committed")
        return len(claimed) >= _AT_ONCE

    def die(self, place: str) -> None:
        """Die here if that was asked for."""
        if self.kill == place:
            self.kill = None
            raise Killed

    async def plan(self, tx: Transaction, claimed: Sequence[Reminder], now: datetime) -> list[Bundle]:
        """What is to be sent; the others are looked at again later."""
        by_person: dict[str, list[Reminder]] = {}
        for one in claimed:
            by_person.setdefault(one.person_id, []).append(one)
        earliest = min((one.wanted_at for one in claimed), default=now)
        works = await self.works(tx, list(by_person), earliest)
        whom = await due.recipients(tx, by_person)
        bundles: list[Bundle] = []
        for person_id, theirs in by_person.items():
            found = plan_round(theirs, now, works[person_id], whom[person_id].debrief_touched_at)
            due.look_again(tx, found.wait)
            bundles += found.send
        return bundles

    async def mark(self, tx: Transaction, bundles: list[Bundle], now: datetime) -> frozenset[str]:
        """Mark all lines as sent."""
        lines = [line for one in bundles for line in one.lines]
        return await due.mark_sent(tx, [Sending(line.reminder.id, line.late) for line in lines], now)

    def queue(
        self, tx: Transaction, bundles: list[Bundle], marked: frozenset[str], now: datetime, happened: Happened
    ) -> None:
        """A message for each bundle; a weekly series gets its next, counted from what was due."""
        for one in bundles:
            lines = [line for line in one.lines if line.reminder.id in marked]
            said = [[line.reminder.series, line.reminder.due_at.isoformat(), line.late] for line in lines]
            if lines:
                outbox.queue_send(tx, chat_id=1, payload=json.dumps(said), now=now)
            for sent in (line.reminder for line in lines):
                happened.sent.append(sent)
                if sent.kind == WEEKLY:
                    at = next_in_series(sent.due_at, 7, ZONE, now)
                    reminders.add(
                        tx, person_id=sent.person_id, kind=WEEKLY, series=sent.series, due_at=at, send_at=at, now=now
                    )
                    happened.added.append((sent.series, at))


class MarksFirst(Program):
    """Weaker: marked in one transaction, queued in the next. What dies between is never sent."""

    async def round(self, db: Database, now: datetime) -> bool:
        happened = Happened([], [])
        async with db.transaction() as tx:
            claimed = await due.claim_due(tx, now, _AT_ONCE)
            bundles = await self.plan(tx, claimed, now)
            marked = await self.mark(tx, bundles, now)
        self.die("claimed")
        async with db.transaction() as tx:
            self.queue(tx, bundles, marked, now, happened)
        self.told(happened, now)
        return len(claimed) >= _AT_ONCE


class QueuesFirst(Program):
    """Weaker: queued in one transaction, marked in the next. What dies between is sent twice."""

    async def round(self, db: Database, now: datetime) -> bool:
        happened = Happened([], [])
        async with db.transaction() as tx:
            await due.back_to_pending(tx, now, STALE)
            claimed = await due.claim_due(tx, now, _AT_ONCE)
            bundles = await self.plan(tx, claimed, now)
            everything = frozenset(one.id for one in claimed)
            self.queue(tx, bundles, everything, now, happened)
        self.told(happened, now)
        self.die("claimed")
        async with db.transaction() as tx:
            await self.mark(tx, bundles, now)
        return len(claimed) >= _AT_ONCE


class Forgets(Program):
    """Weaker: what is more than a minute overdue when the clock ticks is let go, as schedulers do by default."""

    async def tick(self, db: Database, now: datetime) -> None:
        async with db.transaction() as tx:
            for one in await due.claim_due(tx, now - timedelta(minutes=1), 10_000):
                await reminders.drop(tx, one.id, now)
        await super().tick(db, now)


class WinterAllYear(Program):
    """Weaker: reckons with winter's offset, so that summer is an hour off."""

    zone = timezone(timedelta(hours=1))


class RawLateness(Program):
    """Weaker: counts lateness from the due time, though that was at night."""

    async def plan(self, tx: Transaction, claimed: Sequence[Reminder], now: datetime) -> list[Bundle]:
        return [
            replace(one, lines=tuple(Line(line.reminder, is_late(line.reminder.wanted_at, now)) for line in one.lines))
            for one in await super().plan(tx, claimed, now)
        ]


class NeverHolds(Program):
    """Weaker: does not look whether somebody is in the middle of a debrief."""

    async def plan(self, tx: Transaction, claimed: Sequence[Reminder], now: datetime) -> list[Bundle]:
        tx.write("UPDATE reflections SET touched_at = '2000-01-01T00:00:00.000000Z'")
        return await super().plan(tx, claimed, now)
