"""``eftertanke rekey``: a new key and a new recovery sheet. Killed anywhere, running it again ends it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console

from bot.backing_up import back_up
from bot.commands import recovery
from bot.commands.failing import explain
from bot.commands.shared import CommandError, console, for_a_file, settings_of_environment
from bot.keys import found_key, key_of
from bot.now import real_now
from bot.settings import Settings
from storage import rekey_rows
from storage.backup_rows import MadeBy
from storage.database import AlreadyRunning, StorageError
from storage.instance import single_instance
from storage.keys import Key
from storage.opening import refuse_wrong_key
from storage.rekeying import change_key, must_fit_on_disk, settle
from storage.sqlite import open_sqlite
from storage.waiting_key import FoundKey, forget_waiting, keep_waiting, put_in_place, waiting_file


def rekey(*, yes: bool) -> None:
    """Change the key of the database, or end a change that was interrupted. ``yes``: ask nothing.

    The order is what keeps the data safe: the sheet is on paper and the new key on disk before the database goes over
    to it, and the old key goes only afterwards. Raises SettingsError, StorageError, OSError, CommandError.
    """
    settings = settings_of_environment()
    for_a_file(settings, "keep the key file as it is, and change the password of the database user there instead")
    refuse_wrong_key(settings.database, key_of(settings))
    out = console()
    with _alone(settings):
        found = found_key(settings)
        new = found.waiting or _prepared(out, settings, yes)
        if found.waiting is not None:
            _go_on(out, settings, found, new, yes)
        if found.key != new:
            must_fit_on_disk(settings.database)
            change_key(settings.database, found.key, new)
        settle(settings.database, new)
        if settings.key is None:
            put_in_place(settings.key_file, new)
        out.print(f"done   the database has the key of sheet no. {new.id}")
        problem = asyncio.run(_noted_and_backed_up(out, settings, new))
        _end(out, settings, found, new)
    if problem:
        raise CommandError(f"The key is changed, but no backup was made: {problem} Then run `eftertanke backup`.")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    try:
        with single_instance(settings.database):
            yield
    except AlreadyRunning:
        raise CommandError("The bot is running; stop it, then run `eftertanke rekey` again.") from None


def _prepared(out: Console, settings: Settings, yes: bool) -> Key:
    """A new key, on paper and then on disk beside the old one."""
    must_fit_on_disk(settings.database)
    _must_be_writable(settings)
    if settings.key is not None:
        out.print("EFTERTANKE_KEY holds the key, and only you can change it there. When this is over, set it to the")
        out.print(f"24 words that follow; until then the new key also lies in {waiting_file(settings.key_file)}.\n")
    new = Key.new()
    _sheet(out, settings, new, yes, "Stopped before the key was changed, so the old sheet still holds; run it again.")
    keep_waiting(settings.key_file, new)
    return new


def _sheet(out: Console, settings: Settings, key: Key, yes: bool, stopped: str) -> None:
    recovery.show(out, key, real_now().astimezone(settings.timezone).date())
    if yes:
        return
    try:
        recovery.confirm(key.words().split(), typer.prompt, out.print)
    except typer.Abort:
        raise CommandError(stopped) from None


def _go_on(out: Console, settings: Settings, found: FoundKey, new: Key, yes: bool) -> None:
    """A change was interrupted: its sheet was shown already, but perhaps to nobody."""
    if found.own == new and settings.key is not None:
        return  # nothing is left but to take the waiting key away
    out.print(f"A change to the key of sheet no. {new.id} was interrupted; it goes on from there.")
    if yes or not typer.confirm(f"Do you have sheet no. {new.id} on paper?", default=True):
        _sheet(out, settings, new, yes, "Stopped on the way; nothing is lost: run `eftertanke rekey` to finish.")


def _must_be_writable(settings: Settings) -> None:
    """Find out before anybody writes words on paper for nothing."""
    file = settings.key_file
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise CommandError(
            f"The new key cannot be written into {file.parent}; make that folder writable, or run this as its owner."
        )
    if settings.key is None and os.geteuid() not in (0, file.stat().st_uid):
        raise CommandError(f"The key file {file} belongs to another user; run this as its owner.")


async def _noted_and_backed_up(out: Console, settings: Settings, key: Key) -> str:
    """Note the change, and make the first backup that the new sheet opens; what kept it from being made, or nothing."""
    db = await open_sqlite(settings.database, key, create=False)
    try:
        async with db.transaction() as tx:
            await rekey_rows.note(tx, key.id, real_now())
        async with db.transaction() as tx:
            if await rekey_rows.backed_up(tx, key.id):
                return ""
        try:
            made = await back_up(db, settings, key, real_now(), MadeBy.REKEY)
        except (StorageError, OSError) as error:
            return explain(error)[0]
        out.print(f"made   backup {made.file}, which the new sheet opens")
        return ""
    finally:
        await db.close()


def _end(out: Console, settings: Settings, found: FoundKey, new: Key) -> None:
    if settings.key is None or found.own == new:
        forget_waiting(settings.key_file)
    else:
        out.print(
            f"\nNow set EFTERTANKE_KEY to the 24 words of sheet no. {new.id}, then run `eftertanke rekey` once more:"
        )
        out.print(f"it then takes {waiting_file(settings.key_file)} away. Until then that file opens the database.")
    old = f", no. {found.own.id}," if found.own is not None and found.own != new else ","
    out.print(f"\nBackups made before still need the old sheet{old} so keep it")
    out.print("until they have rotated away, and then destroy it.")
    for file in _older_copies(settings.database):
        out.print(f"  – {file} is under the old key too; remove it when you no longer need it")


def _older_copies(database: Path) -> list[Path]:
    return sorted(database.parent.glob(f"{database.name}.schema-*.backup"))
