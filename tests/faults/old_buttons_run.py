"""Every button that was ever shown, pressed under another guide: what may not come of it has a name."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bot.practice.messages import Person
from bot.workdays import danish_holidays
from prompts import load_messages
from tests.faults.audit import Report, compare
from tests.faults.crowd import THE_PROGRAM
from tests.faults.old_buttons_scene import Pressings, Scene, Standing, forged, scene, standing
from tests.faults.old_buttons_walk import Shown
from tests.faults.storm import settled

WRONG, UNKIND, UNANSWERED, STUCK = "wrong write", "no kind word", "unanswered", "not gone on"
"""Something written by a button that had had its day; one refused without a word; a tap without an answer; a debrief
that did not go on under the guide it was begun with."""
_WORDS = load_messages().texts
STALE, NOT_YOURS = _WORDS["note.stale"], _WORDS["note.not_yours"]


async def run(
    folder: Path, seed: int, made_up: int, *, command: Sequence[str] = THE_PROGRAM, most: int | None = None
) -> Report:
    """The whole of it. ``made_up``: how many forged ones; ``most``: of those that were shown at most so many of each
    mentor, in a short scene that ends there."""
    chance, report = random.Random(seed), Report()
    stage = scene(folder, command)
    async with stage.phone as phone:
        await phone.start_bot()
        await stage.under_the_old(whole=most is None)
        await stage.change_the_guide()
        pressings = Pressings(phone)
        await _dead_ones(report, stage, pressings, chance, made_up, most)
        report.figures["questions shown"] = len(set().union(*(walk.questions for walk in stage.walks)))
        if most is None:
            await _live_ones(report, stage, pressings)
            await _go_on(report, stage)
        for _ in range(pressings.unanswered):
            report.add(UNANSWERED, "a tap")
        report.figures["taps"] = len(pressings.queries)
        found = await settled(phone)
    if most is None:
        old = [stage.phone.mentors[0].id, stage.phone.mentors[2].id]
        told, _ = compare(phone.world.ledger, found, old, stage.guide.guide, danish_holidays)
        report.violations += told.violations
        report.figures["answers"] = told.figures["answers"]
    return report


async def _dead_ones(
    report: Report, stage: Scene, pressings: Pressings, chance: random.Random, made_up: int, most: int | None
) -> None:
    """Buttons that are not on their debrief's card any more, forged ones, and those of other people: nothing is
    written, and each is answered with a word; the very last card before is shown again instead."""
    before = await standing(stage.phone)
    every = [one for one in stage.collected.buttons.values() if one.button is not None]
    report.figures["buttons shown"] = len(stage.collected.buttons)

    async def one_mentor(mentor: Person, dice: random.Random) -> None:
        dead = [one for one in every if one.chat == mentor.id and _is_dead(one, before)]
        dice.shuffle(dead)
        part = dead[:most]
        report.figures["old buttons"] += len(part)
        said = await pressings.press(mentor, [_key(one) for one in part])
        told, just_before = Counter(said.values()), sum(_behind(one, before) == 1 for one in part)
        if told[""] > just_before or told.keys() - {"", STALE}:
            report.add(UNKIND, f"chat {mentor.id}: {told['']} of {len(part)} were answered in silence")
        report.figures["kind words"] += told[STALE]
        if mentor is stage.phone.mentors[1]:
            await _strange_ones(report, pressings, dice, mentor, every, dead, made_up)

    each = [one_mentor(mentor, random.Random(chance.random())) for mentor in stage.phone.mentors]
    await asyncio.gather(*each)
    await stage.phone.until_still(quiet=0.5)
    for what in before.differences(await standing(stage.phone)):
        report.add(WRONG, what)


async def _strange_ones(
    report: Report,
    pressings: Pressings,
    chance: random.Random,
    mentor: Person,
    every: Sequence[Shown],
    dead: Sequence[Shown],
    count: int,
) -> None:
    """Forged ones, and buttons from other people's chats: in that chat only which is not replayed, for no replay knows
    what they would be."""
    tokens = sorted({one.button.token for one in every if one.button and one.chat == mentor.id})
    made = forged(dead, tokens, chance, count)
    report.figures["forged buttons"] += len(made)
    said = await pressings.press(mentor, made)
    if silent := Counter(said.values())[""]:
        report.add(UNKIND, f"chat {mentor.id}: {silent} forged ones were answered in silence")
    others = [_key(one) for one in chance.sample([one for one in every if one.chat != mentor.id], count // 4)]
    report.figures["buttons of others"] += len(others)
    said = await pressings.press(mentor, others)
    if set(said.values()) - {NOT_YOURS}:
        report.add(UNKIND, f"chat {mentor.id}: others' buttons were answered {set(said.values())}")


async def _live_ones(report: Report, stage: Scene, pressings: Pressings) -> None:
    """What is on the second mentor's ended debriefs still, while one of the new version is open: nothing is written
    to answers or what follows from them, and the open one stays as it is."""
    before = await standing(stage.phone)
    second = stage.phone.mentors[1]
    own = [one for one in stage.collected.buttons.values() if one.chat == second.id and one.button]
    ended = [one for one in own if one.button and before.statuses[one.button.token] != "open"]
    live = [one for one in ended if not _is_dead(one, before)]
    report.figures["buttons of a receipt"] = len(live)
    await pressings.press(second, [_key(one) for one in live])
    await stage.phone.until_still(quiet=0.5)
    after = await standing(stage.phone)
    for what in before.differences(after, but=("reflections",)):
        report.add(WRONG, f"from a receipt, {what}")
    if (before.statuses, before.versions) != (after.statuses, after.versions):
        report.add(WRONG, "from a receipt, a debrief was opened again beside another")


async def _go_on(report: Report, stage: Scene) -> None:
    """What was open or aside when the guide changed is finished under the guide it was begun with, and what was begun
    since under the new one: the card of each is there, and shows where it stood."""
    await asyncio.gather(*(walk.debrief() for walk in stage.walks))
    await stage.phone.until_still(quiet=0.5)
    after = await standing(stage.phone)
    old = stage.guide.guide.version
    versions = Counter(after.versions.values())
    if versions != Counter({old: 5, stage.version: 1}) or {*after.statuses.values()} != {"saved"}:
        report.add(STUCK, f"debriefs by version {dict(versions)}, {dict(Counter(after.statuses.values()))}")
    report.figures["gone on under the old guide"] = 2


def _is_dead(one: Shown, there: Standing) -> bool:
    return one.button is not None and _behind(one, there) != 0


def _behind(one: Shown, there: Standing) -> int:
    assert one.button is not None
    return there.visits[one.button.token] - one.button.visit


def _key(one: Shown) -> tuple[int, str]:
    return one.message, one.data
