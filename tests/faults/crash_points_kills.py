"""One kill at every named point in every step of a debrief: what was met, and what must then hold."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.faults import crash_points as at
from tests.faults.audit import KINDS, Report
from tests.faults.crash_points import POINTS, Orders
from tests.faults.crash_points_again import lives
from tests.faults.crash_points_walk import Mentor, Walk
from tests.faults.crowd import CrowdPhone
from tests.faults.storm import Aftermath, settled
from tests.faults.texts import Texts

PROGRAM = ("tests.faults.crash_points_run",)
_POLL = 0.004
_PATIENCE = 30.0  # only a test that fails waits so long


@dataclass(frozen=True)
class Plan:
    """The way, and at which point the program dies in the step of this number (from 0). ``once``: what comes after the
    first kill is not looked at any more."""

    walk: Walk
    kills: Callable[[int], str | None] = lambda _: None
    once: bool = False


@dataclass
class Gone:
    """How one debrief went. ``passed``: each step with the points that were passed in it, in that order."""

    passed: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    met: list[tuple[str, str]] = field(default_factory=list)
    """Step and point of every kill."""
    missed: list[tuple[str, str]] = field(default_factory=list)
    """Kills that did not come about: the point was not passed."""
    silent: str | None = None
    """The step after which the card stayed as it was; nothing was done then."""
    repeats: int = 0
    """Kills at which a message may have been accepted without the program knowing it."""

    @property
    def asked(self) -> set[str]:
        """The questions that stood on the card before one of the steps."""
        return {name.partition(":")[0] for name in self.steps}

    @property
    def steps(self) -> list[str]:
        """The names of the steps."""
        return [name for name, _ in self.passed]


class Stage:
    """A phone with the program that dies at points, and mentors who take one step at a time."""

    def __init__(self, folder: Path, seed: int, *, mentors: int = 1, program: Sequence[str] = PROGRAM) -> None:
        self._signs = folder / "points"
        self._signs.mkdir(parents=True)
        self.orders = Orders(self._signs)
        self.phone = CrowdPhone(folder, mentors, (sys.executable, "-m", *program, str(self._signs)))
        self._texts = Texts(random.Random(seed))
        self.figures: Counter[str] = Counter()

    async def debrief(self, plan: Plan, mentor: int = 0) -> Gone:
        """Let a mentor go this way to its end, or to where the card does not go on."""
        hand = Mentor(self.phone, self.phone.mentors[mentor], plan.walk, self._texts)
        gone = Gone()
        while gone.silent is None and (step := hand.next()) is not None:
            before = hand.sight()
            await self._step(hand, step, plan.kills(len(gone.passed)), gone)
            if plan.once and gone.met:
                break
            if not await until(partial(_differs, hand, before)):
                gone.silent = step
        return gone

    async def _step(self, hand: Mentor, step: str, point: str | None, gone: Gone) -> None:
        mark = self.orders.length
        if point is not None:
            self.orders.die_at(point)
        hand.act()
        if point is not None:
            died = await until(lambda: self.orders.died)
            (gone.met if died else gone.missed).append((step, point))
            self.orders.take_back()
        await self.until_still(mark)
        passed = self.orders.since(mark)
        gone.passed.append((step, tuple(one for one in POINTS if one in passed)))
        gone.repeats += point is not None and point not in at.UNSEEN and at.BEFORE_SEND in passed

    async def until_still(self, mark: int) -> None:
        """Wait until everything is confirmed and the program has done all there was to do."""
        latest = time.monotonic() + 2 * _PATIENCE
        while len(self.phone.world.updates) or not self.orders.at_rest(mark):
            assert time.monotonic() < latest, f"the bot does not come to rest: {self.phone.last_words()}"
            await asyncio.sleep(_POLL)

    async def aftermath(self, gone: Sequence[Gone]) -> Aftermath:
        """Let all be done that is to be done, and give what is there then."""
        found = await settled(self.phone)
        deaths = sum(life.code == -9 for life in lives(self._signs / "starts"))
        self.figures.update({"deaths": deaths, "steps": sum(len(one.passed) for one in gone)})
        return Aftermath(self.phone, found, sum(one.repeats for one in gone), self.figures)


def _differs(hand: Mentor, before: object) -> bool:
    return hand.sight() != before


async def until(holds: Callable[[], object]) -> bool:
    """Wait for it, but not for ever; whether it came about."""
    latest = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > latest:
            return False
        await asyncio.sleep(_POLL)
    return True


def counts(*reports: Report) -> str:
    """How many violations of each kind, in all of them together."""
    return ", ".join(f"{kind} {sum(one.count(kind) for one in reports)}" for kind in KINDS)
