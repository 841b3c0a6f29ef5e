"""The key check: a small file beside the database that knows whether a key is its key, and tells nothing else.

Without it a wrong key and a damaged file look alike. It is written before the database is made and marked once the
database stands. So a crash in between can be told from a database that has gone missing, which must never be replaced
by an empty one without a word. While the key is being changed it knows both keys.
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
    """What the file says; ``stage`` is covered by ``proof``. ``coming``: the proof of the key that takes over."""

    stage: Stage
    salt: bytes
    proof: bytes
    coming: bytes | None = None

    @classmethod
    def of(cls, key: Key, stage: Stage, coming: Key | None = None) -> KeyCheck:
        """A check for this key, and for the one that is about to take its place."""
        salt = secrets.token_bytes(_SALT_BYTES)
        return cls(stage, salt, _proof(key, stage, salt), _proof(coming, stage, salt) if coming else None)

    def fits(self, key: Key) -> bool:
        """Is this a key that the check was written for, and the check as it was written?"""
        proof = _proof(key, self.stage, self.salt)
        return any(hmac.compare_digest(known, proof) for known in (self.proof, self.coming or b""))


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
        coming = bytes.fromhex(told["coming"]) if "coming" in told else None
        return KeyCheck(Stage(told["stage"]), bytes.fromhex(told["salt"]), bytes.fromhex(told["proof"]), coming)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def write(database: Path, check: KeyCheck) -> None:
    """Put the key check beside the database, whole or not at all, and safe on disk when this returns."""
    path = path_of(database)
    partial = path.with_name(path.name + ".new")
    told = {"format": _FORMAT, "stage": check.stage, "salt": check.salt.hex(), "proof": check.proof.hex()}
    if check.coming is not None:
        told["coming"] = check.coming.hex()
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
