"""The bot is asked to stop in the middle of its work, is killed when it takes too long, and started again."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.practice.faults import Fault
from tests.faults.crash_points_again import Life, lives
from tests.faults.crowd import CrowdPhone
from tests.faults.troubles import Trouble, _moment

LONGEST = 10.0  # seconds until SIGKILL follows
_LOOK = 0.004
_NEVER = 10.0**6
LONGEST_STOP = "longest stop in ms"
"""Of the stops that came to their end by themselves."""


def starting(book: Path, program: str = "tests.faults.stopping_run") -> Sequence[str]:
    """The command that starts the program again and again and keeps this book of it."""
    return (sys.executable, "-m", program, str(book))


def soon_or_late(chance: random.Random) -> float:
    """Draw the seconds until SIGKILL: half of them so short that the stop is often still under way."""
    return chance.uniform(0, 0.04) if chance.random() < 0.5 else chance.uniform(0, LONGEST)


def long_enough(chance: random.Random) -> float:
    """Let every stop come to its end."""
    return LONGEST


def stops(book: Path, count: int, seconds: float, grace: Callable[[random.Random], float] = soon_or_late) -> Trouble:
    """Ask the bot to stop so often, or for so many seconds, each time at a moment drawn by lot."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        until, asked = time.monotonic() + seconds, phone.world.polls - 1
        while phone.figures["stops"] < count and time.monotonic() < until:
            await _moment(phone, chance, asked)
            asked = phone.world.polls
            await stop(phone, book, grace(chance))

    return trouble


@dataclass(frozen=True)
class Hanging:
    """The Bot API answers so late. ``method``: in lower case, or "" for all but getUpdates; ``seconds``: after that,
    or never; ``at_start``: it is called when the bot starts."""

    method: str
    seconds: float = _NEVER
    at_start: bool = False


def stops_while(book: Path, kinds: Sequence[Hanging]) -> Trouble:
    """Ask the bot to stop while a call of each kind is under way, and leave it all the time it takes."""

    async def trouble(phone: CrowdPhone, chance: random.Random) -> None:
        for kind in kinds:
            met = phone.faults.taken.total()
            phone.faults.add(Fault("delay", count=10**6, method=kind.method, seconds=kind.seconds))
            if kind.at_start:
                await stop(phone, book, LONGEST)
            until = time.monotonic() + 30
            while phone.faults.taken.total() == met:
                assert time.monotonic() < until, f"nobody called {kind.method}"
                await asyncio.sleep(_LOOK)
            await asyncio.sleep(chance.uniform(0.05, 0.3))
            asked = phone.world.polls
            await stop(phone, book, LONGEST)
            phone.faults.clear()
            await phone.until_asked(asked)
            await asyncio.sleep(0.5)

    return trouble


async def stop(phone: CrowdPhone, book: Path, grace: float) -> None:
    """SIGTERM; SIGKILL when it is still there after so many seconds. Returns when it has been started again."""
    life = await _now(book)
    phone.figures["stops"] += 1
    phone.figures["stops with updates unconfirmed"] += bool(len(phone.world.updates))
    began = time.monotonic()
    os.kill(life.pid, signal.SIGTERM)
    ended = life
    while ended.code is None and time.monotonic() < began + grace:
        await asyncio.sleep(_LOOK)
        ended = lives(book)[life.number]
    if ended.code is None:
        try:
            os.kill(life.pid, signal.SIGKILL)
        except ProcessLookupError:  # it has ended by itself since the last look
            phone.figures["ended a moment before the kill"] += 1
        else:
            phone.figures["killed"] += 1
            phone.figures["killed after ten seconds"] += grace >= LONGEST
    else:
        _note(phone, ended, began)
    await _next(book, life)


def _note(phone: CrowdPhone, ended: Life, began: float) -> None:
    if ended.code == -signal.SIGTERM:
        phone.figures["stopped before it began"] += 1
        return
    phone.figures["ended by itself"] += 1
    phone.figures["ended badly"] += ended.code != 0
    took = round(1000 * (ended.ended - began))
    phone.figures[LONGEST_STOP] = max(phone.figures[LONGEST_STOP], took)


async def _now(book: Path) -> Life:
    """The start that lives."""
    until = time.monotonic() + 30
    while not (found := lives(book)) or found[-1].code is not None:
        assert time.monotonic() < until, "the bot is not started again"
        await asyncio.sleep(_LOOK)
    return found[-1]


async def _next(book: Path, life: Life) -> None:
    until = time.monotonic() + 30
    while len(lives(book)) <= life.number + 1:
        assert time.monotonic() < until, "the bot is not started again"
        await asyncio.sleep(_LOOK)
