"""What was answered on the phone, read back with the program's own export while the bot runs."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.acceptance.person import Person
from tests.acceptance.stage import Stage

ANNAS, BOS = "Vi sad på bænken 🌦 <i>længe</i>", "Det gik trægt"


async def exported(stage: Stage, folder: Path, purpose: str) -> list[dict[str, Any]]:
    """The lines of ``eftertanke export``."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "export", str(folder), "--format", "jsonl", "--purpose", purpose, "--revisions"),
        env={**os.environ, **stage.env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return [json.loads(line) for line in (folder / "reflections.jsonl").read_text(encoding="utf-8").splitlines()]


async def tells(person: Person, pseudonym: str, text: str) -> None:
    """A full debrief with one typed answer and one that was changed."""
    await person.debriefs()
    await person.presses("full")
    await person.writes(pseudonym)
    await person.presses("add_citizen", name=pseudonym)
    await person.answers("outcome", "as_agreed")
    await person.answers("contact_when", "now")
    await person.answers("minutes_used", "m30")
    await person.presses("back")
    await person.answers("minutes_used", "m60")
    await person.skips_to("what_happened")
    await person.writes(text)
    await person.hand.wait_for(text)
    await person.finishes()


async def test_the_export_shows_every_answer(stage: Stage, tmp_path: Path, anna: Person, bo: Person) -> None:
    """The record holds everybody's answers by name, byte for byte; coding holds those of whoever said yes, without."""
    await bo.enrols(stage.codes["Bo"][0], "Bo", coding="coding_no")
    await tells(anna, "Ryle", ANNAS)
    await tells(bo, "Tjald", BOS)
    record = await exported(stage, tmp_path / "record", "record")
    assert [(one["mentor"], one["citizen"], one["status"]) for one in record] == [
        ("Anna", "Ryle", "saved"),
        ("Bo", "Tjald", "saved"),
    ]
    said = {
        one["mentor"]: {a["question_id"]: a for a in one["answers"] if a["superseded_at"] is None} for one in record
    }
    assert said["Anna"]["what_happened"]["text"] == ANNAS
    assert said["Bo"]["what_happened"]["text"] == BOS
    assert said["Anna"]["minutes_used"]["value"] == record[0]["minutes_used"] == 60
    old = [a for a in record[0]["answers"] if a["question_id"] == "minutes_used" and a["superseded_at"] is not None]
    assert [(a["value"], a["revision"]) for a in old] == [(30, 1)]
    asked = said["Anna"]["what_happened"]
    assert asked["asked_at"] < asked["answered_at"]
    coding = await exported(stage, tmp_path / "coding", "coding")
    assert [one["citizen"] for one in coding] == ["Ryle"]
    assert "Anna" not in json.dumps(coding)
