"""Reminders fall due while the bot is killed again and again; then calm, and the audit of what the Bot API accepted.

Four people have one reminder each in every minute of the practice clock. While the bot lives each is a message of its
own; what fell due while it was dead comes bundled. Each reminder's text is one of a kind, so that it can be counted.
"""

from __future__ import annotations

import asyncio
import random
import re
import secrets
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from bot.organisation import Organisation
from bot.practice.client import HttpPhone
from bot.practice.hand import IDS
from bot.practice.local import LocalPhone
from bot.practice.plug import Launch
from bot.practice.talk import Call
from bot.service import remind_plan
from bot.service.tools import Tools
from bot.workdays import danish_holidays
from prompts import load_guide
from storage import followups, people
from storage.database import Database
from storage.keys import read_key
from storage.people import Role
from storage.sqlite import open_sqlite
from tests.ready import ready

THE_PROGRAM = (sys.executable, "-m", "bot", "run")
MINUTE = timedelta(minutes=1)
MARK = re.compile(r"sag-\d+-\d+")
CALM = 60.0  # seconds that everything may take at the end
Trouble: TypeAlias = Callable[["Storm", HttpPhone, random.Random], Awaitable[int]]
"""Does harm while reminders fall due, gives how often it killed, and leaves the bot running."""


@dataclass
class Report:
    """What the auditor found. ``never``: reminders that reached nobody; ``repeated``: messages that came again;
    ``waiting``: what the database says is not sent."""

    kills: int
    reminders: int
    messages: int
    never: list[str] = field(default_factory=list)
    repeated: int = 0
    waiting: int = 0

    @property
    def violations(self) -> list[str]:
        """What must not be, in words."""
        found = [f"never sent: {len(self.never)} ({', '.join(self.never[:5])} …)"] if self.never else []
        if self.repeated > self.kills:
            found.append(f"repeated: {self.repeated}, more than one a kill")
        return [*found, *([f"waiting: {self.waiting}"] if self.waiting else [])]

    def __str__(self) -> str:
        return (
            f"never sent {len(self.never)}, repeated {self.repeated}, waiting {self.waiting} · "
            f"{self.reminders} reminders in {self.messages} messages, {self.kills} kills"
        )


def audit(wanted: Sequence[str], sent: Sequence[Call], kills: int, waiting: int) -> Report:
    """Compare what had to be told with what the Bot API accepted. A message with the same lines again is a repeat,
    and so is any line that stood in an accepted message before."""
    seen: set[str] = set()
    report = Report(kills, len(wanted), len(sent), waiting=waiting)
    for call in sent:
        marks = set(MARK.findall(call.text))
        report.repeated += bool(marks & seen)
        seen |= marks
    report.never = [one for one in wanted if one not in seen]
    return report


@dataclass
class Storm:
    """One storm in a folder of its own. ``command``: how the bot is started."""

    folder: Path
    minutes: int = 60
    command: Sequence[str] = THE_PROGRAM
    begin: datetime | None = None
    passed: int = 0

    @property
    def wanted(self) -> list[str]:
        """The text of every reminder."""
        return [f"sag-{who}-{minute}" for who in IDS.values() for minute in range(1, self.minutes + 1)]

    async def run(self, trouble: Trouble, chance: random.Random) -> Report:
        """Let it happen and audit it."""
        self.folder.mkdir(parents=True)
        key = self.folder / "storm.key"
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32), encoding="ascii")
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        with LocalPhone(self.folder, self._launch(data, key), start_bot=False, known=IDS) as local:
            self.begin = await local.client.now() + 2 * MINUTE
            await self._prepare(data, key)
            await local.client.start_bot()
            await local.client.wait_until_listening()
            kills = await trouble(self, local.client, chance)
            waiting = await self._calm(local.client, data, key)
            sent = [call for call in await local.client.journal() if call.method.lower() == "sendmessage"]
            await local.client.close()
        return audit(self.wanted, sent, kills, waiting)

    def _launch(self, data: Path, key: Path) -> Callable[[LocalPhone], Launch]:
        def how(local: LocalPhone) -> Launch:
            env = {
                "EFTERTANKE_TOKEN": local.token,
                "EFTERTANKE_API_URL": local.api_url,
                "EFTERTANKE_DATA": str(data),
                "EFTERTANKE_KEY_FILE": str(key),
                "EFTERTANKE_CLOCK_OFFSET_FILE": str(local.world_clock_file),
            }
            return Launch(self.command, env, start=ready)

        return how

    async def _prepare(self, data: Path, key: Path) -> None:
        """Everybody is enrolled, and has their reminders. They asked for these very times, whatever the hour is now."""
        begin = self.begin
        assert begin is not None
        tools = Tools(load_guide(), Organisation(), danish_holidays)
        db = await open_sqlite(data / "eftertanke.db", read_key(None, key), create=True)
        async with db.transaction() as tx:
            team = await people.team_named(tx, "Nord", begin)
            for name, number in IDS.items():
                person = people.add_person(
                    tx, telegram_id=number, chat_id=number, name=name, role=Role.MENTOR, team_id=team.id, language="da",
                    zone="Europe/Copenhagen", now=begin,
                )  # fmt: skip
                made = [
                    followups.add_own(
                        tx, mentor_id=person.id, citizen_id=None, kind=remind_plan.OWN, text=f"sag-{number}-{minute}",
                        due_at=begin + minute * MINUTE, due_has_time=True, now=begin,
                    )
                    for minute in range(1, self.minutes + 1)
                ]  # fmt: skip
                await remind_plan.sync(tx, tools, person, made, begin)
                await tx.run("UPDATE reminders SET deliberate = 1, send_at = due_at WHERE person_id = ?", person.id)
        await db.close()

    async def pass_minutes(self, phone: HttpPhone, count: int) -> None:
        """Let so many more minutes of reminders fall due."""
        self.passed = min(self.minutes, self.passed + count)
        assert self.begin is not None
        ahead = (self.begin + self.passed * MINUTE - await phone.now()).total_seconds()
        if ahead > 0:  # real time passes, too
            await phone.move(seconds=ahead)

    async def _calm(self, phone: HttpPhone, data: Path, key: Path) -> int:
        """Let everything fall due and be sent; how much is not, in the end."""
        await self.pass_minutes(phone, self.minutes)
        await phone.move(minutes=1)
        waiting, until = -1, asyncio.get_running_loop().time() + CALM
        while waiting and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(2.5)
            await phone.stop_bot()
            waiting = await self._waiting(data, key)
            if waiting:
                await phone.start_bot()
        return waiting

    async def _waiting(self, data: Path, key: Path) -> int:
        db = await open_sqlite(data / "eftertanke.db", read_key(None, key), create=False)
        try:
            return await _unsent(db)
        finally:
            await db.close()


async def _unsent(db: Database) -> int:
    async with db.transaction() as tx:
        reminders = await tx.one("SELECT count(*) AS n FROM reminders WHERE status IN ('pending', 'claimed')")
        messages = await tx.one("SELECT count(*) AS n FROM outbox WHERE status = 'pending'")
    return Counter(n=(reminders or {})["n"], m=(messages or {})["n"]).total()


def kills(count: int) -> Trouble:
    """Pull the plug so often, each time at a moment drawn by lot around the sending. Reminders fall due while the bot
    works, or before it is back: then they go out as soon as it has started."""

    async def trouble(storm: Storm, phone: HttpPhone, chance: random.Random) -> int:
        left = storm.minutes
        for n in range(count):
            # A message shows a dozen reminders word for word, no more: the last ones are spread.
            some = chance.random() < 0.8 or n > count - max(8, count // 10)
            minutes = max(1, round(left / (count - n))) if some else 0
            left -= min(left, minutes)
            asleep = chance.random() < 0.6
            if not asleep:
                await storm.pass_minutes(phone, minutes)
            await _moment(phone, chance)
            await phone.kill_bot()
            if asleep:
                await storm.pass_minutes(phone, minutes)
            await phone.start_bot()
        return count

    return trouble


async def _moment(phone: HttpPhone, chance: random.Random) -> None:
    """Any time within a start and a tick, or right around the first messages that go out."""
    if chance.random() < 0.35:
        await asyncio.sleep(chance.uniform(0, 1.0))
        return
    before = len(await phone.journal())
    until = asyncio.get_running_loop().time() + 2.0
    while asyncio.get_running_loop().time() < until:
        if any(call.method.lower() == "sendmessage" for call in await phone.journal(before)):
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(chance.uniform(0, 0.06))


def _seen(sign: Path) -> None:
    until = time.monotonic() + 15
    while not sign.exists() and time.monotonic() < until:
        time.sleep(0.01)


def kills_at(sign: Path, count: int) -> Trouble:
    """Pull the plug whenever the program makes this file: the moment that a weaker program is about."""

    async def trouble(storm: Storm, phone: HttpPhone, chance: random.Random) -> int:
        for _ in range(count):
            await storm.pass_minutes(phone, 3)
            await asyncio.to_thread(_seen, sign)
            await phone.kill_bot()
            await asyncio.to_thread(sign.unlink, missing_ok=True)
            await phone.start_bot()
        await asyncio.to_thread(sign.with_suffix(".over").touch)
        return count

    return trouble
