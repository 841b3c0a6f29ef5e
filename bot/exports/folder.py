"""A folder that is there whole or not at all, for its owner only."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FEW = 100


class FolderTakenError(Exception):
    """Something is in the way; the text is one sentence that says what to do."""


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Give a folder (0700) to write in; when the block ends well, and only then, it is found as ``target``.

    Raises FolderTakenError when there is anything at ``target`` but an empty folder, OSError of the file system.
    """
    whole = Path(os.path.abspath(target))  # noqa: PTH100 - resolve() would follow links, this must not
    _must_be_free(whole)
    partial = Path(tempfile.mkdtemp(prefix=f".{whole.name}.", suffix=".unfinished", dir=whole.parent))
    try:
        yield partial
        _settle_all(partial)
        _must_be_free(whole)  # somebody may have been quicker
        partial.rename(whole)
        _settle(whole.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def write_private(file: Path, text: str) -> None:
    """Write a new small text file that only its owner can read."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)


def _must_be_free(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise FolderTakenError(f"{target} is a file; give a folder that is not there yet.")
    if target.is_dir() and any(target.iterdir()):
        raise FolderTakenError(f"The folder {target} is not empty; give one that is not there yet.")
    if not target.parent.is_dir():
        raise FolderTakenError(f"There is no folder {target.parent}; make it first, or give another path.")


def _settle_all(folder: Path) -> None:
    """Make all that is in a folder survive a power loss."""
    inner = [file for file in folder.glob("*/**/*") if file.is_file()]
    if len(inner) > _FEW and hasattr(os, "sync"):
        os.sync()  # once, which is much faster than thousands of files one by one
        return
    for file in [*inner, *folder.iterdir()]:
        _settle(file)


def _settle(path: Path) -> None:
    """Make it survive a power loss."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
