"""Opening the database: each way it can be wrong is told apart, and none ends in a new empty one."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
from pathlib import Path

import pytest

from storage import keycheck
from storage.database import (
    DamagedDatabase,
    NewerSchema,
    NoDatabase,
    NotEncrypted,
    StorageError,
    Unreadable,
    UnsafeSettings,
    WrongKey,
)
from storage.sqlite import open_sqlite
from storage.sqlite_connect import _set, connect, settings
from tests.integration.storage_kit import KEY, OTHER_KEY, cast, opened_file

MARKER = "flagermus-i-kælderen"
PAGE = 4096


async def made(folder: Path) -> Path:
    """A closed database with something in it."""
    async with opened_file(folder) as database, database.transaction() as tx:
        await cast(tx)
        tx.write("UPDATE people SET name = ?", MARKER)
    return folder / "e.db"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, whole."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def files(folder: Path) -> dict[str, str]:
    """Every file of a folder with a hash of its content."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents(folder).items()}


async def test_every_setting_is_in_force(tmp_path: Path) -> None:
    """Durability and privacy do not depend on defaults."""
    connection = connect(await made(tmp_path), KEY)
    try:
        assert settings(connection) == {
            "journal_mode": "wal",
            "busy_timeout": 5000,
            "trusted_schema": 0,
            "foreign_keys": 1,
            "secure_delete": 1,
            "temp_store": 2,
            "cache_size": -65536,
            "synchronous": 2,
            "wal_autocheckpoint": 1000,
            "journal_size_limit": 67108864,
            "cipher_use_hmac": "1",
        }
    finally:
        connection.close()


async def test_a_setting_that_is_not_taken_stops_the_start(tmp_path: Path) -> None:
    """An engine that answers otherwise than asked is refused, by name of the setting."""
    connection = connect(await made(tmp_path), KEY)
    try:
        with pytest.raises(UnsafeSettings, match="page_size"):
            _set(connection, "page_size", "8192", 8192)  # cannot change on a file in WAL mode
    finally:
        connection.close()


async def test_nothing_can_be_read_without_the_key(tmp_path: Path) -> None:
    """Neither the file nor its write-ahead log is SQLite in the clear or holds a stored text."""
    async with opened_file(tmp_path) as database:
        async with database.transaction() as tx:
            await cast(tx)
            tx.write("UPDATE people SET name = ?", MARKER)
        content = contents(tmp_path)
    assert {"e.db", "e.db-wal", "e.db.check"} <= content.keys()
    assert len(content["e.db-wal"]) > PAGE
    for name, raw in content.items():
        assert MARKER.encode() not in raw, name
        assert b"CREATE TABLE" not in raw, name
        assert KEY.hex().encode() not in raw, name
    assert not content["e.db"].startswith(b"SQLite format 3")


async def test_files_belong_to_the_owner_alone(tmp_path: Path) -> None:
    """A new folder is 0700; database, log and key check are 0600, also where they were wider before."""
    folder = tmp_path / "data"
    async with opened_file(folder) as database, database.transaction() as tx:
        await cast(tx)
    (folder / "e.db").chmod(0o644)
    async with opened_file(folder) as database:
        async with database.transaction() as tx:
            tx.write("UPDATE people SET language = 'en'")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {"e.db", "e.db-wal", "e.db-shm", "e.db.check"} <= modes.keys()
    assert set(modes.values()) == {0o600}


async def test_a_wrong_key_is_named_and_changes_no_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """With a write-ahead log left by a crash beside it, not one byte changes; nothing is said but the error."""
    database = await open_sqlite(tmp_path / "e.db", KEY, create=True)
    async with database.transaction() as tx:
        await cast(tx)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name, content in contents(tmp_path).items():
        if not name.endswith("-shm"):  # a crash of the machine leaves no shared memory
            (crashed / name).write_bytes(content)
    await database.close()
    before = files(crashed)
    assert "e.db-wal" in before
    for create in (False, True):
        with pytest.raises(WrongKey, match="another key"):
            await open_sqlite(crashed / "e.db", OTHER_KEY, create=create)
    assert files(crashed) == before
    assert capfd.readouterr() == ("", "")
    async with opened_file(crashed) as database, database.transaction() as tx:
        assert await tx.one("SELECT count(*) AS n FROM people") == {"n": 4}


async def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    """Whatever page is hit, verifying says damaged, and opening never makes a new database of it."""
    path = await made(tmp_path)
    whole = path.read_bytes()
    pages = len(whole) // PAGE
    assert pages > 20
    for page in range(0, pages, 5):  # each page has its turn in the release run of the fault list
        hit = bytearray(whole)
        hit[page * PAGE + 1234] ^= 1
        path.write_bytes(bytes(hit))
        with pytest.raises(DamagedDatabase, match="restore a backup"):
            async with opened_file(tmp_path) as database:
                await database.verify()
    path.write_bytes(whole)
    async with opened_file(tmp_path) as database:
        await database.verify()


async def test_reading_a_damaged_page_is_an_error_not_a_wrong_answer(tmp_path: Path) -> None:
    """Damage shows when the page is read, without anybody having asked for a check."""
    path = await made(tmp_path)
    raw = bytearray(path.read_bytes())
    for page in range(1, len(raw) // PAGE):
        raw[page * PAGE + 99] ^= 0x80
    path.write_bytes(bytes(raw))
    with pytest.raises(DamagedDatabase):
        async with opened_file(tmp_path) as database, database.transaction() as tx:
            await tx.all("SELECT * FROM people")


@pytest.mark.parametrize("size", [0, 1, 100, PAGE, PAGE * 3 + 17])
async def test_a_cut_file_is_damaged_not_new(tmp_path: Path, size: int) -> None:
    """A file cut at any place, even to nothing, is reported; it is not filled with an empty database."""
    path = await made(tmp_path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(DamagedDatabase):
        async with opened_file(tmp_path) as database:
            await database.verify()
    assert path.stat().st_size == size


@pytest.mark.parametrize("content", [b"x", bytes(100), bytes(PAGE), b"garbage " * 4000])
@pytest.mark.parametrize("check", [True, False])
async def test_something_else_in_its_place_is_refused(tmp_path: Path, content: bytes, check: bool) -> None:
    """What is not our database is neither opened nor written over, with and without the key check beside it."""
    path = await made(tmp_path)
    path.write_bytes(content)
    if not check:
        keycheck.path_of(path).unlink()
    with pytest.raises((DamagedDatabase, Unreadable)):
        await open_sqlite(path, KEY, create=True)
    assert path.read_bytes() == content


async def test_a_missing_database_is_not_replaced(tmp_path: Path) -> None:
    """Where one was before, a missing file is an error even for setup."""
    path = await made(tmp_path)
    path.unlink()
    for create in (False, True):
        with pytest.raises(NoDatabase, match=r"move the folder .* away, then restore a backup with `eftertanke"):
            await open_sqlite(path, KEY, create=create)
    assert not path.exists()


async def test_run_makes_no_database(tmp_path: Path) -> None:
    """Without ``create`` nothing at all is written."""
    with pytest.raises(NoDatabase, match="setup"):
        await open_sqlite(tmp_path / "e.db", KEY, create=False)
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("left", ["check", "empty file"])
async def test_a_crash_while_the_database_is_made_is_gone_on_from(tmp_path: Path, left: str) -> None:
    """The key check comes first; whatever of the rest is missing is made by the next start."""
    path = tmp_path / "e.db"
    keycheck.write(path, keycheck.KeyCheck.of(KEY, keycheck.Stage.BEGUN))
    if left == "empty file":
        path.touch()
    with pytest.raises(WrongKey):
        await open_sqlite(path, OTHER_KEY, create=True)
    async with opened_file(tmp_path) as database, database.transaction() as tx:
        await cast(tx)
    check = keycheck.read(path)
    assert check is not None
    assert check.stage is keycheck.Stage.MADE


@pytest.mark.parametrize(
    "broken", [None, "", "{}", "[]", '{"format": 1, "stage": "made", "salt": "00", "proof": "00"}']
)
async def test_a_lost_or_broken_key_check_is_made_again(tmp_path: Path, broken: str | None) -> None:
    """The key opens the file, so it is the key; from then on a wrong one is told again."""
    path = await made(tmp_path)
    check = keycheck.path_of(path)
    check.unlink()
    if broken is not None:
        check.write_text(broken)
    async with opened_file(tmp_path) as database, database.transaction() as tx:
        assert await tx.one("SELECT count(*) AS n FROM people") == {"n": 4}
    with pytest.raises(WrongKey):
        await open_sqlite(path, OTHER_KEY, create=True)


async def test_without_the_key_check_both_reasons_are_named(tmp_path: Path) -> None:
    """Nobody can say whether the key is wrong or the file is damaged, and the sentence says so."""
    path = await made(tmp_path)
    keycheck.path_of(path).unlink()
    before = files(tmp_path)
    with pytest.raises(Unreadable, match="either the key is wrong or the file is damaged"):
        await open_sqlite(path, OTHER_KEY, create=True)
    assert files(tmp_path) == before


async def test_the_key_check_cannot_be_made_to_say_something_else(tmp_path: Path) -> None:
    """Turning "made" into "begun" by hand does not let an empty database take the place of a lost one."""
    path = await made(tmp_path)
    check = keycheck.path_of(path)
    check.write_text(json.dumps(json.loads(check.read_text()) | {"stage": "begun"}))
    path.unlink()
    with pytest.raises(WrongKey):
        await open_sqlite(path, KEY, create=True)
    assert not path.exists()


async def test_a_plain_sqlite_file_is_recognised(tmp_path: Path) -> None:
    """A wrong path is named as such and the file is left alone."""
    path = tmp_path / "e.db"
    plain = sqlite3.connect(path)
    plain.execute("CREATE TABLE t (a)")
    plain.close()
    before = files(tmp_path)
    with pytest.raises(NotEncrypted, match="ordinary SQLite"):
        await open_sqlite(path, KEY, create=True)
    assert files(tmp_path) == before


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    """An older program does not touch what it does not know."""
    path = await made(tmp_path)
    connection = connect(path, KEY)
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    with pytest.raises(NewerSchema, match="9999"):
        await open_sqlite(path, KEY, create=True)


@pytest.mark.parametrize("place", ["a folder", "a file in the way"])
async def test_an_impossible_path_is_one_clear_sentence(tmp_path: Path, place: str) -> None:
    """Neither a folder in place of the file nor a file in place of the folder ends in a traceback."""
    path = tmp_path / "x" / "e.db"
    if place == "a folder":
        path.mkdir(parents=True)
    else:
        path.parent.write_text("in the way")
    with pytest.raises(StorageError) as caught:
        await open_sqlite(path, KEY, create=True)
    assert str(caught.value).count(". ") == 0
    assert "cannot be used" in str(caught.value)


async def test_a_path_with_odd_characters_opens(tmp_path: Path) -> None:
    """Question marks, percent signs, spaces and Danish letters in a folder's name mean nothing to SQLite's URI."""
    folder = tmp_path / "år 100% ?mode=ro #1"
    await made(folder)
    assert (folder / "e.db").exists()
