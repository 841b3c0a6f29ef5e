"""What an export is for decides what is in it; its folder is whole or not there; and it is noted."""

from __future__ import annotations

import asyncio
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.events import Press
from bot.dialogue.state import CitizenRef
from storage import audit, people
from storage.database import Transaction
from storage.people import Consent, Person
from tests.integration.cli_kit import NOW, Desk, Talk, desk, enrol, exported
from tests.integration.export_kit import texts_in

__all__ = ["desk"]
FILES = {
    "README.md", "answers_long.csv", "codebook.qdc", "codebook_taguette.csv", "datapackage.json", "project.qdpx",
    "reflections.jsonl", "reflections.xlsx", "reflections_wide.csv", "variables.csv",
}  # fmt: skip
VISIT = ("as_agreed", "m30", "2", "nothing", "tomorrow", Press.SAVE)


def debriefed(desk: Desk, *mentors: tuple[str, bool | None]) -> list[Person]:
    """Mentors join in this order with their word on coding, and each debriefs one visit."""

    async def go() -> list[Person]:
        found = []
        async with desk.database() as db:
            for number, (name, coding) in enumerate(mentors, start=1):
                async with db.transaction() as tx:
                    joins = NOW + timedelta(minutes=number)
                    person = await enrol(tx, name, 1000 * number, coding=coding, now=joins)
                talk = await (await Talk(db, person).begin()).type(f"Borger{number}")
                await talk.tap(Press.NEW, *VISIT)
                found.append(person)
        return found

    return asyncio.run(go())


def mentors_in(folder: Path) -> list[str]:
    """Under which names reflections stand in an export, in its order."""
    return [told["mentor"] for told in exported(folder)]


def consents(desk: Desk, person: Person, given: bool) -> None:
    """Somebody changes their mind about coding."""

    async def change(tx: Transaction) -> None:
        people.consent(tx, person.id, Consent.CODING, given, NOW + timedelta(days=1))

    desk.stored(change)


def test_coding_is_the_default_and_keeps_to_consent(desk: Desk) -> None:
    """Without --purpose only mentors who said yes are in it, without their names; no and silence are left out."""
    desk.set_up()
    debriefed(desk, ("Anna", True), ("Bo", False), ("Carl", None), ("Dina", True))
    said = desk.run("export", str(desk.folder / "ud"))
    assert (said.code, said.err) == (0, "")
    assert "Wrote 2 reflections" in said.out and "Left out 2 reflections" in said.out
    assert mentors_in(desk.folder / "ud") == ["M01", "M04"]
    for file, text in texts_in(desk.folder / "ud").items():
        assert not any(name in text for name in ("Anna", 'Bo"', "Carl", "Dina", "Borger2", "Borger3")), file


def test_the_newest_word_on_coding_counts(desk: Desk) -> None:
    """A consent can be taken back and given later, and others keep their number when it is."""
    desk.set_up()
    anna, bo, _ = debriefed(desk, ("Anna", True), ("Bo", False), ("Carl", True))
    consents(desk, anna, False)
    consents(desk, bo, True)
    assert desk.run("export", str(desk.folder / "ud"), "--purpose", "coding").code == 0
    assert mentors_in(desk.folder / "ud") == ["M02", "M03"]
    consents(desk, anna, True)
    assert desk.run("export", str(desk.folder / "to")).code == 0
    assert mentors_in(desk.folder / "to") == ["M01", "M02", "M03"]


def test_the_record_has_everybody_by_name(desk: Desk) -> None:
    """For the operator's own keeping nothing is left out, whatever was said about coding."""
    desk.set_up()
    debriefed(desk, ("Anna", True), ("Bo", False), ("Carl", None))
    assert desk.run("export", str(desk.folder / "ud"), "--purpose", "record").code == 0
    assert mentors_in(desk.folder / "ud") == ["Anna", "Bo", "Carl"]


def test_an_empty_export(desk: Desk) -> None:
    """Nothing to export is no error: the files are there and empty."""
    desk.set_up()
    assert "Wrote 0 reflections" in desk.run("export", str(desk.folder / "ud")).out
    assert (desk.folder / "ud" / "reflections.jsonl").read_bytes() == b""
    assert (desk.folder / "ud" / "answers_long.csv").read_bytes().count(b"\r\n") == 1


@pytest.mark.parametrize("purpose", ["coding", "record"])
def test_the_folder_is_for_its_owner_and_explains_itself(desk: Desk, purpose: str) -> None:
    """0700 and 0600, and a README.md that says what this is, for what, from when, and how to treat it."""
    desk.set_up()
    debriefed(desk, ("Anna", True))
    assert desk.run("export", str(desk.folder / "ud"), "--purpose", purpose).code == 0
    folder = desk.folder / "ud"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.rglob("*") if file.name != "transcripts"}
    assert modes.keys() >= FILES
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((folder / "transcripts").stat().st_mode) == 0o700
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert {"coding": "kodning", "record": "arkiv"}[purpose] in readme
    assert "pseudonym er ikke anonym" in readme and "pseudonymous is not anonymous" in readme
    assert ("M01" in readme) is (purpose == "coding")
    assert "1 refleksion" in readme
    assert all(f"`{name}`" in readme for name in FILES - {"README.md"})


@pytest.mark.parametrize("purpose", ["coding", "record"])
def test_every_export_is_audited(desk: Desk, purpose: str) -> None:
    """It can be seen later that the operator took data out, and for what."""
    desk.set_up()
    assert desk.run("export", str(desk.folder / "ud"), "--purpose", purpose).code == 0
    last = desk.stored(audit.entries)[-1]
    assert (last.actor, last.action, last.subject) == ("operator", "export", purpose)


def test_nothing_is_overwritten(desk: Desk) -> None:
    """A folder with something in it, a file, and a path without a parent are refused; an empty folder is taken."""
    desk.set_up()
    full, file, empty = desk.folder / "fuld", desk.folder / "fil", desk.folder / "tom"
    full.mkdir()
    (full / "noget").write_text("vigtigt", encoding="utf-8")
    file.write_text("vigtigt", encoding="utf-8")
    empty.mkdir(mode=0o755)
    before = len(desk.stored(audit.entries))
    desk.run("export", str(full)).refused("not empty", str(full))
    desk.run("export", str(file)).refused("is a file")
    desk.run("export", str(desk.folder / "a" / "b")).refused("no folder", "make it first")
    assert (full / "noget").read_text(encoding="utf-8") == file.read_text(encoding="utf-8") == "vigtigt"
    assert len(desk.stored(audit.entries)) == before
    assert desk.run("export", str(empty)).code == 0
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700


def test_an_export_that_fails_leaves_nothing(desk: Desk) -> None:
    """When a guide cannot be read in the middle, there is neither a folder nor the beginnings of one."""
    desk.set_up()
    debriefed(desk, ("Anna", True))
    desk.stored(lambda tx: tx.run("UPDATE guides SET content = '{}'"))
    before = set(desk.folder.iterdir())
    desk.run("export", str(desk.folder / "ud")).refused("guide", "cannot be read")
    assert set(desk.folder.iterdir()) == before
    assert desk.stored(audit.entries)[-1].action != "export"


def test_reading_does_not_disturb_writing(desk: Desk) -> None:
    """An answer given while the export reads is stored, and is not in it: the export is of one moment."""
    from bot.service.reading import Purpose, read

    desk.set_up()
    anna, *_ = debriefed(desk, ("Anna", True), ("Bo", True))

    async def go() -> list[Any]:
        found = []
        async with desk.database() as db, db.snapshot() as snapshot:
            async for told in read(snapshot, Purpose.RECORD, revisions=False):
                found.append(told.mentor)
                talk = await Talk(db, anna, NOW + timedelta(days=len(found))).begin()
                async with db.transaction() as tx:
                    row = await tx.one("SELECT id FROM citizens WHERE mentor_id = ?", anna.id)
                assert row is not None
                await talk.tap(CitizenRef(row["id"], "Borger1"), *VISIT)
        return found

    assert asyncio.run(go()) == ["Anna", "Bo"]
    assert desk.run("export", str(desk.folder / "ud"), "--purpose", "record").code == 0
    assert mentors_in(desk.folder / "ud") == ["Anna", "Bo", "Anna", "Anna"]


def test_memory_does_not_grow_with_the_number_of_reflections(desk: Desk) -> None:
    """Five times the reflections are exported in about the same memory: an archive's table of contents grows, 1 to 2 kB
    a reflection, and nothing else."""
    import tracemalloc

    from bot.exports.whole import Wish, write_whole
    from bot.service.reading import Purpose
    from prompts import load_codebook

    desk.set_up()
    debriefed(desk, ("Anna", True))
    peaks = []

    async def peak(folder: Path) -> int:
        async with desk.database() as db, db.snapshot() as snapshot:
            tracemalloc.start()
            await write_whole(folder, snapshot, Wish(Purpose.RECORD), load_codebook())
            highest = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return highest

    for number in (500, 2000):
        (desk.folder / str(number)).mkdir()
        desk.stored(lambda tx, number=number: _copies(tx, number))  # type: ignore[misc] # bound for the loop
        peaks.append(asyncio.run(peak(desk.folder / str(number))))
    assert len(exported(desk.folder / "2000")) > 2500
    assert (peaks[1] - peaks[0]) / 2000 < 2_500


async def _copies(tx: Transaction, number: int) -> None:
    """The first reflection, many times over."""
    columns = (
        "team_id, citizen_id, guide, guide_version, guide_hash, length, status, started_at, finished_at, touched_at"
    )
    given = (
        "question_id, revision, kind, value, text, skipped, assumed, answered_at, guide_version, guide_hash,"
        " wording_hash, language, visibility"
    )
    for count in range(number):
        id = f"f-{number}-{count:05}"
        tx.write(
            f"INSERT INTO reflections (id, token, mentor_id, {columns}, state)"  # noqa: S608 - names of columns only
            f" SELECT ?, ?, mentor_id, {columns}, state FROM reflections ORDER BY id LIMIT 1",
            id,
            id,
        )
        tx.write(
            f"INSERT INTO answers (id, reflection_id, {given})"  # noqa: S608 - names of columns only
            f" SELECT ? || question_id, ?, {given} FROM answers WHERE reflection_id ="
            " (SELECT id FROM reflections ORDER BY id LIMIT 1) AND question_id IN ('citizen', 'outcome')",
            id,
            id,
        )
