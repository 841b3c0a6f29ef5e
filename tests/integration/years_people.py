"""The people of the ten years: who they are, what they wish for, and what they do about what they are sent.

What people do between two ticks shares one transaction, to save time; each tick has its own, as in the program.
"""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random

import holidays as packaged_holidays

from bot.dialogue.reminder_times import snooze_options
from bot.dialogue.reminders import replanned, sending_time
from storage import due, hours, people, reflections, reminders
from storage.database import Transaction
from storage.hours import Hours
from storage.people import Role
from tests.integration.storage_kit import debrief
from tests.integration.years_audit import ZONE, Ledger, Rules, Someone, Wish
from tests.integration.years_program import DEFAULT, WEEKLY, Happened, Program

START = datetime(2026, 1, 1, 11, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HOLIDAYS = frozenset(packaged_holidays.country_holidays("DK", years=range(2026, 2039)))
OWN_HOURS = [
    DEFAULT,
    Hours(frozenset({0, 1, 2, 3, 5}), time(7, 30), time(15)),
    Hours(frozenset(range(7)), time(10), time(21, 30)),
    Hours(frozenset({1, 3}), time(9), time(14)),
]

Act = Callable[[Transaction, datetime], Awaitable[None]]
"""What a person does, in a transaction, at a time."""


@dataclass(frozen=True)
class Size:
    """How much: people, years, wishes and debriefs a person and year; kills, sleeps and clock jumps a year."""

    people: int
    years: int
    wishes: int
    debriefs: int = 2
    kills: int = 12
    sleeps: int = 4
    jumps: int = 6


class People:
    """Everybody, driven by one seed. ``events``: (when, order, what is done then)."""

    def __init__(self, size: Size, seed: int, kind: type[Program]) -> None:
        self.size, self.random = size, Random(seed)
        self.ledger = Ledger()
        self.program = kind(HOLIDAYS, self.told)
        self.end = START + size.years * 365.25 * DAY
        self.events: list[tuple[datetime, int, Act]] = []
        self.order = 0
        self.debriefing: set[str] = set()

    def plan(self, at: datetime, what: Act) -> None:
        """Let this be done then."""
        self.order += 1
        heapq.heappush(self.events, (at, self.order, what))

    def some_time(self) -> datetime:
        """Any minute of all the years."""
        return START + MINUTE * self.random.randrange(int((self.end - START) / MINUTE))

    async def enrol(self, tx: Transaction) -> None:
        """Everybody, and what they will do."""
        size, random = self.size, self.random
        team = await people.team_named(tx, "Nord", START)
        for n in range(size.people):
            one = people.add_person(
                tx, telegram_id=n, chat_id=1000 + n, name=f"Mentor {n}", role=Role.MENTOR, team_id=team.id,
                language="da", zone=ZONE.key, now=START,
            )  # fmt: skip
            own = random.choice(OWN_HOURS)
            hours.put(tx, one.id, own, START)
            rules = Rules(own.weekdays, own.opens, own.closes, HOLIDAYS)
            self.ledger.people[one.id] = Someone([(START, rules)])
            for k in range(size.wishes * size.years):
                self.plan(self.some_time(), self.wishing(one.id, f"{n}/{k}"))
            for _ in range(2 * size.years):
                self.plan(self.some_time(), self.going_away(one.id))
            self.plan(self.some_time(), self.changing_hours(one.id))
            for _ in range(size.debriefs * size.years):
                self.plan(self.some_time(), self.debriefing_of(one))
            if n % 20 == 0:
                self.plan(START + DAY, self.wishing(one.id, f"{n}/weekly", WEEKLY))

    def told(self, happened: Happened, now: datetime) -> None:
        """What was sent is seen by people, who do something about it, or nothing."""
        for series, at in happened.added:
            self.ledger.wishes.setdefault((series, at), [Wish(at, False)])  # a snoozed one asks for its next again
        for sent in happened.sent:
            self.plan(now + self.random.randint(1, 300) * MINUTE, self.reacting(sent.id, (sent.series, sent.due_at)))

    def reacting(self, reminder_id: str, key: tuple[str, datetime]) -> Act:
        """Done, snoozed, stopped, or left lying."""
        choice = self.random.choices(["done", "snooze", "stop", "nothing"], [50, 30, 4, 16])[0]

        async def react(tx: Transaction, now: datetime) -> None:
            match choice:
                case "done":
                    await reminders.done(tx, reminder_id, now)
                    self.call_off(key, now)
                case "stop" if not key[0].endswith("weekly"):
                    reminders.drop_series(tx, key[0], now)
                    self.call_off(key, now)
                case "snooze":
                    await self.snooze(tx, reminder_id, key, now)

        return react

    def call_off(self, key: tuple[str, datetime], now: datetime) -> None:
        """This is not wanted any more."""
        for wish in self.ledger.wishes[key]:
            wish.over = wish.over or now

    async def snooze(self, tx: Transaction, reminder_id: str, key: tuple[str, datetime], now: datetime) -> None:
        """One of the buttons, or a time of one's own, which may be at night."""
        one = await reminders.get(tx, reminder_id)
        assert one is not None
        work = (await self.program.works(tx, [one.person_id], now))[one.person_id]
        option = self.random.choice(snooze_options(now, work))
        until = option.at or now + self.random.randint(60, 9000) * MINUTE
        send_at = sending_time(one.due_at, until, option.deliberate, work)
        if await reminders.snooze(tx, reminder_id, until, send_at, deliberate=option.deliberate):
            self.ledger.wishes[key].append(Wish(until, option.deliberate))

    def wishing(self, person_id: str, series: str, kind: str = "free") -> Act:
        """Somebody asks to be reminded: mostly of a day, sometimes at a time, now and then in the evening."""

        async def wish(tx: Transaction, now: datetime) -> None:
            random = self.random
            clock = random.choice([time(9), time(9), time(random.randrange(24), random.choice([0, 15, 30]))])
            if 2 <= clock.hour < 3 or kind == WEEKLY:
                clock = time(9)
            day = now.astimezone(ZONE).date() + timedelta(days=random.randint(1, 30))
            deliberate = kind != WEEKLY and random.random() < 0.1
            at = datetime.combine(day, time(random.choice([19, 20, 21])) if deliberate else clock, ZONE).astimezone(UTC)
            work = (await self.program.works(tx, [person_id], now))[person_id]
            send_at = sending_time(at, None, deliberate, work)
            for _ in range(random.choice([1, 1, 2])):  # a tap may come twice
                reminders.add(
                    tx, person_id=person_id, kind=kind, series=series, due_at=at, send_at=send_at, now=now,
                    deliberate=deliberate,
                )  # fmt: skip
            self.ledger.owner[series] = person_id
            self.ledger.wishes[series, at] = [Wish(at, deliberate)]
            if kind == WEEKLY:
                self.ledger.weekly.add(series)

        return wish

    def going_away(self, person_id: str) -> Act:
        """ "Jeg er væk fra i morgen." """

        async def go(tx: Transaction, now: datetime) -> None:
            first = now.astimezone(ZONE).date() + timedelta(days=self.random.randint(0, 20))
            last = first + timedelta(days=self.random.randint(0, 24))
            rules = self.ledger.people[person_id].changes[-1][1]
            hours.go_away(tx, person_id, first, last, now)
            recent = tuple(days for days in rules.away if days[1] > first - timedelta(days=365))
            await self.move(tx, person_id, replace(rules, away=(*recent, (first, last))), now)

        return go

    def changing_hours(self, person_id: str) -> Act:
        """New working hours."""

        async def change(tx: Transaction, now: datetime) -> None:
            own = self.random.choice(OWN_HOURS)
            rules = self.ledger.people[person_id].changes[-1][1]
            hours.put(tx, person_id, own, now)
            new = replace(rules, weekdays=own.weekdays, start=own.opens, end=own.closes)
            await self.move(tx, person_id, new, now)

        return change

    async def move(self, tx: Transaction, person_id: str, rules: Rules, now: datetime) -> None:
        """Rules have changed: what waits is planned anew."""
        work = (await self.program.works(tx, [person_id], now))[person_id]
        due.look_again(tx, replanned(await reminders.waiting_of(tx, person_id), work))
        self.ledger.people[person_id].changes.append((now, rules))

    def debriefing_of(self, person: people.Person) -> Act:
        """A debrief of five to ninety minutes, most often around the time when reminders come."""

        async def begin(tx: Transaction, now: datetime) -> None:
            if person.id in self.debriefing:
                return
            day = now.astimezone(ZONE).date() + DAY
            at = datetime.combine(day, time(8, 55), ZONE).astimezone(UTC)
            ends = at + self.random.randint(6, 90) * MINUTE
            self.debriefing.add(person.id)

            async def really(tx: Transaction, now: datetime) -> None:
                if now < ends:
                    made = debrief(tx, person, started=now)
                    self.ledger.people[person.id].debriefs.append((now, ends))
                    self.plan(ends, partial(finish, made.id))
                else:
                    self.debriefing.discard(person.id)

            async def finish(reflection_id: str, tx: Transaction, now: datetime) -> None:
                reflections.put(
                    tx, reflection_id, state="{}", status="saved", length="short", citizen_id=None,
                    finished_at=now, touched_at=now,
                )  # fmt: skip
                self.debriefing.discard(person.id)

            self.plan(at, really)

        return begin
