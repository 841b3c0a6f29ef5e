"""``eftertanke restore``: from a backup to a data folder the bot can start on; with ``--drill`` only to see that it
can be done."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import datetime
from pathlib import Path

from bot.app import build_renderer, build_tools
from bot.commands import recovery
from bot.commands.restore_told import Erasures, tell
from bot.commands.shared import (
    CommandError,
    for_a_file,
    key_of,
    settings_of_environment,
)
from bot.now import real_now, shifted_now
from bot.organisation import Organisation
from bot.restoring import Restored, Wish, into_nowhere, into_place, look_at
from bot.service.tools import Tools
from bot.settings import Settings
from bot.telegram.cards.render import Renderer
from storage import backup_rows, erasure_register, keycheck
from storage.database import BadKey, KeyMissing, WrongKey
from storage.instance import single_instance
from storage.keys import Key
from storage.sqlite import open_sqlite


def restore(file: Path, *, drill: bool, erasures: Path | None, sheet: bool, as_json: bool) -> None:
    """Restore ``file`` or, with ``drill``, only try. Raises SettingsError, StorageError, OSError, CommandError."""
    settings = settings_of_environment()
    for_a_file(settings, "bring it back there with pg_restore, then run `eftertanke settle`")
    now = (shifted_now(settings.clock_offset_file) if settings.clock_offset_file else real_now)()
    if not file.is_file():
        raise CommandError(f"There is no file {file}; give the path of a backup.", 2)
    if not drill:
        _must_be_empty(settings)
    if sheet and not drill:
        _must_take_the_key(settings)
    key = recovery.typed() if sheet else _key(settings)
    header = look_at(file, key)
    listed = erasures_listed(settings, file.absolute().parent, erasures)
    wish = Wish(file, key, listed.entries, now)
    began = time.monotonic()
    restored = asyncio.run(drilled(settings, wish)) if drill else _restored(settings, wish)
    tell(settings, header, restored, listed, time.monotonic() - began, drill=drill, as_json=as_json)


async def drilled(settings: Settings, wish: Wish) -> Restored:
    """Try to restore, into nowhere; how it went is noted in the running database, if there is one that the key opens.

    Raises what keeps the backup from being restored, after it was noted.
    """
    made_at = look_at(wish.file, wish.key).made_at
    try:
        restored = await into_nowhere(settings, wish, lambda said: _parts(settings, said))
    except Exception as error:
        await _note_drill(settings, wish, made_at, type(error).__name__)
        raise
    await _note_drill(settings, wish, made_at, None)
    return restored


async def _note_drill(settings: Settings, wish: Wish, made_at: datetime, problem: str | None) -> None:
    """A database that another key opens is not what the drill was about."""
    if not settings.database.exists():
        return
    try:
        db = await open_sqlite(settings.database, wish.key, create=False)
    except WrongKey:
        return
    try:
        async with db.transaction() as tx:
            backup_rows.note_drill(tx, at=wish.now, backup_made_at=made_at, problem=problem)
    finally:
        await db.close()


def _restored(settings: Settings, wish: Wish) -> Restored:
    _key_must_stay(settings, wish.key)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with single_instance(settings.database):
        _must_be_empty(settings)
        return asyncio.run(into_place(settings, wish, lambda said: _parts(settings, said)))


def _parts(settings: Settings, organisation: Organisation) -> tuple[Tools, Renderer]:
    return build_tools(settings, organisation), build_renderer(settings, organisation)


def _must_be_empty(settings: Settings) -> None:
    if settings.database.exists() or keycheck.path_of(settings.database).exists():
        raise CommandError(
            f"{settings.data} already has a database, and a backup is restored into an empty data folder only; "
            "move the folder away, or set EFTERTANKE_DATA to another path."
        )


def _must_take_the_key(settings: Settings) -> None:
    """Find out before 24 words are typed for nothing."""
    if settings.key is not None or settings.key_file.exists():
        return
    folder = settings.key_file.parent
    there = next(one for one in (folder, *folder.parents) if one.exists())  # what is missing is made
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise CommandError(
            f"The key file cannot be written into {folder}; make that folder, writable for you, or set "
            "EFTERTANKE_KEY_FILE to another path."
        )


def _key(settings: Settings) -> Key:
    try:
        return key_of(settings)
    except KeyMissing:
        if settings.key is not None:
            raise
        raise CommandError(
            f"There is no key file {settings.key_file}; put it back, "
            "or add --sheet and type the words of the recovery sheet."
        ) from None


def _key_must_stay(settings: Settings, key: Key) -> None:
    """The bot will start with the key of the settings: it must be the backup's, or not be there yet."""
    try:
        there = key_of(settings)
    except KeyMissing:
        return
    except BadKey:
        there = None
    if there != key:
        where = "EFTERTANKE_KEY" if settings.key is not None else f"The key file {settings.key_file}"
        raise CommandError(f"{where} holds another key than the backup's; move it away, then restore again.")


def erasures_listed(settings: Settings, folder: Path, given: Path | None) -> Erasures:
    """What the lists of erasures say: those of the installation, one in ``folder``, and the one that is ``given``.

    Raises CommandError for a given one that is none.
    """
    if given is not None and not given.is_file():
        raise CommandError(f"There is no file {given}; give the list of erasures, or leave the option out.", 2)
    beside = folder / erasure_register.FILE
    usual = [beside, *erasure_register.paths(settings.database, settings.backups)]
    files = {one.resolve() for one in [*usual, given] if one is not None and one.is_file()}
    found = {one: erasure_register.look(one) for one in sorted(files)}
    if given is not None and not found[given.resolve()].entries:
        raise CommandError(
            f"{given} is no list of erasures; give the file {erasure_register.FILE} that lay beside the database or "
            "among the backups.",
            2,
        )
    entries = {entry.id: entry for one in found.values() for entry in one.entries}
    return Erasures(
        sorted(entries.values(), key=lambda entry: (entry.at, entry.id)),
        bool(found),
        sum(one.skipped for one in found.values()),
    )
