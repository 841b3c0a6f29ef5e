"""Debriefs under one version of the guide, then another version, then every button that was ever shown is pressed."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.practice.messages import Person
from bot.practice.world import Query
from bot.telegram.callbacks import debrief_data
from prompts import LoadedGuide, load_guide
from storage.database import Reader
from tests.faults.crowd import THE_PROGRAM, CrowdPhone
from tests.faults.old_buttons_guide import write_next
from tests.faults.old_buttons_walk import Collected, Shown, Walk

AT_ONCE = 30  # taps that wait at a time: answered within seconds, also on a slow machine
UNTOUCHED = frozenset({"inbox", "outbox", "cards", "chat_messages", "signs_of_life", "asked", "guides"})
"""Tables in which something stands for every update, whatever it did."""


class GuidedPhone(CrowdPhone):
    """A phone whose bot has the organisation's own prompts in a folder, which is empty to begin with."""

    def _environment(self, clock_file: Path) -> dict[str, str]:
        return {**super()._environment(clock_file), "EFTERTANKE_PROMPTS": str(self.own)}

    @property
    def own(self) -> Path:
        """The folder."""
        return self.folder / "own"


@dataclass
class Standing:
    """What is stored: rows by table, and of each debrief whose button's token is whose, its visit and its guide."""

    rows: dict[str, Counter[str]]
    visits: dict[str, int]
    versions: dict[str, int]
    statuses: dict[str, str]

    def differences(self, other: Standing, but: Iterable[str] = ()) -> list[str]:
        """Name every row that is in one of both only, in tables other than these."""
        found = []
        for table in sorted({*self.rows, *other.rows} - {*but}):
            before, after = self.rows.get(table, Counter()), other.rows.get(table, Counter())
            found += [f"{table}: a row is gone or changed"] * (before - after).total()
            found += [f"{table}: a row is new or changed"] * (after - before).total()
        return found


async def standing(phone: CrowdPhone) -> Standing:
    """Read it, beside the running bot."""
    db = await phone.open()
    try:
        async with db.transaction() as tx:
            tables = [str(row["name"]) for row in await tx.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
            debriefs = await tx.all("SELECT token, state, guide_version, status FROM reflections")
            return Standing(
                {table: await _rows(tx, table) for table in tables if table not in UNTOUCHED},
                {row["token"]: json.loads(row["state"])["visit"] for row in debriefs},
                {row["token"]: row["guide_version"] for row in debriefs},
                {row["token"]: row["status"] for row in debriefs},
            )
    finally:
        await db.close()


async def _rows(tx: Reader, table: str) -> Counter[str]:
    """Its rows as texts, without when a debrief was last touched: being touched is not being written to."""
    rows = await tx.all(f'SELECT * FROM "{table}"')  # noqa: S608 - its own names
    return Counter(str({name: row[name] for name in row.keys() if name != "touched_at"}) for row in rows)  # noqa: SIM118 - a row's keys


@dataclass
class Pressings:
    """Taps and what became of them."""

    phone: CrowdPhone
    queries: list[Query] = field(default_factory=list)

    async def press(self, person: Person, buttons: Sequence[tuple[int, str]]) -> dict[str, str]:
        """Press these (message, data), some at a time; gives what each tap was answered with, by its id."""
        own: list[Query] = []
        for at in range(0, len(buttons), AT_ONCE):
            part = [self.phone.hands.press_data(person, *one) for one in buttons[at : at + AT_ONCE]]
            own += part
            until = time.monotonic() + 15
            while not all(one.answered for one in part) and time.monotonic() < until:
                await self.phone.feed.wait(self.phone.feed.version, 0.5)
        self.queries += own
        wanted = {one.id for one in own}
        said = {str(entry.details.get("query_id")): entry.text for entry in self.phone.world.journal.entries}
        return {number: said[number] for number in wanted & said.keys()}

    @property
    def unanswered(self) -> int:
        """How many taps Telegram was given no answer to."""
        return sum(not one.answered for one in self.queries)


def forged(buttons: Sequence[Shown], tokens: Sequence[str], chance: random.Random, count: int) -> list[tuple[int, str]]:
    """Buttons of layouts that there never were, or of other debriefs, made of those that were shown."""
    found = []
    for _ in range(count):
        shown = chance.choice(buttons)
        button = shown.button
        assert button is not None
        token, arg = button.token, button.arg
        found.append(
            (
                shown.message,
                chance.choice(
                    (
                        f"{token}:{button.verb}:{arg}",
                        f"{token}:{button.visit + 36**5}:{button.verb}:{arg}",
                        f"{chance.choice(tokens)}:zzz:{button.verb}:{arg}",
                        debrief_data(chance.choice(tokens), 36**4 + button.visit, "+", str(chance.randrange(9))),
                        f"{shown.question}:{chance.randrange(9)}",
                        f"q:{shown.question}:{arg}"[:60],
                        f"{token}:{button.visit}::{arg}",
                        shown.data[: chance.randrange(1, len(shown.data))].rstrip(":") or "-",
                        f"!{token}:{button.verb}:{arg}",
                        f"{token}:-1:{button.verb}:{arg}",
                        shown.data[::-1],
                        "🙂" * 16,
                    )
                ),
            )
        )
    return found


@dataclass
class Scene:
    """The phone with the bot under the new version; all but the first mentor's debriefs have ended or rest."""

    phone: GuidedPhone
    guide: LoadedGuide
    collected: Collected
    walks: list[Walk]
    version: int = 0

    async def under_the_old(self, whole: bool) -> None:
        """Debriefs of every kind to their end; then the first mentor leaves one open in its middle, the third one
        aside. ``whole``: with everything that there is to be seen."""

        async def one(walk: Walk, outcome: str) -> None:
            if whole:
                await walk.debrief(outcome)
                await walk.around_the_receipt()
            else:
                await walk.debrief(outcome, until="contact_when")
                await walk.stop()

        outcomes = ("as_agreed", "did_not_come", "left_for_safety")
        await asyncio.gather(*(one(walk, outcome) for walk, outcome in zip(self.walks, outcomes, strict=True)))
        first, _, third = self.walks
        await asyncio.gather(first.debrief("by_phone", until="minutes_used"), third.debrief("acute", until="outcome"))
        await third.later()

    async def change_the_guide(self) -> None:
        """Stop the bot, put the organisation's next version in its place, start; the second mentor begins anew."""
        await self.phone.until_still()
        await self.phone.stop_bots()
        self.version = write_next(self.phone.own)
        await self.phone.start_bot()
        await self.walks[1].debrief("as_agreed", until="outcome")
        await self.phone.until_still(quiet=0.5)


def scene(folder: Path, command: Sequence[str] = THE_PROGRAM) -> Scene:
    """Make one; its phone is to be entered."""
    (folder / "own").mkdir(parents=True)
    phone, guide = GuidedPhone(folder, 3, command), load_guide()
    collected = Collected(phone, guide)
    phone.world.on_change.append(collected.look)
    return Scene(phone, guide, collected, [Walk(collected, mentor) for mentor in phone.mentors])
