"""The part of setup that proves that the data can be brought back: a first backup, restored into nowhere."""

from __future__ import annotations

import asyncio
import stat
import time
from datetime import datetime
from pathlib import Path

from rich.console import Console

from bot.backing_up import back_up
from bot.commands.shared import CommandError, key_of, opened
from bot.dialogue.calendar import local
from bot.now import real_now
from bot.settings import Settings
from storage import backup_rows
from storage.backup_rows import Backup, Drill, MadeBy


def first_backup(out: Console, settings: Settings) -> None:
    """Make the folder, a backup in it and the drill, each unless there is one; a line for each.

    Raises StorageError, OSError, CommandError: setup is not over before a backup was brought back.
    """
    _folder(out, settings)
    known, drill = asyncio.run(_known(settings))
    there = known is not None and (settings.backups / known.file).is_file()
    if known is not None and (there or drill is not None):
        out.print(f"kept   backups; the newest, {known.file}, is from {_day(settings, known.made_at)}")
        file = settings.backups / known.file
    else:
        file = asyncio.run(_backup(settings))
        out.print(f"made   backup {file}, encrypted and verified")
    if drill is not None:
        out.print(f"kept   restore drill of {_day(settings, drill.at)}")
    else:
        began = time.monotonic()
        rows = asyncio.run(_drill(settings, file))
        out.print(f"made   restore drill: all {rows} rows of the backup came back, in {time.monotonic() - began:.1f} s")


def _folder(out: Console, settings: Settings) -> None:
    folder = settings.backups
    if folder.exists() and not folder.is_dir():
        raise CommandError(
            f"{folder} is a file, not a folder; move it away, or set EFTERTANKE_BACKUPS to another path."
        )
    if folder.exists():
        out.print(f"kept   backup folder {folder}")
        if stat.S_IMODE(folder.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            out.print(f"       Others can look into it; run: chmod 700 {folder}")
    else:
        folder.mkdir(parents=True, mode=0o700)
        out.print(f"made   backup folder {folder}")
    if _same_disk(folder, settings.data):
        out.print(
            "       It is on the same disk as the data, and is lost with it: put EFTERTANKE_BACKUPS on another disk"
        )


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


async def _known(settings: Settings) -> tuple[Backup | None, Drill | None]:
    """The newest backup that was verified, and the newest drill if it went well."""
    async with opened(settings) as db, db.snapshot() as snapshot:
        drill = await backup_rows.newest_drill(snapshot)
        backup = await backup_rows.newest_backup(snapshot, verified=True)
        return backup, drill if drill is not None and drill.problem is None else None


async def _backup(settings: Settings) -> Path:
    async with opened(settings) as db:
        return (await back_up(db, settings, key_of(settings), real_now(), MadeBy.SETUP)).file


async def _drill(settings: Settings, file: Path) -> int:
    # Restoring loads the whole bot: not needed when there is nothing to drill.
    from bot.commands.restore import drilled
    from bot.restoring import Wish

    return (await drilled(settings, Wish(file, key_of(settings), (), real_now()))).rows


def _day(settings: Settings, at: datetime) -> str:
    return f"{local(at, settings.timezone):%Y-%m-%d}"
