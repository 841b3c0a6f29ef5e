"""The doctor's checks of what lies on the disk beside the database: key, rights, room, the organisation's file."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.doctor import Check, bad, ok, sentence, skipped, tried, warn
from bot.keys import found_key, unfinished
from bot.organisation import OrganisationError, load_organisation
from bot.settings import Settings
from storage.database import BadKey, KeyMissing, KeyReadableByOthers

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_DANISH = ZoneInfo("Europe/Copenhagen")
_ROOM = 3  # times the database: a write-ahead log, a copy before a migration or under a new key, a backup
_MB = 1_000_000
_LEAST = 50 * _MB  # a new database is small, and grows


def files(settings: Settings, now: datetime) -> list[Check]:
    """Every check that needs neither Telegram nor the database. ``now``: aware."""
    return [
        tried("organisation", lambda: organisation(settings)),
        tried("key", lambda: key(settings)),
        *_rekey(settings),
        tried("permissions", lambda: permissions(settings)),
        tried("disk", lambda: disk(settings)),
        tried("zone", lambda: zone(settings, now)),
    ]


def organisation(settings: Settings) -> Check:
    """Is organisation.yaml right, and are its examples filled in?"""
    name = "organisation"
    try:
        found = load_organisation(settings.organisation, must_exist=settings.organisation_named)
    except OrganisationError as error:
        return bad(name, " ".join(error.problems), f"Correct {settings.organisation}.")
    if not settings.organisation.exists():
        return warn(name, f"There is no {settings.organisation}.", "Run `eftertanke setup`; it writes one to fill in.")
    if found.unfinished:
        return warn(
            name,
            f"Not filled in, so mentors never see them: {', '.join(found.unfinished)}.",
            f"Write your own emergency numbers in {settings.organisation}.",
        )
    return ok(name, f"{settings.organisation} is right.")


def key(settings: Settings) -> Check:
    """Is there a key that only its owner can read? Whether it is the database's is said by the check of that."""
    found = found_key(settings)
    place = "EFTERTANKE_KEY" if settings.key is not None else str(settings.key_file)
    for folder, what in ((settings.data, "data"), (settings.backups, "backup")):
        if settings.key is None and settings.key_file.is_relative_to(folder):
            return bad(
                "key",
                f"The key lies in the {what} folder {folder}: who copies the folder gets both.",
                "Stop the bot, move the key file out of there, and set EFTERTANKE_KEY_FILE.",
            )
    return ok("key", f"Key {found.key.id} from {place}.")


def key_trouble(settings: Settings) -> str | None:
    """Why there is no key to look further with, in a few words; None when there is one. The check of the key says it
    whole, and nothing else needs to say it again."""
    try:
        found_key(settings)
    except KeyReadableByOthers:
        return "the key is open to others"
    except KeyMissing:
        return "the key is missing"
    except BadKey:
        return "the key is wrong"
    return None


def _rekey(settings: Settings) -> list[Check]:
    if trouble := key_trouble(settings):
        return skipped(["rekey"], trouble)
    return [tried("rekey", lambda: rekey(settings))]


def rekey(settings: Settings) -> Check:
    """Was a change of key begun and not ended?"""
    left = unfinished(settings)
    if left is None:
        return ok("rekey", "No change of key is unfinished.")
    found, _, todo = left.partition("; ")
    return bad("rekey", sentence(found), sentence(todo))


def permissions(settings: Settings) -> Check:
    """Can anybody else on this machine read or write what is ours?"""
    if not settings.data.is_dir():
        return bad("permissions", f"There is no data folder {settings.data}.", "Run `eftertanke setup`.")
    ours = [path for path in _ours(settings) if path.exists()]
    open_to_others = [path for path in ours if stat.S_IMODE(path.stat().st_mode) & _OTHERS]
    if not open_to_others:
        return ok("permissions", f"{len(ours)} files and folders are for their owner only.")
    return bad(
        "permissions",
        f"Others on this machine can get at {', '.join(map(str, open_to_others))}.",
        f"Run `chmod go= {' '.join(map(str, open_to_others))}`.",
    )


def _ours(settings: Settings) -> Iterator[Path]:
    database = settings.database
    yield from (settings.data, settings.backups)
    # Of the key file the check of the key says it.
    yield settings.key_file.with_name(settings.key_file.name + ".new")
    for suffix in ("", "-wal", "-shm", ".check", ".lock", ".mark", ".losses"):
        yield database.with_name(database.name + suffix)
    for folder in (settings.data, settings.backups):
        yield folder / "erasures.jsonl"
    yield from sorted(settings.backups.glob("*.backup"))


def disk(settings: Settings) -> Check:
    """Is there room for what the database will need?"""
    size = settings.database.stat().st_size if settings.database.exists() else 0
    needed = max(size * _ROOM, _LEAST)
    for folder in (settings.data, settings.backups):
        if folder.is_dir() and (free := shutil.disk_usage(folder).free) < needed:
            return bad(
                "disk",
                f"{folder} has {free // _MB} MB free; a database of {size // _MB} MB needs {needed // _MB} MB.",
                "Make room, or move the folder to a larger disk.",
            )
    free = shutil.disk_usage(settings.data if settings.data.is_dir() else settings.data.parent).free
    return ok("disk", f"{free // _MB} MB free; {needed // _MB} MB are needed.")


def zone(settings: Settings, now: datetime) -> Check:
    """Are days and hours counted as mentors in Denmark count them?"""
    here = now.astimezone(settings.timezone)
    found = f"It is {here:%H:%M} on {here:%Y-%m-%d} in {settings.zone}."
    if here.utcoffset() == now.astimezone(_DANISH).utcoffset():
        return ok("zone", found)
    return warn("zone", found, "If your mentors work in Denmark, set EFTERTANKE_TIMEZONE to Europe/Copenhagen.")
