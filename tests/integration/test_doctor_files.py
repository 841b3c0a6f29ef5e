"""What `eftertanke doctor` says about settings, files and Telegram: installations broken in one way each."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from storage.keys import Key, write_key_file
from tests.integration.cli_kit import Desk, desk
from tests.integration.doctor_kit import Clinic, Telegram, clinic, telegram

__all__ = ["clinic", "desk", "telegram"]


def test_every_wrong_setting_is_told(clinic: Clinic) -> None:
    """All mistakes of the environment at once; what needs the settings says that it was skipped."""
    clinic.desk.env(EFTERTANKE_TIMEZONE="Nowhere/Atall", EFTERTANKE_LANGUAGE="de")
    checks = clinic.finds("settings", "bad", "EFTERTANKE_TIMEZONE", "EFTERTANKE_LANGUAGE")
    assert {one["status"] for name, one in checks.items() if name != "settings"} == {"skipped"}


def test_a_server_database(clinic: Clinic) -> None:
    """One that does not answer is bad; the checks that are about a file are not there."""
    clinic.desk.env(EFTERTANKE_DATABASE_URL="postgresql://127.0.0.1:1/invented")
    checks = clinic.finds("database", "bad", "cannot be reached")
    assert checks["roles"]["status"] == "skipped"
    assert not {"integrity", "backup", "drill"} & set(checks)


def test_an_organisation_that_does_not_load(clinic: Clinic) -> None:
    """Each mistake comes with its line."""
    (clinic.desk.data / "organisation.yaml").write_text("tidy: sometimes\n", encoding="utf-8")
    clinic.finds("organisation", "bad", "line 1", "at_once")


def test_emergency_numbers_not_filled_in(desk: Desk, telegram: Telegram) -> None:
    """Examples that nobody filled in are named: after a hard visit they would be missing."""
    there = Clinic(desk, telegram)
    text = '{name: N, emergency_card: [{label: Vagten, number: "00 00 00 00"}]}'
    (desk.data / "organisation.yaml").write_text(text, encoding="utf-8")
    there.finds("organisation", "warn", "Vagten")


def test_no_key(clinic: Clinic) -> None:
    """Without the key the checks of the database say that they were skipped."""
    clinic.desk.key_file.unlink()
    checks = clinic.finds("key", "bad", "no key file", "ut the key file back", "words of the recovery sheet")
    assert {checks[name]["status"] for name in ("rekey", "database", "schema", "audit")} == {"skipped"}
    assert "the key is missing" in checks["database"]["found"]


def test_a_wrong_key(clinic: Clinic) -> None:
    """A key that is not the database's is told apart from damage."""
    clinic.desk.key_file.unlink()
    write_key_file(clinic.desk.key_file, Key.new())
    clinic.finds("database", "bad", "belongs to another key", "recovery sheet")


def test_a_key_that_others_can_read(clinic: Clinic) -> None:
    """The sentence has the command that puts it right."""
    clinic.desk.key_file.chmod(0o640)
    checks = clinic.finds("key", "bad", "Others can read", f"Run `chmod 600 {clinic.desk.key_file}`.")
    assert [name for name, one in checks.items() if one["status"] == "bad"] == ["key"]  # said once
    assert "the key is open to others" in checks["rekey"]["found"] and "open to others" in checks["database"]["found"]


def test_a_key_file_without_a_key(clinic: Clinic) -> None:
    """A file of something else is said once, by the check of the key."""
    clinic.desk.key_file.write_text("invented\n", encoding="ascii")
    checks = clinic.finds("key", "bad", "holds no key", "recovery sheet")
    assert [name for name, one in checks.items() if one["status"] == "bad"] == ["key"]
    assert "the key is wrong" in checks["rekey"]["found"]


def test_every_finding_is_a_sentence(clinic: Clinic) -> None:
    """What was found and what to do end with a full stop, also after a path or a command."""
    clinic.desk.key_file.chmod(0o640)
    clinic.desk.data.chmod(0o755)
    _, checks = clinic.examined()
    told = [one[part] for one in checks.values() for part in ("found", "todo") if one[part]]
    assert [text for text in told if not text.endswith(".")] == []


def test_a_key_in_the_data_folder(clinic: Clinic) -> None:
    """Who copies the data folder must not get the key along."""
    inside = clinic.desk.data / "my.key"
    inside.write_bytes(clinic.desk.key_file.read_bytes())
    inside.chmod(0o600)
    clinic.desk.env(EFTERTANKE_KEY_FILE=str(inside))
    clinic.finds("key", "bad", "who copies the folder", "EFTERTANKE_KEY_FILE")


def test_a_change_of_key_that_was_interrupted(clinic: Clinic) -> None:
    """A waiting key means that rekey must be run again."""
    write_key_file(clinic.desk.key_file.with_name("data.key.new"), Key.new())
    clinic.finds("rekey", "bad", "eftertanke rekey")


@pytest.mark.parametrize("which", ["data", "data/eftertanke.db", "data-backups", "data/eftertanke.db.check"])
def test_rights_that_are_too_wide(clinic: Clinic, which: str) -> None:
    """Whatever others could get at is named, with the command that closes it."""
    path = clinic.desk.folder / which
    path.chmod(path.stat().st_mode | 0o004)
    clinic.finds("permissions", "bad", str(path), "chmod go=")


def test_a_disk_that_is_too_small(clinic: Clinic) -> None:
    """Three times the database must be free: a log, a copy, a backup."""
    clinic.desk.key_file.unlink()  # the file is only grown, so nobody must try to read it
    free = os.statvfs(clinic.desk.data)
    os.truncate(clinic.database, min(free.f_bavail * free.f_frsize // 2, 2**43))
    clinic.finds("disk", "bad", "MB free", "Make room")


def test_another_zone(clinic: Clinic) -> None:
    """A zone whose clock is not Denmark's is worth a question, and no alarm."""
    clinic.desk.env(EFTERTANKE_TIMEZONE="Asia/Tokyo")
    clinic.finds("zone", "warn", "Asia/Tokyo", "Europe/Copenhagen")


def test_no_token(clinic: Clinic) -> None:
    """Without a token nothing is asked of any server."""
    clinic.desk.env(EFTERTANKE_TOKEN="")
    checks = clinic.finds("token", "bad", "@BotFather")
    assert clinic.telegram.calls == []
    assert (checks["clock"]["status"], checks["webhook"]["status"]) == ("skipped", "skipped")


def test_a_token_that_telegram_does_not_know(clinic: Clinic) -> None:
    """Telegram's no is bad, and the clock can still be compared."""
    clinic.telegram.known = False
    checks = clinic.finds("token", "bad", "does not know", "@BotFather")
    assert (checks["clock"]["status"], checks["webhook"]["status"]) == ("ok", "skipped")


def test_no_way_to_telegram(clinic: Clinic) -> None:
    """Trouble of the network says nothing about the token: a warning."""
    clinic.desk.env(EFTERTANKE_API_URL="http://127.0.0.1:9/bot")
    clinic.finds("token", "warn", "cannot be reached", "internet")


@pytest.mark.parametrize(("ahead", "word"), [(-90, "ahead of"), (90, "behind")])
def test_a_clock_that_is_wrong(clinic: Clinic, ahead: int, word: str) -> None:
    """Over a minute apart from Telegram's clock is bad, and it says which way."""
    clinic.telegram.ahead = timedelta(seconds=ahead)
    clinic.finds("clock", "bad", word, "timedatectl")


def test_a_forgotten_webhook(clinic: Clinic) -> None:
    """A webhook takes every update away from a bot that polls. Its address may hold a secret: only the host is said."""
    clinic.telegram.webhook = "https://elsewhere.example/hook-secret"
    checks = clinic.finds("webhook", "bad", "elsewhere.example", "deleteWebhook")
    assert "hook-secret" not in str(checks)


@pytest.mark.parametrize(
    ("there", "status", "word"),
    [("https://other.example/x", "bad", "other.example"), ("", "warn", "calls none")],
)
def test_a_webhook_that_is_not_the_one_configured(clinic: Clinic, there: str, status: str, word: str) -> None:
    """What Telegram calls must be what the settings say."""
    clinic.desk.env(EFTERTANKE_WEBHOOK_URL="https://mine.example/h", EFTERTANKE_WEBHOOK_SECRET="an-invented-long-word")
    clinic.telegram.webhook = there
    clinic.finds("webhook", status, word)
    clinic.telegram.webhook = "https://mine.example/h"
    assert clinic.examined()[1]["webhook"]["status"] == "ok"
