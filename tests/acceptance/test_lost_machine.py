"""A careful operator loses the machine: a backup made while people write, the sheet's words, and the bot goes on."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.dialogue.calendar import say_when
from bot.practice.clock import ZONE
from storage import backup_file
from storage.keys import Key
from tests.acceptance.person import Person
from tests.acceptance.stage import ROOT, Stage, running

KEPT = "Vi øvede busturen til biblioteket, og det gik roligt."
LOST = "Kanelsnegle hos bageren bagefter."


async def operator(env: Mapping[str, str], *words: str, typed: str = "") -> str:
    """Runs a command of the program at the terminal, and gives what it said."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, cwd=ROOT, env={**os.environ, **env},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await child.communicate(typed.encode())
    assert child.returncode == 0, out.decode()
    return out.decode()


async def tells(person: Person, wanted: str, mark: int) -> None:
    """They are told this, word for word, and it is the only message since then."""
    await person.hand.wait_for(wanted.splitlines()[0])
    newest = (await person.from_bot())[-1]
    assert newest.text == wanted
    assert [call.method for call in await person.calls(mark) if call.method.startswith("send")] == ["sendMessage"]


async def backed_up_under_traffic(stage: Stage, anna: Person, bo: Person) -> Path:
    """Anna has written something; while Bo writes on, the operator makes a backup."""
    await anna.debriefs("B07", "as_agreed")
    await anna.presses("full")
    await anna.skips_to("what_happened")
    await anna.writes(KEPT)
    await anna.hand.wait_for(KEPT)
    await bo.enrols(stage.codes["Bo"][0], "Bo")
    file = stage.folders.data.parent / "stick.backup"

    async def writes_on() -> None:
        for _ in range(3):
            await bo.commands("/hjaelp")

    said, _ = await asyncio.gather(operator(stage.env, "backup", str(file)), writes_on())
    assert said.startswith("Wrote and verified")
    return file


def loses_the_machine(stage: Stage) -> str:
    """Data and key file are gone; what is left is the paper, with these words."""
    words = Key.from_text(stage.folders.key_file.read_text(encoding="ascii")).words()
    shutil.rmtree(stage.folders.data)
    stage.folders.data.mkdir(mode=0o700)
    stage.folders.key_file.unlink()
    return words


async def test_restored_with_the_sheet_the_bot_goes_on(tmp_path: Path) -> None:
    """What was written before the backup is there, the mentor and the lead are told once and word for word that what
    came after is not, nothing is sent twice, and Anna goes on where she was."""
    async with running(tmp_path) as stage:
        await stage.at_work()
        anna, bo, lea = stage.person("Anna"), stage.person("Bo"), stage.person("Lea")
        file = await backed_up_under_traffic(stage, anna, bo)
        await anna.writes(LOST)
        await anna.hand.wait_for(LOST)
        await stage.phone.kill_bot()
        words = await asyncio.to_thread(loses_the_machine, stage)
        now = await stage.phone.move(seconds=1)  # the practice's clock is a file in the folder that is gone
        said = await operator(stage.env, "restore", str(file), "--sheet", typed=f"{words}\n")
        assert "Restored" in said
        assert words not in said
        marks = {person: await person.mark() for person in (anna, bo, lea)}
        await stage.phone.start_bot()
        await stage.phone.wait_until_listening()
        when = made(file, now)
        await tells(anna, anna.words.said("restored.mentor", when=when), marks[anna])
        await tells(bo, bo.words.said("restored.mentor", when=when), marks[bo])
        await tells(lea, lea.words.said("restored.lead", when=when), marks[lea])
        assert "Det, du har skrevet efter det, er desværre ikke med." in (await anna.from_bot())[-1].text
        stored = stage.everything_stored()
        assert KEPT in stored
        assert LOST not in stored
        await anna.commands("/debrief")
        await anna.presses("go_on")
        await anna.hand.wait_for(KEPT)


def made(file: Path, now: datetime) -> str:
    """When the backup was made, as people are told."""
    return say_when(backup_file.read_header(file).made_at, now, ZONE, "da", True)
