"""`eftertanke setup`: everything the bot needs, made once and never made anew."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.now import real_now
from bot.organisation import load_organisation
from storage import audit, backup_rows, backups, invites
from storage.keys import Key, read_key
from storage.people import Role
from tests.integration.cli_kit import Desk, desk, enrol
from tests.integration.test_storage_faults import file_limit

__all__ = ["desk"]
WORD = re.compile(r"\b(\d{1,2})\. ([a-z]+)")
CODE = re.compile(r"/start ([A-Za-z0-9_-]{22,64})\b")


def words(text: str) -> dict[int, str]:
    """The numbered words of a recovery sheet."""
    return {int(number): word for number, word in WORD.findall(text)}


def mode(path: Path) -> int:
    """Its permissions."""
    return stat.S_IMODE(path.stat().st_mode)


def test_setup_makes_everything_for_its_owner_only(desk: Desk) -> None:
    """Key, folder, database and organisation.yaml are there, closed to others, the key outside of the data folder."""
    before = os.umask(0o000)  # the most careless one there is
    try:
        desk.set_up()
    finally:
        os.umask(before)
    assert mode(desk.key_file) == 0o600 and mode(desk.data) == 0o700
    assert desk.key_file.parent != desk.data
    assert {path.name: mode(path) for path in desk.data.iterdir() if path.suffix != ".lock"} == {
        "eftertanke.db": 0o600,
        "eftertanke.db.check": 0o600,
        "eftertanke.db.mark": 0o600,
        "organisation.yaml": 0o600,
    }
    assert not (desk.data / "eftertanke.db").read_bytes().startswith(b"SQLite format 3")
    assert load_organisation(desk.data / "organisation.yaml").name == "Nordbyens mentorer"


def test_the_recovery_sheet_is_the_key(desk: Desk) -> None:
    """24 numbered words are printed, and they alone give the key back."""
    sheet = words(desk.set_up().out)
    assert sorted(sheet) == list(range(1, 25))
    told = " ".join(sheet[number] for number in range(1, 25))
    assert Key.from_words(told) == read_key(None, desk.key_file)


def test_the_words_open_the_data_when_the_key_file_is_lost(desk: Desk) -> None:
    """What the sheet says is true: with the words in EFTERTANKE_KEY the commands work again."""
    sheet = words(desk.set_up().out)
    desk.key_file.unlink()
    desk.run("people").refused(str(desk.key_file), "EFTERTANKE_KEY", "recovery sheet")
    desk.env(EFTERTANKE_KEY=" ".join(sheet[number] for number in range(1, 25)))
    assert desk.run("people").code == 0


def test_the_first_invitation_is_for_an_admin(desk: Desk) -> None:
    """Setup prints a code that opens an admin's invitation, and notes it; a QR code stands below."""
    said = desk.set_up()
    [code] = CODE.findall(said.out)
    invite = desk.stored(lambda tx: invites.open_invite(tx, code, real_now()))
    assert invite is not None and invite.role is Role.ADMIN
    assert [(entry.actor, entry.action, entry.subject) for entry in desk.stored(audit.entries)] == [
        ("operator", "invite", invite.id)
    ]
    assert "█▀▀" in said.out


def test_setup_ends_with_a_backup_that_was_brought_back(desk: Desk) -> None:
    """There is one verified backup, closed to others, that the sheet opens, and a drill that went well."""
    said = desk.set_up()
    [file] = (desk.folder / "data-backups").iterdir()
    assert (mode(file), mode(file.parent)) == (0o600, 0o700)
    sheet = words(said.out)
    key = Key.from_words(" ".join(sheet[number] for number in range(1, 25)))
    header = backups.verify(file, key, desk.folder)
    assert header.rows["invites"] == 1
    assert f"sheet no. {key.id}, " in said.out and "They open every backup" in said.out
    assert re.search(rf"^made   backup {file}, .*verified$", said.out, re.MULTILINE)
    assert re.search(rf"^made   restore drill: all {sum(header.rows.values())} rows", said.out, re.MULTILINE)
    assert "put EFTERTANKE_BACKUPS on another disk" in said.out
    drill = desk.stored(backup_rows.newest_drill)
    assert drill is not None and drill.problem is None and drill.backup_made_at == header.made_at


def test_setup_makes_good_what_of_it_was_missing(desk: Desk) -> None:
    """With its drill lost and its backup gone, a second run makes both, and keeps them after that."""
    desk.set_up()
    folder = desk.folder / "data-backups"
    next(folder.iterdir()).unlink()
    desk.stored(lambda tx: tx.run("DELETE FROM drills"))
    again = desk.run("setup", "--yes")
    assert (again.code, again.err) == (0, "")
    assert "made   backup " in again.out and "made   restore drill" in again.out
    assert len(list(folder.iterdir())) == 1
    assert "made " not in desk.run("setup", "--yes").out


def test_a_file_in_place_of_the_backup_folder(desk: Desk) -> None:
    """One sentence that names the variable; the next run goes on."""
    (desk.folder / "data-backups").write_text("x", encoding="utf-8")
    said = desk.run("setup", "--yes")
    assert said.code == 1
    said.sentence("is a file", "EFTERTANKE_BACKUPS")
    (desk.folder / "data-backups").unlink()
    assert CODE.search(said.out), "the invitation was made, and its code is shown only once"
    assert "made   restore drill" in desk.run("setup", "--yes").out


def test_a_second_setup_makes_nothing_anew(desk: Desk) -> None:
    """Key, database and organisation.yaml stay byte for byte, the sheet is not shown, no second code is made."""
    desk.set_up()
    (desk.data / "organisation.yaml").write_text("name: Vores egen\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in (desk.key_file, desk.data / "organisation.yaml")}
    again = desk.run("setup", "--yes", "--name", "Noget andet")
    assert (again.code, again.err, words(again.out)) == (0, "", {})
    assert {path: path.read_bytes() for path in before} == before
    for kept in ("data folder", "key file", "organisation", "database", "backup folder", "backups", "restore drill"):
        assert re.search(rf"^kept +{kept}", again.out, re.MULTILINE)
    assert "made " not in again.out
    assert not CODE.search(again.out)
    assert re.search(r"^kept +the admin's invitation, good until 20\d\d-", again.out, re.MULTILINE)
    assert "eftertanke invite --role admin" in again.out


def test_a_new_admin_code_when_the_old_one_is_no_good(desk: Desk) -> None:
    """Who let the first one expire is not locked out."""
    desk.set_up()
    desk.stored(lambda tx: tx.run("UPDATE invites SET expires_at = '2026-01-01T00:00:00.000000Z'"))
    assert CODE.search(desk.run("setup", "--yes").out)


def test_a_full_disk_is_run_again(desk: Desk) -> None:
    """Wherever the room ends, the sentence says how to go on, and with room the next run makes all that is missing."""
    for room in (0, 40, 3_000, 40_000, 300_000):
        with file_limit(room):
            said = desk.run("setup", "--yes")
        assert said.code == 1, room
        said.sentence("disk", "make room, then run `eftertanke setup` again")
    assert "made   restore drill" in desk.run("setup", "--yes").out
    assert load_organisation(desk.data / "organisation.yaml").name
    assert read_key(None, desk.key_file)


def test_no_further_admin_code_once_there_is_an_admin(desk: Desk) -> None:
    """Who can run setup again must not get a way in that the admin does not know of."""
    desk.set_up()
    desk.stored(lambda tx: enrol(tx, "Ada", 500, role=Role.ADMIN, team=None))
    again = desk.run("setup", "--yes")
    assert again.code == 0
    assert not CODE.search(again.out)
    assert "kept   admin" in again.out


def test_no_new_key_for_an_old_database(desk: Desk) -> None:
    """When the key file is missing beside a database, setup refuses: a new key would only hide the loss."""
    desk.set_up()
    desk.key_file.rename(desk.folder / "elsewhere")
    said = desk.run("setup", "--yes")
    assert said.code == 1
    said.sentence("no key file", "recovery sheet")
    assert not desk.key_file.exists()


def test_a_key_from_the_environment_is_used(desk: Desk) -> None:
    """With EFTERTANKE_KEY no key file is made, and the database belongs to that key."""
    desk.env(EFTERTANKE_KEY="ab" * 32)
    assert desk.run("setup", "--yes").code == 0
    assert not desk.key_file.exists()
    assert desk.run("people").code == 0
    desk.env(EFTERTANKE_KEY="cd" * 32)
    desk.run("people").refused("another key")


def test_a_file_in_place_of_the_data_folder(desk: Desk) -> None:
    """One sentence, and no key is made."""
    desk.data.write_text("x", encoding="utf-8")
    desk.run("setup", "--yes").refused("is a file", "EFTERTANKE_DATA")
    assert not desk.key_file.exists()


def test_a_path_through_a_file(desk: Desk) -> None:
    """A data folder below a file is one sentence too."""
    (desk.folder / "file").write_text("x", encoding="utf-8")
    desk.env(EFTERTANKE_DATA=str(desk.folder / "file" / "data"))
    desk.run("setup", "--yes").refused("file/data", "cannot be used")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to read-only folders, so the system refuses nothing")
def test_a_read_only_folder(desk: Desk) -> None:
    """One sentence, and no words are shown that nobody could use."""
    desk.folder.chmod(0o500)
    try:
        desk.run("setup", "--yes").refused("cannot be used")
    finally:
        desk.folder.chmod(0o700)


def test_setup_asks_for_two_words(desk: Desk) -> None:
    """Without --yes a wrong word is asked again, and only right ones make the key."""
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "setup", "--name", "Nord"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        said = ""
        asked: list[int] = []
        while len(asked) < 3:
            while not (question := re.search(r"Word (\d+) of the sheet: \Z", said)):
                said += process.stdout.read(1)
            asked.append(number := int(question[1]))
            assert not desk.key_file.exists()
            process.stdin.write(("forkert" if len(asked) == 1 else words(said)[number].upper()) + "\n")
            process.stdin.flush()
            said += "\n"
        rest, errors = process.communicate(timeout=30)
    assert asked[0] == asked[1] < asked[2]
    assert "That is not word" in said
    assert (process.returncode, errors) == (0, "")
    assert "made   key file" in rest
    assert desk.key_file.exists()


def test_setup_that_is_stopped_keeps_no_key(desk: Desk) -> None:
    """When nobody confirms the sheet there is no key: data must not depend on words that nobody has."""
    stopped = subprocess.run(
        [sys.executable, "-m", "bot", "setup"], input="Nord\n", capture_output=True, text=True, check=False, timeout=30
    )
    assert stopped.returncode == 1
    assert re.fullmatch(r"\n?[^\n]*stopped[^\n]*\.\n", stopped.stderr)
    assert "--yes" in stopped.stderr
    assert not desk.key_file.exists() and not (desk.data / "eftertanke.db").exists()


def test_setup_without_a_terminal(desk: Desk) -> None:
    """Where nobody can answer, the sentence names the option."""
    said = subprocess.run(
        [sys.executable, "-m", "bot", "setup"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        timeout=30,
    )  # fmt: skip
    assert (said.returncode, said.stderr.strip()) == (
        2, "Setup asks, and there is nobody at a terminal to answer; add --yes.",
    )  # fmt: skip
    assert not desk.data.exists()
