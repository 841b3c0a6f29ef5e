"""Somebody leaves or is erased while the bot runs, and comes back: one conversation, in this order."""

from __future__ import annotations

import asyncio
import os
import sys
import time

from storage import people, reflections
from tests.acceptance.person import Person as Speaker
from tests.acceptance.stage import ROOT, Stage
from tests.acceptance.words import lines


async def operator(stage: Stage, *arguments: str) -> str:
    """A command of the operator, in a process of its own beside the running bot; what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=ROOT, env={**os.environ, **stage.env},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def person_of(stage: Stage, speaker: Speaker) -> people.Person | None:
    """Who is stored for this phone."""
    async with stage.database() as db, db.transaction() as tx:
        return await people.person_by_telegram(tx, speaker.hand.id)


async def test_access_ends_within_a_second(stage: Stage, anna: Speaker) -> None:
    """Anna is in the middle of a debrief. From the commit on the running bot takes her for a stranger: her next message
    is answered so within a second, nothing of it is stored, her menu is a stranger's, and her words are gone."""
    await anna.debriefs()
    await anna.writes("Stjerne")
    await anna.is_asked("outcome")
    await anna.answers("outcome", "as_agreed")
    was = await person_of(stage, anna)
    assert was is not None
    said = await operator(stage, "people", "leave", "Anna")
    assert "Anna has left" in said and "Open debriefs closed: 1." in said
    begun = time.monotonic()
    await anna.hand.send("Hemmelig-Kanariefugl")
    await anna.reads("stranger")
    assert time.monotonic() - begun < 1.0
    assert "Hemmelig-Kanariefugl" not in stage.everything_stored()
    await anna.reads("leaving.goodbye")
    assert "debrief" not in await anna.hand.menu()
    async with stage.database() as db, db.transaction() as tx:
        assert await reflections.open_of(tx, was.id) is None
        assert [row["status"] for row in await tx.all("SELECT status FROM reflections")] == ["closed"]
    shown = [one.text for one in await anna.from_bot()]
    assert not any("Stjerne" in one for one in shown), shown


async def test_a_new_invitation_brings_her_back(stage: Stage, anna: Speaker) -> None:
    """The same person as before, with what she wrote, and every command works again."""
    was = await person_of(stage, anna)
    await anna.enrols(await stage.invite("Anna"), "Anna")
    now = await person_of(stage, anna)
    assert was is not None and now is not None and (now.id, now.left_at) == (was.id, None)
    await anna.debriefs()
    assert "debrief" in " ".join(await anna.hand.menu())
    await anna.hand.send("/stop")


async def test_erased_she_may_join_as_somebody_new(stage: Stage, anna: Speaker) -> None:
    """While the bot runs everything of hers goes; then the same account joins, and is a new person with nothing from
    before."""
    was = await person_of(stage, anna)
    assert was is not None
    await operator(stage, "people", "leave", "Anna")
    await anna.reads("leaving.goodbye")
    said = await operator(stage, "erase", "--mentor", was.id, "--yes")
    assert "Anna is erased." in said
    assert stage.tables_with(anna.hand.id) <= {"outbox"}  # deletions that are on their way
    assert await person_of(stage, anna) is None
    await anna.hand.start(await stage.invite("Annika"))
    await anna.presses("enrol_yes")
    await anna.presses("coding_no")
    await anna.hand.wait_for(lines(anna.words.page("welcome", name="Annika", role="mentor"))[0])
    now = await person_of(stage, anna)
    assert now is not None and now.id != was.id and now.name == "Annika"
    await anna.debriefs()
