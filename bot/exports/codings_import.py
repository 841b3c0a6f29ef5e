"""A coded file against the database: what it holds, what it would change, and what of it cannot be taken.

Nothing is written here; ``bot.service.codings.apply`` and ``prompts.codebook_own.write_own_codes`` do that.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.exports.codebook_plan import Plan, plan_import
from bot.exports.codebook_reading import LARGEST_TABLE, UnreadableError
from bot.exports.codings_csv import CodedRow, codes_in, match_rows, read_rows
from bot.exports.codings_match import Found, Naming, match_source
from bot.exports.codings_place import tellings
from bot.exports.codings_qdpx import Project, Source, read_project
from bot.exports.codings_zip import open_qdpx
from bot.exports.transcript import Transcript, source_guid
from bot.service.codings import Changes, compare
from bot.service.reading import GuideMissingError, Purpose, ReadReflection, read
from prompts import Codebook, LoadedGuide
from prompts.codebook_source import OwnCodeSource
from storage import guides
from storage.database import Snapshot
from storage.reflections import Reflection


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it was read. ``kind``: "qdpx" or "csv"; ``hash``: SHA-256 (hex) of the file."""

    kind: str
    hash: str
    project: Project | None
    rows: tuple[CodedRow, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What bringing a file in would do. ``unknown``: names of coded texts that are nobody's here, or whose mentor does
    not agree to coding any more; they are left alone."""

    taken: Taken
    codes: Plan
    found: Found
    changes: Changes
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Here:
    """What a file is held against. ``own``: the organisation's codes, which ``codebook`` holds too; ``zone``: IANA name
    that exports are made with; ``coder``: who coded where the file does not say; ``now``: aware."""

    codebook: Codebook
    own: Sequence[OwnCodeSource]
    zone: str
    coder: str | None
    now: datetime


def take(path: Path) -> Taken:
    """Read a coded ``.qdpx``, or a table. Raises UnreadableError; OSError when the file cannot be read."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if zipfile.is_zipfile(path):
        with open_qdpx(path) as file:
            return Taken("qdpx", digest, read_project(file), ())
    if path.suffix.casefold() == ".qdpx":
        raise UnreadableError("This .qdpx is not a whole ZIP file; export the project again.")
    if path.stat().st_size > LARGEST_TABLE:
        raise UnreadableError("The table is larger than any of ours can be; check that it is the right file.")
    return Taken("csv", digest, None, tuple(read_rows(path.read_bytes())))


async def prepare(snapshot: Snapshot, taken: Taken, here: Here) -> Prepared:
    """Hold the file against the database. Raises GuideMissingError, StorageError."""
    if taken.project is not None:
        return await _project(snapshot, taken, taken.project, here)
    return await _table(snapshot, taken, here)


async def _project(snapshot: Snapshot, taken: Taken, project: Project, here: Here) -> Prepared:
    plan = plan_import(here.codebook, here.own, project.codes)
    by_guid = {code.guid: plan.ids[number] for number, code in enumerate(project.codes) if number in plan.ids}
    automatic = frozenset(code.guid or "" for code in project.codes if code.automatic)
    naming = Naming(by_guid.get, automatic, here.coder, here.now)
    found, met, reflections = Found(), set[str](), list[str]()
    by_key = _by_key(project.sources)
    async for reflection, texts in _ours(snapshot, by_key, here.zone):
        source = _of(by_key, reflection.reflection_id)
        if source is not None and source.guid not in met:
            met.add(source.guid)
            reflections.append(reflection.reflection_id)
            match_source(source, texts, naming, found)
    strange = [
        one.name or one.guid
        for one in project.sources
        if one.guid not in met and any(mark.code not in automatic for mark in one.marked)
    ]
    changes = await compare(snapshot, found.marks, reflections)
    return Prepared(taken, plan, found, changes, tuple(strange))


async def _table(snapshot: Snapshot, taken: Taken, here: Here) -> Prepared:
    incoming, numbers = codes_in(taken.rows, here.codebook)
    plan = plan_import(here.codebook, here.own, [incoming[number] for number in sorted(set(numbers.values()))])
    order = {number: place for place, number in enumerate(sorted(set(numbers.values())))}
    ids = {code: plan.ids.get(order[number]) for code, number in numbers.items()}
    by_source: dict[str, list[CodedRow]] = {}
    for row in taken.rows:
        by_source.setdefault(row.source, []).append(row)
    found, met, reflections = Found(), set[str](), list[str]()
    async for reflection, texts in _ours(snapshot, by_source, here.zone):
        for key in _keys(reflection.reflection_id):
            if key in by_source and key not in met:
                met.add(key)
                reflections.append(reflection.reflection_id)
                match_rows(by_source[key], texts, ids.get, here.coder, here.now, found)
    changes = await compare(snapshot, found.marks, reflections)
    return Prepared(taken, plan, found, changes, tuple(key for key in by_source if key not in met))


def _keys(reflection_id: str) -> tuple[str, str, str]:
    """How a reflection may be called in a file: by the GUID of its text, its reference, or its own id."""
    of = source_guid(reflection_id)
    return of, f"R{of.replace('-', '')[:12]}", reflection_id.upper()


def _by_key(sources: Iterable[Source]) -> dict[str, Source]:
    """By GUID, and by the reference in the name: some programs give texts new GUIDs when they export."""
    found: dict[str, Source] = {}
    for source in sources:
        first = source.name.partition(" ")[0].removesuffix(".txt").upper()
        for key in (source.guid, first):
            if key:
                found.setdefault(key, source)
    return found


def _of(by_key: Mapping[str, Source], reflection_id: str) -> Source | None:
    return next((by_key[key] for key in _keys(reflection_id) if key in by_key), None)


async def _ours(
    snapshot: Snapshot, by_key: Mapping[str, object], zone: str
) -> AsyncIterator[tuple[ReadReflection, Iterable[Transcript]]]:
    """Our reflections that the file speaks of, each with the texts that an export can have made of it."""
    loaded: dict[str, LoadedGuide] = {}
    kept: Mapping[str, str] = await guides.kept(snapshot)
    wanted: Callable[[Reflection], bool] = lambda one: any(key in by_key for key in _keys(one.id))  # noqa: E731 - typed
    async for reflection in read(snapshot, Purpose.CODING, revisions=True, wanted=wanted):
        of = reflection.guide_hash
        if of not in loaded:
            try:
                loaded[of] = LoadedGuide.from_json(kept[of])
            except (KeyError, ValueError):
                raise GuideMissingError(
                    f"The guide {of[:12]} that was answered cannot be read from the database; "
                    "restore a backup, or report this mistake."
                ) from None
        yield reflection, tellings(reflection, loaded[of], zone)
