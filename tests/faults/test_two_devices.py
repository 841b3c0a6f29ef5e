"""One mentor with two phones, each of which shows what is new only now and then: nobody's answer is overwritten unseen.

``EFTERTANKE_TEST_INTERLEAVINGS`` says how many of the dialogue alone, ``EFTERTANKE_TEST_DEVICES`` how many taps on the
running bot; ``EFTERTANKE_TEST_SEED`` which.
"""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.dialogue import engine
from bot.dialogue.guide import Guide
from prompts import load_guide
from tests.faults import devices_core as core
from tests.faults.audit import ASTRAY, DOUBLED
from tests.faults.conftest import Note, Size
from tests.faults.devices_phones import Device
from tests.faults.taps_audit import ELSEWHERE, TOO_MANY
from tests.faults.taps_storm import taps
from tests.faults.twin_visits import believing

ROW = 12
INTERLEAVINGS, ACTS = 2000, 20
DEVICES = 240
_SIZES = {name: int(os.environ.get(f"EFTERTANKE_TEST_{name}", "0")) for name in ("INTERLEAVINGS", "DEVICES")}
KINDS = (core.OVERWRITTEN, core.ELSEWHERE, core.WORDLESS, core.UNSEEN)


@pytest.fixture(scope="module")
def guide() -> Guide:
    """The shipped guide's logic."""
    return load_guide().guide


def interleaved(
    guide: Guide, seed: int, count: int, step: core.Step = engine.step
) -> tuple[Counter[str], Counter[str], list[str]]:
    """So many interleavings; gives what was found by kind, figures, and the first violations in words."""
    chance = random.Random(seed)
    begun = core.beginnings(guide, chance, walks=40)
    found: Counter[str] = Counter()
    figures: Counter[str] = Counter()
    words: list[str] = []
    for number in range(count):
        one = core.Devices(guide, chance, chance.choice(begun), step=step).run(ACTS)
        found.update(kind for kind, _ in one.violations)
        found["not the same again"] += not core.replayed(guide, one, step)
        words += [f"interleaving {number}, {kind}: {what}" for kind, what in one.violations]
        figures.update(one.figures)
    return found, figures, words[:12]


@pytest.mark.timeout(240 + _SIZES["INTERLEAVINGS"] // 4)
def test_no_interleaving_overwrites(guide: Guide, size: Size, note: Note) -> None:
    """Whatever two phones do by turns, from anywhere in a debrief: no answer is replaced by a tap that did not see it,
    no tap answers another question than its own, a button that has had its day is refused with a word or, one step
    behind, with the card as it is now, nothing is shared that was not shown; and the same acts lead to the same end."""
    count = size.many("interleavings", INTERLEAVINGS)
    found, figures, words = interleaved(guide, size.seed, count)
    told = ", ".join(f"{kind} {found[kind]}" for kind in KINDS)
    done = ", ".join(f"{name} {times}" for name, times in figures.items())
    note(ROW, count, "interleavings", f"{told}; {done}")
    assert not found.total(), words
    assert figures["stale taps"] > count and figures["answers replaced"] > count // 4, "too little met to tell"


def test_the_twin_that_believes_every_button_overwrites(guide: Guide, size: Size, note: Note) -> None:
    """With every button taken for one of the card that is shown, answers are overwritten and written elsewhere."""
    count = INTERLEAVINGS // 8
    found, _, _ = interleaved(guide, size.seed, count, believing)
    figure = ", ".join(f"{kind} {found[kind]}" for kind in KINDS)
    note(ROW, count, "interleavings", f"{figure} (every button believed)", twin=True)
    assert found[core.ELSEWHERE] and found[core.WORDLESS]


@pytest.mark.timeout(240 + _SIZES["DEVICES"])
async def test_two_phones_on_the_running_bot(tmp_path: Path, size: Size, note: Note) -> None:
    """Six mentors with two phones each, on the running bot: every answer is one that was pressed or typed for it, in
    the order in which it came, and every tap is answered."""
    count = size.many("devices", DEVICES)
    report = await taps(tmp_path, size.seed, count, Device, mentors=6, phones=2)
    figures = report.figures
    wrong = f"{ELSEWHERE} {report.count(ELSEWHERE)}, {TOO_MANY} {report.count(TOO_MANY)}"
    done = f"{figures['refused with a word']} refused with a word, {figures['edits']} edits"
    note(ROW, figures["taps"], "taps of two phones", f"{wrong}, {done}\n{report}")
    assert not report.violations, f"seed {size.seed}: {report}"
    assert figures["refused with a word"] > count // 20 and figures["answers"] > count // 40, "too little met to tell"


async def test_the_twin_on_the_running_bot_writes_elsewhere(tmp_path: Path, size: Size, note: Note) -> None:
    """The running program with every button believed: the auditor names answers written where nobody gave them."""
    command = (sys.executable, "-m", "tests.faults.twin_visits")
    report = await taps(tmp_path, size.seed, DEVICES, Device, mentors=6, phones=2, command=command)
    named = {kind: report.count(kind) for kind in (ELSEWHERE, TOO_MANY, DOUBLED, ASTRAY)}
    figure = ", ".join(f"{kind} {times}" for kind, times in named.items())
    note(ROW, report.figures["taps"], "taps of two phones", f"{figure} (every button believed)", twin=True)
    assert any(named.values()), f"seed {size.seed}: {report}"
