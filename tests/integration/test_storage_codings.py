"""Codings in the database: added and superseded, never overwritten, and one of a kind at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage import codings
from storage.codings import Coding, Mark
from storage.database import Conflict, Transaction
from tests.integration.cli_kit import Desk, desk
from tests.integration.export_kit import held_visit

__all__ = ["desk"]
NOW = datetime(2026, 11, 27, 9, 15, tzinfo=UTC)
HASH = "0" * 64


@pytest.fixture
def mark(desk: Desk) -> Mark:
    """A mark on an answer that is there."""
    desk.set_up()
    reflection_id = held_visit(desk).reflection_id
    return Mark(reflection_id, "mentor_note", 1, 4, 13, "mentor.reaction", "Kim", NOW, "Rørt.", "Nærvær")


def test_a_coding_comes_back_as_it_was(desk: Desk, mark: Mark) -> None:
    """Every field, and the file it came with."""

    async def go(tx: Transaction) -> list[Coding]:
        made = codings.add_import(tx, HASH, "qdpx", NOW)
        codings.add(tx, mark, made, NOW)
        codings.add(tx, replace(mark, starts=None, ends=None, condensation="", theme=""), made, NOW)
        return await codings.current_of(tx, mark.reflection_id)

    first, whole = desk.stored(go)
    assert first.mark == mark
    assert (first.imported_at, first.file_hash, first.superseded_at) == (NOW, HASH, None)
    assert (whole.mark.starts, whole.mark.ends, whole.mark.condensation) == (None, None, "")


def test_superseding_keeps_the_earlier_row(desk: Desk, mark: Mark) -> None:
    """What counts is the new one; what was before says when it ceased and what took its place."""

    async def go(tx: Transaction) -> list[Coding]:
        made = codings.add_import(tx, HASH, "csv", NOW)
        first = codings.add(tx, mark, made, NOW)
        later = NOW + timedelta(days=1)
        codings.add(tx, replace(mark, condensation="Meget rørt."), made, later, instead_of=first)
        assert [one.mark.condensation for one in await codings.current_of(tx, mark.reflection_id)] == ["Meget rørt."]
        return await codings.all_of(tx, mark.reflection_id)

    before, after = desk.stored(go)
    assert before.mark == mark
    assert (before.superseded_at, before.superseded_by) == (NOW + timedelta(days=1), after.id)


@pytest.mark.parametrize("whole", [True, False])
def test_the_same_coding_counts_once(desk: Desk, mark: Mark, whole: bool) -> None:
    """Two imports at the same time cannot both add it, also where it is of a whole answer."""
    one = replace(mark, starts=None, ends=None) if whole else mark

    async def go(tx: Transaction) -> None:
        made = codings.add_import(tx, HASH, "qdpx", NOW)
        codings.add(tx, one, made, NOW)
        codings.add(tx, one, made, NOW)

    with pytest.raises(Conflict):
        desk.stored(go)


@pytest.mark.parametrize(
    "change", [{"revision": 9}, {"question_id": "nothing"}, {"starts": 5, "ends": 5}, {"starts": None}, {"starts": -1}]
)
def test_a_coding_is_of_an_answer_that_is_there(desk: Desk, mark: Mark, change: dict[str, int | str | None]) -> None:
    """No coding without its answer, none that is empty or half a place."""

    async def go(tx: Transaction) -> None:
        codings.add(tx, replace(mark, **change), codings.add_import(tx, HASH, "qdpx", NOW), NOW)  # type: ignore[arg-type]

    with pytest.raises(Conflict):
        desk.stored(go)


def test_what_is_coded_is_known(desk: Desk, mark: Mark) -> None:
    """Which debriefs and codes count now: one that was taken away does not."""

    async def go(tx: Transaction) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        made = codings.add(tx, mark, codings.add_import(tx, HASH, "qdpx", NOW), NOW)
        where, codes = await codings.coded(tx), await codings.codes_used(tx)
        codings.supersede(tx, made, NOW)
        return where, codes, await codings.coded(tx)

    where, codes, left = desk.stored(go)
    assert (set(where), set(codes), set(left)) == ({mark.reflection_id}, {"mentor.reaction"}, set())
