"""``eftertanke export``: reflections as files."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from bot.commands.shared import CommandError, console, opened, settings_of_environment
from bot.exports import jsonl
from bot.exports import readme as beside
from bot.exports.folder import FolderTakenError, new_folder, write_private
from bot.now import real_now
from bot.service.reading import GuideMissingError, Left, Purpose, read
from bot.settings import Settings
from storage import audit


def export(folder: Path, *, form: str, purpose: str, revisions: bool) -> None:
    """Write the export. ``form`` is "jsonl". Raises SettingsError, StorageError, OSError, CommandError."""
    assert form == "jsonl"  # noqa: S101 - the command line lets nothing else through
    settings = settings_of_environment()
    wanted = Purpose(purpose)
    try:
        written, left = asyncio.run(_export(settings, folder, wanted, revisions, real_now()))
    except (FolderTakenError, GuideMissingError) as error:
        raise CommandError(str(error)) from error
    out = console()
    out.print(f"Wrote {_many(written.reflections)} with {written.answers} answers to {folder} (purpose: {wanted}).")
    if left.out:
        out.print(f"Left out {_many(left.out)} whose mentors have not consented to coding.")
    out.print("Pseudonymous is not anonymous: keep the folder as carefully as a case file.")


async def _export(
    settings: Settings, folder: Path, purpose: Purpose, revisions: bool, now: datetime
) -> tuple[jsonl.Written, Left]:
    left = Left()
    async with opened(settings) as db:
        with new_folder(folder) as partial:
            async with db.snapshot() as snapshot:
                found = read(snapshot, purpose, revisions=revisions, left=left)
                written = await jsonl.write_jsonl(partial, found, revisions=revisions)
            write_private(partial / beside.FILE, beside.readme(purpose, written.reflections, now))
            async with db.transaction() as tx:
                # Before the folder appears: no export may exist of which the log knows nothing.
                audit.note(tx, audit.OPERATOR, "export", purpose.value, now)
    return written, left


def _many(number: int) -> str:
    return "1 reflection" if number == 1 else f"{number} reflections"
