"""What `eftertanke doctor` says about the database and what stands in it: broken in one way each."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage import audit
from storage.instance import single_instance
from storage.keys import read_key
from storage.migrating import shipped_steps
from storage.sqlite import open_sqlite
from tests.integration.cli_kit import desk
from tests.integration.doctor_kit import Clinic, clinic, telegram

__all__ = ["clinic", "desk", "telegram"]


def test_an_older_schema(clinic: Clinic) -> None:
    """A database from before is left as it is: `run` brings it up to date."""
    for path in clinic.desk.data.glob("eftertanke.db*"):
        path.unlink()
    key = read_key(None, clinic.desk.key_file)
    steps = shipped_steps()[:-1]

    async def make() -> None:
        await (await open_sqlite(clinic.database, key, create=True, steps=steps)).close()

    asyncio.run(make())
    before = clinic.database.read_bytes()
    checks = clinic.finds("schema", "warn", f"schema {steps[-1].version}", "eftertanke run")
    assert checks["audit"]["status"] == "skipped" and checks["integrity"]["status"] == "ok"
    assert clinic.database.read_bytes() == before


def test_a_newer_schema(clinic: Clinic) -> None:
    """A database of a later version needs that version."""
    clinic.write(("PRAGMA user_version = 9999",))
    clinic.finds("schema", "bad", "9999", "newer version")


def test_a_damaged_page(clinic: Clinic) -> None:
    """One byte that is not as it was written shows, wherever it is."""
    content = bytearray(clinic.database.read_bytes())
    content[-2000] ^= 1
    clinic.database.write_bytes(content)
    clinic.finds("integrity", "bad", "damaged", "restore")


def test_a_bot_that_does_not_reach_telegram(clinic: Clinic) -> None:
    """It runs, and has not polled for more than five minutes."""
    clinic.write(("UPDATE signs_of_life SET at = ?", clinic.ago(minutes=6)))
    with single_instance(clinic.database):
        clinic.finds("poll", "bad", "6 minutes", "log")


WAITING = {
    "not worked on": (
        "INSERT INTO inbox (update_id, payload_hash, payload, received_at, status) VALUES (1, 'x', '{}', ?, 'pending')"
    ),
    "not sent": (
        "INSERT INTO outbox (chat_id, kind, payload, created_at, status) VALUES (5, 'send', '{}', ?, 'pending')"
    ),
}


@pytest.mark.parametrize("what", WAITING)
def test_work_that_waits(clinic: Clinic, what: str) -> None:
    """What has waited for over ten minutes is bad while a bot runs; while none does, once it is over an hour."""
    clinic.write((WAITING[what], clinic.ago(minutes=30)))
    clinic.finds("backlog", "warn", what, "30 minutes")
    with single_instance(clinic.database):
        clinic.finds("backlog", "bad", what, "30 minutes")
    for table, column in (("inbox", "received_at"), ("outbox", "created_at")):
        clinic.write((f"UPDATE {table} SET {column} = ?", clinic.ago(minutes=61)))  # noqa: S608 - own names
    clinic.finds("backlog", "bad", what, "61 minutes")


def test_a_reminder_that_waits(clinic: Clinic) -> None:
    """A reminder whose time has passed is a forgotten one in the making; of somebody who has left it is not."""
    person = (
        "INSERT INTO people (id, telegram_id, chat_id, name, role, language, zone, created_at)"
        " VALUES ('p', 1, 2, 'Invented', 'mentor', 'da', 'Europe/Copenhagen', ?)"
    )
    reminder = (
        "INSERT INTO reminders (id, person_id, kind, series_key, due_at, status, send_at, created_at)"
        " VALUES ('r', 'p', 'own', 's', ?1, 'pending', ?1, ?1)"
    )
    clinic.write((person, clinic.ago(days=1)), (reminder, clinic.ago(hours=3)))
    with single_instance(clinic.database):
        clinic.finds("backlog", "bad", "reminder not sent", "3 hours")
    clinic.write(("UPDATE people SET left_at = ?", clinic.ago(hours=4)))
    assert clinic.examined()[1]["backlog"]["status"] == "ok"


@pytest.mark.parametrize(("days", "status"), [(1, "bad"), (8, "warn")])
def test_messages_that_were_given_up(clinic: Clinic, days: int, status: str) -> None:
    """News of a message that failed for good; after a week it is no alarm any more, since it stays for ever."""
    dead = "INSERT INTO inbox (update_id, payload_hash, payload, received_at, status) VALUES (1, 'x', '{}', ?, 'dead')"
    clinic.write((dead, clinic.ago(days=days)))
    clinic.finds("dead_letters", status, "1 message was given up")


def test_no_backup(clinic: Clinic) -> None:
    """None at all."""
    clinic.write(("DELETE FROM backups",))
    clinic.finds("backup", "bad", "no backup", "eftertanke backup")


def operators(clinic: Clinic, file: str, **ago: float) -> None:
    """The operator made a backup of this name, so long ago."""
    at = clinic.ago(**ago)
    clinic.write(("INSERT INTO backups VALUES ('b2', ?, 'operator', ?, 1, ?, NULL)", at, file, at))


def test_a_backup_elsewhere_does_not_hide_that_the_nightly_ones_are_missing(clinic: Clinic) -> None:
    """An operator's on a stick is no reason to call it well; one in the folder is, as long as it lies there."""
    clinic.backup(timedelta(hours=50))
    operators(clinic, "stick.backup", hours=1)
    clinic.finds("backup", "bad", "2 days")
    (clinic.backups / "stick.backup").touch(mode=0o600)
    assert clinic.examined()[1]["backup"]["status"] == "ok"
    (clinic.backups / "stick.backup").unlink()
    clinic.backup(timedelta(hours=1))
    assert clinic.examined()[1]["backup"]["status"] == "ok"


def test_a_failed_nightly_one_shows_beside_an_operators_elsewhere(clinic: Clinic) -> None:
    """What the operator took away is no substitute for the one that failed in the night."""
    clinic.backup(timedelta(hours=5), verified=False, problem="StorageFull")
    operators(clinic, "stick.backup", hours=1)
    clinic.finds("backup", "bad", "failed")


def test_the_folder_of_backups_is_gone(clinic: Clinic) -> None:
    """A disk that is not attached is said, with what to do."""
    clinic.backups.rename(clinic.backups.with_name("elsewhere"))
    clinic.finds("backup", "bad", str(clinic.backups), "EFTERTANKE_BACKUPS")


def test_a_backup_that_is_too_old(clinic: Clinic) -> None:
    """Over 26 hours: the nightly one did not come."""
    clinic.backup(timedelta(hours=25))
    assert clinic.examined()[1]["backup"]["status"] == "ok"
    clinic.backup(timedelta(hours=27))
    clinic.finds("backup", "bad", "27 hours")


def test_a_backup_that_failed(clinic: Clinic) -> None:
    """Why is said by the kind of error."""
    clinic.backup(timedelta(hours=1), verified=False, problem="StorageFull")
    clinic.finds("backup", "bad", "disk was full", "no good one")


def test_a_backup_that_was_not_verified(clinic: Clinic) -> None:
    """A copy that nobody has read back is not a backup yet."""
    clinic.backup(timedelta(hours=1), verified=False)
    clinic.finds("backup", "bad", "not verified")


def test_a_backup_that_is_gone(clinic: Clinic) -> None:
    """The row alone restores nothing."""
    clinic.backup(timedelta(hours=1)).unlink()
    clinic.finds("backup", "bad", "no longer in")


def test_no_drill(clinic: Clinic) -> None:
    """Until somebody has tried to restore, nobody knows that it works."""
    clinic.write(("DELETE FROM drills",))
    clinic.finds("drill", "bad", "--drill")


def test_a_drill_that_failed(clinic: Clinic) -> None:
    """The newest try counts, not one that went well before."""
    clinic.write(("INSERT INTO drills VALUES ('d2', ?, ?, 'WrongKey')", clinic.ago(hours=-1), clinic.ago(days=1)))
    clinic.finds("drill", "bad", "belongs to another recovery sheet")


def test_a_drill_long_ago(clinic: Clinic) -> None:
    """Half a year later it is time again."""
    clinic.write(("UPDATE drills SET at = ?", clinic.ago(days=181)))
    clinic.finds("drill", "warn", "181 days")


def test_a_broken_audit(clinic: Clinic) -> None:
    """A row that somebody with the key changed behind the program's back."""
    clinic.stored(lambda tx: audit.note(tx, audit.OPERATOR, "export", "record", clinic.now))
    assert clinic.examined()[1]["audit"]["status"] == "ok"
    clinic.write(("DROP TRIGGER audit_stays",), ("UPDATE audit SET action = 'nothing' WHERE action = 'export'",))
    clinic.finds("audit", "bad", "broken at row", "eftertanke audit --verify")


def test_an_audit_that_nothing_guards(clinic: Clinic) -> None:
    """A trigger that is missing, and a list without a row although somebody has joined, are not well."""
    clinic.write(("DROP TRIGGER audit_kept",))
    clinic.finds("audit", "bad", "audit_kept")
    person = (
        "INSERT INTO people (id, telegram_id, chat_id, name, role, language, zone, created_at)"
        " VALUES ('p', 1, 2, 'Invented', 'mentor', 'da', 'Europe/Copenhagen', ?)"
    )
    clinic.write(("DELETE FROM audit",), (person, clinic.ago(days=1)))
    clinic.finds("audit", "bad", "empty although people have joined")
