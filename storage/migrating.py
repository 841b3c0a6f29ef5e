"""Changes to the schema: numbered files, only ever added, each applied whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from sqlcipher3 import dbapi2

from storage.database import BadMigration, NewerSchema
from storage.keycheck import settle_folder
from storage.sqlite_connect import Connection

_NAME = re.compile(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: afterwards the schema has this version."""

    version: int
    sql: str


def shipped_steps() -> list[Step]:
    """The migrations that came with the program, oldest first. Raises BadMigration for a gap in their numbers."""
    found = []
    for entry in resources.files("storage").joinpath("migrations").iterdir():
        if named := _NAME.fullmatch(entry.name):
            found.append(Step(int(named[1]), entry.read_text(encoding="utf-8")))
    found.sort(key=lambda step: step.version)
    if not found or [step.version for step in found] != list(range(1, len(found) + 1)):
        raise BadMigration("The program's migrations are not complete; install it again.")
    return found


def migrate(connection: Connection, path: Path, steps: Sequence[Step]) -> int:
    """Bring the database up to the newest step; how many steps that took.

    Each step is one transaction with its own version number: whoever is killed in the middle goes on where it was.
    A database that has a schema already is backed up first, encrypted, as ``backup_path`` says.
    Raises NewerSchema (and touches nothing), BadMigration, and SQLCipher's own errors.
    """
    version = _version(connection)
    newest = steps[-1].version
    if version > newest:
        raise NewerSchema(
            f"The database has schema {version}, this program knows {newest}; install the newer version again."
        )
    if 0 < version < newest:
        back_up(connection, backup_path(path, version))
    # Rebuilding a table needs foreign keys off outside the transaction (sqlite.org/lang_altertable.html §7);
    # they are checked as a whole before each commit instead.
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        return sum(_apply(connection, step) for step in steps if step.version > version)
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def backup_path(path: Path, version: int) -> Path:
    """Where the copy from before a migration lies; ``version`` is the schema that it holds."""
    return path.with_name(f"{path.name}.schema-{version:04}.backup")


def back_up(connection: Connection, target: Path) -> None:
    """Write a copy, encrypted under the same key, whole or not at all. Reads every page in use: damage shows here."""
    partial = target.with_name(target.name + ".new")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # SQLite alone would make it 0644
    try:
        connection.execute("VACUUM INTO ?", (str(partial),))
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    with partial.open("rb") as stream:
        os.fsync(stream.fileno())
    partial.replace(target)
    settle_folder(target.parent)


def statements(sql: str) -> Iterator[str]:
    """The statements of a script. ``executescript`` will not do: it commits what is open before it begins."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if dbapi2.complete_statement(pending):
            yield pending
            pending = ""
    if re.sub(r"--.*", "", pending).strip():
        raise BadMigration("A migration ends in the middle of a statement; install the program again.")


def _apply(connection: Connection, step: Step) -> bool:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again under the lock: another process may have been quicker.
        if _version(connection) >= step.version:
            connection.execute("ROLLBACK")
            return False
        for statement in statements(step.sql):
            connection.execute(statement)
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise BadMigration(f"Migration {step.version} would leave broken references; report this mistake.")
        connection.execute(f"PRAGMA user_version = {step.version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return True


def _version(connection: Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
