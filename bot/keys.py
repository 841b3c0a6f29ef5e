"""The key as the settings give it, also while it is being changed."""

from __future__ import annotations

from bot.settings import Settings
from storage import keycheck
from storage.database import KeyMissing
from storage.keys import Key
from storage.waiting_key import FoundKey, find_key, waiting_file


def found_key(settings: Settings) -> FoundKey:
    """The key that opens the database, and whether a new one waits.

    Raises KeyMissing, BadKey, KeyReadableByOthers. Changes nothing.
    """
    value = settings.key.get_secret_value() if settings.key else None
    try:
        return find_key(value, settings.key_file, settings.database)
    except KeyMissing:
        if value is None and _is_gone(settings):
            raise KeyMissing(no_key_file(settings)) from None
        raise


def no_key_file(settings: Settings) -> str:
    """What to do without a key file: where a database belongs to it, a new key would be of no use."""
    database, file = settings.database, settings.key_file
    if database.exists() or keycheck.path_of(database).exists():
        return (
            f"There is a database {database} but no key file {file}; put the key file back, "
            "or set EFTERTANKE_KEY to the words of the recovery sheet: a new key could not open it."
        )
    return f"There is no key file {file}; run `eftertanke setup`, or restore a backup with `eftertanke restore`."


def _is_gone(settings: Settings) -> bool:
    """Whether there is no file at all; one that cannot be read is another trouble, with its own sentence."""
    try:
        settings.key_file.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        pass
    return False


def key_of(settings: Settings) -> Key:
    """The database's key, from the environment or its file. Raises KeyMissing, BadKey, KeyReadableByOthers."""
    return found_key(settings).key


def unfinished(settings: Settings) -> str | None:
    """One sentence to the operator when a change of key was begun and is not over; None otherwise."""
    found = found_key(settings)
    if found.waiting is None:
        return None
    if settings.key is None or found.own == found.waiting or found.key != found.waiting:
        return "A change of key was interrupted; nothing is lost: run `eftertanke rekey` to finish it."
    return (
        f"EFTERTANKE_KEY still holds the old key, and the one in {waiting_file(settings.key_file)} is used; set "
        f"EFTERTANKE_KEY to the words of sheet no. {found.key.id}, then run `eftertanke rekey`."
    )
