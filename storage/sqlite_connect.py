"""One SQLCipher connection with every setting that durability and privacy depend on, each read back."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from sqlcipher3 import dbapi2

from storage.database import UnsafeSettings
from storage.keys import Key

Connection: TypeAlias = Any  # sqlcipher3 ships no types

PAGE_BYTES = 4_096
BUSY_MS = 5_000
CACHE_KIB = 65_536  # decrypting is what costs: with 64 MB most point queries find their page in the clear
CHECKPOINT_PAGES = 1_000
WAL_LIMIT_BYTES = 64 * 1024 * 1024
STATEMENTS = 512

# name, value to set, value that must be read back
_SETTINGS: tuple[tuple[str, str, object], ...] = (
    ("busy_timeout", str(BUSY_MS), BUSY_MS),
    ("trusted_schema", "OFF", 0),
    ("foreign_keys", "ON", 1),
    ("secure_delete", "ON", 1),
    ("temp_store", "MEMORY", 2),  # no temporary file: SQLCipher would write it in the clear
    ("cache_size", str(-CACHE_KIB), -CACHE_KIB),
    ("synchronous", "FULL", 2),  # NORMAL can lose a committed transaction at power loss
    ("wal_autocheckpoint", str(CHECKPOINT_PAGES), CHECKPOINT_PAGES),
    ("journal_size_limit", str(WAL_LIMIT_BYTES), WAL_LIMIT_BYTES),
    ("cipher_use_hmac", "ON", "1"),
)


def uri(path: Path, *options: str) -> str:
    """The path as SQLite's URI: only so can ``mode`` and ``immutable`` be given."""
    return f"file:{quote(str(path.absolute()))}?{'&'.join(options)}"


def open_keyed(path: Path, key: Key, *options: str) -> Connection:
    """A connection in autocommit mode that was given the key and nothing else; opens an existing file only."""
    connection: Connection = dbapi2.connect(
        uri(path, *options),
        uri=True,
        isolation_level=None,  # BEGIN and COMMIT are ours
        cached_statements=STATEMENTS,
        check_same_thread=False,
        timeout=BUSY_MS / 1000,
    )
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")  # it writes to stderr; we say it in our own words
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.create_function("sha256_hex", 1, _sha256_hex, deterministic=True)
    except BaseException:
        connection.close()
        raise
    return connection


def _sha256_hex(text: str) -> str:
    """For the audit's chain: a row is hashed where it is written, so that nothing can come in between."""
    return hashlib.sha256(text.encode()).hexdigest()


def connect(path: Path, key: Key) -> Connection:
    """A connection ready for work on an existing, possibly still empty file.

    Raises UnsafeSettings when the engine refuses a setting, and SQLCipher's own errors.
    """
    connection = open_keyed(path, key, "mode=rw")
    try:
        if not _value(connection, "cipher_version"):
            raise UnsafeSettings("This SQLite cannot encrypt; install the package sqlcipher3.")
        _set(connection, "journal_mode", "WAL", "wal")
        for name, value, expected in _SETTINGS:
            _set(connection, name, value, expected)
    except BaseException:
        connection.close()
        raise
    return connection


def opens(path: Path, key: Key) -> bool:
    """Does this key open this file? Changes nothing: ``immutable`` leaves the write-ahead log alone."""
    connection = open_keyed(path, key, "mode=ro", "immutable=1")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except dbapi2.DatabaseError:
        return False
    finally:
        connection.close()
    return True


def settings(connection: Connection) -> dict[str, object]:
    """Every setting that is asserted, as it stands now."""
    names = ["journal_mode", *(name for name, _, _ in _SETTINGS)]
    return {name: _value(connection, name) for name in names}


def _set(connection: Connection, name: str, value: str, expected: object) -> None:
    connection.execute(f"PRAGMA {name} = {value}").fetchall()
    found = _value(connection, name)
    if found != expected:
        raise UnsafeSettings(f"SQLite did not take the setting {name} = {value}; install a current sqlcipher3.")


def _value(connection: Connection, name: str) -> object:
    row = connection.execute(f"PRAGMA {name}").fetchone()
    return None if row is None else row[0]
