"""`eftertanke doctor` as a whole: well, beside a running bot, after a kill, into a pipe; it changes nothing."""

from __future__ import annotations

from contextlib import closing

from bot.doctor import NAMES
from storage.instance import single_instance
from storage.keys import read_key
from storage.migrating import shipped_steps
from storage.opening import open_connection
from tests.integration.cli_kit import Desk, desk
from tests.integration.doctor_kit import TOKEN, Clinic, clinic, everything, telegram

__all__ = ["clinic", "desk", "telegram"]


def test_all_is_well(clinic: Clinic) -> None:
    """With a bot at work every check is ok, none is missing, and the exit code is 0."""
    with single_instance(clinic.database):
        code, checks = clinic.examined()
    assert {name: one["found"] for name, one in checks.items() if one["status"] != "ok"} == {}
    assert (code, tuple(checks)) == (0, NAMES)
    assert TOKEN not in str(checks)


def test_a_bot_that_was_just_stopped_is_no_alarm(clinic: Clinic) -> None:
    """Within ten minutes it is a warning and the exit code 0, so that who updates it is not woken."""
    clinic.write(("UPDATE signs_of_life SET at = ?", clinic.ago(minutes=9)))
    clinic.finds("poll", "warn", "not running", "eftertanke run")
    assert clinic.examined()[0] == 0


def test_a_dead_bot_is_one(clinic: Clinic) -> None:
    """It polled once and has not for more than ten minutes: bad, although nothing holds its lock."""
    clinic.write(("UPDATE signs_of_life SET at = ?", clinic.ago(minutes=11)))
    clinic.finds("poll", "bad", "not running", "11 minutes", "eftertanke run")


def test_a_bot_that_was_never_started_is_none(clinic: Clinic) -> None:
    """Between setup and the first start nothing is wrong."""
    clinic.write(("DELETE FROM signs_of_life",))
    clinic.finds("poll", "warn", "no poll has worked yet", "eftertanke run")
    assert clinic.examined()[0] == 0


def test_nothing_is_changed(clinic: Clinic) -> None:
    """No file is made, written to, or given other rights, not even those that are wrong."""
    clinic.desk.data.chmod(0o755)
    clinic.database.chmod(0o644)
    before = everything(clinic.desk.folder)
    clinic.finds("permissions", "bad")
    assert everything(clinic.desk.folder) == before


def test_beside_a_running_bot(clinic: Clinic) -> None:
    """It reads what a bot has committed to its write-ahead log, and disturbs neither files nor an open transaction."""
    key = read_key(None, clinic.desk.key_file)
    with (
        single_instance(clinic.database),
        closing(open_connection(clinic.database, key, shipped_steps(), create=False)) as at_work,
    ):
        at_work.execute("UPDATE signs_of_life SET at = ?", (clinic.ago(minutes=7),))
        at_work.execute("BEGIN IMMEDIATE")
        at_work.execute("DELETE FROM signs_of_life")
        before = everything(clinic.desk.folder, without="-shm")
        clinic.finds("poll", "bad", "7 minutes")
        assert everything(clinic.desk.folder, without="-shm") == before
        at_work.execute("ROLLBACK")


def test_after_a_kill(clinic: Clinic) -> None:
    """What only stands in the log of a killed bot is seen too."""
    key = read_key(None, clinic.desk.key_file)
    with closing(open_connection(clinic.database, key, shipped_steps(), create=False)) as at_work:
        at_work.execute("DELETE FROM backups")
        left = {path: path.read_bytes() for path in clinic.desk.data.iterdir()}
    for path, content in left.items():
        path.write_bytes(content)
    clinic.finds("backup", "bad", "no backup in")


def test_into_a_pipe(clinic: Clinic) -> None:
    """Without a terminal: one line a check, no colours, and a line that counts."""
    clinic.write(("DELETE FROM drills",))
    said = clinic.plain()
    lines = said.out.splitlines()
    assert (said.code, said.err, "\x1b" in said.out) == (1, "", False)
    assert len(lines) == len(NAMES) + 1 and lines[-1].endswith("1 bad")
    assert any(line.startswith("bad     drill: ") and "--drill" in line for line in lines)


def test_before_setup(desk: Desk) -> None:
    """On an empty folder it says what to do first, and makes nothing."""
    said = desk.run("doctor", "--json")
    assert said.code == 1 and "eftertanke setup" in said.out
    assert list(desk.folder.iterdir()) == []
