"""A torn write-ahead log: what was committed before the damage is there, and what is missing is not kept quiet."""

from __future__ import annotations

import itertools
import random
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from storage.sqlite import open_sqlite
from tests.faults.conftest import Note, Size
from tests.faults.torn_history import KEY, NAME, History, one_go, part_by_part, write_history
from tests.faults.torn_kit import (
    HALF,
    KINDS,
    LOST,
    UNREPORTED,
    Damage,
    Ours,
    Way,
    WithoutLog,
    WithoutMark,
    audit,
    cuts,
    harms,
)

ROW = 5
SECONDS = 30  # that the damages of every run may take
TRANSACTIONS = 40
AFTERWARDS = 8  # damages after which it is worked on
FEW = 30  # damages that a twin has to stand


async def _found(
    history: History, damages: Sequence[Damage], folder: Path, way: Way, seconds: float
) -> tuple[int, list[str]]:
    """How many damages were tried in the time, and what was wrong."""
    until, wrong = time.monotonic() + seconds, list[str]()
    for number, damage in enumerate(damages):
        if time.monotonic() > until:
            return number, wrong
        wrong += await audit(history, damage, folder / "damaged", way)
        shutil.rmtree(folder / "damaged")
    return len(damages), wrong


def _figure(wrong: Sequence[str], more: str = "") -> str:
    counted = Counter(one.partition(":")[0] for one in wrong)
    figures = ", ".join(f"{kind} {counted[kind]}" for kind in KINDS)
    return "".join([figures, more, *(f"\n  {one}" for one in wrong[:10])])


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("anew_after", [0, 15, TRANSACTIONS], ids=["first round", "begun anew", "just moved"])
async def test_a_torn_log_opens_with_what_lies_before_and_says_what_is_gone(
    tmp_path: Path, size: Size, note: Note, anew_after: int
) -> None:
    """Wherever the log ends or is harmed, in its first round, begun anew over old frames, or when all of it has just
    been moved into the file: it opens, every transaction before the harm is there, none by half, and a loss of anything
    older than the mark is told."""
    chance = random.Random(size.seed + anew_after)
    history = await write_history(tmp_path / "history", chance, TRANSACTIONS, anew_after=anew_after)
    many = -(-size.many("cuts", 501) // 3)
    ends = cuts(history)
    ends = chance.sample(ends, min(len(ends), many * 3 // 4))
    damages = [*itertools.islice(harms(history, chance), many - len(ends)), *ends]
    chance.shuffle(damages)
    tried, wrong = await _found(history, damages, tmp_path, Ours(), size.many("torn_seconds", SECONDS) / 3)
    note(ROW, tried, "damaged logs", _figure(wrong, f"; {history.in_use} frames in use, {TRANSACTIONS} transactions"))
    assert not wrong
    assert tried > 20 and history.marked > 0 and history.in_use > TRANSACTIONS - anew_after


@pytest.mark.parametrize("way", [WithoutMark(), WithoutLog()], ids=["no mark", "no log"])
async def test_the_twin_that_looks_less_loses_without_a_word(tmp_path: Path, size: Size, note: Note, way: Way) -> None:
    """The same damages, opened by who does not look at the mark: a loss goes unreported. Who leaves the log behind
    loses what was committed as well."""
    chance = random.Random(size.seed)
    history = await write_history(tmp_path / "history", chance, TRANSACTIONS, anew_after=15)
    damages = chance.sample(cuts(history), FEW)
    tried, wrong = await _found(history, damages, tmp_path, way, 60)
    note(ROW, tried, "damaged logs", _figure(wrong), twin=True)
    kinds = {one.partition(":")[0] for one in wrong}
    assert kinds == ({UNREPORTED} if isinstance(way, WithoutMark) else {UNREPORTED, LOST})


async def test_the_twin_that_commits_row_by_row_is_torn_in_half(tmp_path: Path, size: Size, note: Note) -> None:
    """The same rows, each in a transaction of its own: the same cuts leave half of what belongs together."""
    chance = random.Random(size.seed)
    history = await write_history(tmp_path / "history", chance, TRANSACTIONS // 2, write=part_by_part)
    tried, wrong = await _found(history, chance.sample(cuts(history), FEW), tmp_path, Ours(), 60)
    note(ROW, tried, "damaged logs", _figure(wrong), twin=True)
    assert {one.partition(":")[0] for one in wrong} == {HALF}


async def test_after_a_loss_work_goes_on_and_nothing_more_is_lost(tmp_path: Path, size: Size, note: Note) -> None:
    """What is there after the damage is there after the next transaction too; that one is whole; and the loss is told
    until somebody has seen to it, though the mark has moved on."""
    chance = random.Random(size.seed)
    history = await write_history(tmp_path / "history", chance, TRANSACTIONS)
    wrong = list[str]()
    for damage in chance.sample(cuts(history), AFTERWARDS):
        folder = tmp_path / "damaged"
        wrong += await audit(history, damage, folder, Ours())
        wrong += await _goes_on(folder, damage)
        shutil.rmtree(folder)
    note(ROW, AFTERWARDS, "damaged logs, worked on afterwards", _figure(wrong))
    assert not wrong


async def _goes_on(folder: Path, damage: Damage) -> list[str]:
    before = await Ours().look(folder)
    number = max(before.parts[0], default=0) + 1
    database = await open_sqlite(folder / NAME, KEY, create=False)
    await one_go(database, number, 20)
    await database.close()
    after = await Ours().look(folder)
    wrong = []
    if any(part != frozenset(range(1, number + 1)) for part in after.parts) or after.latest != number:
        wrong.append(f"{LOST}: {number} transactions must be there, {after.latest} are, after {damage.what}")
    if before.reported and not after.reported:
        wrong.append(f"{UNREPORTED}: the loss is forgotten after {damage.what}")
    return wrong
