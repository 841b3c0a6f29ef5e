"""A backup is made while others write, is whole or is not there, and opens with the right key only."""

from __future__ import annotations

import asyncio
import json
import shutil
import stat
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import backup_file, backups, unpacking
from storage.backup_file import BadBackup
from storage.backups import BackupStopped
from storage.database import DamagedDatabase, NewerSchema, StorageFull, WrongKey
from storage.keys import Key
from storage.migrating import shipped_steps
from storage.seals import broken_pages
from storage.sqlite import SqliteDatabase, open_sqlite
from storage.sqlite_connect import PAGE_BYTES, connect
from tests.integration.storage_kit import KEY, opened_file
from tests.integration.test_storage_faults import file_limit

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ALONG = {"organisation.yaml": b'name: "Nordbyen"\n', "codebook.yaml": b"codes: []\n"}


def made(folder: Path, name: str = "one.backup") -> Path:
    """A backup of the database of ``opened``, in a folder of its own."""
    target = folder / "copies" / name
    target.parent.mkdir(exist_ok=True, mode=0o700)
    backups.make(folder / "e.db", KEY, target, along=ALONG, now=NOW, program="0.0")
    return target


async def add_teams(db: SqliteDatabase, first: int, count: int) -> None:
    """Some rows, in one transaction."""
    async with db.transaction() as tx:
        for number in range(first, first + count):
            tx.write("INSERT INTO teams (id, name, created_at) VALUES (?, ?, 't')", f"t{number}", f"Hold {number}" * 20)


async def teams(path: Path, key: Key = KEY) -> int:
    """How many teams a database has."""
    db = await open_sqlite(path, key, create=False)
    try:
        async with db.snapshot() as snapshot:
            row = await snapshot.one("SELECT count(*) AS n FROM teams")
            assert row is not None
            return int(row["n"])
    finally:
        await db.close()


async def test_a_backup_comes_back_whole(tmp_path: Path) -> None:
    """Rows, small files and header come back; the file is for its owner only and nothing else is left in the folder."""
    async with opened_file(tmp_path) as db:
        await add_teams(db, 0, 500)
        file = made(tmp_path)
        header = backup_file.read_header(file)
        assert (header.rows["teams"], header.made_at, header.key, header.schema) == (
            500,
            NOW,
            KEY.id,
            shipped_steps()[-1].version,
        )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in file.parent.iterdir()] == ["one.backup"]
    back = unpacking.unpack(file, KEY, tmp_path / "back.db")
    assert back.along == ALONG
    assert stat.S_IMODE((tmp_path / "back.db").stat().st_mode) == 0o600
    assert await teams(tmp_path / "back.db") == 500


async def test_neither_header_nor_file_tells_what_is_in_it(tmp_path: Path) -> None:
    """No byte of what was stored stands in the file in the clear, and the database's own key does not open it."""
    async with opened_file(tmp_path) as db:
        await add_teams(db, 0, 50)
        file = made(tmp_path)
    content = file.read_bytes()
    assert b"Hold" not in content
    assert b"organisation.yaml" not in content
    assert KEY.hex().encode() not in content
    inside = tmp_path / "inside"
    header = backup_file.unpack(file, KEY, inside)
    with pytest.raises(DamagedDatabase):
        backups.check_inside(inside, Key.from_text("ab" * 32), backups.Figures.told_by(header))


async def test_two_backups_have_two_keys(tmp_path: Path) -> None:
    """Each has a salt of its own, so that what opens one does not open the other."""
    async with opened_file(tmp_path) as db:
        await add_teams(db, 0, 5)
        one, other = (backup_file.read_header(made(tmp_path, name)) for name in ("one.backup", "two.backup"))
    assert backup_file.database_key(KEY, one.salt) != backup_file.database_key(KEY, other.salt)
    assert KEY not in (backup_file.database_key(KEY, one.salt), backup_file.database_key(KEY, other.salt))


async def test_writers_are_not_held_up(tmp_path: Path) -> None:
    """While a backup is made the bot goes on writing; what was committed before the start is in it, and the longest
    commit takes no longer than a moment."""
    async with opened_file(tmp_path) as db:
        await add_teams(db, 0, 20_000)
        making = asyncio.create_task(asyncio.to_thread(made, tmp_path))
        longest, number = 0.0, 20_000
        while not making.done():
            began = time.monotonic()
            await add_teams(db, number, 1)
            longest, number = max(longest, time.monotonic() - began), number + 1
        file = await making
    assert number > 20_010, "the backup was over before anybody wrote"
    assert longest < 0.5
    assert backup_file.read_header(file).rows["teams"] >= 20_000
    unpacking.unpack(file, KEY, tmp_path / "back.db")
    assert 20_000 <= await teams(tmp_path / "back.db") <= number


async def test_a_database_of_which_all_is_in_the_log_is_backed_up(tmp_path: Path) -> None:
    """What stands in the write-ahead log only, which a copy of the file would miss, is in the backup."""
    async with opened_file(tmp_path) as db:
        await add_teams(db, 0, 3)
        assert (tmp_path / "e.db-wal").stat().st_size > 0
        file = made(tmp_path)
    unpacking.unpack(file, KEY, tmp_path / "back.db")
    assert await teams(tmp_path / "back.db") == 3


async def test_another_recovery_sheet_is_told_by_its_number(tmp_path: Path) -> None:
    """The wrong key is refused with both numbers before anything is written."""
    async with opened_file(tmp_path):
        file = made(tmp_path)
    other = Key.new()
    with pytest.raises(WrongKey, match=f"to sheet no. {KEY.id}, .* to sheet no. {other.id};"):
        unpacking.unpack(file, other, tmp_path / "back.db")
    assert not (tmp_path / "back.db").exists()


async def test_any_changed_byte_is_found(tmp_path: Path) -> None:
    """A bit that flipped anywhere in the file, or an end that is missing or too long, makes it no backup."""
    async with opened_file(tmp_path) as db:
        await add_teams(db, 0, 200)
        file = made(tmp_path)
    good = file.read_bytes()
    places = [0, 30, 200, len(good) // 2, len(good) - 40, len(good) - 1, *range(400, len(good), len(good) // 40)]
    broken = [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in places]
    for content in [*broken, good[:-1], good + b"x", good[: len(good) // 2], b""]:
        file.write_bytes(content)
        with pytest.raises((BadBackup, WrongKey)):  # the number of the sheet may be what flipped
            unpacking.unpack(file, KEY, tmp_path / "back.db")
        assert not (tmp_path / "back.db").exists()
    file.write_bytes(good)
    assert backup_file.unpack(file, KEY, None).rows["teams"] == 200


async def test_a_newer_format_says_so(tmp_path: Path) -> None:
    """A backup of a later program is not called damaged."""
    async with opened_file(tmp_path):
        file = made(tmp_path)
    magic, line, rest = file.read_bytes().split(b"\n", 2)
    told = json.loads(line) | {"format": 2}
    file.write_bytes(b"\n".join((magic, json.dumps(told).encode(), rest)))
    with pytest.raises(NewerSchema):
        backup_file.read_header(file)


@pytest.mark.parametrize("kind", ["in use", "free"])
async def test_a_damaged_database_gives_no_backup(tmp_path: Path, kind: str) -> None:
    """A flipped bit in any page, also one that holds nothing now, is found before there is a file; nothing is left."""
    async with opened_file(tmp_path) as db:
        await add_teams(db, 0, 2_000)
        if kind == "free":
            async with db.transaction() as tx:
                tx.write("DELETE FROM teams")
    path = tmp_path / "e.db"
    for page in (path.stat().st_size // PAGE_BYTES - 2, 70):
        copy = tmp_path / f"damaged-{page}"
        copy.mkdir()
        shutil.copy(path, copy / "e.db")
        content = bytearray((copy / "e.db").read_bytes())
        content[page * PAGE_BYTES + 1_000] ^= 4
        (copy / "e.db").write_bytes(content)
        with pytest.raises(DamagedDatabase):
            made(copy)
        assert list((copy / "copies").iterdir()) == []


async def test_a_page_that_a_checkpoint_has_not_reached_is_no_damage(tmp_path: Path) -> None:
    """While somebody reads, a checkpoint leaves pages of zeros in the file that the log has: the raw check complains,
    ours does not, and the backup is made."""
    async with opened_file(tmp_path) as db:
        await add_teams(db, 0, 500)
        async with db.snapshot():
            await add_teams(db, 500, 20_000)
            reader = connect(tmp_path / "e.db", KEY)
            try:
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM teams").fetchone()
                assert reader.execute("PRAGMA cipher_integrity_check").fetchall()
                assert broken_pages(reader, tmp_path / "e.db") == set()
            finally:
                reader.close()
            assert backup_file.read_header(made(tmp_path)).rows["teams"] == 20_500


async def test_a_full_disk_leaves_no_file(tmp_path: Path) -> None:
    """With no room, wherever it ends, there is neither a backup nor a part of one; afterwards it works."""
    async with opened_file(tmp_path) as db:
        await add_teams(db, 0, 3_000)
        size = made(tmp_path).stat().st_size
        for room in (0, 50_000, size - 4_000):
            with file_limit(room), pytest.raises(StorageFull):
                made(tmp_path, "two.backup")
            assert [one.name for one in (tmp_path / "copies").iterdir()] == ["one.backup"]
        made(tmp_path, "two.backup")


async def test_a_backup_is_given_up_when_asked(tmp_path: Path) -> None:
    """A program that ends does not wait for a backup, and nothing is left of it."""
    async with opened_file(tmp_path) as db:
        await add_teams(db, 0, 3_000)
        ends = threading.Event()
        ends.set()
        (tmp_path / "copies").mkdir()
        with pytest.raises(BackupStopped):
            backups.make(
                tmp_path / "e.db", KEY, tmp_path / "copies/a", along={}, now=NOW, program="0", stop=ends.is_set
            )
    assert list((tmp_path / "copies").iterdir()) == []


async def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    """Neither a backup nor anything else is written over."""
    async with opened_file(tmp_path):
        file = made(tmp_path)
        before = file.read_bytes()
        with pytest.raises(FileExistsError):
            made(tmp_path)
    assert file.read_bytes() == before
