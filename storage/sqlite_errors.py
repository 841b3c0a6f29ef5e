"""SQLCipher's exceptions in our own words. It raises its own classes, not those of the standard ``sqlite3``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlcipher3 import dbapi2

from storage.database import (
    BadValue,
    Conflict,
    DamagedDatabase,
    StorageBusy,
    StorageError,
    StorageFull,
    StorageReadOnly,
)

_PRIMARY = 0xFF  # an extended result code carries its primary code in the lowest byte (sqlite.org/rescode.html)

DAMAGED = "The database file is damaged; stop the bot, move the data folder away, restore a backup."
_MEANINGS: dict[int, tuple[type[StorageError], str]] = {
    dbapi2.SQLITE_FULL: (StorageFull, "The disk is full; make room, and work goes on by itself."),
    dbapi2.SQLITE_IOERR: (StorageFull, "The disk does not take or give data ({name}); make room or check the disk."),
    dbapi2.SQLITE_READONLY: (
        StorageReadOnly,
        "The database cannot be written to ({name}); make the file and its folder writable for the bot's user.",
    ),
    dbapi2.SQLITE_CANTOPEN: (
        StorageReadOnly,
        "A file of the database cannot be opened ({name}); let the bot's user write in its folder.",
    ),
    dbapi2.SQLITE_BUSY: (StorageBusy, "Another program holds the database; close it, and work goes on by itself."),
    dbapi2.SQLITE_LOCKED: (StorageBusy, "Another program holds the database; close it, and work goes on by itself."),
    dbapi2.SQLITE_CORRUPT: (
        DamagedDatabase,
        DAMAGED,
    ),
    dbapi2.SQLITE_NOTADB: (
        DamagedDatabase,
        DAMAGED,
    ),
    dbapi2.SQLITE_CONSTRAINT: (Conflict, "The database refused what breaks a rule ({message}); report this mistake."),
}
_UNKNOWN = (StorageError, "The database refused a statement ({name}: {message}); report this mistake.")


def translate(error: Exception) -> StorageError:
    """The storage error for one of SQLCipher's.

    SQLite's own messages name tables and columns, never values, and may be shown. Those that the Python binding makes
    (they carry no code) can quote a value, and may not.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return StorageError(f"The database refused a statement ({type(error).__name__}); report this mistake.")
    name = str(getattr(error, "sqlite_errorname", ""))
    kind, sentence = _MEANINGS.get(code & _PRIMARY, _UNKNOWN)
    return kind(sentence.format(name=name, message=error))


@contextmanager
def translated() -> Iterator[None]:
    """Raise what SQLCipher raises inside the block as a StorageError."""
    try:
        yield
    except dbapi2.Error as error:
        raise translate(error) from None  # the binding's message may quote a value, and a chain would show it
    except (UnicodeEncodeError, OverflowError) as error:
        raise BadValue(f"A value cannot be stored ({type(error).__name__}); leave it out.") from None
