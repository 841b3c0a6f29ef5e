"""What every command does before anything else, seen from a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_SHOWN = """
import ctypes, json, os, resource, sys
def shown():
    mask = os.umask(0o022)
    os.umask(mask)
    dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == "linux" else 0
    return [mask, *resource.getrlimit(resource.RLIMIT_CORE), dumpable]
os.umask(0o022)
before = shown()
from bot.cli import main
code = main(sys.argv[1:])
print(json.dumps([before, shown(), code]))
"""


@pytest.mark.parametrize("arguments", [("--version",), ("people",), ("no-such-command",)])
def test_every_command_is_hardened(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Right or wrong, a command leaves no core image, cannot be looked into, and writes for its own user only."""
    child = subprocess.run(
        [sys.executable, "-c", _SHOWN, *arguments],
        env={**os.environ, "EFTERTANKE_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    before, after, _ = json.loads(child.stdout.splitlines()[-1])
    assert after == [0o077, 0, 0, 0]
    assert before[0] == 0o022, "it must be main that did it"
    if sys.platform == "linux":
        assert before[3] == 1, "it must be main that did it"
