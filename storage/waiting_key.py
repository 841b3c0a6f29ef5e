"""Which key opens the database while its key is being changed: the one in use, or the one that waits in ``….new``.

A change of key can be killed at any moment. Until it is over the new key lies beside the old one, and every command
takes the one that fits.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from storage.database import BadKey, KeyMissing
from storage.keycheck import settle_folder
from storage.keys import Key, read_key, read_key_file, write_key_file
from storage.sqlite_connect import opens


@dataclass(frozen=True, slots=True)
class FoundKey:
    """``key``: what opens the database. ``waiting``: the new key of a change that was begun and is not over.

    ``own``: what the setting or key file says; None when that cannot be read any more and the new key took over.
    """

    key: Key
    waiting: Key | None = None
    own: Key | None = None


def waiting_file(file: Path) -> Path:
    """Where the new key waits beside the key file."""
    return file.with_name(file.name + ".new")


def find_key(value: str | None, file: Path, database: Path) -> FoundKey:
    """The key, from a setting's value or, without one, from the key file; or the waiting one, when that fits instead.

    ``file`` is also given with a value: the waiting key is named after it. Changes nothing. Raises KeyMissing, BadKey,
    KeyReadableByOthers; whether the key fits is said by whoever opens the database.
    """
    waiting = _waiting(file)
    try:
        own = read_key(value, None if value else file)
    except (BadKey, KeyMissing):
        if waiting is None or not _opens(database, waiting):
            raise
        return FoundKey(waiting, waiting)
    if waiting is None or waiting == own or _opens(database, own) or not _opens(database, waiting):
        return FoundKey(own, waiting, own)
    return FoundKey(waiting, waiting, own)


def _waiting(file: Path) -> Key | None:
    place = waiting_file(file)
    if not os.path.lexists(place):
        return None
    try:
        return read_key_file(place)
    except (BadKey, KeyMissing):
        return None  # not one of ours: a waiting key is written under another name and then renamed


def _opens(database: Path, key: Key) -> bool:
    return database.is_file() and opens(database, key)


def keep_waiting(file: Path, key: Key) -> None:
    """Write the new key beside the key file, whole or not at all, and safe on disk when this returns."""
    place = waiting_file(file)
    partial = place.with_name(place.name + ".part")
    partial.unlink(missing_ok=True)
    write_key_file(partial, key)
    partial.replace(place)
    settle_folder(place.parent)


def put_in_place(file: Path, key: Key) -> None:
    """Write the key over what the key file holds, so that the old one is nowhere any more.

    In place, not by renaming: then nothing of the old key is left in a file without a name, and the file's owner and
    links stay. Killed in the middle, the file may hold no key at all: the waiting key is there until this is over.
    """
    if not file.exists():
        write_key_file(file, key)
        settle_folder(file.parent)
        return
    mode = file.stat().st_mode
    file.chmod(mode | 0o200)  # a key file may be read-only
    with file.open("r+b") as stream:
        text = (key.hex() + "\n").encode()
        size = len(text)
        stream.write(text.ljust(os.fstat(stream.fileno()).st_size, b"\n"))
        stream.flush()
        os.fsync(stream.fileno())
        stream.truncate(size)
        os.fsync(stream.fileno())
    file.chmod(mode)


def forget_waiting(file: Path) -> None:
    """Take the waiting key away: the change is over."""
    place = waiting_file(file)
    place.with_name(place.name + ".part").unlink(missing_ok=True)
    place.unlink(missing_ok=True)
    settle_folder(place.parent)
