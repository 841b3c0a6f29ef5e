"""The guide changes between two starts: what was begun under the old one goes on under it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from prompts import files as prompts_files
from prompts import load_guide
from tests.acceptance.person import Person
from tests.acceptance.stage import Stage, running

GUIDE = Path("guides") / "efter_moedet"
VERSION = load_guide().guide.version
NEW_LABEL = {"da": "På en bænk", "en": "On a bench"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A program whose prompts may be overridden in a folder that is empty to begin with."""
    folder = tmp_path_factory.mktemp("stage")
    (folder / "own").mkdir()
    async with running(folder, EFTERTANKE_PROMPTS=str(folder / "own")) as made:
        yield made


def write_next_version(folder: Path) -> None:
    """The organisation's own guide: the shipped one with another outcome, under the next version."""
    shipped = Path(prompts_files.__file__).parent / GUIDE
    (folder / GUIDE).mkdir(parents=True)
    logic = (shipped / "guide.yaml").read_text(encoding="utf-8")
    logic = logic.replace(f"version: {VERSION}\n", f"version: {VERSION + 1}\n")
    logic = logic.replace(
        "      - {id: acute, group: held}\n", "      - {id: acute, group: held}\n      - {id: bench, group: held}\n"
    )
    (folder / GUIDE / "guide.yaml").write_text(logic, encoding="utf-8")
    for language, label in NEW_LABEL.items():
        words = (shipped / f"{language}.yaml").read_text(encoding="utf-8")
        at = words.index("      acute:")
        (folder / GUIDE / f"{language}.yaml").write_text(
            f"{words[:at]}      bench: {label}\n{words[at:]}", encoding="utf-8"
        )


async def test_an_open_debrief_goes_on_under_its_own_guide(stage: Stage, anna: Person) -> None:
    """A debrief begun under one version is asked and stored under it, its old buttons work, and the next debrief is
    under the next version with the new choice."""
    await anna.debriefs("B07")
    await anna.is_asked("outcome")
    assert NEW_LABEL["da"] not in await anna.hand.buttons()
    await stage.phone.stop_bot()
    own = Path(stage.env["EFTERTANKE_PROMPTS"])
    write_next_version(own)
    await stage.phone.start_bot()
    await stage.phone.wait_until_listening()
    await anna.answers("outcome", "as_agreed")  # a button that was drawn before
    await anna.is_asked("minutes_used")
    await anna.presses("back")
    await anna.is_asked("outcome")
    assert NEW_LABEL["da"] not in await anna.hand.buttons()
    await anna.presses("keep")
    await anna.answers("minutes_used", "m45")
    await anna.finishes()
    old = await stage.newest()
    assert old.read.guide_version == VERSION
    assert old.read.guide_hash == load_guide().guide.hash
    assert old.current["minutes_used"].wording_hash == load_guide().wording["da"].wording_hash("minutes_used")
    await anna.debriefs("B12")
    await anna.is_asked("outcome")
    await anna.hand.press(NEW_LABEL["da"])
    await anna.is_asked("minutes_used")
    new = await stage.newest()
    assert new.read.guide_version == VERSION + 1
    assert new.read.guide_hash == load_guide(own).guide.hash != old.read.guide_hash
    assert (new.current["outcome"].value, new.current["outcome"].label) == ("bench", NEW_LABEL["da"])
