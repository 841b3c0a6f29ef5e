"""Role by command and button, with every id that is somebody else's: nobody sees or changes what is not theirs.

The walks that make the pages and what a turn leads to come from ``test_permissions``, which asks more narrowly that
each refusal is kind. Here everything is tried with everything, and an auditor who knows nothing of the permission
check says what was seen and what was written.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.service import permissions
from bot.service.replies import Reply
from bot.telegram.minimise import minimise
from bot.telegram.router import COMMANDS, route
from storage.people import Person, Role
from tests.faults.audit import ALTERED, ASTRAY, LEAKED, Report
from tests.faults.conftest import KILLS, Note, Size
from tests.faults.role_scene import READERS, Scene, scene
from tests.integration.ahead_probe import ask_ahead, told_the_same
from tests.integration.test_permissions import (
    WHO,
    Dump,
    Undone,
    changed,
    dump,
    for_whom,
    of,
    page_of,
    said,
    update_of,
)

SECONDS = 5.0
"""For ids put where they do not belong, in an ordinary run; every command and every drawn button are always tried."""
OUTSIDE = ("uffe", "stranger")
EXAMPLE = re.compile(r"(?:fx|such as|/log|/paamind|/remind) B07")
"""The pseudonym that the wording itself gives as an example."""
LED = frozenset({"call", "supervision", "week", "log"})
"""Pages on which a lead may act on what mentors of the own team wrote."""
Row = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Attempt:
    """``who`` sends it, and it is about something of ``owner``; ``typed``: words that may come back as an echo."""

    who: str
    owner: str
    raw: Mapping[str, Any]
    what: str
    page: str = ""
    typed: str = ""


class Auditor:
    """Tries things, takes each back, and judges what it led to."""

    def __init__(self, made: Scene) -> None:
        self.made, self.report, self._before, self.kept = made, Report(), Dump(), 0

    async def tries(self, attempt: Attempt) -> None:
        """One attempt."""
        who = of(self.made.cast, attempt.who)
        self.report.figures[attempt.who] += 1
        try:
            replies, wrote = await self._turn(attempt.raw)
        except Exception as error:
            self.report.add(ASTRAY, f"{attempt.what}: not answered, {type(error).__name__}")
            return
        self._shown(attempt, who, replies)
        if not self._leads(attempt, who):
            self._written(attempt, wrote)

    async def _turn(self, raw: Mapping[str, Any]) -> tuple[list[Reply], list[Row]]:
        here, wrote = self.made.here, list[Row]()
        replies: list[Reply] = []
        try:
            async with here.db.transaction() as tx:
                self._before = self._before or await dump(tx)
                count = await tx.all("SELECT total_changes() AS n")
                await ask_ahead(tx)
                update = minimise({"update_id": 1, **raw})
                replies = await route(tx, here.tools, update, here.now)
                kept, stale = await told_the_same(tx, update.chat_id or 0)
                self.kept += kept
                for sql in stale:
                    self.report.add(ALTERED, f"somebody else's turn would begin with what has passed: {sql}")
                if await tx.all("SELECT total_changes() AS n") != count:
                    wrote = changed(self._before, await dump(tx))
                raise Undone
        except Undone:
            return replies, wrote

    def _shown(self, attempt: Attempt, who: Person, replies: Sequence[Reply]) -> None:
        """A tap leads to something, for outsiders to nothing; marks are shown to their readers only."""
        tapped = "callback_query" in attempt.raw
        words = EXAMPLE.sub("", said(self.made.here, replies))
        if tapped and not replies and attempt.who not in OUTSIDE:
            self.report.add(ASTRAY, f"{attempt.what}: nothing comes of it")
        if tapped and replies and attempt.who in OUTSIDE:
            self.report.add(LEAKED, f"{attempt.what}: {len(replies)} replies")
        for mark, readers in READERS.items():
            if attempt.who not in readers and mark in words and mark not in attempt.typed:
                self.report.add(LEAKED, f"{attempt.what}: {mark} was shown")
        if for_whom(replies) - {who.chat_id} and not self._leads(attempt, who):
            self.report.add(ASTRAY, f"{attempt.what}: something is sent to somebody else")

    def _leads(self, attempt: Attempt, who: Person) -> bool:
        """Whether a lead acts on what is their team's."""
        return who.role is Role.LEAD and self._team(attempt.owner) == who.team_id and attempt.page in LED

    def _written(self, attempt: Attempt, wrote: Sequence[Row]) -> None:
        """What is written is about whoever sent it, before and after; by outsiders nothing but a failed invitation."""
        if attempt.who in OUTSIDE:
            strange = {table for table, row in wrote if table != "audit" or "enrol_failed" not in row}
        else:
            strange = {table for table, row in wrote if not self._about(attempt.who, table, row)}
        if strange:
            self.report.add(ALTERED, f"{attempt.what}: {sorted(strange)}")

    def _about(self, name: str, table: str, row: Sequence[object]) -> bool:
        """Whether a row is this person's, or hangs on what is theirs, and on nothing that is somebody else's; but that
        a lead has read their team's log is noted."""
        who = of(self.made.cast, name)
        things = [self.made.things[cell] for cell in row if isinstance(cell, str) and cell in self.made.things]
        mine = who.id in row or who.chat_id in row or any(one.owner == name for one in things)
        others = [one for one in things if one.owner != name and one.kind != "person"]
        noted = who.role is Role.LEAD and table == "audit" and "log_read" in row
        return mine and (not others or (noted and all(self._team(one.owner) == who.team_id for one in others)))

    def _team(self, name: str) -> str | None:
        return of(self.made.cast, name).team_id


def commands(made: Scene) -> Iterator[Attempt]:
    """Every command with everything of somebody else's that can stand after it."""
    marks = ["B07", "Stjerne syv", "K12", "S01", "47"]
    ids = {(one.kind, one.owner): one.id for one in made.things.values() if one.kind in ("debrief", "citizen")}
    rests = [*marks, *ids.values()]
    for word in COMMANDS:
        for rest in ("", *rests):
            text = f"/{word} {rest}"
            for name in WHO:
                who = of(made.cast, name)
                yield Attempt(name, name, update_of(who, text=text), f"{name} sends {text}", typed=text)


def buttons(made: Scene) -> Iterator[Attempt]:
    """Every button of everybody's pages, as it was drawn, pressed by everybody else."""
    for page_of_whom, found in made.buttons.items():
        for data in sorted(found):
            owner = made.owner(data, page_of_whom)
            yield from _presses(made, data, owner, [one for one in WHO if one != page_of_whom])


def moulded(made: Scene, chance: random.Random) -> list[Attempt]:
    """Every button with every id that is somebody else's, those of its own kind first, then all others."""
    own: list[Attempt] = []
    other: list[Attempt] = []
    for mould, kind in sorted(made.moulds()):
        for thing in made.things.values():
            data = mould.format(thing.id)
            if len(data.encode()) <= 64:
                tried = _presses(made, data, thing.owner, [one for one in WHO if one != thing.owner])
                (own if thing.kind == kind else other).extend(tried)
    chance.shuffle(own)
    chance.shuffle(other)
    return own + other


def _presses(made: Scene, data: str, owner: str, names: Sequence[str]) -> Iterator[Attempt]:
    for name in names:
        raw = update_of(of(made.cast, name), data=data)
        yield Attempt(name, owner, raw, f"{name} presses {data} ({owner}'s)", page_of(data))


async def audited(made: Scene, attempts: Iterable[Attempt], seed: int = 0, seconds: float = 0.0) -> Report:
    """Try all of these; and what is made up, as much as there is time for."""
    auditor = Auditor(made)
    figures = auditor.report.figures
    for attempt in attempts:
        await auditor.tries(attempt)
    drawn = figures.total()
    made_up, until = moulded(made, random.Random(seed)), time.monotonic() + seconds
    for attempt in made_up:
        if time.monotonic() > until:
            break
        await auditor.tries(attempt)
    assert auditor.kept > 100, "many turns ask for nothing, and leave others what was asked for them"
    tried = figures.total() - drawn
    figures.clear()
    figures.update({"as drawn or typed": drawn, "made up": tried, "of": len(made_up), "ids": len(made.things)})
    return auditor.report


async def test_nobody_sees_what_is_not_theirs(tmp_path: Path, size: Size, note: Note) -> None:
    """Mentors of both teams, leads of both, an admin, a coder, a stranger and who has left, with every command, every
    button and every id of the others: nothing of theirs is shown, no row of theirs changes, each tap is answered."""
    async with scene(tmp_path) as made:
        kinds = {one.kind for one in made.things.values()}
        report = await audited(made, (*commands(made), *buttons(made)), size.seed, SECONDS * max(1, size.kills / KILLS))
    note(24, report.figures["as drawn or typed"] + report.figures["made up"], "commands and buttons", report)
    assert not report.violations, report
    assert len(kinds) == 11 and report.figures["as drawn or typed"] > 3000


async def test_the_twin_that_always_says_yes(tmp_path: Path, note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every button as it was drawn: with a check that lets everybody do everything, words are leaked and rows of
    others are altered, and the auditor says so; whoever is not here still sees nothing."""
    async with scene(tmp_path) as made:
        monkeypatch.setattr(permissions, "may", lambda *_, **__: True)
        monkeypatch.setattr(permissions, "may_press", lambda *_: True)
        report = await audited(made, buttons(made))
    figure = f"leaked {report.count(LEAKED)}, altered {report.count(ALTERED)}"
    note(24, report.figures["as drawn or typed"], "buttons", figure, twin=True)
    assert report.count(LEAKED) and report.count(ALTERED)
    assert not [one for one in report.violations if one.what.startswith(OUTSIDE)]
