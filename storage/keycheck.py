"""The key check: a small file beside the database that knows whether a key is its key, and tells nothing else.

Without it a wrong key and a damaged file look alike. It is written before the database is made and marked once the
database stands. So a crash in between can be told from a database that has gone missing, which must never be replaced
by an empty one without a word.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from storage.keys import Key

_FORMAT = 1
_SALT_BYTES = 16


class Stage(StrEnum):
    """Whether the database that belongs to the check has ever been there."""

    BEGUN = "begun"
    MADE = "made"


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What the file says; ``stage`` is covered by ``proof``."""

    stage: Stage
    salt: bytes
    proof: bytes

    @classmethod
    def of(cls, key: Key, stage: Stage) -> KeyCheck:
        """A check for this key."""
        salt = secrets.token_bytes(_SALT_BYTES)
        return cls(stage, salt, _proof(key, stage, salt))

    def fits(self, key: Key) -> bool:
        """Is this the key that wrote the check, and the check as it was written?"""
        return hmac.compare_digest(self.proof, _proof(key, self.stage, self.salt))


def _proof(key: Key, stage: Stage, salt: bytes) -> bytes:
    return key.sign(b"eftertanke key check %d %s " % (_FORMAT, stage.encode()) + salt)


def path_of(database: Path) -> Path:
    """Where the key check of a database lies."""
    return database.with_name(database.name + ".check")


def read(database: Path) -> KeyCheck | None:
    """The key check of a database; None when there is none, or none that can be understood."""
    try:
        told = json.loads(path_of(database).read_text(encoding="ascii"))
        if told["format"] != _FORMAT:
            return None
        return KeyCheck(Stage(told["stage"]), bytes.fromhex(told["salt"]), bytes.fromhex(told["proof"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def write(database: Path, check: KeyCheck) -> None:
    """Put the key check beside the database, whole or not at all, and safe on disk when this returns."""
    path = path_of(database)
    partial = path.with_name(path.name + ".new")
    told = {"format": _FORMAT, "stage": check.stage, "salt": check.salt.hex(), "proof": check.proof.hex()}
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        json.dump(told, stream)
        stream.flush()
        os.fsync(descriptor)
    partial.replace(path)
    settle_folder(path.parent)


def settle_folder(folder: Path) -> None:
    """Make new and renamed files of a folder survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
