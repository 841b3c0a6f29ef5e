"""From a backup to a data folder that the bot can start on, or into nowhere, to prove that it can be done.

Everything is made under other names and renamed at the end, the database last but for its key check, which can be made
anew: whoever is killed in the middle starts again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from bot.backing_up import CODEBOOK, ORGANISATION
from bot.organisation import Organisation, load_organisation, read_organisation
from bot.service import teams
from bot.service.restoring import leave_again, settle
from bot.service.tools import Tools, keep_guide
from bot.settings import Settings
from bot.telegram.cards.render import Renderer
from bot.telegram.minimise import Incoming
from bot.telegram.queueing import queue
from bot.telegram.router import route
from storage import backup_file, erasing, erasure_register, high_water, inbox, keycheck, people, unpacking
from storage.backup_file import Header
from storage.database import DamagedDatabase, Database, NewerSchema, StorageError, Transaction
from storage.erasure_register import Entry
from storage.inbox import Pending
from storage.keys import Key, write_key_file
from storage.migrating import shipped_steps
from storage.sqlite import open_sqlite

log = logging.getLogger(__name__)

Parts: TypeAlias = Callable[[Organisation], tuple[Tools, Renderer]]
"""What use cases and messages need, for this organisation."""

_WORK = "restoring.db"
_AT_ONCE = 500
_EVER = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """``erased``: how many erasures of the list were seen to; ``left``: how many people have left once more; ``told``:
    how many get a message when the bot starts; ``without``: ids of erased mentors whose citizens are active in the copy
    and have nobody now."""

    erased: int
    left: int
    told: int
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """How it went. ``rows``: how many the backup had."""

    header: Header
    along: Mapping[str, bytes]
    rows: int
    caught_up: CaughtUp


@dataclass(frozen=True)
class Wish:
    """What is to be restored. ``entries``: what was erased on purpose, and who left; ``now``: the moment up to which
    nothing is sent again (aware)."""

    file: Path
    key: Key
    entries: Sequence[Entry]
    now: datetime


def look_at(file: Path, key: Key) -> Header:
    """The header, if this program and this key can do something with the backup. Raises WrongKey, BadBackup,
    NewerSchema, OSError."""
    header = backup_file.read_header(file)
    backup_file.must_be_of(header, key)
    newest = shipped_steps()[-1].version
    if header.schema > newest:
        raise NewerSchema(
            f"The backup has schema {header.schema}, this program knows {newest}; install the newer version first."
        )
    return header


async def into_place(settings: Settings, wish: Wish, parts: Parts) -> Restored:
    """Restore into the data folder, in which there is no database; the caller holds the folder's lock.

    What is there already, key file, organisation.yaml, codebook.yaml, is kept. Raises what ``look_at`` raises,
    DamagedDatabase, StorageFull, OrganisationError, OSError; then there is no database still.
    """
    work = settings.data / _WORK
    sweep(settings.data)
    try:
        restored = await _build(work, settings, wish, parts)
        await asyncio.to_thread(_publish, settings, wish, restored, work)
    finally:
        sweep(settings.data)
    return restored


async def into_nowhere(settings: Settings, wish: Wish, parts: Parts) -> Restored:
    """The same into a private folder that is gone afterwards; it is compared, and nothing else is touched."""
    with tempfile.TemporaryDirectory(prefix="eftertanke-drill-") as folder:
        return await _build(Path(folder) / _WORK, settings, wish, parts)


def sweep(folder: Path) -> None:
    """Remove what a restore that was killed has left in the data folder."""
    for left in folder.glob(f"{_WORK}*"):
        left.unlink(missing_ok=True)


async def _build(work: Path, settings: Settings, wish: Wish, parts: Parts) -> Restored:
    unpacked = await asyncio.to_thread(unpacking.unpack, wish.file, wish.key, work)
    db = await open_sqlite(work, wish.key, create=False)
    try:
        caught_up = await catch_up(
            db, parts(_organisation(settings, unpacked.along)), wish.entries, unpacked.header.made_at, wish.now
        )
    finally:
        await db.close()
    if work.with_name(work.name + "-wal").exists():
        raise DamagedDatabase("The restored database could not be closed; try again.")
    rows = sum(unpacked.header.rows.values())
    return Restored(unpacked.header, unpacked.along, rows, caught_up)


async def catch_up(
    db: Database, parts: tuple[Tools, Renderer], entries: Sequence[Entry], made_at: datetime, now: datetime
) -> CaughtUp:
    """Bring a restored database from ``made_at``, when its copy was made, to ``now``: what was erased since is erased
    again, who left is out again, updates that waited take effect, nothing is sent twice. A second time does no harm,
    but that everybody is told once more."""
    tools, renderer = parts
    erasures = [one for one in entries if one.kind != "left"]
    for entry in erasures:
        await _erase(db, entry)
    await _work_through(db, tools, now)
    async with db.transaction() as tx:
        left, removed = await leave_again(tx, tools, entries, now)
        told = await settle(tx, tools, made_at, now)
        queue(tx, renderer, [*removed, *told], now)
        without = await _without_a_mentor(tx, erasures)
    return CaughtUp(len(erasures), left, len(told), without)


async def _without_a_mentor(tx: Transaction, erasures: Sequence[Entry]) -> tuple[str, ...]:
    """Whom they were handed over to since, or whether they were archived, is in no list: somebody has to say it again.
    Until then they stay as they are, so that nobody who is out of contact is put away unseen."""
    mentors = dict.fromkeys(one.subject for one in erasures if one.kind == "mentor")
    known = [person for one in mentors if (person := await people.person(tx, one)) is not None]
    return tuple([one.id for one in known if await teams.active_citizens(tx, one)])


def _organisation(settings: Settings, along: Mapping[str, bytes]) -> Organisation:
    if settings.organisation.exists() or ORGANISATION not in along:
        return load_organisation(settings.organisation)
    return read_organisation(along[ORGANISATION].decode("utf-8-sig"))


async def _erase(db: Database, entry: Entry) -> None:
    async with db.transaction() as tx:
        if entry.kind == "mentor":
            await erasing.mentor(tx, entry.subject)
        else:
            await erasing.citizen(tx, entry.subject)
        erasure_register.note(tx, entry)


async def _work_through(db: Database, tools: Tools, now: datetime) -> None:
    """What was taken from Telegram and waited when the backup was made takes effect now, as of when it came in. What
    the bot says to it is dropped: it was said then. An update that fails is left to the running bot."""
    async with db.transaction() as tx:
        keep_guide(tx, tools, now)
    left: set[int] = set()
    while True:
        async with db.transaction() as tx:
            waiting = [one for one in await inbox.pending(tx, now + _EVER, _AT_ONCE) if one.seq not in left]
        if not waiting:
            return
        for one in waiting:
            if not await _takes_effect(db, tools, one):
                left.add(one.seq)


async def _takes_effect(db: Database, tools: Tools, one: Pending) -> bool:
    try:
        async with db.transaction() as tx:
            await route(tx, tools, Incoming.from_json(one.payload), one.received_at)
            inbox.done(tx, one.seq)
    except StorageError as error:
        if error.retryable or isinstance(error, DamagedDatabase):
            raise
        log.warning("Update %d is left to the bot after %s.", one.update_id, type(error).__name__)
    except Exception as error:
        log.warning("Update %d is left to the bot after %s.", one.update_id, type(error).__name__)
    else:
        return True
    return False


def _publish(settings: Settings, wish: Wish, restored: Restored, work: Path) -> None:
    if settings.key is None and not settings.key_file.exists():
        _key_file(settings, wish.key)
    for name, place in ((ORGANISATION, settings.organisation), (CODEBOOK, settings.data / CODEBOOK)):
        if name in restored.along and not place.exists():
            _small_file(settings.data / f"{_WORK}.{name}", place, restored.along[name])
    erasure_register.merge(erasure_register.paths(settings.database, settings.backups), wish.entries)
    high_water.hand_over(work, settings.database)
    work.rename(settings.database)
    keycheck.path_of(work).rename(keycheck.path_of(settings.database))
    keycheck.settle_folder(settings.data)


def _key_file(settings: Settings, key: Key) -> None:
    """Whole or not at all: half a key file would keep everybody from trying again."""
    folder = settings.key_file.parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = settings.key_file.with_name(f".{settings.key_file.name}.restoring")
    new.unlink(missing_ok=True)
    write_key_file(new, key)
    new.rename(settings.key_file)
    keycheck.settle_folder(folder)


def _small_file(new: Path, place: Path, content: bytes) -> None:
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(descriptor)
    new.rename(place)
    keycheck.settle_folder(place.parent)
