"""Migrating from every released schema and killed meanwhile: no half step, the rerun ends it, and no row is lost."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from storage.migrating import shipped_steps
from tests.faults.conftest import Note, Size
from tests.faults.migrations_kit import (
    ALTERED,
    BACKUP,
    HALF,
    STUCK,
    at_schema,
    commits,
    dump,
    fresh_schemas,
    migrated,
    schema,
    violations,
)

KILLS = int(os.environ.get("EFTERTANKE_TEST_MIGRATIONS", "6"))  # for each schema, besides those at commits
_LONG = 10  # a step of many statements
RELEASED = [step.version for step in shipped_steps()[:-1]]
Schemas = Mapping[int, list[tuple[str, ...]]]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Schemas:
    """Each version's schema, made in one go."""
    return fresh_schemas(tmp_path_factory.mktemp("fresh"))


@pytest.mark.timeout(60 + 2 * KILLS)
@pytest.mark.parametrize("start", RELEASED)
def test_killed_on_the_way_the_rerun_ends_it(
    start: int, fresh: Schemas, tmp_path: Path, size: Size, note: Note
) -> None:
    """From this schema on: at a commit, just after it, between statements by chance and at any moment."""
    chance, began = random.Random(size.seed + start), time.monotonic()
    old = tmp_path / "old" / "e.db"
    at_schema(old, start)
    before = dump(old)
    assert {"people", "reflections", "answers", "audit"} <= before.keys()
    assert all(len(rows) > 1 for _, rows in before.values()), "a table has too little to lose"
    whole = _copied(old, tmp_path / "whole")
    said, seconds = migrated(whole)
    count = int(said)
    assert commits(start)[-1] == count - 1, "the commits are somewhere else"
    assert violations(whole, start, before, fresh) == []
    places = _places(start, count, chance)
    versions = Counter[int]()
    for number, place in enumerate(places):
        path = _copied(old, tmp_path / str(number))
        migrated(path, place, after=chance.uniform(0, seconds) if place == 0 else None)
        versions[_version_of(path, fresh)] += 1
        if number % 3 == 2:
            migrated(path, chance.randint(1, count))
        assert violations(path, start, before, fresh) == [], f"seed {size.seed}, from {start}, killed at {place}"
        shutil.rmtree(path.parent)
    reached = ", ".join(f"{version}: {found}" for version, found in sorted(versions.items()))
    took = f"{time.monotonic() - began:.1f} s"
    note(
        21,
        len(places),
        "kills",
        f"violations 0; from schema {start} with {len(before)} tables, {took}; found {reached}",
    )


def _places(start: int, count: int, chance: random.Random) -> list[int]:
    """At one commit and just after another, by chance at others; 0: at any moment, by the clock."""
    at = chance.sample(commits(start), min(2, len(commits(start))))
    return [at[0], at[-1] + 1, *(chance.choice((0, chance.randint(1, count))) for _ in range(KILLS))]


def _copied(old: Path, folder: Path) -> Path:
    shutil.copytree(old.parent, folder)
    return folder / old.name


def _version_of(path: Path, fresh: Schemas) -> int:
    """Asked of a copy, so that the kill's traces stay for the check."""
    copy = _copied(path, path.parent.with_name("looked-at"))
    version = schema(copy)[0]
    shutil.rmtree(copy.parent)
    assert version in fresh
    return version


def test_the_twin_without_a_transaction_is_found_out(fresh: Schemas, tmp_path: Path, size: Size, note: Note) -> None:
    """Steps that take effect statement by statement leave half of one behind, and the rerun cannot go on from there."""
    chance = random.Random(size.seed)
    old = tmp_path / "old" / "e.db"
    at_schema(old, _LONG - 1)
    before = dump(old)
    found = Counter[str]()
    last = commits(_LONG - 1)[0]
    for number in range(4):
        path = _copied(old, tmp_path / str(number))
        migrated(path, chance.randint(8, last - 3), "weaker")
        found.update(violations(path, _LONG - 1, before, fresh))
    note(21, 4, "kills", ", ".join(f"{name} {count}" for name, count in sorted(found.items())), twin=True)
    assert found[HALF] == 4
    assert set(found) <= {HALF, STUCK, ALTERED, BACKUP}
