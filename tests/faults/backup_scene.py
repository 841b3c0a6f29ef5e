"""Backups made while a crowd debriefs, days in which the bot goes on, and then the machine is gone."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.practice.plug import Launch, Plug
from bot.workdays import danish_holidays
from storage import citizens, erasing, erasure_register, people, unpacking
from storage.ids import new_id
from storage.people import Consent, Role
from storage.sqlite import open_sqlite
from tests.faults import stored
from tests.faults.audit import ALTERED, DOUBLED, LEAKED, LOST, Report, compare
from tests.faults.crowd import ROOT, ZONE, CrowdPhone
from tests.faults.stored import Stored
from tests.faults.storm import GUIDE, at_work
from tests.faults.texts import Texts
from tests.faults.troubles import nothing_until
from tests.faults.walker import Walker
from tests.ready import ready

GONE_ID, GONE_NAME, GONE_CITIZEN = 9_100, "Mentor Borte", "Slettet Stjerneskud"
NOT_IN_IT = "was acknowledged before the backup was begun, and is not in it"
_BEFORE = 30  # messages of the mentors before the first
_BETWEEN = (0.4, 1.0)  # seconds of traffic before the next backup
_NUDGED = 11  # o'clock on the same Monday: who was silent since nine has been nudged
_WEEK_LATER = 10  # o'clock on the next Monday: what lay open is closed, and reminders and the week's summary are out


@dataclass(frozen=True)
class Taken:
    """A backup. ``acknowledged``: numbers of the updates that Telegram had been told were kept when it was begun.
    ``plain``: a copy of the database file alone, of the same moment."""

    file: Path
    plain: Path
    acknowledged: frozenset[int]
    seconds: float


class Machine(CrowdPhone):
    """A crowd's phone whose bot can be started on another data folder; one mentor more, who will be erased."""

    async def _enrol(self) -> None:
        await super()._enrol()
        now = self.world.now()
        db = await open_sqlite(self.database, self.key, create=False)
        try:
            async with db.transaction() as tx:
                team = await people.team_named(tx, "Hold Borte", now)
                gone = people.add_person(
                    tx, telegram_id=GONE_ID, chat_id=GONE_ID, name=GONE_NAME, role=Role.MENTOR, team_id=team.id,
                    language="da", zone=ZONE, now=now,
                )  # fmt: skip
                people.consent(tx, gone.id, Consent.USE, True, now)
                citizens.add(tx, id=new_id(now), team_id=team.id, mentor_id=gone.id, pseudonym=GONE_CITIZEN, now=now)
        finally:
            await db.close()

    @property
    def register(self) -> Path:
        """The list of erasures among the backups."""
        return self.folder / "stick" / erasure_register.FILE

    def environment(self) -> dict[str, str]:
        """What the program is given on this machine."""
        return {**self._environment(self.folder / "clock_offset"), "EFTERTANKE_DATA": str(self.data)}

    async def command(self, *words: str) -> dict[str, object]:
        """Run a command of the program as the operator does; what it answered, as JSON."""
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, "--json", cwd=ROOT, env={**os.environ, **self.environment()},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await child.communicate()
        assert child.returncode == 0, err.decode()
        told: dict[str, object] = json.loads(out)
        return told

    def elsewhere(self, name: str) -> None:
        """From now on the program works in another data folder, which is not there yet."""
        self.data = self.folder / name / "data"
        self.data.parent.mkdir()
        launch = Launch(self.plug._launch.command if self.plug._launch else (), self.environment(), ROOT, ready)
        self.plug = Plug(launch, self.log, self.feed.bump)

    async def take(self, number: int) -> Taken:
        """A backup, made by a process of its own beside the bot, and a plain copy of the file."""
        folder = self.register.parent
        folder.mkdir(exist_ok=True)
        waiting = {one.number for one in self.world.updates._waiting}
        known = frozenset(told.update_id for told in self.world.ledger) - waiting
        plain = folder / f"{number}.db"
        await asyncio.to_thread(shutil.copy, self.database, plain)
        file, began = folder / f"{number}.backup", time.monotonic()
        await self.command("backup", str(file))
        return Taken(file, plain, known, time.monotonic() - began)

    async def erase(self) -> None:
        """The mentor with no phone is erased, in the way the program does it: listed first, then deleted."""
        db = await open_sqlite(self.database, self.key, create=False)
        try:
            async with db.transaction() as tx:
                row = await tx.one("SELECT id FROM people WHERE telegram_id = ?", GONE_ID)
                citizen = await tx.one("SELECT id FROM citizens WHERE pseudonym = ?", GONE_CITIZEN)
                assert row is not None
                assert citizen is not None
                now = self.world.now()
                for entry in (
                    erasure_register.made("citizen", citizen["id"], now),
                    erasure_register.made("mentor", row["id"], now),
                ):
                    erasure_register.append([self.register], entry)
                    erasure_register.note(tx, entry)
                await erasing.citizen(tx, citizen["id"])
                await erasing.mentor(tx, row["id"])
        finally:
            await db.close()


@asynccontextmanager
async def scene(folder: Path, seed: int, backups: int) -> AsyncIterator[tuple[Machine, list[Taken]]]:
    """Backups in the midst of things; then somebody is erased, a week passes, and the bot is killed for good."""
    chance = random.Random(seed)
    texts = Texts(random.Random(chance.random()))
    phone = Machine(folder, 4)
    async with phone:
        await phone.start_bot()
        walkers = [Walker(phone, mentor, random.Random(chance.random()), GUIDE, texts) for mentor in phone.mentors]
        taken = []
        async with at_work(walkers):
            await nothing_until(_BEFORE)(phone, chance)
            for number in range(backups):
                await asyncio.sleep(chance.uniform(*_BETWEEN))
                taken.append(await phone.take(number))
        await phone.until_still()
        await phone.erase()
        for hour in (_NUDGED, _WEEK_LATER):
            phone.world.clock.move_to(phone.world.clock.next_weekday(0, hour))
            await phone.until_still(quiet=3.0)
        await phone.plug.kill()
        phone.figures["updates"] = len(phone.world.ledger)
        yield phone, taken


async def contents(phone: Machine, database: Path) -> Stored:
    """What a database file holds that no bot works on."""
    place, phone.data = phone.data, database.parent
    try:
        return await stored.read(phone)
    finally:
        phone.data = place


async def held(phone: Machine, one: Taken, place: Path) -> Stored:
    """What is in the backup, as it was made: before anything is settled."""
    await asyncio.to_thread(place.mkdir)
    await asyncio.to_thread(unpacking.unpack, one.file, phone.key, place / "eftertanke.db")
    return await contents(phone, place / "eftertanke.db")


def in_it(phone: Machine, one: Taken, found: Stored, report: Report) -> None:
    """Everything acknowledged before the backup was begun is in ``found``, and what was done is done as it must be."""
    there = {row["update_id"] for row in found.inbox}
    report.figures["acknowledged"] += len(one.acknowledged)
    for number in sorted(one.acknowledged - there):
        report.add(LOST, f"update {number} {NOT_IN_IT}")
    done = tuple(row for row in found.inbox if row["status"] == "done")
    numbers = {row["update_id"] for row in done}
    sent = tuple(row for row in found.outbox if row["status"] == "sent")
    ledger = [told for told in phone.world.ledger if told.update_id in numbers]
    chats = [mentor.id for mentor in phone.mentors]
    effects, _ = compare(ledger, replace(found, inbox=done, outbox=sent), chats, GUIDE.guide, danish_holidays)
    report.violations += effects.violations
    report.figures["answers"] += effects.figures["answers"]


def said_once(phone: Machine, since: int, wanted: str, report: Report) -> None:
    """Since then everybody got the one message, and nobody anything else."""
    told: dict[int, int] = {}
    for entry in phone.world.journal.entries:
        if entry.number <= since or not entry.method.startswith("send") or entry.chat_id is None:
            continue
        if wanted in entry.text and entry.chat_id != GONE_ID:
            told[entry.chat_id] = told.get(entry.chat_id, 0) + 1
        else:
            what = f"{entry.method} {entry.number}, {entry.text[:60]!r}"
            report.add(DOUBLED, f"chat {entry.chat_id}: said again after the restore, in {what}")
    for person in [*phone.mentors, phone.lead]:
        if told.get(person.id, 0) > 1:
            report.add(DOUBLED, f"chat {person.id} was told {told[person.id]} times that it was restored")
        elif person.id not in told:
            report.add(LOST, f"chat {person.id} was not told that it was restored")
    report.figures["told"] += sum(told.values())


async def still_erased(phone: Machine, report: Report) -> None:
    """Of who was erased after the backup nothing is in the restored database; who was not is as before."""
    db = await open_sqlite(phone.database, phone.key, create=False)
    try:
        async with db.transaction() as tx:
            tables = await tx.all("SELECT name FROM sqlite_master WHERE type = 'table'")
            for table in tables:
                for row in await tx.all(f'SELECT * FROM "{table["name"]}"'):  # noqa: S608 - its own names
                    if {GONE_NAME, GONE_CITIZEN, GONE_ID} & set(row.values()):
                        report.add(LEAKED, f"who was erased stands in {table['name']} again")
            left = await tx.all("SELECT 1 FROM people WHERE left_at IS NULL")
    finally:
        await db.close()
    if len(left) != len(phone.mentors) + 1:
        report.add(ALTERED, f"{len(left)} people are there, not {len(phone.mentors) + 1}")
