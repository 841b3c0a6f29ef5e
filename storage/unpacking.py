"""From a backup to a database under the organisation's own key. Nothing here touches a database that is in use."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storage import backup_file, backups
from storage.backup_file import Header, database_key
from storage.backups import FILES, Figures
from storage.keys import Key
from storage.sqlite_connect import Connection, open_keyed
from storage.sqlite_errors import translated


@dataclass(frozen=True, slots=True)
class Unpacked:
    """``along``: the small files that were in the backup, by name."""

    header: Header
    along: Mapping[str, bytes]


def unpack(file: Path, key: Key, database: Path) -> Unpacked:
    """Check the backup and write its database to the new file ``database`` under ``key``, 0600, its schema as it was.

    What is written is compared with what the header tells. Takes seconds: call it in a thread. Raises WrongKey,
    BadBackup, NewerSchema, DamagedDatabase, StorageFull, StorageReadOnly, FileExistsError.
    """
    inside = database.with_name(database.name + ".inside")
    try:
        with backups.told_plainly(database.parent), translated():
            header = backup_file.unpack(file, key, inside)
            own, figures = database_key(key, header.salt), Figures.told_by(header)
            backups.check_inside(inside, own, figures)
            along = _rewrite(inside, own, database, key)
            backups.check_inside(database, key, figures)
    finally:
        with contextlib.suppress(FileNotFoundError):
            inside.unlink()
    return Unpacked(header, along)


def _rewrite(inside: Path, own: Key, database: Path, key: Key) -> dict[str, bytes]:
    source = open_keyed(inside, own, "mode=ro", "immutable=1")
    try:
        backups.new_empty(database)
        target = open_keyed(database, key, "mode=rw")
        try:
            backups.copy_pages(source, target)
            along = _take_files(target)
        finally:
            target.close()
    finally:
        source.close()
    with database.open("rb") as stream:
        os.fsync(stream.fileno())
    return along


def _take_files(target: Connection) -> dict[str, bytes]:
    rows = target.execute(f"SELECT name, content FROM {FILES}").fetchall()  # noqa: S608 - a constant
    target.execute("PRAGMA secure_delete = ON").fetchall()
    target.execute(f"DROP TABLE {FILES}")
    return {str(name): bytes(content) for name, content in rows}
