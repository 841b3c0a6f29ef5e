"""SECURITY.md points at what is there: a promise whose test was moved or dropped shows here."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROMISES = PAGE[PAGE.index("## Promises") : PAGE.index("## What the promises do not say")]


def test_every_place_exists() -> None:
    """Each file that the page names is in the repository."""
    named = set(re.findall(r"`((?:bot|storage|prompts|tests|docs)/[\w./-]+)`", PAGE))
    assert len(named) > 30
    assert {one for one in named if not (ROOT / one).exists()} == set()


def test_every_promise_is_kept_and_tested_somewhere() -> None:
    """Each row of promises names at least one place that keeps it and one test."""
    rows = [line.strip("|").split("|") for line in PROMISES.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    for promise, kept, tested in rows:
        assert re.search(r"`(bot|storage|docs)/", kept), promise
        assert "`tests/" in tested, promise


def test_what_remains_is_said() -> None:
    """No row of the threat model ends in nothing, and the page stays short enough to be read."""
    model = PAGE[PAGE.index("## Against whom") : PAGE.index("## Promises")]
    rows = [line.strip("|").split("|") for line in model.splitlines() if line.startswith("| **")]
    assert len(rows) > 10
    assert all(len(row) == 4 and len(row[3].strip()) > 20 for row in rows)
    assert PAGE.count("\n") < 200


def test_the_commands_exist() -> None:
    """Every command that the page tells somebody to run is one."""
    from bot.cli import app

    known = {
        command.name or (command.callback.__name__ if command.callback else "") for command in app.registered_commands
    }
    known |= {group.name or "" for group in app.registered_groups}
    named = set(re.findall(r"`eftertanke (\w+)", PAGE))
    assert {"doctor", "rekey", "audit", "restore"} <= named
    assert named <= known
