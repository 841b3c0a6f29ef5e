"""A key that is wrong, missing, open to others or no key at all: one clear sentence, and no file is touched."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.keys import Key, write_key_file
from tests.integration.cli_kit import Desk, desk

__all__ = ["desk"]
TOKEN = "770001:INVENTED-token-for-tests"
OTHER = Key(bytes(range(7, 39)))
COMMANDS = (
    ("run",),
    ("rekey", "--yes"),
    ("setup", "--yes"),
    ("export", "{out}"),
    ("backup", "{out}"),
    ("people",),
    ("week",),
    ("log", "B07"),
    ("audit", "--verify"),
    ("erase", "--citizen", "B07", "--yes"),
    ("invite", "--role", "mentor", "--name", "Bo"),
)
State = dict[str, tuple[int, int, int, bytes]]


def state(folder: Path) -> State:
    """Everything below a folder: mode, moment of change, inode and bytes."""
    found: State = {}
    for path in sorted([folder, *folder.rglob("*")]):
        told = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (told.st_mode, told.st_mtime_ns, told.st_ino, content)
    return found


def wrong(desk: Desk) -> None:
    """The key of another installation."""
    _replaced(desk, OTHER.hex())


def missing(desk: Desk) -> None:
    """No key file."""
    desk.key_file.rename(desk.folder / "elsewhere")


def readable(desk: Desk) -> None:
    """Others can read it."""
    desk.key_file.chmod(0o644)


def folder(desk: Desk) -> None:
    """A folder in its place."""
    missing(desk)
    desk.key_file.mkdir(mode=0o700)


def pipe(desk: Desk) -> None:
    """A pipe in its place, from which nothing ever comes."""
    missing(desk)
    os.mkfifo(desk.key_file, 0o600)


def empty(desk: Desk) -> None:
    """Nothing in it."""
    _replaced(desk, "")


def binary(desk: Desk) -> None:
    """No text in it."""
    desk.key_file.write_bytes(bytes(range(256)) * 40)


def half(desk: Desk) -> None:
    """Cut off."""
    _replaced(desk, desk.key_file.read_text()[:40])


def both(desk: Desk) -> None:
    """File and value at once."""
    desk.env(EFTERTANKE_KEY=OTHER.words(), EFTERTANKE_KEY_FILE=str(desk.key_file))


def value(desk: Desk) -> None:
    """A value that is another installation's."""
    desk.env(EFTERTANKE_KEY=OTHER.words())


def waiting(desk: Desk) -> None:
    """A wrong key, and one that waits beside it and is as wrong."""
    _replaced(desk, OTHER.hex())
    write_key_file(desk.key_file.with_name(desk.key_file.name + ".new"), Key(bytes(32)))


def _replaced(desk: Desk, text: str) -> None:
    desk.key_file.write_text(text)


CASES: dict[Callable[[Desk], None], str] = {
    wrong: "another key",
    missing: "no key file",
    readable: "chmod 600",
    folder: "not an ordinary file",
    pipe: "not an ordinary file",
    empty: "holds no key",
    binary: "holds no key",
    half: "holds no key",
    both: "keep only one",
    value: "another key",
    waiting: "another key",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_bad_key_is_one_sentence_and_touches_nothing(desk: Desk, case: Callable[[Desk], None]) -> None:
    """Whatever the command: it says what to do, and every byte, mode and time of every file stays as it was."""
    desk.set_up()
    case(desk)
    desk.env(EFTERTANKE_TOKEN=TOKEN)
    before = state(desk.folder)
    for command in COMMANDS:
        said = desk.run(*(part.format(out=desk.folder / "out") for part in command))
        assert said.code != 0, command
        told = [line for line in said.err.splitlines() if "A change of key was interrupted" not in line]
        assert len(told) == 1 and told[0].endswith((".", str(desk.key_file))), (
            said
        )  # a command to copy has no full stop
        assert CASES[case] in told[0], (command, told)
        assert state(desk.folder) == before, command


def test_the_same_commands_do_touch_something_with_the_right_key(desk: Desk) -> None:
    """What is compared would show it: with the key a rekey changes database, key file and key check."""
    desk.set_up()
    before = state(desk.folder)
    assert desk.run("rekey", "--yes").code == 0
    after = state(desk.folder)
    for path in (desk.data / "eftertanke.db", desk.data / "eftertanke.db.check", desk.key_file):
        assert before[str(path)][3] != after[str(path)][3]
