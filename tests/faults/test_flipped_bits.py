"""A bit flips in the database's file: found before it is used or backed up, no wrong answer, no new empty database."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from bot.backing_up import BackingUp, back_up
from bot.organisation_parts import Backup
from bot.practice_sample import fill
from bot.settings import Settings, load_settings
from storage import guides
from storage.backup_rows import MadeBy
from storage.database import StorageError
from storage.keys import Key
from storage.sqlite import open_sqlite
from storage.sqlite_connect import PAGE_BYTES
from tests.faults.conftest import Note, Size
from tests.faults.flips_kit import (
    BACKED_UP,
    DATABASE,
    UNDETECTED,
    WRONG,
    Contents,
    Damage,
    Flip,
    Ours,
    Plain,
    found_in_check,
    found_in_database,
    held,
    in_pages,
    plain_copy,
)
from tests.integration.sample_kit import KEY, TOOLS, UNTIL

FLIPS = os.environ.get("EFTERTANKE_TEST_FLIPS", "200")  # or "every": one in each page
IN_FIRST_PAGE, IN_CHECK, AT_NIGHT, LONG = 24, 40, 4, 12
CHECK = f"{DATABASE}.check"
_AT_ONCE = 16  # a page that looks broken is looked at three times with pauses, in which others work
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with invented weeks in an encrypted database."""
    folder = tmp_path_factory.mktemp("flips") / "data"
    folder.mkdir(mode=0o700)
    asyncio.run(_filled(folder / DATABASE))
    assert {*held(folder)} == {DATABASE, CHECK, f"{DATABASE}.mark"}
    return folder


async def _filled(path: Path) -> None:
    db = await open_sqlite(path, KEY, create=True)
    try:
        await fill(db, TOOLS, weeks=1, mentors=2, until=UNTIL)
    finally:
        await db.close()


@pytest.fixture(scope="module")
def whole(filled: Path) -> Contents:
    """What it holds."""
    found = Ours().contents(filled / DATABASE)
    assert len(found) > 30
    return found


def of_database(path: Path, chance: random.Random) -> list[Flip]:
    """So many in the first page, and the others in any; or one in each."""
    pages = path.stat().st_size // PAGE_BYTES
    if FLIPS == "every":
        return in_pages(path.name, range(pages), PAGE_BYTES, chance)
    chosen = [0] * IN_FIRST_PAGE + [chance.randrange(pages) for _ in range(int(FLIPS) - IN_FIRST_PAGE - IN_CHECK)]
    return in_pages(path.name, chosen, PAGE_BYTES, chance)


def tried(flips: Iterable[Flip], base: Path, work: Path, look: Callable[[Path], set[str]]) -> dict[Flip, set[str]]:
    """Each flip in a copy of ``base`` of its own, several at once; the violations."""

    def one(numbered: tuple[int, Flip]) -> tuple[Flip, set[str]]:
        number, flip = numbered
        folder = work / f"{flip.file}-{number}" / base.name
        shutil.copytree(base, folder)
        flip.hit(folder)
        found = look(folder)
        shutil.rmtree(folder.parent)
        return flip, found

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(pool.map(one, enumerate(flips)))


def _counted(named: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(named.items()))


def _named(found: dict[Flip, set[str]]) -> list[str]:
    return [f"{flip}: {', '.join(sorted(violations))}" for flip, violations in found.items() if violations]


@pytest.mark.timeout(1800 if FLIPS == "every" else 120 + int(FLIPS))
def test_a_flipped_bit_is_found_before_use_and_backup(
    filled: Path, whole: Contents, tmp_path: Path, size: Size, note: Note
) -> None:
    """In any page: verifying and backing up say so, no backup is made, whatever is still told is right, and no file is
    changed by any of that."""
    chance, began = random.Random(size.seed), time.monotonic()
    flips = of_database(filled / DATABASE, chance)
    found = tried(flips, filled, tmp_path, lambda folder: found_in_database(Ours(), folder, whole))
    pages = len({flip.page for flip in flips})
    of = (filled / DATABASE).stat().st_size // PAGE_BYTES
    took = f"{time.monotonic() - began:.0f} s"
    note(7, len(flips), "flips", f"undetected or told wrong {len(_named(found))}; in {pages} pages of {of}, {took}")
    assert len(found) > 100
    assert not _named(found), f"seed {size.seed}: {_named(found)}"


def test_a_long_text_is_never_read_half(filled: Path, tmp_path: Path, size: Size) -> None:
    """What takes several pages is read whole or not at all, whichever of them is broken: SQLCipher alone gives zeros
    for the last one, and says so only to who asks next."""
    chance, folder = random.Random(size.seed), tmp_path / "long"
    shutil.copytree(filled, folder)
    first = (folder / DATABASE).stat().st_size // PAGE_BYTES
    texts = {f"long {number}": "aæ"[number % 2] * (1_000 * number) for number in range(1, LONG)}
    asyncio.run(_long_texts(folder / DATABASE, texts))
    sound, wrong = (folder / DATABASE).read_bytes(), []
    for flip in in_pages(DATABASE, range(first, len(sound) // PAGE_BYTES), PAGE_BYTES, chance):
        (folder / DATABASE).write_bytes(sound)
        flip.hit(folder)
        told = asyncio.run(_read_texts(folder / DATABASE, list(texts)))
        wrong += [f"{name} after {flip}" for name, text in told.items() if text != texts[name]]
    assert not wrong, f"seed {size.seed}: {len(wrong)} texts are not as they were written: {wrong[:3]}"


async def _long_texts(path: Path, texts: Mapping[str, str]) -> None:
    db = await open_sqlite(path, KEY, create=False)
    try:
        async with db.transaction() as tx:
            for name, text in texts.items():
                guides.keep(tx, name, "invented", 1, text, UNTIL)
    finally:
        await db.close()


async def _read_texts(path: Path, names: Sequence[str]) -> dict[str, str | None]:
    """Each in a snapshot of its own; those that are refused are left out."""
    found: dict[str, str | None] = {}
    db = await open_sqlite(path, KEY, create=False)
    try:
        for name in names:
            with suppress(StorageError):
                async with db.snapshot() as snapshot:
                    text = await guides.content(snapshot, name)
                found[name] = text
    finally:
        await db.close()
    return found


def test_a_flipped_bit_in_the_key_check_hides_nothing(
    filled: Path, whole: Contents, tmp_path: Path, size: Size, note: Note
) -> None:
    """The right key still opens everything, another key is still refused and changes nothing."""
    chance = random.Random(size.seed)
    length = (filled / CHECK).stat().st_size
    flips = [Flip(CHECK, offset, chance.randrange(8)) for offset in chance.sample(range(length), IN_CHECK)]

    def look(folder: Path) -> set[str]:
        before = held(folder)
        with pytest.raises(Damage):
            Ours(Key(bytes(32))).open(folder / DATABASE)
        assert held(folder) == before
        return found_in_check(Ours(), folder, whole, CHECK)

    found = tried(flips, filled, tmp_path, look)
    note(7, len(flips), "flips in the key check", f"hidden {len(_named(found))}")
    assert not _named(found), f"seed {size.seed}: {_named(found)}"


def test_with_a_damaged_key_check_a_missing_database_is_not_made_anew(filled: Path, tmp_path: Path, size: Size) -> None:
    """Whichever bit of the check has flipped, it still says that a database was here: setup makes no empty one."""
    chance, made = random.Random(size.seed), []
    for offset in chance.sample(range((filled / CHECK).stat().st_size), IN_CHECK):
        flip, folder = Flip(CHECK, offset, chance.randrange(8)), tmp_path / str(offset)
        shutil.copytree(filled, folder)
        flip.hit(folder)
        (folder / DATABASE).unlink()
        before = held(folder)
        try:
            asyncio.run(_opened(folder / DATABASE))
        except StorageError:
            assert held(folder) == before
        else:
            made.append(str(flip))
    assert not made, f"seed {size.seed}: a new database in silence after {len(made)} of {IN_CHECK} flips: {made[:3]}"


async def _opened(path: Path) -> None:
    await (await open_sqlite(path, KEY, create=True)).close()


def test_the_good_backup_outlives_the_night(filled: Path, tmp_path: Path, size: Size) -> None:
    """The nightly backup of a damaged database is not made, so that the one good backup is not rotated away for it."""
    chance = random.Random(size.seed)
    settings = load_settings({"EFTERTANKE_DATA": str(tmp_path / "data")})
    shutil.copytree(filled, settings.data)
    asyncio.run(_at_night(settings, make=True))
    good = held(settings.backups)
    assert len(good) == 1
    sound = held(settings.data)
    for flip in of_database(filled / DATABASE, chance)[IN_FIRST_PAGE:][:AT_NIGHT]:
        for name, content in sound.items():
            (settings.data / name).write_bytes(content)
        flip.hit(settings.data)
        asyncio.run(_at_night(settings))
        assert held(settings.backups) == good, str(flip)
    for name, content in sound.items():
        (settings.data / name).write_bytes(content)
    asyncio.run(_at_night(settings))
    assert len(held(settings.backups)) == 1
    assert held(settings.backups).keys() != good.keys()  # sound, it is replaced: the wish was for one


async def _at_night(settings: Settings, *, make: bool = False) -> None:
    """The tick of the night after the backup that ``make`` makes; who keeps one day's keeps one backup."""
    try:
        db = await open_sqlite(settings.database, KEY, create=False)
        try:
            if make:
                await back_up(db, settings, KEY, UNTIL - DAY, MadeBy.CLOCK)
            else:
                await BackingUp(db, settings, KEY, lambda: UNTIL, Backup(daily=1, weekly=0)).run()
        finally:
            await db.close()
    except StorageError:
        return  # damage met on the way to the backup


def test_the_twin_without_encryption_does_not_find_them(filled: Path, tmp_path: Path, size: Size, note: Note) -> None:
    """An ordinary SQLite file takes most flips for what somebody wrote, and makes backups of them."""
    chance, base, twin = random.Random(size.seed), tmp_path / "plain", Plain()
    base.mkdir()
    plain_copy(filled / DATABASE, base / DATABASE)
    before = twin.contents(base / DATABASE)
    flips = of_database(base / DATABASE, chance)
    found = tried(flips, base, tmp_path / "work", lambda folder: found_in_database(twin, folder, before))
    named = Counter(violation for violations in found.values() for violation in violations)
    note(7, len(flips), "flips", _counted(named), twin=True)
    assert named[UNDETECTED] > len(flips) / 4
    assert named[WRONG] > 0
    assert {*named} == {UNDETECTED, BACKED_UP, WRONG}
