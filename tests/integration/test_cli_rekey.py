"""`eftertanke rekey` as an operator sees it: a new sheet, a new key, and the old one opens nothing but old backups."""

from __future__ import annotations

import asyncio
import os
import re
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage import backup_file, backups
from storage.instance import single_instance
from storage.keycheck import path_of
from storage.keys import Key, read_key_file
from storage.migrating import backup_path
from storage.rekeying import copy_path
from storage.sqlite import open_sqlite
from storage.sqlite_connect import connect, opens
from storage.waiting_key import keep_waiting, waiting_file
from tests.integration.cli_kit import Desk, Said, desk, enrol

__all__ = ["desk"]
WORD = re.compile(r"\b(\d{1,2})\. ([a-z]+)")


def sheet(said: str) -> Key:
    """The key whose words are printed."""
    words = {int(number): word for number, word in WORD.findall(said)}
    return Key.from_words(" ".join(words[number] for number in range(1, 25)))


def rekeyed(desk: Desk) -> Said:
    """Run it without questions."""
    said = desk.run("rekey", "--yes")
    assert (said.code, said.err) == (0, "")
    return said


def database(desk: Desk) -> Path:
    """The database file."""
    return desk.data / "eftertanke.db"


def test_the_new_key_opens_and_the_old_one_does_not(desk: Desk) -> None:
    """What is printed is what is in the key file, and everybody is still there."""
    old = sheet(desk.set_up().out)
    desk.stored(lambda tx: enrol(tx, "Anna", 500))
    said = rekeyed(desk)
    new = read_key_file(desk.key_file)
    assert sheet(said.out) == new != old
    assert f"sheet no. {new.id}" in said.out
    assert opens(database(desk), new) and not opens(database(desk), old)
    assert [one["name"] for one in desk.run("people", "--json").json] == ["Anna"]
    assert stat.S_IMODE(desk.key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(database(desk).stat().st_mode) == 0o600


def test_nothing_of_the_old_key_is_left(desk: Desk) -> None:
    """No file holds the old key or a page under it, and no copy or waiting key stays behind."""
    old = sheet(desk.set_up().out)
    pages = {database(desk).read_bytes()[at : at + 4096] for at in range(0, database(desk).stat().st_size, 4096)}
    rekeyed(desk)
    content = database(desk).read_bytes()
    assert not pages & {content[at : at + 4096] for at in range(0, len(content), 4096)}
    for path in (path for path in desk.folder.rglob("*") if path.is_file()):
        assert old.hex() not in path.read_bytes().decode("latin-1"), path
        assert not path.name.endswith((".new", ".part", ".rekey", "-wal", "-journal")), path


def test_it_is_audited_and_backed_up(desk: Desk) -> None:
    """One audit row with the sheet's number, and a backup that the new sheet opens; the older needs the old one."""
    old = sheet(desk.set_up().out)
    said = rekeyed(desk)
    new = read_key_file(desk.key_file)
    with closing(connect(database(desk), new)) as connection:
        assert connection.execute("SELECT actor, subject FROM audit WHERE action = 'rekey'").fetchall() == [
            ("operator", new.id)
        ]
        file = connection.execute("SELECT file FROM backups WHERE made_by = 'rekey' AND problem IS NULL").fetchone()[0]
    folder = desk.folder / "data-backups"
    assert str(folder / file) in said.out
    assert backups.verify(folder / file, new, desk.folder).key == new.id
    assert {backup_file.read_header(path).key for path in folder.iterdir() if path.is_file()} == {old.id, new.id}
    assert f"old sheet, no. {old.id}," in said.out and "until they have rotated away" in said.out


def test_copies_from_before_a_migration_are_named(desk: Desk) -> None:
    """They are under the old key and do not rotate, so the operator is told of each."""
    desk.set_up()
    backup_path(database(desk), 4).write_bytes(b"invented")
    assert str(backup_path(database(desk), 4)) in rekeyed(desk).out


def test_a_running_bot_must_be_stopped_first(desk: Desk) -> None:
    """One sentence, no words shown for nothing, and no key changed."""
    desk.set_up()
    key = read_key_file(desk.key_file)
    with single_instance(database(desk)):
        desk.run("rekey", "--yes").refused("The bot is running", "stop it")
    assert opens(database(desk), key)


def test_another_command_at_work_is_waited_out_by_the_operator(desk: Desk) -> None:
    """Who has the database open is not cut off: the old key stays, the new one waits, and the next run goes on."""
    desk.set_up()
    old = read_key_file(desk.key_file)

    async def meanwhile() -> Said:
        db = await open_sqlite(database(desk), old, create=False)
        try:
            return await asyncio.to_thread(desk.run, "rekey", "--yes")
        finally:
            await db.close()

    said = asyncio.run(meanwhile())
    assert said.code == 1
    said.sentence("Another command", "`eftertanke rekey` again")
    assert opens(database(desk), old)
    assert sheet(rekeyed(desk).out) == sheet(said.out) == read_key_file(desk.key_file)


def test_a_damaged_database_keeps_its_key(desk: Desk) -> None:
    """A broken page would become zeros under a good seal: it is refused, and every other page stays as it was."""
    desk.set_up()
    path, key = database(desk), read_key_file(desk.key_file)
    raw = bytearray(path.read_bytes())
    raw[-2000] ^= 1
    path.write_bytes(raw)
    said = desk.run("rekey", "--yes")
    assert said.code == 1
    said.sentence("damaged", "restore a backup")
    assert path.read_bytes()[4096:] == bytes(raw)[4096:]  # the first one says whether there is a write-ahead log
    assert opens(path, key)
    assert not copy_path(path).exists()


def test_stopped_before_the_sheet_is_confirmed_nothing_has_changed(desk: Desk) -> None:
    """The words on the screen are worth nothing then, and no new key waits."""
    desk.set_up()
    before = (database(desk).read_bytes(), desk.key_file.read_bytes(), path_of(database(desk)).read_bytes())
    stopped = subprocess.run(
        [sys.executable, "-m", "bot", "rekey"], input="", capture_output=True, text=True, check=False, timeout=60
    )
    assert stopped.returncode == 1
    assert "the old sheet still holds" in stopped.stderr
    assert before == (database(desk).read_bytes(), desk.key_file.read_bytes(), path_of(database(desk)).read_bytes())
    assert not waiting_file(desk.key_file).exists()


def test_an_interrupted_change_goes_on_with_the_same_sheet(desk: Desk) -> None:
    """Every command says that it was interrupted and works; the rerun shows the sheet of the key that waited."""
    desk.set_up()
    new = Key.new()
    keep_waiting(desk.key_file, new)
    said = desk.run("people", "--json")
    assert said.code == 0
    said.sentence("interrupted", "`eftertanke rekey`")
    assert sheet(rekeyed(desk).out) == new == read_key_file(desk.key_file)
    assert desk.run("people").err == ""


def test_a_key_that_was_half_written_is_healed(desk: Desk) -> None:
    """The key file is written last and in place: cut off there, the waiting key opens and writes it again."""
    desk.set_up()
    rekeyed(desk)
    new = read_key_file(desk.key_file)
    keep_waiting(desk.key_file, new)
    desk.key_file.write_text(new.hex()[:9])
    assert desk.run("people").code == 0
    assert desk.run("rekey", "--yes").code == 0
    assert read_key_file(desk.key_file) == new
    assert not waiting_file(desk.key_file).exists()


@pytest.mark.parametrize("mode", [0o400, 0o600])
def test_a_key_file_with_words_through_a_link(desk: Desk, mode: int) -> None:
    """Whatever was in it, the file holds only the new key, and link and mode are as they were."""
    desk.set_up()
    key = read_key_file(desk.key_file)
    place = desk.folder / "safe"
    place.write_text(key.words().replace(" ", "\n") + "\n")
    place.chmod(mode)
    desk.key_file.unlink()
    desk.key_file.symlink_to(place)
    said = rekeyed(desk)
    assert desk.key_file.is_symlink()
    assert place.read_text() == sheet(said.out).hex() + "\n"
    assert stat.S_IMODE(place.stat().st_mode) == mode


def test_a_key_in_the_environment(desk: Desk) -> None:
    """It says before and after what to set; until then a file opens the database, and then goes away."""
    old = Key.new()
    desk.env(EFTERTANKE_KEY=old.words())
    assert desk.run("setup", "--yes").code == 0
    said = rekeyed(desk)
    new = sheet(said.out)
    waiting = waiting_file(desk.key_file)
    assert read_key_file(waiting) == new
    before, after = said.out.split("Recovery sheet")[0], said.out.split("done   ")[1]
    assert "EFTERTANKE_KEY" in before and str(waiting) in before
    assert f"set EFTERTANKE_KEY to the 24 words of sheet no. {new.id}" in after
    told = desk.run("people")
    assert told.code == 0
    told.sentence("EFTERTANKE_KEY still holds the old key", new.id)
    again = desk.run("rekey", "--yes")
    assert again.code == 0 and sheet(again.out) == new and waiting.exists()
    desk.env(EFTERTANKE_KEY=new.words())
    assert "sheet no." in rekeyed(desk).out
    assert not waiting.exists() and not desk.key_file.exists()
    assert desk.run("people").err == ""
    with closing(connect(database(desk), new)) as connection:
        assert connection.execute("SELECT count(*) FROM backups WHERE made_by = 'rekey'").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_takes_no_new_key(desk: Desk) -> None:
    """Found out before words are shown."""
    keys = desk.folder / "keys"
    keys.mkdir()
    desk.env(EFTERTANKE_KEY_FILE=str(keys / "e.key"))
    desk.set_up()
    keys.chmod(0o500)
    try:
        desk.run("rekey", "--yes").refused("cannot be written")
    finally:
        keys.chmod(0o700)
