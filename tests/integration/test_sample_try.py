"""`eftertanke try --sample`: the phone comes up with weeks behind it, and stays quiet until the morning begins."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest

from bot import practice_sample_try
from bot.practice.client import HttpPhone
from bot.practice.clock import ZONE, PracticeClock
from bot.practice_sample import Filled
from bot.practice_sample_try import said
from bot.workdays import danish_holidays

_TEAM = {"Anna": "mentor", "Bo": "mentor", "Cilla": "mentor", "Didrik": "mentor", "Lea": "lead", "Fremmed": "stranger"}


@contextmanager
def _phone(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The command as a process of its own, stopped at the end."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("EFTERTANKE_") and name != "PORT"}
    env |= {"EFTERTANKE_DATA": str(folder), "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-m", "bot", "try", "--sample", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            finally:
                process.kill()


def test_the_phone_opens_with_weeks_behind_it(tmp_path: Path) -> None:
    """The address within 20 seconds; seven in the morning; the whole team enrolled; nothing said; Anna's citizens are
    there at once; and when the day begins everybody gets a few messages at most."""
    begun = perf_counter()
    with _phone(tmp_path, "--headless") as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:") and perf_counter() - begun < 20
        asyncio.run(_look_around(HttpPhone(f"{address}api/", patience=8.0)))
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=90)
    assert (process.returncode, rest, errors) == (0, "", "")


async def _look_around(phone: HttpPhone) -> None:
    await phone.wait_until_listening()
    try:
        state = await phone.get("state")
        assert {one["name"]: one["role"] for one in state["people"]} == _TEAM
        assert [one["name"] for one in state["people"] if not one["started"]] == ["Fremmed"]
        now = datetime.fromisoformat(state["clock"]["now"])
        wall = now.astimezone(ZONE)
        assert wall.hour == 7 and wall.date() not in danish_holidays(now)
        assert timedelta(0) <= now - datetime.now(UTC) <= timedelta(days=10)
        anna = phone.person("Anna")
        assert await anna.screen() == [] and await phone.person("Lea").screen() == []
        await anna.send("/borgere")
        await anna.wait_for("Mine borgere")
        labels = " ".join(await anna.buttons())
        assert "Fyrtårn" in labels and "Stjerne" in labels
        before = {name: await _said(phone, name) for name, role in _TEAM.items() if role != "stranger"}
        await phone.move(hours=1, minutes=10)
        after = before
        for _ in range(40):
            await asyncio.sleep(0.25)
            last, after = after, {name: await _said(phone, name) for name in before}
            if after == last != before:
                break
        new = {name: after[name] - before[name] for name in before}
        assert sum(new.values()) > 0 and max(new.values()) <= 6, new
    finally:
        await phone.close()


async def _said(phone: HttpPhone, name: str) -> int:
    """How many messages the bot has sent to this person."""
    chat = (await phone.get("state", person=name))["chat"]
    return sum(1 for message in chat["messages"] if message["from_bot"])


def test_it_says_what_it_did(tmp_path: Path) -> None:
    """Unless it is silent, one line tells of the invented weeks, before the phone's own words."""
    with _phone(tmp_path, "--no-browser") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
    assert "8 opfundne uger fra 4 mentorer" in line and "8 invented weeks of 4 mentors" in line


def test_the_sentence_in_both_languages() -> None:
    """Danish first, with the figures of what was written."""
    sentence = said(Filled(weeks=3, mentors=2, debriefs=40, answers=600, attempts=9))
    danish, english = sentence.split("  ·  ")
    assert "3 opfundne uger fra 2 mentorer" in danish and "40 debriefs" in danish
    assert "3 invented weeks of 2 mentors" in english and "40 debriefs" in english


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 30, 6, tzinfo=UTC)),  # a Wednesday
        (datetime(2026, 11, 23, 5, tzinfo=UTC), datetime(2026, 11, 23, 6, tzinfo=UTC)),  # that very Monday, at six
        (datetime(2026, 11, 23, 6, tzinfo=UTC), datetime(2026, 11, 30, 6, tzinfo=UTC)),  # at seven
        (datetime(2027, 3, 25, 12, tzinfo=UTC), datetime(2027, 3, 30, 5, tzinfo=UTC)),  # Easter Monday is a holiday
    ],
)
def test_the_clock_begins_on_a_working_day(now: datetime, begins: datetime) -> None:
    """Seven in the morning on the next week's first working day, also when summer time begins before it."""
    assert practice_sample_try.begins(PracticeClock(real=lambda: now)) == begins


@pytest.mark.parametrize("folder", ["practice", "practice-key"])
def test_foreign_data_are_left_alone(tmp_path: Path, folder: str) -> None:
    """A folder that is not the practice phone's is refused with one sentence, also with the sample."""
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "real.db").write_text("precious")
    with _phone(tmp_path, "--headless") as process:
        out, errors = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "") and "left alone" in errors and errors.count("\n") == 1
    assert (tmp_path / folder / "real.db").read_text() == "precious"
