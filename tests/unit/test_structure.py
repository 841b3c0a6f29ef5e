"""Imports point inward: the dialogue knows nothing of ours, and nobody but the entry points knows the whole."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("bot", "prompts", "storage")
OUTSIDE_DIALOGUE = {
    "storage": {"bot.dialogue", "storage"},
    "prompts": {"bot.dialogue", "prompts"},
    "bot/dialogue": {"bot.dialogue"},
    "bot/service": {
        "bot.dialogue", "bot.holding", "bot.service", "bot.organisation", "bot.organisation_parts", "prompts",
        "storage",
    },
    "bot/telegram": {
        "bot.dialogue", "bot.service", "bot.telegram", "bot.guard", "bot.guard_cpr", "bot.now", "bot.organisation",
        "prompts", "storage",
    },
    "bot/reports": {"bot.dialogue", "bot.service", "bot.reports", "prompts", "storage"},
    "bot/exports": {"bot.dialogue", "bot.service", "bot.exports", "bot.now", "prompts", "storage"},
}  # fmt: skip
WHO_MAY_KNOW_THE_APP = {"bot/app.py", "bot/cli.py", "bot/__main__.py"}


def imports(path: Path) -> set[str]:
    """Modules of ours a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def files(folder: str) -> list[Path]:
    """Python files below a folder."""
    return sorted((ROOT / folder).rglob("*.py"))


def test_imports_point_inward() -> None:
    """Each part imports only what it may."""
    looked_at = 0
    for folder, allowed in OUTSIDE_DIALOGUE.items():
        for path in files(folder):
            looked_at += 1
            ours = {name for name in imports(path) if (name.split(".")[0] in OURS and "." in name) or name in OURS}
            for name in ours - {"bot"}:
                assert any(name == ok or name.startswith(f"{ok}.") for ok in allowed), f"{path.name} imports {name}"
    assert looked_at > 60


def test_the_dialogue_is_pure() -> None:
    """The core is standard library only: no I/O, no clock, no await."""
    looked_at = 0
    for path in files("bot/dialogue"):
        looked_at += 1
        text = path.read_text(encoding="utf-8")
        roots = {name.split(".")[0] for name in imports(path)} - {"bot", "__future__"}
        assert roots <= sys.stdlib_module_names, path.name
        assert not roots & {"asyncio", "os", "pathlib", "socket", "sqlite3", "subprocess", "random", "logging"}, (
            path.name
        )
        for forbidden in (".now(", ".today(", "await ", " open("):
            assert forbidden not in text, f"{path.name}: {forbidden}"
    assert looked_at > 12


def test_nobody_knows_the_whole_but_the_entry_points() -> None:
    """Only commands and tests put the parts together through bot.app."""
    looked_at = 0
    for path in files("bot"):
        looked_at += 1
        place = path.relative_to(ROOT).as_posix()
        if place in WHO_MAY_KNOW_THE_APP or place.startswith("bot/commands/"):
            continue
        assert "bot.app" not in imports(path), place
    assert looked_at > 60


def test_files_and_functions_stay_short() -> None:
    """Files under 300 lines, functions under 50."""
    looked_at = 0
    for folder in OURS:
        for path in files(folder):
            looked_at += 1
            text = path.read_text(encoding="utf-8")
            assert text.count("\n") <= 300, path.name
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    length = (node.end_lineno or 0) - node.lineno + 1
                    assert length <= 50, f"{path.name}: {node.name} has {length} lines"
    assert looked_at > 100
