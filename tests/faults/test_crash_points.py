"""Killed at every named point of every step of a debrief, the bot loses nothing and goes on at the right question.

``EFTERTANKE_TEST_POINTS``: how many debriefs, each with one point at which it dies in every step. As many as there are
points take the short way through the guide; ``ALL`` of them take every way at every point. A following part of them
begins where the last one ended: its seed is one higher.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults import crash_points as at
from tests.faults.audit import ASTRAY, LOST, Report
from tests.faults.conftest import SEED, Note, Size
from tests.faults.crash_points import POINTS, REMINDER_POINTS
from tests.faults.crash_points_kills import Gone, Plan, Stage, counts
from tests.faults.crash_points_reminders import ask_for_reminders, audit, remind
from tests.faults.crash_points_walk import SHORT, WALKS, Walk
from tests.faults.storm import GUIDE

EVERY = [(walk, point) for walk in WALKS for point in POINTS]
ALL = len(EVERY)
DEBRIEFS = int(os.environ.get("EFTERTANKE_TEST_POINTS", len(POINTS)))


def test_the_ways_ask_every_question() -> None:
    """Together, the ways are there for every question of the guide; that each leads there is seen when it is taken."""
    assert {one for walk in WALKS for one in walk.asks.split()} == {question.id for question in GUIDE.guide}


def chosen(size: Size) -> dict[str, tuple[Walk, list[str]]]:
    """The debriefs of this run, by way."""
    count = min(ALL, DEBRIEFS)
    first = (size.seed - SEED) * count
    found: dict[str, tuple[Walk, list[str]]] = {}
    for number in range(first, first + count):
        walk, point = EVERY[number % ALL]
        found.setdefault(walk.name, (walk, []))[1].append(point)
    return found


async def along(folder: Path, walk: Walk, points: list[str], seed: int) -> tuple[Report, list[Gone], Gone]:
    """Take the way once in peace, to see which points each step passes, and then once for each of the points, with a
    kill there in every step that passes it."""
    stage = Stage(folder, seed)
    async with stage.phone:
        await stage.phone.start_bot()
        calm = await stage.debrief(Plan(walk))
        gone = []
        for point in points:
            dies = {step: point for step, (_, passed) in enumerate(calm.passed) if point in passed}
            gone.append(await stage.debrief(Plan(walk, dies.get)))
        return (await stage.aftermath(gone)).audit(), gone, calm


@pytest.mark.timeout(300 + 90 * DEBRIEFS)
async def test_killed_at_every_point_of_every_step(tmp_path: Path, size: Size, note: Note) -> None:
    """All points are passed and met in all steps that pass them, and nothing is lost, doubled, reordered, altered or
    leaked; a message is repeated only where the kill fell while one was sent."""
    for name, (walk, points) in chosen(size).items():
        report, gone, calm = await along(tmp_path / name, walk, points, size.seed)
        met = sum(len(one.met) for one in gone)
        wanted = sum(point in passed for point in points for _, passed in calm.passed)
        told = f"{met} of {wanted} points x steps met on the way '{name}'"
        repeated = f"{report.figures['cards twice']} cards repeated"
        note(2, met, "kills at named points", f"{counts(report)}; {told}, {repeated}")
        assert {*walk.asks.split()} <= calm.asked, f"{name} does not lead to all that it is there for"
        assert {point for _, passed in calm.passed for point in passed} == set(POINTS), name
        assert met == wanted == report.figures["deaths"] and not any(one.missed for one in gone)
        assert [one.silent for one in gone] == [None] * len(points)
        assert all(one.steps == calm.steps for one in gone), "a kill led somebody another way"
        assert not report.violations, f"{name}, seed {size.seed}: {report}"


@pytest.mark.timeout(240)
async def test_killed_at_every_point_of_a_reminder(tmp_path: Path, size: Size, note: Note) -> None:
    """Killed where a reminder is claimed and queued, and before and after it is sent and marked: each is sent, and
    again only when it was accepted and that was not yet noted."""
    stage = Stage(tmp_path, size.seed)
    async with stage.phone:
        await ask_for_reminders(stage.phone, len(REMINDER_POINTS))
        await stage.phone.start_bot()
        met = await remind(stage, REMINDER_POINTS)
        report = (await stage.aftermath([])).audit()
        audit(stage.phone, REMINDER_POINTS, report)
    told = f"{len(met)} of {len(REMINDER_POINTS)} points of a reminder met"
    note(2, len(met), "kills at named points", f"{counts(report)}; {told}")
    assert met == list(REMINDER_POINTS) and report.figures["deaths"] == len(met)
    assert not report.violations, report


STEPS = (0, 2, 5)  # of the three debriefs in which the twins are killed


async def twin(folder: Path, weaker: str, point: str, seed: int) -> Report:
    """Three mentors on the short way, each with one kill, after which nobody mends what is broken."""
    stage = Stage(folder, seed, mentors=len(STEPS), program=("tests.faults.twin_crash_points", weaker))
    async with stage.phone:
        await stage.phone.start_bot()
        plans = [Plan(SHORT, {step: point}.get, once=True) for step in STEPS]
        gone = [await stage.debrief(plan, mentor) for mentor, plan in enumerate(plans)]
        report = (await stage.aftermath(gone)).audit()
    assert report.figures["deaths"] == len(STEPS) == sum(len(one.met) for one in gone)
    return report


async def test_the_twin_that_is_done_before_it_acts_loses(tmp_path: Path, size: Size, note: Note) -> None:
    """The same program, but "done" is committed before the effects: killed in between, every update is lost."""
    report = await twin(tmp_path, "done_first", at.TURN_AFTER_COMMIT, size.seed)
    note(2, len(STEPS), "kills between done and its effects", counts(report), twin=True)
    assert report.count(LOST) >= len(STEPS), report


async def test_the_twin_that_marks_before_it_sends_loses(tmp_path: Path, size: Size, note: Note) -> None:
    """The same program, but a message is marked as sent before it is sent: killed in between, the mentor has no card,
    or one that is not of the question that is asked."""
    report = await twin(tmp_path, "marked_first", at.MARK_AFTER_COMMIT, size.seed)
    note(2, len(STEPS), "kills between marking and sending", counts(report), twin=True)
    assert report.count(LOST) >= 1 and report.count(LOST) + report.count(ASTRAY) >= len(STEPS), report
