"""``eftertanke backup``: an encrypted copy of everything, made beside the running bot and verified."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from bot.backing_up import Made, back_up, rotate
from bot.commands.shared import CommandError, console, for_a_file, key_of, opened, settings_of_environment
from bot.now import real_now, shifted_now
from bot.organisation import load_organisation
from bot.settings import Settings
from storage.backup_rows import MadeBy
from storage.times import stamp


def backup(file: Path | None, *, as_json: bool) -> None:
    """Write a backup to ``file``, or a new one into the backup folder. Raises SettingsError, StorageError, OSError,
    CommandError."""
    settings = settings_of_environment()
    for_a_file(settings, "back it up there with pg_dump every day, and keep a copy of the key file somewhere else")
    target = None if file is None else file.absolute()
    if target is not None:
        if target.exists():
            raise CommandError(f"{file} is there already, and a backup replaces nothing; give another name.", 2)
        if not target.parent.is_dir():
            raise CommandError(f"There is no folder {target.parent}; make it, or give another path.", 2)
    made = asyncio.run(_backup(settings, target))
    rows = sum(made.header.rows.values())
    if as_json:
        told = {"file": str(made.file), "bytes": made.bytes, "rows": rows, "made_at": stamp(made.header.made_at)}
        console().print(json.dumps(told | {"sheet": made.header.key}, ensure_ascii=False, indent=2))
        return
    out = console()
    out.print(f"Wrote and verified {made.file}: {rows} rows, {made.bytes / 1e6:.1f} MB.")
    out.print(f"It opens with recovery sheet no. {made.header.key} or the key file; keep it away from both.")


async def _backup(settings: Settings, target: Path | None) -> Made:
    now = shifted_now(settings.clock_offset_file) if settings.clock_offset_file else real_now
    async with opened(settings) as db:
        made = await back_up(db, settings, key_of(settings), now(), MadeBy.OPERATOR, target)
    if target is None:
        wanted = load_organisation(settings.organisation, must_exist=settings.organisation_named).backup
        rotate(settings.backups, wanted, keep=made.file.name)
    return made
