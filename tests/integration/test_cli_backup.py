"""An operator backs up, loses the machine, and restores: every way it can go wrong has its own sentence."""

from __future__ import annotations

import asyncio
import io
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY

import pytest

from storage import audit, backup_rows, erasure_register, keycheck
from storage.backup_rows import Drill
from storage.database import Transaction
from storage.keys import Key
from storage.people import Role
from storage.sqlite_connect import PAGE_BYTES
from tests.integration.cli_kit import NOW, Desk, Said, Talk, enrol
from tests.integration.cli_kit import desk as desk  # a fixture
from tests.integration.test_storage_faults import file_limit

ROOT = Path(__file__).parents[2]
NEW_WORDS = f"{'abandon ' * 23}art"  # a sheet of nobody's: BIP-39 of 32 zero bytes


def peopled(desk: Desk) -> None:
    """Anna and Lea, and an answer of Anna's."""
    desk.set_up()

    async def join(tx: Transaction) -> None:
        await enrol(tx, "Anna", 101)
        await enrol(tx, "Lea", 301, role=Role.LEAD)

    desk.stored(join)

    async def talk() -> None:
        async with desk.database() as db:
            async with db.transaction() as tx:
                anna = await enrol(tx, "Bo", 201)
            await (await Talk(db, anna).begin()).type("Stjerne")

    asyncio.run(talk())


def backed_up(desk: Desk) -> Path:
    """A backup on a stick."""
    file = desk.folder / "stick" / "one.backup"
    file.parent.mkdir(exist_ok=True)
    said = desk.run("backup", str(file))
    assert (said.code, said.err) == (0, "")
    return file


def count(desk: Desk, table: str) -> int:
    """How many rows a table has."""

    async def ask(tx: Transaction) -> int:
        row = await tx.one(f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - named by the tests
        assert row is not None
        return int(row["n"])

    return desk.stored(ask)


def lose_the_machine(desk: Desk, *, key: bool = True) -> None:
    """The data folder is gone, and the key file too."""
    shutil.rmtree(desk.data)
    if key:
        desk.key_file.unlink()


def type_words(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """What comes through a pipe when the sheet is asked for."""
    monkeypatch.setattr("sys.stdin", io.StringIO(words + "\n"))


def after_asking(said: Said) -> Said:
    """The same without the line that asks for the words: what comes then stands on lines of its own."""
    asked, _, rest = said.err.partition("\n")
    assert asked.startswith("The 24 words of the recovery sheet")
    return replace(said, err=rest)


def test_a_backup_is_noted_and_told(desk: Desk) -> None:
    """Where it is, how much it holds and which sheet opens it; the table and the audit have it."""
    peopled(desk)
    said = desk.run("backup", "--json")
    file = Path(said.json["file"])
    assert file.parent == desk.folder / "data-backups"
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert said.json["bytes"] == file.stat().st_size
    assert said.json["sheet"] == Key.from_text(desk.key_file.read_text()).id
    noted = desk.stored(lambda tx: backup_rows.newest_backup(tx, verified=True))
    assert noted is not None
    assert (noted.file, noted.bytes, noted.problem) == (file.name, file.stat().st_size, None)
    entries = desk.stored(audit.entries)
    assert (entries[-1].actor, entries[-1].action, entries[-1].subject) == (audit.OPERATOR, "backup", noted.id)


def test_backup_refuses_in_plain_words(desk: Desk) -> None:
    """A file that is there, and a folder that is not."""
    peopled(desk)
    file = backed_up(desk)
    desk.run("backup", str(file)).refused("there already", code=2)
    desk.run("backup", str(desk.folder / "nowhere" / "a.backup")).refused("There is no folder", code=2)


def test_a_damaged_database_keeps_the_good_backup(desk: Desk) -> None:
    """A flipped bit is found before anything is rotated away: one sentence, the older backup is still there, and the
    table says why."""
    peopled(desk)
    good = Path(desk.run("backup", "--json").json["file"])
    before, path = sorted(good.parent.iterdir()), desk.data / "eftertanke.db"
    assert good in before
    content = bytearray(path.read_bytes())
    content[path.stat().st_size - PAGE_BYTES + 100] ^= 1
    path.write_bytes(content)
    desk.run("backup").refused("damaged", "older ones are kept")
    assert sorted(good.parent.iterdir()) == before
    noted = desk.stored(lambda tx: backup_rows.newest_backup(tx, verified=False))
    assert noted is not None
    assert (noted.problem, noted.verified_at) == ("DamagedDatabase", None)


def test_restored_with_the_words_of_the_sheet(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine and key file are gone; the stick and the paper bring everything back, the key file too."""
    peopled(desk)
    (desk.data / "codebook.yaml").write_text("codes: []\n", encoding="utf-8")
    before = {table: count(desk, table) for table in ("people", "answers", "reflections", "teams")}
    organisation, key = (desk.data / "organisation.yaml").read_bytes(), desk.key_file.read_text()
    file = backed_up(desk)
    lose_the_machine(desk)
    desk.run("restore", str(file)).refused("no key file", "--sheet")
    type_words(monkeypatch, Key.from_text(key).words())
    said = after_asking(desk.run("restore", str(file), "--sheet"))
    assert (said.code, said.err) == (0, "")
    assert "3 people get one message" in said.out
    assert {table: count(desk, table) for table in before} == before
    assert desk.key_file.read_text() == key
    assert stat.S_IMODE(desk.key_file.stat().st_mode) == 0o600
    assert (desk.data / "organisation.yaml").read_bytes() == organisation
    assert (desk.data / "codebook.yaml").read_text(encoding="utf-8") == "codes: []\n"
    assert sorted(one.name for one in desk.data.iterdir()) == sorted(
        ["codebook.yaml", *(f"eftertanke.db{end}" for end in ("", ".check", ".lock", ".mark")), "organisation.yaml"]
    )
    assert count(desk, "restores") == 1
    assert desk.stored(audit.entries)[-1].action == "restore"


def test_restore_refuses_in_plain_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is in use, no file, no backup, a damaged one, words that are none, another sheet, another key in
    the way: each has its sentence, and nothing is made."""
    peopled(desk)
    file, key = backed_up(desk), Key.from_text(desk.key_file.read_text())
    desk.run("restore", str(file)).refused("already has a database")
    desk.run("restore", str(file) + "x").refused("There is no file", code=2)
    lose_the_machine(desk)
    type_words(monkeypatch, "abandon abandon")
    after_asking(desk.run("restore", str(file), "--sheet")).refused("24 words")
    type_words(monkeypatch, NEW_WORDS)
    after_asking(desk.run("restore", str(file), "--sheet")).refused(f"belongs to sheet no. {key.id}")
    torn = file.with_name("torn.backup")
    torn.write_bytes(file.read_bytes()[:-5000])
    type_words(monkeypatch, key.words())
    after_asking(desk.run("restore", str(torn), "--sheet")).refused("damaged or cut off")
    torn.write_bytes(b"Kaere dagbog\n" * 100)
    type_words(monkeypatch, key.words())
    after_asking(desk.run("restore", str(torn), "--sheet")).refused("is not a backup")
    assert not desk.data.exists()
    desk.key_file.write_text(Key.new().hex())
    desk.key_file.chmod(0o600)
    type_words(monkeypatch, key.words())
    after_asking(desk.run("restore", str(file), "--sheet")).refused("holds another key")
    assert not desk.data.exists()


def test_a_full_disk_leaves_no_database(desk: Desk) -> None:
    """A restore for which there is no room says so and leaves nothing; with room it is simply run again."""
    peopled(desk)
    people, file = count(desk, "people"), backed_up(desk)
    lose_the_machine(desk, key=False)
    for room in (0, 200_000, 500_000):
        with file_limit(room):
            desk.run("restore", str(file)).refused("full")
        assert {one.name for one in desk.data.iterdir()} <= {"eftertanke.db.lock"}
    assert desk.run("restore", str(file)).code == 0
    assert count(desk, "people") == people


def test_a_check_without_a_database_is_not_written_over(desk: Desk) -> None:
    """A data folder in which a database once was is not empty: somebody must look first."""
    peopled(desk)
    file = backed_up(desk)
    (desk.data / "eftertanke.db").unlink()
    assert keycheck.path_of(desk.data / "eftertanke.db").exists()
    desk.run("restore", str(file)).refused("already has a database")


def test_a_drill_touches_nothing_but_its_row(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It restores into nowhere, tells its figures, leaves no folder behind, and notes that it was done."""
    peopled(desk)
    file = backed_up(desk)
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temp))
    said = desk.run("restore", str(file), "--drill", "--json")
    assert said.code == 0
    assert (said.json["drill"], said.json["rows"]) == (True, ANY)
    assert said.json["rows"] > 10
    assert list(temp.iterdir()) == []
    assert desk.stored(backup_rows.newest_drill) == Drill(ANY, ANY, None)
    assert count(desk, "restores") == count(desk, "outbox") == 0


def test_a_drill_that_fails_is_noted(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A backup that cannot be restored is found out in peace; nothing is left behind, and the row says why."""
    peopled(desk)
    file = backed_up(desk)
    content = bytearray(file.read_bytes())
    content[-2000] ^= 1
    file.write_bytes(content)
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temp))
    desk.run("restore", str(file), "--drill").refused("damaged or cut off")
    assert list(temp.iterdir()) == []
    drill = desk.stored(backup_rows.newest_drill)
    assert drill is not None
    assert drill.problem == "BadBackup"


def test_what_was_erased_since_stays_erased(desk: Desk) -> None:
    """The list beside the backup, or one that is named, is gone through: the erased are not in the restored data."""
    peopled(desk)
    file = backed_up(desk)

    async def whom(tx: Transaction) -> str:
        row = await tx.one("SELECT id FROM people WHERE name = 'Bo'")
        assert row is not None
        return str(row["id"])

    bo = desk.stored(whom)
    lose_the_machine(desk, key=False)
    desk.run("restore", str(file), "--erasures", "nowhere").refused("There is no file nowhere", code=2)
    entry = erasure_register.made("mentor", bo, NOW)
    erasure_register.append([file.with_name(erasure_register.FILE)], entry)
    said = desk.run("restore", str(file))
    assert "Erasures seen to: 1." in said.out
    assert "2 people get one message" in said.out

    async def traces(tx: Transaction) -> int:
        rows = await tx.all("SELECT 1 FROM people WHERE name = 'Bo' OR telegram_id = 201")
        return len(rows) + len(await tx.all("SELECT 1 FROM reflections WHERE mentor_id = ?", bo))

    assert desk.stored(traces) == 0
    assert desk.stored(erasure_register.noted) == [entry]
    assert erasure_register.read(desk.data / erasure_register.FILE) == [entry]


def test_killed_at_any_moment_it_can_be_run_again(desk: Desk) -> None:
    """A restore that is killed leaves either no database, and then it is simply run again, or all of it."""
    peopled(desk)
    people = count(desk, "people")
    file, chance = backed_up(desk), random.Random(6)
    command = [sys.executable, "-m", "bot", "restore", str(file)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    shutil.rmtree(desk.data)
    subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True)
    whole, kills = time.monotonic() - began, 0
    for turn in range(6):
        shutil.rmtree(desk.data)
        child = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Mostly towards the end, where it writes; the first ones earlier, since a busy machine's pace changes.
        time.sleep(chance.uniform(*((0.3, 0.6) if turn < 2 else (0.75, 1.02))) * whole)
        child.send_signal(signal.SIGKILL)
        kills += child.wait() == -signal.SIGKILL
        if not (desk.data / "eftertanke.db").exists():
            subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True)
        assert count(desk, "people") == people
        assert not (desk.data / "restoring.db").exists()
    assert kills, "every restore was over before it was killed"
