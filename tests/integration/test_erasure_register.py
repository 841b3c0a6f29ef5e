"""The list of erasures outside the database: what no restored backup may bring back."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import erasure_register
from storage.erasure_register import Entry, Listed
from tests.integration.storage_kit import opened

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def entry(kind: erasure_register.Kind = "citizen", subject: str = "c1") -> Entry:
    """An entry as a command makes it."""
    return erasure_register.made(kind, subject, NOW)


def test_what_is_added_is_read(tmp_path: Path) -> None:
    """In both files, in order, private to their owner, in folders that are made at need."""
    files = erasure_register.paths(tmp_path / "data" / "e.db", tmp_path / "backups")
    both = [entry(), entry("mentor", "p1")]
    for one in both:
        erasure_register.append(files, one)
    for file in files:
        assert erasure_register.read(file) == both
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert {file.parent.name for file in files} == {"data", "backups"}
    assert set(json.loads(files[0].read_text().splitlines()[0])) == {"id", "at", "kind", "subject"}


def test_no_file_lists_nothing(tmp_path: Path) -> None:
    """Nothing was erased yet."""
    assert erasure_register.read(tmp_path / "erasures.jsonl") == []


@pytest.mark.parametrize("torn", ['{"id": "x", "at": "2026-', "{", "\x00\x00", "[1]", '{"id": 1, "kind": "citizen"}'])
def test_a_torn_line_is_passed_over(tmp_path: Path, torn: str) -> None:
    """A crash in the middle of a line loses that line only: those before are read, and the next one stands apart."""
    file = tmp_path / "erasures.jsonl"
    first, second = entry(), entry("mentor", "p1")
    erasure_register.append([file], first)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(torn)
    assert erasure_register.look(file) == Listed((first,), 1)
    erasure_register.append([file], second)
    assert erasure_register.read(file) == [first, second]


def test_what_another_version_wrote_is_passed_over(tmp_path: Path) -> None:
    """A kind that is not known stops nothing; the same entry twice is one."""
    file = tmp_path / "erasures.jsonl"
    known = entry()
    line = {"id": "n", "at": "2026-11-23T09:30:00.000000Z", "kind": "team", "subject": "t"}
    file.write_text(json.dumps(line) + "\n", encoding="utf-8")
    for _ in range(2):
        erasure_register.append([file], known)
    assert erasure_register.read(file) == [known]


def test_merging_adds_to_each_file_what_it_lacks(tmp_path: Path) -> None:
    """In their order, after what it lists already; a second time there is nothing to add, and nothing is written."""
    files = erasure_register.paths(tmp_path / "data" / "e.db", tmp_path / "backups")
    own, first, second = entry(), entry("mentor", "p1"), entry("left", "p2")
    erasure_register.append(files[:1], own)
    erasure_register.append(files[1:], second)
    erasure_register.merge(files, [first, second])
    assert [erasure_register.read(file) for file in files] == [[own, first, second], [second, first]]
    before = [file.read_bytes() for file in files]
    erasure_register.merge(files, [second, first])
    assert [file.read_bytes() for file in files] == before


def test_merging_stops_at_the_file_that_cannot_be_written(tmp_path: Path) -> None:
    """Who merges is told; the files before it have everything, and the next merging does the rest."""
    files = [tmp_path / name / erasure_register.FILE for name in ("one", "two", "three")]
    both = [entry(), entry("mentor", "p1")]
    files[1].mkdir(parents=True)
    with pytest.raises(OSError):
        erasure_register.merge(files, both)
    assert erasure_register.read(files[0]) == both and not files[2].exists()
    files[1].rmdir()
    erasure_register.merge(files, both)
    assert [erasure_register.read(file) for file in files] == [both] * 3


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """Who erases must know before it is committed."""
    (tmp_path / "backups").write_text("a file where the folder should be")
    with pytest.raises(OSError):
        erasure_register.append(erasure_register.paths(tmp_path / "e.db", tmp_path / "backups"), entry())


async def test_the_database_has_it_too(tmp_path: Path) -> None:
    """Noted twice, it is there once."""
    one = entry()
    async with opened(tmp_path) as db:
        async with db.transaction() as tx:
            for _ in range(2):
                erasure_register.note(tx, one)
        async with db.snapshot() as snapshot:
            assert await erasure_register.noted(snapshot) == [one]
