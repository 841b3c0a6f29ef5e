"""A backup as one file: a magic line, one line of JSON about it, an encrypted database, and a seal over all of that.

The database in it is encrypted with a key of its own, drawn from the organisation's key and a salt in the header
(HKDF-SHA256, RFC 5869): no backup opens with the database's key as it is, no two with the same, and the recovery sheet
opens them all. The seal is HMAC-SHA256 with a second key drawn in the same way.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from storage.database import NewerSchema, StorageError, WrongKey
from storage.keys import Key
from storage.times import moment, stamp

MAGIC = b"eftertanke backup\n"
FORMAT = 1
SALT_BYTES = 16
_SEAL_BYTES = 32
_HEADER_BYTES = 1 << 20
_CHUNK = 1 << 20
_FOR_DATABASE = b"eftertanke backup 1"
_FOR_SEAL = b"eftertanke backup 1 seal"


class BadBackup(StorageError):  # noqa: N818 - named after what is wrong, as its siblings in storage.database
    """The file is no backup, is cut off, or was changed."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says about itself, for everybody to read: no names and no texts.

    ``made_at``: everything committed before it is in it; ``schema``: of the database inside; ``key``: ``Key.id``;
    ``rows``: how many each table has; ``audit``: number and hash of the newest audit row, None when there is none;
    ``newest``: the highest ``seq`` of inbox and outbox; ``program``: the version that made it; ``size``: bytes of the
    database inside.
    """

    made_at: datetime
    schema: int
    key: str
    salt: bytes
    rows: Mapping[str, int]
    audit: tuple[int, str] | None
    newest: Mapping[str, int]
    program: str
    size: int

    def to_line(self) -> bytes:
        """The header's line, with its end."""
        told = {
            "format": FORMAT,
            "made_at": stamp(self.made_at),
            "schema": self.schema,
            "key": self.key,
            "salt": self.salt.hex(),
            "rows": dict(self.rows),
            "audit": None if self.audit is None else {"seq": self.audit[0], "hash": self.audit[1]},
            "newest": dict(self.newest),
            "program": self.program,
            "size": self.size,
        }
        return json.dumps(told, separators=(",", ":")).encode("ascii") + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Header:
        """The header in a line. Raises NewerSchema for a newer format, ValueError and its like for anything odd."""
        told: dict[str, Any] = json.loads(line)
        if int(told["format"]) > FORMAT:
            raise NewerSchema("This backup was made by a newer version of the program; install that one.")
        audit = told["audit"]
        return cls(
            made_at=moment(told["made_at"]),
            schema=int(told["schema"]),
            key=str(told["key"]),
            salt=bytes.fromhex(told["salt"]),
            rows={str(name): int(count) for name, count in told["rows"].items()},
            audit=None if audit is None else (int(audit["seq"]), str(audit["hash"])),
            newest={str(name): int(seq) for name, seq in told["newest"].items()},
            program=str(told["program"]),
            size=int(told["size"]),
        )


def database_key(key: Key, salt: bytes) -> Key:
    """The key of the database inside the backup with this salt."""
    return Key(key.derived(_FOR_DATABASE, salt))


def read_header(file: Path) -> Header:
    """What the backup says about itself, not yet checked with the key. Raises BadBackup, NewerSchema, OSError."""
    with _opened(file) as (header, _):
        return header


def write(file: Path, header: Header, key: Key, database: Path) -> None:
    """Write a new backup file, 0600, safe on disk when this returns. Raises OSError (FileExistsError)."""
    seal = _seal(key, header)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out, database.open("rb") as source:
        for piece in (MAGIC, header.to_line()):
            seal.update(piece)
            out.write(piece)
        for piece in _pieces(source, header.size):
            seal.update(piece)
            out.write(piece)
        out.write(seal.digest())
        out.flush()
        os.fsync(descriptor)


def unpack(file: Path, key: Key, database: Path | None) -> Header:
    """Check the seal over every byte, and write the database inside to a new file, 0600; None: check only.

    The file is to be used only when this returns: before that nobody knows that it is whole. Raises WrongKey when the
    backup belongs to another recovery sheet, BadBackup, NewerSchema, OSError (FileExistsError).
    """
    with _opened(file) as (header, source):
        must_be_of(header, key)
        seal = _seal(key, header)
        seal.update(MAGIC)
        seal.update(header.to_line())
        with _new_file(database) as out:
            for piece in _pieces(source, header.size):
                seal.update(piece)
                if out is not None:
                    out.write(piece)
        if not hmac.compare_digest(seal.digest(), source.read(_SEAL_BYTES + 1)):
            raise _damaged(file)
        return header


def must_be_of(header: Header, key: Key) -> None:
    """Raises WrongKey when the backup belongs to another recovery sheet than ``key``."""
    if header.key != key.id:
        raise WrongKey(
            f"This backup belongs to sheet no. {header.key}, and the key given to sheet no. {key.id}; "
            "take the recovery sheet or key file that the backup belongs to."
        )


@contextmanager
def _opened(file: Path) -> Iterator[tuple[Header, BinaryIO]]:
    """The header, and the file standing where the database begins."""
    with file.open("rb") as source:
        if source.read(len(MAGIC)) != MAGIC:
            raise BadBackup(f"{file} is not a backup of this program; give the right file.")
        line = source.readline(_HEADER_BYTES)
        try:
            header = Header.from_line(line)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _damaged(file) from None
        whole = len(MAGIC) + len(line) + header.size + _SEAL_BYTES
        if header.to_line() != line or os.fstat(source.fileno()).st_size != whole:
            raise _damaged(file)
        yield header, source


@contextmanager
def _new_file(path: Path | None) -> Iterator[BinaryIO | None]:
    if path is None:
        yield None
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        yield out


def _pieces(source: BinaryIO, size: int) -> Iterator[bytes]:
    left = size
    while left > 0 and (piece := source.read(min(_CHUNK, left))):
        left -= len(piece)
        yield piece


def _seal(key: Key, header: Header) -> hmac.HMAC:
    return hmac.new(key.derived(_FOR_SEAL, header.salt), digestmod="sha256")


def _damaged(file: Path) -> BadBackup:
    return BadBackup(f"The backup {file} is damaged or cut off; take another one.")
