"""A folder of one's own prompts, to be broken on purpose."""

from __future__ import annotations

import shutil
from pathlib import Path

from prompts.check import check
from prompts.files import shipped_folder
from prompts.mistakes import Mistake

GUIDE = "guides/efter_moedet/guide.yaml"
DA = "guides/efter_moedet/da.yaml"
EN = "guides/efter_moedet/en.yaml"
RELEASED = "guides/efter_moedet/released.yaml"
DA_TEXTS = "da/messages.yaml"


def own_folder(at: Path, *names: str) -> Path:
    """A folder with copies of the shipped files ``names``."""
    for name in names:
        target = at / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shipped_folder() / name, target)
    return at


def edit(path: Path, old: str, new: str) -> int:
    """Replace the first ``old`` in a file; returns the line (from 1) where it stood. ``old`` must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text.count("\n", 0, text.index(old)) + 1


def found(folder: Path, fragment: str) -> list[Mistake]:
    """The mistakes whose problem says ``fragment``."""
    return [mistake for mistake in check(folder) if fragment in mistake.problem]
