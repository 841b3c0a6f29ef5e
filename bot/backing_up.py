"""Backups of this installation: one when it is wished for, and one a day by itself while the bot runs.

The copying is done in a thread; the event loop only waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bot.dialogue.calendar import local, utc
from bot.now import Now
from bot.organisation_parts import Backup
from bot.settings import Settings
from storage import audit, backup_names, backup_rows, backups
from storage.backup_file import Header
from storage.backup_rows import MadeBy
from storage.backups import BackupStopped
from storage.database import Database, StorageError
from storage.keys import Key

log = logging.getLogger(__name__)

ORGANISATION, CODEBOOK = "organisation.yaml", "codebook.yaml"
_AFTER_A_FAILURE = timedelta(hours=1)
_PROGRAM = "eftertanke"
_IN_THE_FOLDER = (MadeBy.CLOCK, MadeBy.SETUP, MadeBy.REKEY)  # an operator's may be on a stick that has left the house


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made and verified."""

    file: Path
    header: Header
    bytes: int


async def back_up(
    db: Database,
    settings: Settings,
    key: Key,
    now: datetime,
    made_by: MadeBy,
    file: Path | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Made:
    """Write a verified backup to ``file``, which is not there yet, or under a new name into the backup folder.

    How it went is noted in the database, failures by class name, and those of the operator in the audit. ``stop`` is
    asked, in another thread, whether to give up. Raises DamagedDatabase, BackupStopped, StorageFull, StorageReadOnly,
    OSError; then there is no file.
    """
    target = file or _new_name(settings, now)
    try:
        header = await asyncio.to_thread(_make, settings, key, target, now, stop)
    except BackupStopped:
        raise
    except (StorageError, OSError) as error:
        await _note_failure(db, target, now, made_by, error)
        raise
    size = target.stat().st_size
    async with db.transaction() as tx:
        noted = backup_rows.note_backup(tx, made_at=now, made_by=made_by, file=target.name, size=size, verified_at=now)
        if made_by is MadeBy.OPERATOR:
            audit.note(tx, audit.OPERATOR, "backup", noted, now)
    return Made(target, header, size)


def rotate(folder: Path, wanted: Backup, *, keep: str) -> list[str]:
    """Delete the backups of the folder that have had their time, and what a killed program left; the names.

    ``keep``: the newest verified one, which stays whatever happens. Files of any other name are left alone.
    """
    names = [entry.name for entry in folder.iterdir() if entry.is_file()]
    gone = [name for name in backup_names.outlived(names, daily=wanted.daily, weekly=wanted.weekly) if name != keep]
    for name in [*gone, *_leftovers(names, keep)]:
        with contextlib.suppress(FileNotFoundError):
            (folder / name).unlink()
    return gone


def due_since(now: datetime, wanted: Backup, settings: Settings) -> datetime:
    """The last moment up to ``now`` at which a backup was to be made (UTC)."""
    today = local(now, settings.timezone).date()
    at = utc(today, wanted.time, settings.timezone)
    return at if at <= now else utc(today - timedelta(days=1), wanted.time, settings.timezone)


class BackingUp:
    """The tick: a backup once a day at the organisation's time, also when the bot was off at that time, and one at the
    first start after a restore: nobody knows whether the older ones still lie where the new machine looks.

    After a failure it is tried again an hour later.
    """

    def __init__(self, db: Database, settings: Settings, key: Key, now: Now, wanted: Backup) -> None:
        self._db, self._settings, self._key, self._now, self._wanted = db, settings, key, now, wanted
        self._stop = threading.Event()

    async def run(self) -> None:
        """One look, and the backup if it is due. Never raises for a backup that fails: the log and the table say so."""
        now = self._now()
        if self._stop.is_set() or not await self._is_due(now):
            return
        try:
            made = await back_up(self._db, self._settings, self._key, now, MadeBy.CLOCK, stop=self._stop.is_set)
        except BackupStopped:
            log.info("A backup was given up because the bot ends.")
            return
        except (StorageError, OSError) as error:
            log.error("The backup of the day was not made: %s.", type(error).__name__)
            return
        try:
            await asyncio.to_thread(rotate, self._settings.backups, self._wanted, keep=made.file.name)
        except OSError as error:
            log.error("Old backups were not tidied away: %s.", type(error).__name__)

    def stop(self) -> None:
        """Give up the backup under way, if there is one."""
        self._stop.set()

    async def _is_due(self, now: datetime) -> bool:
        async with self._db.transaction() as tx:
            verified = await backup_rows.newest_backup(tx, verified=True, by=_IN_THE_FOLDER)
            tried = await backup_rows.newest_backup(tx, verified=False)
            restored = await backup_rows.restored_at(tx)
        wanted = due_since(now, self._wanted, self._settings)
        if verified is not None and verified.made_at >= (wanted if restored is None else max(wanted, restored)):
            return False
        failed = tried is not None and tried.problem is not None
        return not failed or tried is None or not timedelta() <= now - tried.made_at < _AFTER_A_FAILURE


def files_along(settings: Settings) -> dict[str, bytes]:
    """The small files that belong to the database, by the name they have in a backup. Raises OSError."""
    files = {ORGANISATION: settings.organisation, CODEBOOK: settings.data / CODEBOOK}
    return {name: file.read_bytes() for name, file in files.items() if file.exists()}


def _make(settings: Settings, key: Key, target: Path, now: datetime, stop: Callable[[], bool]) -> Header:
    if target.parent == settings.backups:
        settings.backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    return backups.make(
        settings.database, key, target, along=files_along(settings), now=now, program=_program(), stop=stop
    )


def _new_name(settings: Settings, now: datetime) -> Path:
    folder = settings.backups
    taken = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    return folder / backup_names.name_of(local(now, settings.timezone), taken)


async def _note_failure(db: Database, target: Path, now: datetime, made_by: MadeBy, error: Exception) -> None:
    """On a full disk there may be no room for the row either; then only the log has it."""
    try:
        async with db.transaction() as tx:
            backup_rows.note_backup(
                tx, made_at=now, made_by=made_by, file=target.name, size=0, verified_at=None,
                problem=type(error).__name__,
            )  # fmt: skip
    except StorageError as second:
        log.error("That a backup failed was not noted: %s.", type(second).__name__)


def _leftovers(names: list[str], keep: str) -> list[str]:
    """Parts of backups that were under way when the program was killed; those of today may still be under way."""
    newest = backup_names.made_of(keep)
    found = []
    for name in names:
        whole = name.removeprefix(".").removesuffix(".new").removesuffix(".inside").removesuffix("-journal")
        made = backup_names.made_of(whole.removesuffix(".inside")) if name.startswith(".") else None
        if made is not None and newest is not None and made.date() < newest.date():
            found.append(name)
    return found


def _program() -> str:
    try:
        return version(_PROGRAM)
    except PackageNotFoundError:  # run from its source
        return "source"
