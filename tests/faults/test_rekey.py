"""A change of key that is killed: the database opens by itself with the old or the new key, whole; a rerun ends it."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from storage.keys import Key, read_key_file
from storage.sqlite_connect import connect, opens
from storage.waiting_key import waiting_file
from tests.faults.conftest import Note, Size
from tests.faults.rekey_kit import LOCKED_OUT, Installation, Phase, contents, made

KILLS = int(os.environ.get("EFTERTANKE_TEST_REKEYS", "24"))
MEGABYTES = 4
MUST_BE_HIT = (Phase.WAITING, Phase.COPYING, Phase.REPLACED, Phase.PUT)
_UNFINISHED = re.compile(r"[^\n]*`eftertanke rekey`[^\n]*\.\n")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation of a few MB, to be copied."""
    it = made(tmp_path_factory.mktemp("rekey") / "filled", MEGABYTES)
    assert it.database.stat().st_size > MEGABYTES * 1_000_000
    return it


@pytest.fixture(scope="module")
def before(filled: Installation) -> dict[str, str]:
    """What it holds."""
    return contents(filled.database, filled.own_key())


@pytest.fixture
def places(filled: Installation, tmp_path: Path) -> tuple[int, float]:
    """How many things a whole change does to files, and its seconds."""
    code, said, seconds = filled.copied(tmp_path / "whole", value=False).rekeyed()
    assert code == 0, said
    return int(said.splitlines()[-1]), seconds


def in_force(it: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands of this process be that installation's."""
    for name in [name for name in os.environ if name.startswith("EFTERTANKE_")]:
        monkeypatch.delenv(name)
    for name, value in it.environment.items():
        monkeypatch.setenv(name, value)


def ended(it: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Run rekey until it is over, and with a variable do as it says."""
    in_force(it, monkeypatch)
    assert it.command("rekey", "--yes") == 0
    if it.value is None:
        return it
    waiting = waiting_file(it.key_file)
    if waiting.exists():
        it = Installation(it.folder, read_key_file(waiting))
        in_force(it, monkeypatch)
        assert it.command("rekey", "--yes") == 0
    return it


@pytest.mark.timeout(120 + 4 * KILLS)
def test_killed_anywhere_it_opens_and_ends(
    filled: Installation,
    before: Mapping[str, str],
    places: tuple[int, float],
    tmp_path: Path,
    size: Size,
    note: Note,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every kill leaves all rows under one of both keys, which commands find by themselves, and rekey ends it."""
    chance, hit, began = random.Random(size.seed), Counter[Phase](), time.monotonic()
    old = filled.own_key()
    for number in range(KILLS):
        it = filled.copied(tmp_path / str(number), value=number % 4 == 3)
        _kill(it, number, places, chance)
        phase = it.phase(old)
        hit[phase] += 1
        assert it.violations(before) == [], f"seed {size.seed}, kill {number}: {phase}"
        waiting = waiting_file(it.key_file)
        new = read_key_file(waiting) if waiting.exists() else None
        in_force(it, monkeypatch)
        capsys.readouterr()
        assert it.command("people", "--json") == 0
        said = capsys.readouterr().err
        assert bool(_UNFINISHED.fullmatch(said)) == (new is not None), said
        if number % 3 == 2:
            _kill(it, number + 1, places, chance)
            assert it.violations(before) == [], f"seed {size.seed}, second kill {number}: {it.phase(old)}"
        _is_over(ended(it, monkeypatch), old, before)
        shutil.rmtree(it.folder)
    phases = ", ".join(f"{phase} {hit[phase]}" for phase in Phase)
    note(20, KILLS, "kills", f"violations 0; {MEGABYTES} MB, {time.monotonic() - began:.0f} s; {phases}")
    assert all(hit[phase] for phase in MUST_BE_HIT), hit


def _kill(it: Installation, number: int, places: tuple[int, float], chance: random.Random) -> None:
    """At a moment by chance, or at one of the things done to files, spread over all of them."""
    count, seconds = places
    if number % 2:
        it.rekeyed(after=chance.uniform(0, seconds))
    else:
        part = count * 2 / KILLS
        it.rekeyed(1 + min(count - 1, int((number / 2 + chance.random()) * part)))


def _is_over(it: Installation, old: Key, before: Mapping[str, str]) -> None:
    key = it.own_key()
    assert it.violations(before) == []
    assert opens(it.database, key) and key != old and not opens(it.database, old)
    left = {path.name for path in it.folder.iterdir() if path.name != "data-backups"}
    assert left == ({"data"} if it.value else {"data", "data.key"})
    # A mark that was being written when the process was killed stays under a name of its own: nobody reads it.
    halves = {path.name for path in it.database.parent.glob("eftertanke.db.mark.new-*")}
    left = {path.name for path in it.database.parent.iterdir() if not path.name.endswith(".lock")} - halves
    assert left - {"erasures.jsonl"} == {"eftertanke.db", "eftertanke.db.check", "eftertanke.db.mark"}


def test_the_twin_that_replaces_the_key_file_first_locks_everybody_out(
    filled: Installation,
    before: Mapping[str, str],
    places: tuple[int, float],
    tmp_path: Path,
    note: Note,
) -> None:
    """With no key that waits beside the old one, a kill before the database goes over leaves nothing that opens it."""
    found = Counter[str]()
    for place in range(2, places[0], 4):
        it = filled.copied(tmp_path / str(place), value=False)
        it.rekeyed(place, "weaker")
        found.update(it.violations(before))
        shutil.rmtree(it.folder)
    figure = ", ".join(f"{name} {count}" for name, count in sorted(found.items()))
    note(20, len(range(2, places[0], 4)), "kills", figure, twin=True)
    assert found[LOCKED_OUT] > 0
    assert set(found) == {LOCKED_OUT}


def test_who_writes_meanwhile_loses_nothing(filled: Installation, tmp_path: Path, note: Note) -> None:
    """What another command was told is stored is there under the new key: none works on the file that goes."""
    it = filled.copied(tmp_path / "busy", value=False)
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.rekey_writer", str(it.database), str(it.key_file)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "0\n"
        keys = {it.own_key()}
        for _ in range(5):
            code, said, _seconds = it.rekeyed()
            assert code == 0, said
            keys.add(it.own_key())
        it.database.with_name("stop").touch()
        *stored, again = writer.stdout.read().split()
        assert writer.wait() == 0
    finally:
        writer.kill()
        writer.wait()
    assert len(keys) == 6
    with closing(connect(it.database, it.own_key())) as connection:
        found = {number for (number,) in connection.execute("SELECT chat_id FROM strangers")}
    assert found >= {0, *map(int, stored)}
    note(20, 5, "changes of key", f"writes lost 0 of {len(stored)} by another command, {again} of them tried again")
